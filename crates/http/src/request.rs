//! What API Gateway hands to a function:
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::collections::HashMap;

/// The event as API Gateway sends it, by the fields that are used.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HttpEvent {
    headers: HashMap<String, String>,
    path_parameters: Option<HashMap<String, String>>,
    raw_path: String,
    body: Option<String>,
    is_base64_encoded: bool,
    request_context: Context,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Context {
    api_id: String,
    domain_name: String,
    request_id: String,
    http: Http,
    authorizer: Option<Authorizer>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Http {
    method: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Authorizer {
    iam: Option<Iam>,
}

/// Who signed a request.
#[derive(Debug, Clone, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Iam {
    pub(crate) account_id: Option<String>,
    /// A user's unique id, or a role's unique id and the session's name, with a colon between.
    pub(crate) user_id: Option<String>,
}

/// A request, made easy to ask.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST`…
    pub method: String,
    /// The path below the stage, such as `/events`.
    pub path: String,
    /// The body's bytes; `None` if it said it was base64 and was not.
    pub body: Option<Vec<u8>>,
    /// API Gateway's id of the request.
    pub request_id: String,
    /// The API's id.
    pub api_id: String,
    /// The host name it was called by.
    pub domain_name: String,
    pub(crate) iam: Option<Iam>,
    headers: HashMap<String, String>,
    path_parameters: HashMap<String, String>,
}

impl Request {
    /// A header, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The headers whose names begin so, in lower case, by what follows.
    pub fn headers_after<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.headers.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    /// A part of the path that the route names, such as `id`.
    #[must_use]
    pub fn path_parameter(&self, name: &str) -> Option<&str> {
        self.path_parameters.get(name).map(String::as_str)
    }
}

impl From<HttpEvent> for Request {
    fn from(event: HttpEvent) -> Self {
        let text = event.body.unwrap_or_default();
        let body = if event.is_base64_encoded { STANDARD.decode(&text).ok() } else { Some(text.into_bytes()) };
        let context = event.request_context;
        Self {
            method: context.http.method,
            path: event.raw_path,
            body,
            request_id: context.request_id,
            api_id: context.api_id,
            domain_name: context.domain_name,
            iam: context.authorizer.and_then(|authorizer| authorizer.iam),
            headers: event.headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect(),
            path_parameters: event.path_parameters.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn request(text: &str) -> Request {
        serde_json::from_str::<HttpEvent>(text).unwrap().into()
    }

    /// The example of AWS's page (see the module), shortened.
    const EXAMPLE: &str = r#"{
        "version": "2.0", "routeKey": "$default", "rawPath": "/my/path", "rawQueryString": "parameter1=value1",
        "cookies": ["cookie1", "cookie2"], "headers": {"Header1": "value1", "header2": "value1,value2"},
        "queryStringParameters": {"parameter1": "value1,value2"},
        "requestContext": {
            "accountId": "123456789012", "apiId": "api-id",
            "authentication": {"clientCert": {"serialNumber": "a1:a1", "validity": {"notBefore": "May 28", "notAfter": "Aug"}}},
            "authorizer": {"iam": {"accessKey": "AKIA", "accountId": "111122223333", "callerId": "AROA:s", "cognitoIdentity": null,
                "principalOrgId": "AwsOrgId", "userArn": "arn:aws:iam::111122223333:user/u", "userId": "AROA:s"}},
            "domainName": "id.execute-api.us-east-1.amazonaws.com", "domainPrefix": "id",
            "http": {"method": "POST", "path": "/my/path", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "agent"},
            "requestId": "id", "routeKey": "$default", "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000", "timeEpoch": 1583348638390
        },
        "body": "eyJ0ZXN0IjoiYm9keSJ9", "pathParameters": {"parameter1": "value1"}, "isBase64Encoded": true,
        "stageVariables": {"stageVariable1": "value1"}
    }"#;

    #[test]
    fn aws_own_example_reads() {
        let request = request(EXAMPLE);
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/my/path"));
        assert_eq!(request.header("header1"), Some("value1"), "names are asked for in lower case");
        assert_eq!(request.headers_after("header").collect::<Vec<_>>().len(), 2);
        assert_eq!(request.headers_after("header2").collect::<Vec<_>>(), [("", "value1,value2")]);
        assert_eq!(request.path_parameter("parameter1"), Some("value1"));
        assert_eq!(request.body.as_deref(), Some(br#"{"test":"body"}"#.as_slice()));
        assert_eq!(request.iam.unwrap().user_id.as_deref(), Some("AROA:s"));
    }

    /// The authorizers' part of AWS's pages on JWT and Lambda authorizers, whose claims and context hold numbers; and
    /// a request that nobody authorized. Every number of an event passes serde with exact decimals switched on.
    #[test]
    fn every_kind_of_authorizer_reads_with_numbers_of_any_size() {
        let exact = "0.10000000000000000000000000000000010";
        assert_eq!(serde_json::from_str::<serde_json::Value>(exact).unwrap().to_string(), exact);
        for authorizer in [
            r#"{"jwt":{"claims":{"claim1":"value1","exp":1583348700,"nonce":12345678901234567890123},"scopes":null}}"#,
            r#"{"lambda":{"numberKey":1e400,"arrayKey":[1,2.50],"mapKey":{"$serde_json::private::Number":"5"}}}"#,
            r#"{"iam":{"accessKey":"AKIA","accountId":"1","userId":"AROA:s","extra":1e400}}"#,
            "null",
            "{}",
        ] {
            let context = format!(
                r#"{{"accountId":"1","apiId":"a","authorizer":{authorizer},"http":{{"method":"GET","port":443.0}},
                    "timeEpoch":1583348638390,"requestId":"r"}}"#
            );
            let text = format!(
                r#"{{"version":"2.0","rawPath":"/p","headers":{{"a":"b"}},"requestContext":{context},
                    "body":"{{\"amount\":1e400}}","isBase64Encoded":false,"more":[1e-400,{{"x":0.10}}]}}"#
            );
            let request = request(&text);
            assert_eq!((request.method.as_str(), request.request_id.as_str()), ("GET", "r"), "{authorizer}");
            assert_eq!(request.iam.is_some(), authorizer.contains("iam"));
            assert_eq!(request.body.as_deref(), Some(br#"{"amount":1e400}"#.as_slice()));
        }
    }

    #[test]
    fn a_body_that_is_not_the_base64_it_says_is_told() {
        assert_eq!(request(r#"{"body":"*","isBase64Encoded":true}"#).body, None);
        assert_eq!(request("{}").body, Some(vec![]));
    }

    proptest! {
        #[test]
        fn whatever_stands_in_a_header_or_body_the_event_reads(
            name in ".*", value in ".*", body in ".*", number in "-?[1-9][0-9]{0,30}(\\.[0-9]{1,30})?(e-?[0-9]{1,4})?",
        ) {
            let number: serde_json::Number = number.parse().unwrap();
            let event = serde_json::json!({
                "headers": {name: value}, "body": body, "requestContext": {"timeEpoch": number, "authorizer": {"lambda": number}},
            });
            prop_assert_eq!(request(&event.to_string()).body, Some(body.into_bytes()));
        }
    }
}

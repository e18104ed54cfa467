//! Faults of calls to AWS, below all that the SDK does about them: each try is hit or not by itself, and time-outs and
//! retries are the SDK's own.
//!
//! The services that ingest and the worker call speak AWS's JSON protocol, which names service and operation in a
//! header: <https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html>. A call without it is left alone.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use sluice_faults::{CallFault, Faults};

/// Services by the prefix of their targets, and the error by which each says that there are too many calls.
const SERVICES: [(&str, &str, &str); 3] = [
    ("AmazonSQS", "sqs", "RequestThrottled"),
    ("DynamoDB_20120810", "dynamodb", "ProvisionedThroughputExceededException"),
    ("AWSEvents", "events", "ThrottlingException"),
];

const SERVER_ERROR: &str = "InternalServerError";

/// An HTTP client whose calls go wrong on demand.
#[derive(Debug)]
pub(crate) struct FaultyHttp {
    pub(crate) inner: SharedHttpClient,
    pub(crate) faults: Faults,
}

impl HttpClient for FaultyHttp {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(FaultyConnector { inner, faults: self.faults.clone() })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        HttpClient::validate_base_client_config(&self.inner, components, config)
    }

    fn validate_final_config(&self, components: &RuntimeComponents, config: &ConfigBag) -> Result<(), BoxError> {
        HttpClient::validate_final_config(&self.inner, components, config)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.inner.connector_metadata()
    }
}

#[derive(Debug)]
struct FaultyConnector {
    inner: SharedHttpConnector,
    faults: Faults,
}

impl HttpConnector for FaultyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Some((throttled, fault)) = self.fault(&request) else {
            return self.inner.call(request);
        };
        match fault {
            CallFault::Throttle => HttpConnectorFuture::ready(answer(400, throttled)),
            CallFault::ServerError => HttpConnectorFuture::ready(answer(500, SERVER_ERROR)),
            // The SDK's time-outs end it.
            CallFault::NoAnswer => HttpConnectorFuture::new(std::future::pending()),
            CallFault::LostAnswer => {
                let call = self.inner.call(request);
                HttpConnectorFuture::new(async move { call.await.and_then(|_| answer(500, SERVER_ERROR)) })
            }
        }
    }
}

impl FaultyConnector {
    fn fault(&self, request: &HttpRequest) -> Option<(&'static str, CallFault)> {
        let (prefix, operation) = request.headers().get("x-amz-target")?.split_once('.')?;
        let (_, service, throttled) = SERVICES.iter().find(|(target, ..)| *target == prefix)?;
        Some((throttled, self.faults.call(service, operation)?))
    }
}

/// An error as the JSON protocol has it.
fn answer(status: u16, code: &str) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(status).map_err(|error| ConnectorError::other(error.into(), None))?;
    let body = SdkBody::from(format!(r#"{{"__type":"{code}","message":"a fault on demand"}}"#));
    Ok(HttpResponse::new(status, body))
}

#[cfg(test)]
mod tests;

//! Who sent a request.

use crate::request::Iam;
use crate::{Problem, Request};
use sluice_events::Producer;
use sluice_ports::{SettingError, Settings};

/// How an environment knows its producers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Not at all: one anonymous producer.
    None,
    /// By the IAM principal that signed the request.
    Iam,
}

impl Access {
    /// From the variable `ACCESS`.
    ///
    /// # Errors
    /// [`SettingError`] if it is missing or another word.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingError> {
        match settings.text("ACCESS")?.as_str() {
            "none" => Ok(Self::None),
            "iam" => Ok(Self::Iam),
            other => {
                Err(SettingError::Invalid { name: "ACCESS", value: other.to_owned(), expected: "`none` or `iam`" })
            }
        }
    }

    /// The producer of a request. With IAM: the account and the unique id of the user or role, without the session,
    /// which changes from hour to hour.
    ///
    /// # Errors
    /// 403 if the request does not say, though it must.
    pub fn producer(self, request: &Request) -> Result<Producer, Problem> {
        match self {
            Self::None => Ok(Producer::anonymous()),
            Self::Iam => request.iam.as_ref().and_then(principal).ok_or_else(no_producer),
        }
    }
}

fn principal(iam: &Iam) -> Option<Producer> {
    let account = iam.account_id.as_deref()?;
    let principal = iam.user_id.as_deref()?.split(':').next()?;
    (!principal.is_empty()).then(|| Producer::named(format!("iam:{account}:{principal}")))
}

fn no_producer() -> Problem {
    let detail = "the request carries no IAM principal; sign it with Signature Version 4, service execute-api";
    Problem::new(403, "no_producer", "The producer is not known", detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HttpEvent;

    fn signed(iam: &str) -> Request {
        let event = format!(r#"{{"requestContext":{{"authorizer":{{"iam":{iam}}}}}}}"#);
        serde_json::from_str::<HttpEvent>(&event).unwrap().into()
    }

    #[test]
    fn a_role_is_one_producer_whatever_its_session() {
        let producer =
            |session: &str| Access::Iam.producer(&signed(&format!(r#"{{"accountId":"1","userId":"AROA:{session}"}}"#)));
        assert_eq!(producer("a"), Ok(Producer::named("iam:1:AROA")));
        assert_eq!(producer("a"), producer("b"));
    }

    #[test]
    fn a_request_without_a_principal_has_no_producer() {
        assert_eq!(Access::Iam.producer(&signed("null")).unwrap_err().status(), 403);
        assert!(Access::Iam.producer(&signed(r#"{"accountId":"1","userId":""}"#)).is_err());
        assert_eq!(Access::None.producer(&signed("null")), Ok(Producer::anonymous()));
    }

    #[test]
    fn another_word_is_refused() {
        let error = Access::from_settings(&Settings::from([("ACCESS", "open")])).unwrap_err();
        assert!(error.to_string().contains("`open`"));
    }
}

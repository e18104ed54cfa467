//! Who sent a request.

use crate::Request;
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
    /// which changes from hour to hour. `None` if the request does not say, though it must.
    #[must_use]
    pub fn producer(self, request: &Request) -> Option<Producer> {
        match self {
            Self::None => Some(Producer::anonymous()),
            Self::Iam => {
                let iam = request.iam.as_ref()?;
                let principal = iam.user_id.as_deref()?.split(':').next()?;
                let account = iam.account_id.as_deref()?;
                (!principal.is_empty()).then(|| Producer::named(format!("iam:{account}:{principal}")))
            }
        }
    }
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
        assert_eq!(producer("a"), Some(Producer::named("iam:1:AROA")));
        assert_eq!(producer("a"), producer("b"));
    }

    #[test]
    fn a_request_without_a_principal_has_no_producer() {
        assert_eq!(Access::Iam.producer(&signed("null")), None);
        assert_eq!(Access::Iam.producer(&signed(r#"{"accountId":"1","userId":""}"#)), None);
        assert_eq!(Access::None.producer(&signed("null")), Some(Producer::anonymous()));
    }

    #[test]
    fn another_word_is_refused() {
        let error = Access::from_settings(&Settings::from([("ACCESS", "open")])).unwrap_err();
        assert!(error.to_string().contains("`open`"));
    }
}

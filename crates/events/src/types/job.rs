//! `job`: a task that another system does. The type to copy for effects outside Sluice.

use super::{Effects, EventType, Failure, Violation, number, schema};
use crate::EventId;
use bigdecimal::{BigDecimal, ToPrimitive};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use std::time::Duration;

/// A larger result is a failure: DynamoDB charges a write unit for each KiB of a record, and for reading it too.
const MOST_RESULT_BYTES: usize = 32 * 1024;

/// What every environment in the cloud leaves an attempt (docs/ENVIRONMENT.md): 27 s, and some to spare.
const MOST_MILLISECONDS: u64 = 20_000;

#[jsonschema::validator(path = "../../schemas/job.json")]
struct Schema;

pub(super) struct Job;

impl EventType for Job {
    fn name(&self) -> &'static str {
        "job"
    }

    fn schema_version(&self) -> u32 {
        1
    }

    fn effects(&self) -> Effects {
        Effects::External
    }

    fn violations(&self, payload: &Value) -> Vec<Violation> {
        schema::violations(Schema::iter_errors(payload))
    }

    fn validate(&self, payload: &Value) -> Result<(), String> {
        match payload.get("task") {
            Some(name) => Task::read(name, data(payload)).map(|_| ()),
            None => Ok(()),
        }
    }

    fn process<'a>(&'a self, payload: &'a Value, effect_key: EventId) -> BoxFuture<'a, Result<Value, Failure>> {
        Box::pin(async move {
            let name = payload.get("task").ok_or_else(|| schema::unfit("task"))?;
            let task = Task::read(name, data(payload)).map_err(|_| schema::unfit("a task that is known"))?;
            bounded(OtherSystem.run(&task, data(payload), effect_key).await?)
        })
    }
}

/// What can be asked for.
enum Task {
    /// Gives its data back.
    ProcessData,
    /// Gives its data back after a while, in which the event is seen as `processing`.
    Wait(Duration),
}

impl Task {
    fn read(name: &Value, data: &Value) -> Result<Self, String> {
        match name.as_str() {
            Some("process_data") => Ok(Self::ProcessData),
            Some("wait") => milliseconds(data).map(|time| Self::Wait(Duration::from_millis(time))).ok_or_else(|| {
                format!("the task wait needs data.milliseconds, a whole number from 0 to {MOST_MILLISECONDS}")
            }),
            _ => Err("no task has this name; known: process_data, wait".to_owned()),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::ProcessData => "process_data",
            Self::Wait(_) => "wait",
        }
    }
}

/// Stands where the client of another system will, and does nothing outside. A real one sends `effect_key` with every
/// call as that system's idempotency key, bounds how long it waits, and tells what may pass (`Failure::Transient`:
/// tried again) from what will not (`Failure::Permanent`). With an HTTP client such as reqwest:
///
/// ```text
/// http.post("https://billing.example/charges")
///     .header("Idempotency-Key", effect_key.to_string())
///     .timeout(Duration::from_secs(5))
///     .json(data)
/// ```
///
/// When Sluice makes a call again, such a system has no second effect, and answers what it answered first.
struct OtherSystem;

impl OtherSystem {
    /// Gives the data back, with the key that it was called with.
    async fn run(&self, task: &Task, data: &Value, effect_key: EventId) -> Result<Value, Failure> {
        if let Task::Wait(time) = task {
            tokio::time::sleep(*time).await;
        }
        Ok(json!({ "task": task.name(), "effectKey": effect_key, "data": data }))
    }
}

fn data(payload: &Value) -> &Value {
    payload.get("data").unwrap_or(&Value::Null)
}

fn milliseconds(data: &Value) -> Option<u64> {
    let value = number::decimal(data.get("milliseconds")?)?;
    let range = BigDecimal::from(0)..=BigDecimal::from(MOST_MILLISECONDS);
    if range.contains(&value) && value.is_integer() { value.to_u64() } else { None }
}

fn bounded(result: Value) -> Result<Value, Failure> {
    let bytes = result.to_string().len();
    if bytes > MOST_RESULT_BYTES {
        let message = format!("the result has {bytes} bytes; that of a job may have {MOST_RESULT_BYTES}");
        return Err(Failure::Permanent { class: "ResultTooLarge", message });
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{effect_key, outcome, payload, pointers};
    use super::*;
    use proptest::prelude::*;

    fn waiting(milliseconds: &str) -> String {
        format!(r#"{{"task":"wait","data":{{"milliseconds":{milliseconds}}}}}"#)
    }

    #[test]
    fn each_violation_points_at_its_member() {
        for data in ["null", "5", "\"\"", "[]", "{}"] {
            assert_eq!(pointers(&Job, &format!(r#"{{"task":"any","data":{data}}}"#)), [""; 0], "{data}");
        }
        for task in ["{}", r#"{"task":""}"#, r#"{"task":5}"#, r#"{"task":null,"data":1}"#] {
            assert_eq!(pointers(&Job, task), ["/task"], "{task}");
        }
    }

    #[test]
    fn an_unknown_task_is_told_the_known_ones_and_not_quoted() {
        let rule = Job.validate(&payload(r#"{"task":"secret"}"#)).unwrap_err();
        assert_eq!(rule, "no task has this name; known: process_data, wait");
        for task in ["Wait", " wait", "process"] {
            assert!(Job.validate(&payload(&format!(r#"{{"task":"{task}"}}"#))).is_err(), "{task}");
        }
    }

    #[test]
    fn a_wait_is_a_whole_number_of_milliseconds_up_to_20_seconds() {
        for good in ["0", "1", "20000", "20000.0", "2e4", "-0", "0e999999999999"] {
            assert_eq!(Job.validate(&payload(&waiting(good))), Ok(()), "{good}");
        }
        for bad in ["-1", "20001", "20000.1", "60000", "1.5", "1e-130", "1e125", "\"1\"", "null"] {
            let rule = Job.validate(&payload(&waiting(bad))).unwrap_err();
            assert_eq!(rule, "the task wait needs data.milliseconds, a whole number from 0 to 20000", "{bad}");
        }
        for data in ["", ",\"data\":null", ",\"data\":5", ",\"data\":{}"] {
            assert!(Job.validate(&payload(&format!(r#"{{"task":"wait"{data}}}"#))).is_err(), "{data}");
        }
    }

    #[tokio::test]
    async fn a_jobs_result_has_the_effect_key_and_what_came_back() {
        let expected =
            |data: &str, task: &str| format!(r#"{{"data":{data},"effectKey":"{}","task":"{task}"}}"#, effect_key());
        for data in ["null", "[1.50,{\"a\":\"b\"}]", r#"{"$serde_json::private::Number":"5"}"#] {
            let job = format!(r#"{{"task":"process_data","data":{data}}}"#);
            assert_eq!(outcome(&Job, &job).await, Ok(expected(data, "process_data")));
        }
        assert_eq!(outcome(&Job, r#"{"task":"process_data"}"#).await, Ok(expected("null", "process_data")));
        assert_eq!(outcome(&Job, &waiting("1")).await, Ok(expected(r#"{"milliseconds":1}"#, "wait")));
    }

    #[tokio::test]
    async fn a_wait_is_not_over_before_its_time() {
        let (long, short) = (payload(&waiting("20000")), payload(&waiting("5")));
        tokio::select! {
            biased;
            _ = Job.process(&long, effect_key()) => panic!("20 seconds are over"),
            done = Job.process(&short, effect_key()) => assert!(done.is_ok()),
        }
    }

    #[tokio::test]
    async fn a_result_of_32_kib_is_the_largest() {
        let job = |bytes: usize| format!(r#"{{"task":"process_data","data":"{}"}}"#, "x".repeat(bytes));
        let around = outcome(&Job, &job(0)).await.unwrap().len();
        let largest = outcome(&Job, &job(MOST_RESULT_BYTES - around)).await.unwrap();
        assert_eq!(largest.len(), MOST_RESULT_BYTES);
        assert_eq!(outcome(&Job, &job(MOST_RESULT_BYTES - around + 1)).await, Err("ResultTooLarge"));
    }

    #[tokio::test]
    async fn one_that_lacks_its_task_fails_for_good() {
        assert_eq!(outcome(&Job, "{}").await, Err("SchemaInvalid"));
    }

    proptest! {
        #[test]
        fn every_whole_number_in_range_is_waited_for_and_no_other(value in 0..=MOST_MILLISECONDS, part in 1..100_u64) {
            let data = |text: String| payload(&format!(r#"{{"milliseconds":{text}}}"#));
            prop_assert_eq!(milliseconds(&data(value.to_string())), Some(value));
            prop_assert_eq!(milliseconds(&data(format!("{value}.{part:02}"))), None);
            prop_assert_eq!(milliseconds(&data(format!("-{value}.{part:02}"))), None);
        }
    }
}

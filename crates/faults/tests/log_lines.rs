//! What is logged of the parameter. A process of its own: a subscriber that another test's thread does not see misses
//! lines (tracing remembers for all threads what one of them wants to hear).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says so when something is not as it should be")]

use sluice_faults::{Faults, Function};
use sluice_ports::{Clock, Millis, SystemDice};
use sluice_simulation::{Lost, ModelClock, ModelParameter};
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// The status of each line about the parameter since the last look.
    fn statuses(&self) -> Vec<String> {
        let text = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let ours = lines.filter(|line| line["action"] == "read_faults");
        ours.map(|line| line["status"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn each_change_is_one_line() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = sluice_telemetry::subscriber(tracing::Level::INFO, move || writer.clone());
    let _logged = tracing::subscriber::set_default(subscriber);
    let (parameter, clock) = (ModelParameter::default(), ModelClock::at(Millis(1_700_000_000_000)));
    let keep = Duration::from_secs(30);
    let faults = Faults::new(Function::Worker, parameter.clone(), keep, clock.clone(), SystemDice);
    let read_thrice = async || {
        for _ in 0..3 {
            clock.advance(keep);
            faults.before("{}", clock.now()).await;
        }
        lines.statuses()
    };
    assert_eq!(read_thrice().await, ["missing"]);
    for (text, statuses) in [
        ("poison_payload", vec!["on"]),
        ("{", vec!["invalid"]),
        ("still wrong", vec!["invalid"]),
        (r#"{"denylist":{"enabled":true}}"#, vec!["unsupported", "off"]),
        (r#"{"until":"2000-01-01T00:00:00Z","poison":{"enabled":true}}"#, vec!["ended"]),
        ("none", vec!["off"]),
    ] {
        parameter.put(text, clock.now());
        assert_eq!(read_thrice().await, statuses, "{text}");
    }
    parameter.troubles.fail_next("read_parameter", 3, Lost::Call);
    assert_eq!(read_thrice().await, ["failed"]);
    assert_eq!(read_thrice().await, Vec::<String>::new());
}

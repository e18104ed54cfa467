//! Log lines: flat JSON objects with `timestamp`, `level`, `message`, the fields of the line and those of the spans
//! around it (`request_id`, and `trace_id` where an invocation is about one event).

use crate::stdout::Line;
use json_subscriber::JsonLayer;
use std::fmt::Display;
use std::panic::PanicHookInfo;
use std::process::ExitCode;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::time::SystemTime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, registry};

/// Sends this process's log lines to standard output and its panics into them. `level` is a name such as `info`;
/// one that is none counts as `info`. Other crates are heard from `warn` up only.
pub fn init(level: Option<&str>) {
    let level = level.and_then(|name| name.parse().ok()).unwrap_or(Level::INFO);
    // Fails only if a subscriber is there already, which then serves as well.
    let _ = tracing::subscriber::set_global_default(subscriber(level, Line::default));
    std::panic::set_hook(Box::new(log_panic));
}

/// What [`init`] installs, writing to `writer`.
pub fn subscriber<W>(level: Level, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'line> MakeWriter<'line> + Send + Sync + 'static,
{
    let mut layer = JsonLayer::new(writer);
    layer.with_timer("timestamp", SystemTime).with_level("level").with_flattened_event();
    layer.with_top_level_flattened_span_list();
    registry().with(layer.with_filter(Targets::new().with_default(LevelFilter::WARN).with_target("sluice", level)))
}

/// Ends a function's `main`: an error, which only starting has, becomes a log line instead of Rust's debug text.
pub fn exit_code(started: Result<(), impl Display>) -> ExitCode {
    match started {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(target: "sluice", action = "start", status = "failed", error = %error, "the function does not start");
            ExitCode::FAILURE
        }
    }
}

/// A panic's place, not its message: that may quote what a producer sent.
fn log_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
    tracing::error!(
        action = "panic",
        status = "failed",
        place,
        "a piece of work panicked; the batch goes on without it"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn lines(work: impl FnOnce()) -> Vec<Value> {
        let shared = Shared::default();
        let writer = shared.clone();
        tracing::subscriber::with_default(subscriber(Level::INFO, move || writer.clone()), work);
        let bytes = shared.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_line_is_a_flat_object_with_the_fields_of_line_and_invocation() {
        let lines = lines(|| {
            let _invocation = tracing::info_span!(target: "sluice", "invocation", request_id = "r-1").entered();
            let _event = tracing::info_span!(target: "sluice", "event", trace_id = "t-1").entered();
            tracing::info!(target: "sluice_worker", event_id = "e-1", duration_ms = 12, "a \"quoted\"\nmessage");
        });
        let [line] = &lines[..] else { panic!("one line: {lines:?}") };
        assert_eq!((&line["request_id"], &line["trace_id"]), (&"r-1".into(), &"t-1".into()));
        assert_eq!(line["event_id"], "e-1");
        assert_eq!(line["duration_ms"], 12);
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["message"], "a \"quoted\"\nmessage");
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
    }

    #[test]
    fn a_function_that_does_not_start_says_why() {
        let mut code = ExitCode::SUCCESS;
        let lines = lines(|| code = exit_code(Err("QUEUE_URL is missing")));
        assert_eq!(code, ExitCode::FAILURE);
        assert_eq!((&lines[0]["action"], &lines[0]["error"]), (&"start".into(), &"QUEUE_URL is missing".into()));
        assert_eq!(exit_code(Ok::<(), &str>(())), ExitCode::SUCCESS);
    }

    #[test]
    fn other_crates_are_heard_from_warn_up() {
        let lines = lines(|| {
            tracing::info!(target: "hyper", "chatter");
            tracing::warn!(target: "hyper", "trouble");
            tracing::debug!(target: "sluice", "detail");
        });
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["message"], "trouble");
    }
}

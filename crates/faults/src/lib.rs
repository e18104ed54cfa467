//! Faults on demand. A person writes into a parameter what shall go wrong; ingest and the worker ask here, at the
//! places where it can, whether it does. `docs/FAULTS.md` is for who writes.
//!
//! | Question | File |
//! |---|---|
//! | what a function may ask | `faults.rs` |
//! | what the parameter says: plain words, JSON | `words.rs`, `json.rs`, `plan.rs`, `mode.rs` |
//! | whom it hits | `condition.rs`, `roll.rs` |
//! | whether it may be asked for at all | `settings.rs` |
//! | how old what was read may be, and what holds when nothing can be read | `cache.rs`, `flight.rs` |

mod cache;
mod condition;
mod faults;
mod flight;
mod invalid;
mod json;
mod mode;
mod plan;
mod roll;
mod settings;
mod sync;
mod words;

pub use faults::{Before, CallFault, Faults, Function, StartFault, Starting};
pub use settings::FaultSettings;

/// What a value of the parameter asks for.
fn parse(text: &str) -> Result<plan::Plan, invalid::Invalid> {
    let text = text.trim();
    if text.starts_with('{') { json::parse(text) } else { words::parse(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever somebody writes into the parameter.
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = parse(&text);
        }

        #[test]
        fn no_object_panics(name in "latency|timeout|statuscode|match|poison|aws_calls|until|seed",
            member in "enabled|percentage|match|path|min_latency|fault", value in "(-?[0-9]{1,30}(\\.[0-9]+)?(e[0-9]{1,3})?|\"[a-z(*\\[]*\"|true|null|\\[\\{\"path\":\"a\"\\}\\])") {
            let _ = parse(&format!(r#"{{"{name}":{{"enabled":true,"{member}":{value}}}}}"#));
            let _ = parse(&format!(r#"{{"{name}":{value}}}"#));
            let _ = parse(&format!(r#"{{"{name}":[{{"{member}":{value}}}]}}"#));
        }
    }
}

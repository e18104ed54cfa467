//! What a function says of itself: log lines, one JSON object each, and metrics in CloudWatch's embedded metric
//! format (EMF), one record per invocation. `docs/LOGGING.md` is the charter.

mod logs;
mod metrics;
mod stdout;

pub use logs::{exit_code, init, subscriber};
pub use metrics::{Metrics, Summary};

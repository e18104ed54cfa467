//! SQS batches for Lambda: in which order messages are worked, work that runs side by side without one's panic
//! reaching another, folding of doubles, back-off, the time that is left, and an answer that follows from what became
//! of each message and can only name messages of its own batch.
//!
//! | A rule | File |
//! |---|---|
//! | a batch, its answer, how long what goes back is hidden | `batch.rs`, `outcome.rs`, `response.rs` |
//! | standard order and FIFO order | `rounds.rs` |
//! | messages of one event | `fold.rs` |
//! | side by side, each in its own cell | `run.rs` |
//! | the time of an invocation | `window.rs` |
//! | when to try again | `backoff.rs` |
//!
//! Knows nothing of events or AWS SDKs.

mod backoff;
mod batch;
mod fold;
mod outcome;
mod response;
mod rounds;
mod run;
#[cfg(test)]
mod testing;
mod window;

pub use backoff::Backoff;
pub use batch::{Answer, Batch, Received, Slot, whole_seconds};
pub use fold::{Fold, fold};
pub use outcome::Outcome;
pub use response::{BatchItemFailure, BatchResponse};
pub use rounds::Rounds;
pub use run::{Panicked, guarded, run_bounded};
pub use window::Window;

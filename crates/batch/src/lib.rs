//! SQS batches for Lambda: an answer that can only name messages of its own batch, folding of doubles, work that
//! runs side by side without one's panic reaching another, and back-off.
//!
//! Knows nothing of events or AWS SDKs.

mod backoff;
mod fold;
mod response;
mod run;

pub use backoff::Backoff;
pub use fold::{Fold, fold};
pub use response::{Batch, BatchItemFailure, BatchResponse, Slot};
pub use run::{Panicked, guarded, run_bounded};

//! Requests and answers of the HTTP API (API Gateway v2, payload format 2.0).
//!
//! The event is read by our own few fields instead of a crate's whole model: a header or authorizer value that a
//! stricter model refuses would become a 500 that a producer caused.

mod access;
mod answer;
mod problem;
mod request;
mod trace;

pub use access::Access;
pub use answer::Answer;
pub use problem::{FieldError, Problem};
pub use request::{HttpEvent, Request};
pub use trace::trace_id;

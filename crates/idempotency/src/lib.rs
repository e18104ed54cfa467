//! Idempotency over a table with conditional writes: of all who are given an event, one at a time may work it, and one
//! result is written.
//!
//! [`judge`] says what to do with an event, by what the table has of it. [`claim`] asks for the right to start it; what
//! it wins is a [`Start`], and only a start can [`complete`](Start::complete), [`fail`](Start::fail),
//! [`release`](Start::release) or [`give_back`](Start::give_back) the event. Each of these is a [`Settlement`] that
//! carries a [`Fence`]: a worker that outlived its lease changes nothing. Settlements go to
//! [`Settlements::settle`](sluice_ports::Settlements::settle) in groups, as callers have them.
//!
//! [`Settlement`]: sluice_ports::Settlement
//! [`Fence`]: sluice_ports::Fence

mod claim;
mod judge;
mod start;

pub use claim::{Answer, Bid, claim, claim_one};
pub use judge::{Carrier, Delivery, Verdict, judge};
pub use start::{Start, give_back};

#[cfg(test)]
mod tests;

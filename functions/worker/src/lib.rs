//! The worker: an SQS batch goes through stages, each of which talks to AWS in groups.
//!
//! Read `handle.rs` first: it is the order of rounds and stages; `invoke.rs` is around it, for faults on demand.
//! A record's fate in one stage never touches another's.
//!
//! | Stage | File | Talks to |
//! |---|---|---|
//! | deal rounds: one of a standard queue, of a FIFO queue as many as its largest group has messages | `handle.rs` | |
//! | read each record alone | `message.rs`, `parse.rs` | |
//! | fold doubles of one event | `job.rs` | |
//! | process what has no effect outside, side by side; settle in groups | `process.rs`, `settle.rs` | table |
//! | those with effects outside: claim in groups, process side by side, settle each as it is done | `external.rs` | table |
//! | redelivered ones: claim, process, settle, one at a time | `claimed.rs` | table |
//! | publish outcomes, dead-letter failures | `close.rs`, `closing.rs` | bus, dead-letter queue |
//! | hide what goes back, answer | `ledger.rs` | main queue |

mod claimed;
mod close;
mod closing;
mod config;
mod external;
mod handle;
mod invoke;
mod job;
mod ledger;
mod message;
mod parse;
mod process;
mod settle;

pub use config::Config;
pub use invoke::InvokeError;
pub use message::SqsEvent;

use sluice_events::types::Registry;
use sluice_faults::Faults;
use sluice_ports::{Bus, Claims, Clock, DeadLetters, Dice, Settlements, Visibility};

/// What the worker needs of the outside world.
pub trait Ports {
    /// The events table.
    type Table: Claims + Settlements;
    /// The main queue.
    type Queue: Visibility;
    /// The dead-letter queue.
    type DeadLetters: DeadLetters;
    /// The event bus.
    type Bus: Bus;
    /// The clock.
    type Clock: Clock;
    /// Chance.
    type Dice: Dice;
}

/// The function, over its ports.
pub struct Worker<P: Ports> {
    /// The events table.
    pub table: P::Table,
    /// The main queue.
    pub queue: P::Queue,
    /// The dead-letter queue.
    pub dead_letters: P::DeadLetters,
    /// The event bus.
    pub bus: P::Bus,
    /// The clock.
    pub clock: P::Clock,
    /// Chance.
    pub dice: P::Dice,
    /// The event types it knows.
    pub types: Registry,
    /// What goes wrong on demand.
    pub faults: Faults,
    /// Its configuration.
    pub config: Config,
}

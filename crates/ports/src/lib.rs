//! What the functions need of the outside world, as small traits. Each takes a group and answers per item, in the
//! order asked: one item's trouble is never another's. `crates/adapters-aws` implements them on the SDK,
//! `crates/simulation` as models for tests.

mod bus;
mod error;
mod metrics;
mod parameter;
mod queue;
mod record;
mod settings;
mod source;
mod table;
mod time;

pub use bus::{Bus, OutcomeEvent, OutcomeKind};
pub use error::{PortError, Trouble};
pub use metrics::QueueAges;
pub use parameter::{Parameter, ParameterReader};
pub use queue::{
    DeadLetter, DeadLetters, Fifo, NewMessage, Origin, QueueDepth, QueueDepths, QueueName, Sender, Visibility,
    VisibilityChange,
};
pub use record::{ErrorInfo, LeaseOwner, Record, Status};
pub use settings::{SettingError, Settings};
pub use source::{EventSource, SourceState};
pub use table::{
    Claim, ClaimOutcome, Claims, EnqueueOutcome, Fence, Fields, Queued, RecordReader, Records, SettleOutcome,
    Settlement, Settlements, Target,
};
pub use time::{Clock, Dice, Millis, Seconds, SystemClock, SystemDice};

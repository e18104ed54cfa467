//! Models of the ports, for tests: they keep what AWS's services promise, and fail when told to.

mod bus;
mod parameter;
mod queue;
mod table;
mod time;
mod trouble;

pub use bus::ModelBus;
pub use parameter::ModelParameter;
pub use queue::ModelQueue;
pub use table::ModelTable;
pub use time::{ModelClock, ModelDice};
pub use trouble::{Lost, Troubles};

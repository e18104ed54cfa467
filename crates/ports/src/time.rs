//! Time and chance, as parameters.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;
use uuid::Uuid;

use crate::LeaseOwner;

/// Milliseconds since 1970, UTC. Not [`Seconds`]: mixing the two is a compile error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

/// Seconds since 1970, UTC, as DynamoDB's TTL wants them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub i64);

impl Millis {
    /// The second this moment falls in.
    #[must_use]
    pub fn to_seconds(self) -> Seconds {
        Seconds(self.0.div_euclid(1000))
    }

    /// Later by `duration`.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Earlier by `duration`.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long from `earlier` until this; zero if it is not earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl Seconds {
    /// Later by `duration`, whole seconds.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)))
    }

    /// Its first millisecond.
    #[must_use]
    pub fn to_millis(self) -> Millis {
        Millis(self.0.saturating_mul(1000))
    }
}

/// RFC 3339 with milliseconds, UTC.
impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => write!(f, "{moment:.3}"),
            Err(_) => write!(f, "{} ms since 1970", self.0),
        }
    }
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Millis;
}

/// Makes what must not repeat.
pub trait Dice: Send + Sync {
    /// A lease owner never used before.
    fn lease_owner(&self) -> LeaseOwner;

    /// A number from 0 up to and including `most`, evenly.
    fn up_to(&self, most: u64) -> u64;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the one place that asks the machine")]
    fn now(&self) -> Millis {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The machine's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDice;

impl Dice for SystemDice {
    #[allow(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn lease_owner(&self) -> LeaseOwner {
        LeaseOwner::new(Uuid::new_v4().simple().to_string())
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn up_to(&self, most: u64) -> u64 {
        // The bias of a 128-bit draw is far below anything a back-off could show.
        u64::try_from(Uuid::new_v4().as_u128() % (u128::from(most) + 1)).unwrap_or(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shown_with_milliseconds() {
        assert_eq!(Millis(1_700_000_000_123).to_string(), "2023-11-14T22:13:20.123Z");
        assert_eq!(Millis(1_700_000_000_000).to_string(), "2023-11-14T22:13:20.000Z");
    }

    #[test]
    fn seconds_round_down_on_both_sides_of_1970() {
        assert_eq!(Millis(1_999).to_seconds(), Seconds(1));
        assert_eq!(Millis(-1).to_seconds(), Seconds(-1));
        assert_eq!(Seconds(2).to_millis(), Millis(2_000));
    }

    #[test]
    fn a_span_is_never_negative() {
        assert_eq!(Millis(5).since(Millis(9)), Duration::ZERO);
        assert_eq!(Millis(9).since(Millis(5)), Duration::from_millis(4));
        assert_eq!(Millis(9).minus(Duration::from_millis(4)), Millis(5));
    }

    #[test]
    fn dice_stay_in_range_and_owners_differ() {
        assert!((0..100).all(|_| SystemDice.up_to(3) <= 3));
        assert_eq!(SystemDice.up_to(0), 0);
        assert_ne!(SystemDice.lease_owner(), SystemDice.lease_owner());
    }
}

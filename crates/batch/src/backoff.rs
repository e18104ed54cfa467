//! Exponential back-off with full jitter:
//! <https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>.

use std::time::Duration;

/// How long to wait before the next try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The most the first wait can be.
    pub base: Duration,
    /// The most any wait can be.
    pub cap: Duration,
}

impl Backoff {
    /// A wait before the try that follows the `tries`-th (from 1): anything from one second up to
    /// `base` × 2^(`tries` - 1) or `cap`. `up_to(n)` draws a whole number from 0 to n, evenly. Whole seconds, as
    /// SQS counts them; never zero, so that a failing message cannot spin.
    pub fn delay(&self, tries: u32, up_to: impl FnOnce(u64) -> u64) -> Duration {
        let doubled = self.base.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1)));
        let most = doubled.min(self.cap).as_secs();
        Duration::from_secs(up_to(most).clamp(1, most.max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BACKOFF: Backoff = Backoff { base: Duration::from_secs(2), cap: Duration::from_secs(900) };

    #[test]
    fn the_most_a_wait_can_be_doubles_up_to_the_cap() {
        let longest = |tries| BACKOFF.delay(tries, |most| most).as_secs();
        assert_eq!([longest(1), longest(2), longest(3), longest(9), longest(10)], [2, 4, 8, 512, 900]);
    }

    proptest! {
        #[test]
        fn a_wait_is_at_least_a_second_and_at_most_the_cap(tries in any::<u32>(), draw in any::<u64>()) {
            let wait = BACKOFF.delay(tries, |most| draw % (most + 1));
            prop_assert!(wait >= Duration::from_secs(1) && wait <= BACKOFF.cap);
        }
    }
}

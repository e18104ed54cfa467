//! The time of one invocation.

use sluice_ports::Millis;
use std::time::Duration;

/// When an invocation began, when its processing must be over and when Lambda ends it.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    began: Millis,
    /// The deadline less the reserve, which is for settling, publishing and handing back.
    closes: Millis,
    /// When Lambda ends it.
    pub deadline: Millis,
}

impl Window {
    /// The window of an invocation that began at `began`; the last `reserve` of it is not for processing.
    #[must_use]
    pub fn new(began: Millis, deadline: Millis, reserve: Duration) -> Self {
        let whole = deadline.since(began).saturating_sub(reserve);
        Self { began, closes: began.plus(whole), deadline }
    }

    /// How long a start at `now` may take.
    #[must_use]
    pub fn left(&self, now: Millis) -> Duration {
        self.closes.since(now.max(self.began))
    }

    /// Whether a start that had so long had its fair share: half of what the invocation has. One with less, because
    /// others went before it, is not counted if it was not done in time.
    #[must_use]
    pub fn is_fair(&self, share: Duration) -> bool {
        share.saturating_mul(2) >= self.closes.since(self.began)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_left_ends_before_the_reserve_and_half_of_all_is_fair() {
        let window = Window::new(Millis(1000), Millis(31_000), Duration::from_secs(10));
        assert_eq!(window.left(Millis(1000)), Duration::from_secs(20));
        assert_eq!(window.left(Millis(21_000)), Duration::ZERO);
        assert_eq!(window.left(Millis(40_000)), Duration::ZERO);
        assert!(window.is_fair(Duration::from_secs(10)) && !window.is_fair(Duration::from_millis(9_999)));
    }

    #[test]
    fn an_invocation_shorter_than_its_reserve_has_no_time() {
        let window = Window::new(Millis(0), Millis(2000), Duration::from_secs(3));
        assert_eq!(window.left(Millis(0)), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn what_is_started_ends_before_the_reserve(deadline in 0..1_000_000_i64, reserve in 0..100_000_u64, now in -10_000..1_000_000_i64) {
            let reserve = Duration::from_millis(reserve);
            let window = Window::new(Millis(0), Millis(deadline), reserve);
            let left = window.left(Millis(now));
            // A clock that was set back gives no more than there was.
            prop_assert!(left.is_zero() || Millis(now.max(0)).plus(left).plus(reserve) <= Millis(deadline));
        }
    }
}

//! The time of one invocation.

use sluice_ports::Millis;
use std::time::Duration;

/// When an invocation began, when its processing must be over and when Lambda ends it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    began: Millis,
    /// The deadline less the reserve, which is for settling, publishing and handing back.
    closes: Millis,
    pub(crate) deadline: Millis,
}

impl Window {
    pub(crate) fn new(began: Millis, deadline: Millis, reserve: Duration) -> Self {
        let whole = deadline.since(began).saturating_sub(reserve);
        Self { began, closes: began.plus(whole), deadline }
    }

    /// How long a start at `now` may take.
    pub(crate) fn left(&self, now: Millis) -> Duration {
        self.closes.since(now)
    }

    /// Whether a start that had so long had its fair share: half of what the invocation has. One with less, because
    /// others went before it, is not counted if it was not done in time.
    pub(crate) fn is_fair(&self, share: Duration) -> bool {
        share * 2 >= self.closes.since(self.began)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}

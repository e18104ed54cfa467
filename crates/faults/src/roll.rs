//! Chance: repeatable with a seed, the port's dice without.

use crate::mode::Mode;
use sha2::{Digest, Sha256};
use sluice_ports::Dice;
use std::fmt::Display;

/// What is rolled for. With a seed, equal rolls fall alike in every run.
pub(crate) struct Roll<'a> {
    pub(crate) seed: Option<&'a str>,
    pub(crate) mode: Mode,
    pub(crate) function: &'static str,
    /// Such as an event's id.
    pub(crate) subject: &'a dyn Display,
    /// Which try at the subject it is.
    pub(crate) attempt: u64,
}

impl Roll<'_> {
    /// Whether it hits, which it does `percentage` times in a hundred.
    pub(crate) fn hits(&self, percentage: u8, dice: &dyn Dice) -> bool {
        // No chance, no draw.
        percentage >= 100 || (percentage > 0 && self.draw("hit", 99, dice) < u64::from(percentage))
    }

    /// A number from `least` up to and including `most`; `least` if that is the larger one.
    pub(crate) fn between(&self, least: u64, most: u64, dice: &dyn Dice) -> u64 {
        least + self.draw("amount", most.saturating_sub(least), dice)
    }

    fn draw(&self, what: &str, most: u64, dice: &dyn Dice) -> u64 {
        let Some(seed) = self.seed else {
            return dice.up_to(most);
        };
        let mut hash = Sha256::new();
        for part in [what, seed, self.mode.name(), self.function, &self.subject.to_string()] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        hash.update(self.attempt.to_be_bytes());
        let number = hash.finalize().iter().take(16).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        u64::try_from(number % (u128::from(most) + 1)).unwrap_or(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_ports::SystemDice;

    fn roll<'a>(seed: Option<&'a str>, subject: &'a dyn Display, attempt: u64) -> Roll<'a> {
        Roll { seed, mode: Mode::RandomFail, function: "worker", subject, attempt }
    }

    #[test]
    fn a_seed_makes_rolls_repeatable_and_each_attempt_another() {
        let run = |seed| -> Vec<bool> {
            let hits = |n: u64| roll(Some(seed), &n, n % 3).hits(50, &SystemDice);
            (0..64).map(hits).collect()
        };
        assert_eq!(run("a"), run("a"));
        assert_ne!(run("a"), run("b"));
        let attempts: Vec<_> = (0..64).map(|n| roll(Some("a"), &"e", n).hits(50, &SystemDice)).collect();
        assert!(attempts.contains(&true) && attempts.contains(&false));
    }

    #[test]
    fn a_percentage_is_kept() {
        for seed in [None, Some("s")] {
            let hits = |percentage| (0..10_000_u64).filter(|n| roll(seed, n, 1).hits(percentage, &SystemDice)).count();
            assert_eq!((hits(0), hits(100)), (0, 10_000));
            assert!((2_700..3_300).contains(&hits(30)), "{}", hits(30));
        }
    }

    #[test]
    fn an_amount_stays_between_its_ends() {
        for seed in [None, Some("s")] {
            let amounts: Vec<_> = (0..1000_u64).map(|n| roll(seed, &n, 1).between(100, 103, &SystemDice)).collect();
            assert!((100..=103).all(|amount| amounts.contains(&amount)));
            assert!(amounts.iter().all(|amount| (100..=103).contains(amount)));
            assert_eq!(roll(seed, &1, 1).between(7, 7, &SystemDice), 7);
        }
    }
}

//! The plain words.

use crate::invalid::Invalid;
use crate::mode::Mode;
use crate::plan::{Act, Flag, Plan};

/// What the plain words are, for messages.
const WORDS: &str = "none, poison_payload, slow_downstream, random_fail_p0 to random_fail_p100, duplicate_submit";

/// How long `slow_downstream`, and `slow_record` without figures, make one start of an event take, in milliseconds.
pub(crate) const SLOW: Act = Act::Wait { least: 1_000, most: 2_000 };

pub(crate) fn parse(word: &str) -> Result<Plan, Invalid> {
    let (mode, percentage, act) = match word {
        "none" => return Ok(Plan::default()),
        "poison_payload" => (Mode::Poison, 100, Act::Plain),
        "slow_downstream" => (Mode::SlowRecord, 100, SLOW),
        "duplicate_submit" => (Mode::Duplicate, 100, Act::Plain),
        other => (Mode::RandomFail, random_fail(other).ok_or_else(|| unknown(other))?, Act::Plain),
    };
    let flag = Flag { percentage, function: None, conditions: Vec::new(), act };
    Ok(Plan { flags: [(mode, flag)].into(), ..Plan::default() })
}

fn random_fail(word: &str) -> Option<u8> {
    let digits = word.strip_prefix("random_fail_p")?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|percentage| plain && *percentage <= 100)
}

fn unknown(word: &str) -> Invalid {
    let shown: String = word.chars().take(40).collect();
    Invalid::from(format!("`{shown}` is no failure mode; write one of {WORDS}, or a JSON object"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(word: &str) -> (Mode, u8, Act) {
        let plan = parse(word).unwrap();
        let mut flags = plan.flags.into_iter();
        let Some((mode, flag)) = flags.next() else { panic!("{word} does nothing") };
        assert!(flags.next().is_none() && flag.conditions.is_empty());
        (mode, flag.percentage, flag.act)
    }

    #[test]
    fn each_word_is_one_mode_and_none_is_no_mode() {
        assert!(parse("none").unwrap().is_empty());
        assert_eq!(only("poison_payload"), (Mode::Poison, 100, Act::Plain));
        assert_eq!(only("slow_downstream"), (Mode::SlowRecord, 100, SLOW));
        assert_eq!(only("duplicate_submit"), (Mode::Duplicate, 100, Act::Plain));
    }

    #[test]
    fn random_fail_takes_every_percentage_and_nothing_else() {
        for percentage in 0..=100 {
            assert_eq!(only(&format!("random_fail_p{percentage}")), (Mode::RandomFail, percentage, Act::Plain));
        }
        for wrong in
            ["random_fail_p", "random_fail_p101", "random_fail_p-1", "random_fail_p+1", "random_fail", "poison"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_word_is_told_what_would_be() {
        let text = parse(&"x".repeat(5000)).unwrap_err().to_string();
        assert!(text.contains("poison_payload") && text.len() < 300, "{text}");
    }
}

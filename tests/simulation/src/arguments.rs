//! What the command line asks for.

use sluice_simulate::Kind;
use std::str::FromStr;

/// Shown when an argument is wrong.
pub(crate) const USAGE: &str = "simulate [--events N] [--seed N] [--queue standard|fifo|both] [--seconds N]
                [--failures N] [--trace]
    --events    at least so many, in worlds of up to 120 each; 1 is one world (default 10000)
    --seed      of the first world (default: of the clock)
    --queue     the main queue's kind (default both)
    --seconds   stop after so long, done or not (default: none)
    --failures  worlds that may break a promise before the rest is left (default 1)
    --trace     log what happens; for repeating one seed";

/// The arguments, read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) events: u64,
    pub(crate) seed: u64,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) seconds: Option<u64>,
    pub(crate) failures: usize,
    pub(crate) trace: bool,
}

impl Arguments {
    /// Reads them; an empty value counts as not given.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(crate) fn read(mut given: impl Iterator<Item = String>, fresh_seed: u64) -> Result<Self, String> {
        let kinds = vec![Kind::Standard, Kind::Fifo];
        let mut arguments = Self { events: 10_000, seed: fresh_seed, kinds, seconds: None, failures: 1, trace: false };
        while let Some(name) = given.next() {
            if name == "--trace" {
                arguments.trace = true;
                continue;
            }
            let value = given.next().ok_or_else(|| format!("{name} needs a value"))?;
            match (name.as_str(), value.as_str()) {
                (_, "") => {}
                ("--events", text) => arguments.events = number(&name, text)?,
                ("--seed", text) => arguments.seed = number(&name, text)?,
                ("--seconds", text) => arguments.seconds = Some(number(&name, text)?),
                ("--failures", text) => arguments.failures = number(&name, text)?,
                ("--queue", "both") => {}
                ("--queue", "standard") => arguments.kinds = vec![Kind::Standard],
                ("--queue", "fifo") => arguments.kinds = vec![Kind::Fifo],
                _ => return Err(format!("{name} {value} is not known")),
            }
        }
        Ok(arguments)
    }
}

fn number<T: FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{name} must be a whole number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Arguments, String> {
        Arguments::read(line.split(' ').filter(|word| !word.is_empty()).map(|word| word.replace('_', "")), 7)
    }

    #[test]
    fn what_is_not_given_has_a_default() {
        let all = Arguments {
            events: 10_000,
            seed: 7,
            kinds: vec![Kind::Standard, Kind::Fifo],
            seconds: None,
            failures: 1,
            trace: false,
        };
        assert_eq!(read(""), Ok(all));
        assert_eq!(read("--seed _ --events _").unwrap().seed, 7, "make passes an empty value");
    }

    #[test]
    fn what_is_given_is_read() {
        let arguments = read("--events 1 --seed 18446744073709551615 --queue fifo --failures 3 --trace").unwrap();
        assert_eq!((arguments.events, arguments.seed), (1, u64::MAX));
        assert_eq!((arguments.kinds, arguments.failures, arguments.trace), (vec![Kind::Fifo], 3, true));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for wrong in ["--events x", "--seed -1", "--queue odd", "--other 1", "--seed"] {
            let name = wrong.split(' ').next().unwrap();
            assert!(read(wrong).unwrap_err().starts_with(name), "{wrong}");
        }
    }
}

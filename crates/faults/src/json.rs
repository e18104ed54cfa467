//! The JSON form: that of failure-lambda 1.0 (<https://github.com/gunnargrosch/failure-lambda#configuration>), and our
//! own modes beside it. Members that nobody knows are ignored, and what is not enabled is not read further.

use crate::condition::{Condition, MOST_PATTERN_BYTES, MOST_PATTERN_SIZE, Operator};
use crate::invalid::Invalid;
use crate::mode::Mode;
use crate::plan::{Act, CallRule, Flag, Plan};
use crate::words::SLOW;
use regex_lite::{Regex, RegexBuilder};
use serde_json::{Map, Value};
use sluice_ports::Millis;
use std::time::Duration;

type Members = Map<String, Value>;

/// A status under that would promise a producer what SQS does not have.
const LEAST_STATUS: u64 = 300;
const DEFAULT_STATUS: u16 = 500;
const DEFAULT_MESSAGE: &str = "Injected exception";

pub(crate) fn parse(text: &str) -> Result<Plan, Invalid> {
    let members: Members = serde_json::from_str(text).map_err(|error| Invalid::from(format!("is no JSON: {error}")))?;
    if members.contains_key("isEnabled") || members.contains_key("failureMode") {
        return Err(Invalid::from("has the form of failure-lambda 0.x; write that of 1.0".to_owned()));
    }
    let mut invalid = Invalid::default();
    let mut plan = Plan {
        seed: seed(&members, &mut invalid),
        until: until(&members, &mut invalid),
        calls: calls(&members, &mut invalid),
        ..Plan::default()
    };
    for mode in Mode::FLAGS {
        if let Some(mut place) = enabled(&members, mode.name(), &mut invalid) {
            plan.flags.insert(mode, place.flag(mode));
        }
    }
    for name in ["diskspace", "denylist"] {
        if enabled(&members, name, &mut invalid).is_some() {
            plan.unsupported.push(name);
        }
    }
    invalid.unless_empty(plan)
}

/// An object of the parameter that is read, and where it stands.
struct Place<'a> {
    path: String,
    members: &'a Members,
    invalid: &'a mut Invalid,
}

/// A mode's object, if the mode is on.
fn enabled<'a>(members: &'a Members, name: &str, invalid: &'a mut Invalid) -> Option<Place<'a>> {
    let flag = members.get(name)?;
    let Value::Object(members) = flag else {
        invalid.add(format!("{name} must be an object"));
        return None;
    };
    match members.get("enabled") {
        Some(Value::Bool(true)) => Some(Place { path: name.to_owned(), members, invalid }),
        Some(Value::Bool(false)) => None,
        _ => {
            invalid.add(format!("{name}.enabled must be true or false"));
            None
        }
    }
}

fn seed(members: &Members, invalid: &mut Invalid) -> Option<String> {
    match members.get("seed")? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => {
            invalid.add("seed must be a text or a number".to_owned());
            None
        }
    }
}

fn until(members: &Members, invalid: &mut Invalid) -> Option<Millis> {
    let given = members.get("until")?;
    let moment = given.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    if moment.is_none() {
        invalid.add("until must be a time as in RFC 3339, such as 2026-11-21T18:00:00Z".to_owned());
    }
    moment.map(|moment| Millis(moment.as_millisecond()))
}

fn calls(members: &Members, invalid: &mut Invalid) -> Vec<CallRule> {
    let Some(given) = members.get("aws_calls") else {
        return Vec::new();
    };
    let Value::Array(rules) = given else {
        invalid.add("aws_calls must be an array".to_owned());
        return Vec::new();
    };
    let read = |(index, rule): (usize, &Value)| {
        let path = format!("aws_calls[{index}]");
        match rule.as_object() {
            Some(members) => Place { path, members, invalid: &mut *invalid }.call_rule(),
            None => {
                invalid.add(format!("{path} must be an object"));
                None
            }
        }
    };
    rules.iter().enumerate().filter_map(read).collect()
}

impl Place<'_> {
    fn flag(&mut self, mode: Mode) -> Flag {
        Flag {
            percentage: self.percentage(),
            function: self.function(),
            conditions: self.conditions(),
            act: self.act(mode),
        }
    }

    fn act(&mut self, mode: Mode) -> Act {
        match mode {
            Mode::Latency => self.wait(Act::Wait { least: 0, most: 0 }),
            Mode::SlowRecord => self.wait(SLOW),
            Mode::Timeout => {
                let left = Duration::from_millis(self.milliseconds("timeout_buffer_ms").unwrap_or(0));
                Act::WaitUntil { left }
            }
            Mode::StatusCode => self.status(),
            Mode::Exception => {
                Act::Fail { message: self.text("exception_msg").unwrap_or_else(|| DEFAULT_MESSAGE.to_owned()) }
            }
            Mode::Corruption => Act::Corrupt { body: self.text("body") },
            _ => Act::Plain,
        }
    }

    /// `usual` where neither end is given.
    fn wait(&mut self, usual: Act) -> Act {
        let (least, most) = (self.milliseconds("min_latency"), self.milliseconds("max_latency"));
        if least.is_none() && most.is_none() {
            return usual;
        }
        let least = least.unwrap_or(0);
        // As in failure-lambda, where a missing end is 0, and what is then left of the span is none.
        let most = most.unwrap_or(least);
        if most < least {
            self.wrong("max_latency", "must not be less than min_latency");
        }
        Act::Wait { least, most }
    }

    fn status(&mut self) -> Act {
        let Some(given) = self.members.get("status_code") else {
            return Act::Answer { status: DEFAULT_STATUS };
        };
        let status = given.as_u64().filter(|status| (LEAST_STATUS..600).contains(status));
        let status = status.and_then(|status| u16::try_from(status).ok());
        if status.is_none() {
            let why = "must be from 300 to 599: a 2xx would promise a producer what SQS does not have";
            self.wrong("status_code", why);
        }
        Act::Answer { status: status.unwrap_or(DEFAULT_STATUS) }
    }

    fn call_rule(&mut self) -> Option<CallRule> {
        if self.members.get("enabled") == Some(&Value::Bool(false)) {
            return None;
        }
        let name = self.members.get("fault").and_then(Value::as_str);
        let Some(mode) = Mode::CALLS.into_iter().find(|mode| Some(mode.name()) == name) else {
            self.wrong("fault", &format!("must be one of {}", Mode::CALLS.map(Mode::name).join(", ")));
            return None;
        };
        let any = || "*".to_owned();
        Some(CallRule {
            mode,
            percentage: self.percentage(),
            function: self.function(),
            service: self.service().unwrap_or_else(any),
            operation: self.text("operation").unwrap_or_else(any),
        })
    }

    fn service(&mut self) -> Option<String> {
        self.one_of("service", &["sqs", "dynamodb", "events", "*"])
    }

    fn function(&mut self) -> Option<String> {
        self.one_of("function", &["ingest", "worker"])
    }

    fn one_of(&mut self, name: &str, known: &[&str]) -> Option<String> {
        let text = self.text(name)?;
        if !known.contains(&text.as_str()) {
            self.wrong(name, &format!("must be one of {}", known.join(", ")));
        }
        Some(text)
    }

    fn percentage(&mut self) -> u8 {
        let Some(given) = self.members.get("percentage") else {
            return 100;
        };
        let percentage = given.as_u64().and_then(|number| u8::try_from(number).ok()).filter(|number| *number <= 100);
        if percentage.is_none() {
            self.wrong("percentage", "must be a whole number from 0 to 100");
        }
        percentage.unwrap_or(0)
    }

    fn conditions(&mut self) -> Vec<Condition> {
        let Some(given) = self.members.get("match") else {
            return Vec::new();
        };
        let Value::Array(given) = given else {
            self.wrong("match", "must be an array");
            return Vec::new();
        };
        let mut kept = Vec::with_capacity(given.len());
        for (index, given) in given.iter().enumerate() {
            match condition(given) {
                Ok(condition) => kept.push(condition),
                Err(why) => self.wrong(&format!("match[{index}]"), why),
            }
        }
        kept
    }

    /// A number of milliseconds, cut down to a whole one.
    fn milliseconds(&mut self, name: &str) -> Option<u64> {
        let given = self.members.get(name)?;
        let whole =
            given.as_u64().or_else(|| given.as_f64().filter(|number| *number >= 0.0).map(|number| number as u64));
        if whole.is_none() {
            self.wrong(name, "must be a number of milliseconds, not less than 0");
        }
        whole
    }

    fn text(&mut self, name: &str) -> Option<String> {
        let given = self.members.get(name)?;
        let text = given.as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(name, "must be a text");
        }
        text
    }

    fn wrong(&mut self, name: &str, why: &str) {
        self.invalid.add(format!("{}.{name} {why}", self.path));
    }
}

fn condition(given: &Value) -> Result<Condition, &'static str> {
    let member = |name| given.get(name).and_then(Value::as_str);
    let path = member("path").ok_or("needs a path, a text")?.to_owned();
    let value = || member("value").ok_or("needs a value, a text");
    let operator = match given.get("operator") {
        None => Operator::Equals(value()?.to_owned()),
        Some(operator) => match operator.as_str() {
            Some("eq") => Operator::Equals(value()?.to_owned()),
            Some("exists") => Operator::Exists,
            Some("startsWith") => Operator::StartsWith(value()?.to_owned()),
            Some("regex") => Operator::Matches(pattern(value()?)?),
            _ => return Err("has an operator that is none of eq, exists, startsWith, regex"),
        },
    };
    Ok(Condition { path, operator })
}

fn pattern(text: &str) -> Result<Regex, &'static str> {
    if text.len() > MOST_PATTERN_BYTES {
        return Err("has a pattern of more than 512 bytes");
    }
    let pattern = RegexBuilder::new(text).size_limit(MOST_PATTERN_SIZE).build();
    pattern.map_err(|_| "has a value that is no regular expression, or one that repeats too much")
}

#[cfg(test)]
mod tests;

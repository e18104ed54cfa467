//! What is wrong with a value of the parameter.

use std::fmt;

/// How many mistakes are named.
const MOST_NAMED: usize = 8;

/// All mistakes, each as a sentence that names its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Invalid(Vec<String>);

impl Invalid {
    pub(crate) fn add(&mut self, mistake: String) {
        self.0.push(mistake);
    }

    /// The plan, if nothing is wrong with it.
    pub(crate) fn unless_empty<T>(self, plan: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(plan) } else { Err(self) }
    }
}

impl From<String> for Invalid {
    fn from(mistake: String) -> Self {
        Self(vec![mistake])
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named: Vec<_> = self.0.iter().take(MOST_NAMED).map(String::as_str).collect();
        f.write_str(&named.join("; "))?;
        match self.0.len().checked_sub(MOST_NAMED) {
            Some(more @ 1..) => write!(f, "; and {more} more"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Invalid {}

//! The kinds of faults.

/// A kind of fault. In the order in which those of one start are injected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Mode {
    Latency,
    Timeout,
    StatusCode,
    Exception,
    Corruption,
    SlowRecord,
    Panic,
    Poison,
    RandomFail,
    Duplicate,
    Throttle,
    ServerError,
    NoAnswer,
    LostAnswer,
}

impl Mode {
    /// Those that are members of the JSON form.
    pub(crate) const FLAGS: [Self; 10] = [
        Self::Latency,
        Self::Timeout,
        Self::StatusCode,
        Self::Exception,
        Self::Corruption,
        Self::SlowRecord,
        Self::Panic,
        Self::Poison,
        Self::RandomFail,
        Self::Duplicate,
    ];

    /// Those of calls to AWS.
    pub(crate) const CALLS: [Self; 4] = [Self::Throttle, Self::ServerError, Self::NoAnswer, Self::LostAnswer];

    /// Its name in the parameter, in log lines and in metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Latency => "latency",
            Self::Timeout => "timeout",
            Self::StatusCode => "statuscode",
            Self::Exception => "exception",
            Self::Corruption => "corruption",
            Self::SlowRecord => "slow_record",
            Self::Panic => "panic",
            Self::Poison => "poison",
            Self::RandomFail => "random_fail",
            Self::Duplicate => "duplicate",
            Self::Throttle => "throttle",
            Self::ServerError => "server_error",
            Self::NoAnswer => "no_answer",
            Self::LostAnswer => "lost_answer",
        }
    }
}

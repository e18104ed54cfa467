//! Metrics in CloudWatch's embedded metric format, written by metrique:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.

use crate::stdout::Line;
use metrique_writer_core::format::Format;
use metrique_writer_core::unit::NegativeScale;
use metrique_writer_core::{Entry, EntryWriter, MetricFlags, Observation, Unit, Value, ValueWriter};
use metrique_writer_format_emf::Emf;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The CloudWatch namespace of all metrics.
const NAMESPACE: &str = "Sluice";

/// The most values that an EMF metric may hold.
const MOST_VALUES: usize = 100;

/// A function's metrics: every metric has the dimensions `Environment` and `Function`.
pub struct Metrics {
    emf: Mutex<Emf>,
    environment: String,
    function: &'static str,
    cold: AtomicBool,
}

/// What one invocation counted and measured. Its EMF record is also the invocation's summary line.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Summary {
    counts: BTreeMap<String, u64>,
    /// Milliseconds, and how often each was measured.
    durations: BTreeMap<&'static str, BTreeMap<u64, u64>>,
    properties: BTreeMap<&'static str, String>,
}

impl Summary {
    /// Adds `amount` to a count. A count of nothing is written too: zero is a figure.
    pub fn count(&mut self, name: &'static str, amount: u64) {
        *self.counts.entry(name.to_owned()).or_default() += amount;
    }

    /// Adds one to a count, and one to the count of its `class`, named `<name>.<class>`.
    pub fn count_class(&mut self, name: &'static str, class: &str) {
        self.count(name, 1);
        *self.counts.entry(format!("{name}.{class}")).or_default() += 1;
    }

    /// Adds a measurement, kept to the millisecond.
    pub fn measure(&mut self, name: &'static str, duration: Duration) {
        let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        *self.durations.entry(name).or_default().entry(milliseconds).or_default() += 1;
    }

    /// Notes a text on the record that is no metric, such as `request_id`.
    pub fn note(&mut self, name: &'static str, value: impl Into<String>) {
        self.properties.insert(name, value.into());
    }

    /// What was counted under a name.
    #[must_use]
    pub fn counted(&self, name: &str) -> u64 {
        self.counts.get(name).copied().unwrap_or(0)
    }
}

impl Metrics {
    /// Metrics of `function` in `environment`.
    #[must_use]
    pub fn new(environment: impl Into<String>, function: &'static str) -> Self {
        let dimensions = vec![vec!["Environment".to_owned(), "Function".to_owned()]];
        // Validation would look at every record again, at run time, for mistakes that the tests here rule out.
        let emf = Emf::no_validations(NAMESPACE.to_owned(), dimensions);
        Self { emf: Mutex::new(emf), environment: environment.into(), function, cold: AtomicBool::new(true) }
    }

    /// Writes the invocation's record to standard output.
    pub fn emit(&self, summary: &Summary) {
        // A record that cannot be written is not worth failing the invocation for.
        let _ = self.write(summary, &mut Line::default());
    }

    fn write(&self, summary: &Summary, out: &mut impl Write) -> io::Result<()> {
        let cold = self.cold.swap(false, Ordering::Relaxed);
        let record = Invocation { metrics: self, summary, cold };
        self.emf.lock().unwrap_or_else(PoisonError::into_inner).format(&record, out).map_err(io::Error::other)
    }
}

struct Invocation<'a> {
    metrics: &'a Metrics,
    summary: &'a Summary,
    cold: bool,
}

impl Entry for Invocation<'_> {
    fn write<'a>(&'a self, writer: &mut impl EntryWriter<'a>) {
        writer.value("Environment", self.metrics.environment.as_str());
        writer.value("Function", self.metrics.function);
        writer.value("cold_start", if self.cold { "true" } else { "false" });
        for (name, text) in &self.summary.properties {
            writer.value(*name, text.as_str());
        }
        for (name, count) in &self.summary.counts {
            writer.value(name.as_str(), &Count(*count));
        }
        for (name, milliseconds) in &self.summary.durations {
            writer.value(*name, &Durations(milliseconds));
        }
    }
}

struct Count(u64);

impl Value for Count {
    fn write(&self, writer: impl ValueWriter) {
        writer.metric([Observation::Unsigned(self.0)], Unit::Count, [], MetricFlags::empty());
    }
}

struct Durations<'a>(&'a BTreeMap<u64, u64>);

impl Value for Durations<'_> {
    fn write(&self, writer: impl ValueWriter) {
        let measured: Vec<_> = self.0.iter().collect();
        // Where there are more than EMF takes, neighbours share one value: their mean.
        let neighbours = measured.len().div_ceil(MOST_VALUES).max(1);
        let values = measured.chunks(neighbours).map(|group| Observation::Repeated {
            total: group.iter().map(|(value, times)| value.saturating_mul(**times)).sum::<u64>() as f64,
            occurrences: group.iter().map(|(_, times)| **times).sum(),
        });
        writer.metric(values, Unit::Second(NegativeScale::Milli), [], MetricFlags::empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn record(metrics: &Metrics, summary: &Summary) -> Value {
        let mut line = Vec::new();
        metrics.write(summary, &mut line).unwrap();
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1, "one line");
        serde_json::from_slice(&line).unwrap()
    }

    #[test]
    fn an_invocation_is_one_emf_record() {
        let mut summary = Summary::default();
        summary.count("Completed", 2);
        summary.count("Retried", 0);
        summary.count_class("Failed", "BusinessRule");
        summary.measure("QueueWait", Duration::from_millis(12));
        summary.measure("QueueWait", Duration::from_millis(7));
        summary.note("request_id", "r-1");
        let record = record(&Metrics::new("dev", "worker"), &summary);

        let directive = &record["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(directive["Namespace"], "Sluice");
        assert_eq!(directive["Dimensions"], json!([["Environment", "Function"]]));
        let metric = |name: &str| {
            directive["Metrics"].as_array().unwrap().iter().find(|metric| metric["Name"] == name).unwrap().clone()
        };
        assert_eq!(metric("QueueWait")["Unit"], "Milliseconds");
        assert_eq!(metric("Failed.BusinessRule")["Unit"], "Count");
        assert!(record["_aws"]["Timestamp"].is_number());
        assert_eq!((&record["Environment"], &record["Function"]), (&json!("dev"), &json!("worker")));
        assert_eq!((&record["Completed"], &record["Retried"], &record["Failed"]), (&json!(2), &json!(0), &json!(1)));
        assert_eq!(record["request_id"], "r-1");
        let waits: Vec<_> = record["QueueWait"]["Values"].as_array().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(waits.len(), 2, "{record}");
    }

    #[test]
    fn a_batch_of_thousands_is_still_a_record_that_cloudwatch_takes() {
        let mut summary = Summary::default();
        (0..10_000).for_each(|number| summary.measure("QueueWait", Duration::from_millis(number % 1_000)));
        let record = record(&Metrics::new("dev", "worker"), &summary);
        let numbers = |name: &str| -> Vec<f64> {
            let numbers = record["QueueWait"][name].as_array().unwrap().iter();
            numbers.map(|number| number.to_string().parse().unwrap()).collect()
        };
        let (values, counts) = (numbers("Values"), numbers("Counts"));
        assert!(values.len() <= 100, "{}", values.len());
        assert_eq!(counts.iter().sum::<f64>(), 10_000.0);
        let total: f64 = values.iter().zip(&counts).map(|(value, count)| value * count).sum();
        assert_eq!(total.round(), 4_995_000.0, "the mean is exact");
    }

    #[test]
    fn only_the_first_record_is_marked_cold() {
        let metrics = Metrics::new("dev", "worker");
        assert_eq!(record(&metrics, &Summary::default())["cold_start"], "true");
        assert_eq!(record(&metrics, &Summary::default())["cold_start"], "false");
    }
}

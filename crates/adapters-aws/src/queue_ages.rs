//! Amazon CloudWatch's figures of the queues.

use crate::Aws;
use crate::error::call_failed;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy};
use sluice_ports::{Clock, PortError, QueueAges, QueueName, SystemClock};
use std::time::Duration;

/// SQS publishes once a minute, some minutes late.
const WINDOW_SECONDS: i64 = 600;

/// CloudWatch's `ApproximateAgeOfOldestMessage` of both queues.
#[derive(Debug, Clone)]
pub struct CloudWatchAges {
    client: Client,
    main: String,
    dead_letters: String,
}

impl CloudWatchAges {
    /// Of the queues at these URLs, whose last part is their name. Needs `cloudwatch:GetMetricData`.
    #[must_use]
    pub fn new(aws: &Aws, main_url: &str, dead_letter_url: &str) -> Self {
        let name = |url: &str| url.rsplit('/').next().unwrap_or(url).to_owned();
        Self { client: Client::new(aws.config()), main: name(main_url), dead_letters: name(dead_letter_url) }
    }
}

fn query(queue: &str) -> MetricDataQuery {
    let metric = Metric::builder()
        .namespace("AWS/SQS")
        .metric_name("ApproximateAgeOfOldestMessage")
        .dimensions(Dimension::builder().name("QueueName").value(queue).build())
        .build();
    let stat = MetricStat::builder().metric(metric).period(60).stat("Maximum").build();
    MetricDataQuery::builder().id("age").metric_stat(stat).return_data(true).build()
}

impl QueueAges for CloudWatchAges {
    async fn oldest(&self, queue: QueueName) -> Result<Option<Duration>, PortError> {
        let name = match queue {
            QueueName::Main => &self.main,
            QueueName::DeadLetter => &self.dead_letters,
        };
        let now = SystemClock.now().to_seconds().0;
        let call = self
            .client
            .get_metric_data()
            .metric_data_queries(query(name))
            .start_time(DateTime::from_secs(now - WINDOW_SECONDS))
            .end_time(DateTime::from_secs(now))
            .scan_by(ScanBy::TimestampDescending)
            .send();
        let answer = call.await.map_err(|error| call_failed("cloudwatch:GetMetricData", &error))?;
        let newest = answer.metric_data_results().first().and_then(|result| result.values().first().copied());
        Ok(newest.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()))
    }
}

//! Which route a request takes.

use crate::{Ports, Query};
use sluice_http::{Answer, Problem, Request};
use sluice_telemetry::Summary;

/// Every path of the API, and its methods; those of other functions too, so that 405 is told from 404.
const PATHS: [(&str, &str); 4] = [("/events", "POST"), ("/events/{id}", "GET"), ("/queues", "GET"), ("/health", "GET")];

impl<P: Ports> Query<P> {
    pub(crate) async fn route(&self, request: &Request, summary: &mut Summary) -> Result<Answer, Problem> {
        let Some((path, method)) = PATHS.into_iter().find(|(path, _)| matches(path, &request.path)) else {
            summary.note("action", "not_found");
            let detail = "this path is none of the API's; docs/API.md lists them";
            return Err(Problem::new(404, "not_found", "There is no such resource", detail));
        };
        if method != request.method {
            summary.note("action", "method_not_allowed");
            let detail = format!("this path takes {method} only");
            let problem = Problem::new(405, "method_not_allowed", "The method is not allowed here", detail);
            summary.count_class("Rejected", problem.code());
            summary.note("status", problem.code());
            return Ok(problem.into_answer().with_header("allow", method));
        }
        match path {
            "/events/{id}" => self.get_event(request, summary).await,
            "/queues" => self.get_queues(summary).await,
            "/health" => Ok(self.get_health(summary).await),
            _ => {
                Err(Problem::new(404, "not_found", "There is no such resource", "another function answers this route"))
            }
        }
    }
}

fn matches(path: &str, requested: &str) -> bool {
    match path.strip_suffix("{id}") {
        Some(prefix) => requested.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && !rest.contains('/')),
        None => path == requested,
    }
}

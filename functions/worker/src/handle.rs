//! The order of the stages.

use crate::closing::Closing;
use crate::job::{Carried, Job};
use crate::ledger::{Ledger, Why};
use crate::message::{self, SqsEvent};
use crate::parse::{Parsed, parse};
use crate::settle::Open;
use crate::window::Window;
use crate::{Ports, Worker};
use sluice_batch::{BatchResponse, fold};
use sluice_ports::{Clock, Millis};
use sluice_telemetry::Summary;

impl<P: Ports> Worker<P> {
    /// Works one batch. `deadline` is when Lambda ends the invocation.
    pub async fn handle(&self, event: SqsEvent, deadline: Millis) -> (BatchResponse, Summary) {
        let now = self.clock.now();
        let window = Window::new(now, deadline, self.config.deadline_reserve);
        let (batch, messages) = message::receive(event, now);
        let mut ledger = Ledger::new(batch, messages.len());
        let mut closings = Vec::new();
        let mut carried = Vec::new();
        for mut message in messages {
            ledger.received(&message, now);
            match parse(&message, &self.config, self.types, now) {
                Parsed::Event(envelope, event_type) => {
                    message.received_at = Millis(envelope.header.received_at_ms);
                    carried.push(Carried { message, envelope: *envelope, event_type })
                }
                Parsed::Malformed { class, message: text } => closings.push(Closing::malformed(message, class, text)),
                Parsed::Newer { what } => ledger.hand_back(&message, Some(self.config.newer_wait), &Why::Newer(what)),
            }
        }
        let folds = fold(carried, |carried| carried.envelope.header.event_id);
        let jobs = folds.into_iter().map(|fold| Job::new(fold.leader, fold.followers));
        let (external, pure): (Vec<_>, Vec<_>) = jobs.partition(Job::is_external);
        let (redelivered, fresh): (Vec<_>, Vec<_>) = pure.into_iter().partition(Job::is_redelivered);

        // Each stage is done with before the next one starts: a start that kills the process costs nothing of what
        // is closed. What may have killed one already comes last, and alone.
        let mut open: Vec<Open> = redelivered.into_iter().map(Open::new).collect();
        let settled = self.settle_fresh(self.process_fresh(fresh, window, &mut ledger).await, &mut ledger).await;
        closings.extend(settled.closings);
        open.extend(settled.open);
        let mut rivals = self.close(closings, &mut ledger).await;
        let settled = self.work_external(external, window, &mut ledger).await;
        open.extend(settled.open);
        rivals.extend(self.close(settled.closings, &mut ledger).await);
        loop {
            open.extend(rivals.into_iter().map(Open::new));
            if open.is_empty() {
                return ledger.answer(&self.queue).await;
            }
            let mut closings = Vec::new();
            for open in open.drain(..) {
                closings.extend(self.work_claimed(open, window, &mut ledger).await);
            }
            rivals = self.close(closings, &mut ledger).await;
        }
    }

    /// Whether there is time to start another record.
    pub(crate) fn may_start(&self, window: Window) -> bool {
        !window.left(self.clock.now()).is_zero()
    }
}

"""Bugs to plant: what is replaced in which file, and what the simulation then says."""

from dataclasses import dataclass

WORKER = "functions/worker/src/"


@dataclass(frozen=True)
class Bug:
    """A mistake that a change of the code could bring."""

    name: str
    file: str
    right: str
    wrong: str
    #: A part of what the simulation must say. That it fails for another reason would prove nothing.
    seen_as: str
    queue: str = "standard"
    #: The first world. Where few worlds show a bug, one shortly before such a world.
    seed: int = 1


BUGS = [
    Bug(
        "fencing removed from the writes of a lease",
        "crates/simulation/src/table.rs",
        "Fence::Held(owner) => row.status == Status::InProgress && row.lease_owner.as_ref() == Some(owner),",
        "Fence::Held(_) => true,",
        seen_as="which was",
    ),
    Bug(
        "a refused write taken for a written one",
        WORKER + "settle.rs",
        "        match (outcome, settlement.target) {",
        """        let outcome = match outcome {
            Ok(SettleOutcome::Refused(_)) => Ok(SettleOutcome::Written),
            other => other,
        };
        match (outcome, settlement.target) {""",
        seen_as="the record never said so",
    ),
    Bug(
        "publish before complete",
        WORKER + "claimed.rs",
        "        let mut outcomes = self.table.settle(std::slice::from_ref(&settlement)).await;",
        """        let early = sluice_ports::OutcomeEvent {
            kind: sluice_ports::OutcomeKind::Completed,
            detail: serde_json::json!({"eventId": job.id(), "messageId": job.leader.message.id}),
        };
        if matches!(settlement.target, sluice_ports::Target::Completed(_)) {
            sluice_ports::Bus::publish(&self.bus, &[early]).await;
        }
        let mut outcomes = self.table.settle(std::slice::from_ref(&settlement)).await;""",
        seen_as="the record never said so",
    ),
    Bug(
        "acknowledge before complete",
        WORKER + "settle.rs",
        """            (Err(error), _) => {
                self.hand_back(&job, &Why::Trouble(error), ledger);
                Step::Nothing
            }""",
        "            (Err(_), _) => Step::Close(Closing::duplicate(job)),",
        seen_as="was accepted and is lost",
    ),
    Bug(
        "claim not conditional",
        "crates/idempotency/src/claim.rs",
        "Ok(ClaimOutcome::Refused(row)) => Answer::Refused(row),",
        "Ok(ClaimOutcome::Refused(row)) => Answer::Won(start(row.attempt + 1)),",
        seen_as="without a claim",
    ),
    Bug(
        "a lease taken over before it ends",
        "crates/idempotency/src/judge.rs",
        "Some(until) if until > now => Verdict::HandBack",
        "Some(until) if until > now.plus(Duration::from_secs(15)) => Verdict::HandBack",
        seen_as="over the living lease",
    ),
    Bug(
        "a last start made beside others",
        WORKER + "external.rs",
        "start.attempt() >= self.config.max_attempts",
        "start.attempt() > self.config.max_attempts",
        seen_as='was dead-lettered as ["Crashed"]',
        seed=1360,
    ),
    Bug(
        "a panic that nothing catches",
        WORKER + "handle.rs",
        "        let mut rounds = batch.rounds();",
        """        assert!(messages.len() != 3, "three is too many");
        let mut rounds = batch.rounds();""",
        seen_as="a worker panicked",
    ),
    Bug(
        "receive count used as attempt count",
        WORKER + "claimed.rs",
        "let settlement = settlement(start, work, self.config.max_attempts, self.clock.now());",
        """let counted_wrongly = job.leader.message.receive_count.saturating_sub(start.attempt());
        let most = self.config.max_attempts.saturating_sub(counted_wrongly);
        let settlement = settlement(start, work, most, self.clock.now());""",
        seen_as='was dead-lettered as ["Exhausted"]',
    ),
    Bug(
        "FAILED acknowledged without its DLQ send",
        WORKER + "close.rs",
        "Err(error) => self.reopen(&closing, &Why::NotDeadLettered(error), ledger),",
        "Err(_) => closed.push(closing),",
        seen_as="not in the dead-letter queue",
    ),
    Bug(
        "doubles in a batch not folded",
        WORKER + "handle.rs",
        "fold(carried, |carried| carried.envelope.header.event_id)",
        "fold(carried, |carried| carried.message.slot)",
        seen_as="twice",
    ),
    Bug(
        "effect_key changed on retry",
        WORKER + "process.rs",
        "match event_type.process(payload, header.event_id).await {",
        """let again = sluice_events::IdempotencyKey::Given(job.leader.message.receive_count.to_string());
    let effect_key = match job.leader.message.receive_count {
        1 => header.event_id,
        _ => sluice_events::EventId::derive(&header.producer, &again),
    };
    match event_type.process(payload, effect_key).await {""",
        seen_as="was started with the effect key",
    ),
    Bug(
        "a group goes on behind a message that goes back",
        "crates/batch/src/rounds.rs",
        "self.lanes.retain(|lane| lane.dealt.is_none_or(|slot| batch.is_acknowledged(slot)));",
        "let _ = |slot| batch.is_acknowledged(slot);",
        seen_as="in its group, had an end",
        queue="fifo",
    ),
    Bug(
        "a FIFO batch worked as if it had no order",
        WORKER + "message.rs",
        """        group: record.group(is_fifo),
        received_at""",
        """        group: record.group(is_fifo).filter(|_| false),
        received_at""",
        seen_as="in its group, had an end",
        queue="fifo",
    ),
    Bug(
        "a dead letter sent with an id that the queue has seen",
        WORKER + "closing.rs",
        "deduplication_id: message_id.to_owned() }",
        "deduplication_id: group.to_owned() }",
        seen_as="which is no event, is lost",
        queue="fifo",
    ),
]

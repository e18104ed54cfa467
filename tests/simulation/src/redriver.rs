//! Sends dead letters back: as a redrive of ours does, as the console does, or as somebody's script does.

use crate::queue::{Mark, NewMessage};
use crate::world::{Letter, World};
use sluice_events::Envelope;
use sluice_ports::{DeadLetter, Fifo, Record, Status};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// How often an event is sent back.
const MOST_REDRIVES: u32 = 3;

/// How old a letter is at least when others than we send it back: more than two clocks may differ.
const OTHERS_AFTER: Duration = Duration::from_secs(120);

/// Looks into the dead-letter queue now and then, until it is calm and all that was begun is done.
pub(crate) async fn redrive(world: Arc<World>) {
    let last = world.plan.calm_at.max(world.plan.repaired_at) + Duration::from_secs(1_000);
    let mut begun: Vec<usize> = Vec::new();
    loop {
        let pause = world.rng().between(20, 900);
        sleep(Duration::from_secs(pause)).await;
        let is_last = world.elapsed() >= last;
        let letters = world.letters().len();
        for place in 0..letters {
            let again = begun.contains(&place);
            if again || world.rng().per_mille(400) {
                begun.retain(|other| *other != place);
                if !send_back(&world, place, again).await {
                    begun.push(place);
                }
            }
        }
        if is_last && begun.is_empty() {
            return;
        }
    }
}

/// Sends one back, unless it is over. Whether it came to an end: a redrive may die in between.
async fn send_back(world: &Arc<World>, place: usize, again: bool) -> bool {
    let Some(Letter { letter, gone: false, .. }) = world.letters().get(place).cloned() else { return true };
    let Ok(envelope) = Envelope::from_body(&letter.body) else { return true };
    let id = envelope.header.event_id;
    // A script is not that fast. The worker tells what it sends from a double by the time.
    let old_enough = world.now().since(letter.time) > OTHERS_AFTER;
    let redrives = world.watch().redrives.get(&id).copied().unwrap_or(0);
    if redrives >= MOST_REDRIVES && !again {
        return true;
    }
    world.watch().redrives.insert(id, redrives + 1);
    world.count("redrives", 1);
    world.trace(|| format!("redrives {id} {letter:?}"));
    let ways = if old_enough { &[Mark::Redrive, Mark::Letter, Mark::None][..] } else { &[Mark::Redrive] };
    let mark = world.rng().pick(ways);
    if mark == Mark::Redrive {
        reopen(world, &envelope, &letter.origin.message_id);
        pause(world).await;
        if world.happens(world.plan.odds.crash) {
            return false;
        }
    }
    let fifo = letter
        .fifo
        .as_ref()
        .map(|fifo| Fifo { group_id: fifo.group_id.clone(), deduplication_id: format!("letter-{place}") });
    let DeadLetter { body, .. } = letter;
    world.queue().send(NewMessage { body, mark, fifo }, world.now());
    world.sent.notify_waiters();
    pause(world).await;
    if world.happens(world.plan.odds.crash) {
        return false;
    }
    if let Some(letter) = world.letters().get_mut(place) {
        letter.gone = true;
    }
    true
}

/// FAILED becomes QUEUED, with its starts counted anew. Only if it failed by the message that the letter is of: a FIFO
/// queue drops what is sent for one letter twice, and a later failure has a letter of its own.
fn reopen(world: &World, envelope: &Envelope, message_id: &str) {
    let header = &envelope.header;
    let failed = |row: &Record| {
        let same = row.validation == header.payload_hash && row.message_id.as_deref() == Some(message_id);
        same && row.status == Status::Failed
    };
    if let Some(mut row) = world.table.row(header.event_id).filter(failed) {
        row.status = Status::Queued;
        row.attempt = 0;
        row.redrives += 1;
        row.updated_at = world.now();
        world.table.put(row);
    }
}

async fn pause(world: &World) {
    let time = world.rng().below(200);
    sleep(Duration::from_millis(time)).await;
}

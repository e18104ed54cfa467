//! Calls to services: they take time, get lost on the way there or back, come late, and are repeated by the SDK.

use crate::plan::PATIENCE;
use crate::world::World;
use sluice_events::EventId;
use sluice_ports::{PortError, Trouble};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::sleep;

/// What becomes of one item of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Fine,
    /// Refused for now.
    Throttled,
    /// Never arrives.
    LostCall,
    /// Takes effect, and nobody hears of it.
    LostAnswer,
    /// Takes effect after the caller gave up.
    Late(Duration),
    /// Takes effect, and the SDK, which did not hear of it, asks again.
    Repeated,
}

/// One kind of call.
pub(crate) struct Call<T, R> {
    pub(crate) operation: &'static str,
    /// Does one item, now.
    pub(crate) effect: fn(&World, &T) -> Result<R, PortError>,
    /// The event whose claim or result the item writes.
    pub(crate) writes: fn(&T) -> Option<EventId>,
    /// Whether a write that comes late counts a start of its event.
    pub(crate) claims: bool,
}

impl<T: Clone + Send + Sync + 'static, R: Send + 'static> Call<T, R> {
    /// Makes the call, item by item.
    pub(crate) async fn make(&self, world: &Arc<World>, items: &[T]) -> Vec<Result<R, PortError>> {
        world.count("calls", 1);
        let fates = self.fates(world, items);
        let patient = fates.iter().any(|fate| matches!(fate, Fate::LostCall | Fate::LostAnswer | Fate::Late(_)));
        let (there, back) = (lag(world), lag(world));
        let on_its_way = world.happens(world.plan.odds.crash);
        let answers = if on_its_way {
            self.send_off(world, items, &fates, there).await
        } else {
            sleep(there).await;
            self.take_effect(world, items, &fates)
        };
        sleep(if patient { PATIENCE.saturating_sub(there) } else { back }).await;
        let again = answers.into_iter().zip(items).zip(&fates).map(|((answer, item), fate)| match fate {
            Fate::Repeated => (self.effect)(world, item),
            _ => answer,
        });
        again.collect()
    }

    /// As [`Self::take_effect`], but so that it happens even if the caller is gone by then.
    async fn send_off(
        &self,
        world: &Arc<World>,
        items: &[T],
        fates: &[Fate],
        there: Duration,
    ) -> Vec<Result<R, PortError>> {
        let (call, items, fates, world) = (self.clone(), items.to_vec(), fates.to_vec(), world.clone());
        let (answer, answered) = oneshot::channel();
        tokio::spawn(async move {
            sleep(there).await;
            let _ = answer.send(call.take_effect(&world, &items, &fates));
        });
        answered.await.unwrap_or_default()
    }

    fn take_effect(&self, world: &Arc<World>, items: &[T], fates: &[Fate]) -> Vec<Result<R, PortError>> {
        let one = |(item, fate): (&T, &Fate)| match fate {
            Fate::Fine | Fate::Repeated => (self.effect)(world, item),
            Fate::Throttled => Err(self.error(Trouble::Throttled)),
            Fate::LostCall => Err(self.error(Trouble::Unavailable)),
            Fate::LostAnswer => {
                let _ = (self.effect)(world, item);
                Err(self.error(Trouble::Unavailable))
            }
            Fate::Late(by) => {
                let (world, item, effect, by) = (world.clone(), item.clone(), self.effect, *by);
                tokio::spawn(async move {
                    sleep(PATIENCE + by).await;
                    let _ = effect(&world, &item);
                });
                Err(self.error(Trouble::Unavailable))
            }
        };
        items.iter().zip(fates).map(one).collect()
    }

    fn fates(&self, world: &World, items: &[T]) -> Vec<Fate> {
        if !world.happens(world.plan.odds.trouble) {
            return vec![Fate::Fine; items.len()];
        }
        let whole = draw(world);
        let together = world.rng().per_mille(500);
        items.iter().map(|item| self.fate(world, item, if together { whole } else { draw(world) })).collect()
    }

    fn fate(&self, world: &World, item: &T, drawn: Fate) -> Fate {
        let event = (self.writes)(item);
        let costs_a_start = self.claims && matches!(drawn, Fate::Late(_));
        let harmless = matches!(drawn, Fate::Fine | Fate::Repeated);
        let may = match event {
            Some(event) if costs_a_start => world.may_harm(&[event]),
            _ => harmless || world.may_trouble(event),
        };
        let fate = if may { drawn } else { Fate::Fine };
        world.count(
            match fate {
                Fate::Fine => return fate,
                Fate::Throttled => "throttles",
                Fate::LostCall => "lost calls",
                Fate::LostAnswer => "lost answers",
                Fate::Late(_) => "late effects",
                Fate::Repeated => "repeated calls",
            },
            1,
        );
        fate
    }

    fn error(&self, trouble: Trouble) -> PortError {
        PortError { trouble, operation: self.operation, message: "as simulated".to_owned() }
    }
}

impl<T, R> Clone for Call<T, R> {
    fn clone(&self) -> Self {
        Self { operation: self.operation, effect: self.effect, writes: self.writes, claims: self.claims }
    }
}

fn draw(world: &World) -> Fate {
    let mut rng = world.rng();
    let late = rng.pick(&[50, 3_000, 40_000]);
    match rng.below(7) {
        0 => Fate::Fine,
        1 => Fate::Throttled,
        2 => Fate::LostCall,
        3 | 4 => Fate::LostAnswer,
        5 => Fate::Late(Duration::from_millis(rng.below(late))),
        _ => Fate::Repeated,
    }
}

fn lag(world: &World) -> Duration {
    Duration::from_millis(world.rng().below(world.plan.latency_ms))
}

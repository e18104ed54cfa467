//! The cache's single flight in many orders of many threads: `flight.rs`, on Shuttle's locks.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says so when something is not as it should be")]

mod sync {
    pub(crate) use shuttle::sync::{Mutex, MutexGuard};
    pub(crate) use std::sync::PoisonError;
}

#[path = "../src/flight.rs"]
mod flight;

use flight::Flight;
use shuttle::sync::Arc;
use shuttle::sync::atomic::{AtomicU64, Ordering};
use shuttle::thread;

const ORDERS: usize = 2_000;
const KEEP: i64 = 10;

#[test]
fn of_many_who_find_the_value_old_one_fetches_it() {
    shuttle::check_random(
        || {
            let flight = Arc::new(Flight::new(0_u64));
            let (in_air, fetched) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    let (flight, in_air, fetched) = (Arc::clone(&flight), Arc::clone(&in_air), Arc::clone(&fetched));
                    thread::spawn(move || {
                        for now in [0, 5, 10, 15] {
                            let before = flight.value();
                            if let Some(ticket) = flight.board(now, KEEP) {
                                assert_eq!(in_air.fetch_add(1, Ordering::SeqCst), 0, "two fetch at once");
                                thread::yield_now();
                                let value = fetched.fetch_add(1, Ordering::SeqCst) + 1;
                                in_air.fetch_sub(1, Ordering::SeqCst);
                                ticket.land(value);
                            }
                            assert!(flight.value() >= before, "an older value came back");
                        }
                    })
                })
                .collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            let fetched = fetched.load(Ordering::SeqCst);
            assert!(fetched >= 1, "nobody fetched");
            assert_eq!(flight.value(), fetched, "what was fetched last is there");
        },
        ORDERS,
    );
}

#[test]
fn one_who_gives_up_leaves_the_value_and_the_way_free() {
    shuttle::check_random(
        || {
            let flight = Arc::new(Flight::new(0_u64));
            let quitter = {
                let flight = Arc::clone(&flight);
                thread::spawn(move || drop(flight.board(0, KEEP)))
            };
            let other = {
                let flight = Arc::clone(&flight);
                thread::spawn(move || flight.board(KEEP, KEEP).map(|ticket| ticket.land(7)).is_some())
            };
            quitter.join().unwrap();
            let landed = other.join().unwrap();
            assert_eq!(flight.value(), if landed { 7 } else { 0 });
            assert!(flight.board(2 * KEEP, KEEP).is_some(), "nobody may fetch any more");
        },
        ORDERS,
    );
}

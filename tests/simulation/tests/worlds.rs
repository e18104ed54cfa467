//! A few worlds in the way of every test run; `make simulate` runs as many as one likes.

use sluice_simulate::{Kind, run};

#[test]
fn a_seed_gives_the_same_world_each_time() {
    for (kind, seed) in [(Kind::Standard, 0), (Kind::Fifo, 0), (Kind::Standard, 1), (Kind::Fifo, 1)] {
        assert_eq!(run(kind, seed), run(kind, seed), "seed {seed}");
    }
}

#[test]
fn in_a_world_things_go_wrong_and_no_promise_is_broken() {
    let mut wrong = sluice_simulate::Counts::default();
    for (kind, seed) in (0..12).flat_map(|seed| [(Kind::Standard, seed), (Kind::Fifo, seed)]) {
        let report = run(kind, seed);
        assert_eq!(report.violations, Vec::<String>::new(), "seed {seed}");
        wrong.merge(&report.counts);
    }
    for kind in ["crashes", "stalls", "lost calls", "lost answers", "late effects", "throttles", "deletions lost"] {
        assert!(wrong.of(kind) > 0, "{kind}: {wrong:?}");
    }
}

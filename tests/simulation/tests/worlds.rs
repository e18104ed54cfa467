//! A few worlds in the way of every test run; `make simulate` runs as many as one likes.

use sluice_simulate::{Kind, run};

#[test]
fn a_seed_gives_the_same_world_each_time() {
    for seed in 0..4 {
        assert_eq!(run(Kind::Standard, seed), run(Kind::Standard, seed), "seed {seed}");
    }
}

#[test]
fn in_a_world_things_go_wrong_and_no_promise_is_broken() {
    let mut wrong = sluice_simulate::Counts::default();
    for seed in 0..12 {
        let report = run(Kind::Standard, seed);
        assert_eq!(report.violations, Vec::<String>::new(), "seed {seed}");
        wrong.merge(&report.counts);
    }
    for kind in ["crashes", "stalls", "lost calls", "lost answers", "late effects", "throttles", "deletions lost"] {
        assert!(wrong.of(kind) > 0, "{kind}: {wrong:?}");
    }
}

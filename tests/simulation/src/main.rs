//! Simulates worlds, one seed after another, until so many events were in them; see `USAGE`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line program")]

mod arguments;

use arguments::Arguments;
use sluice_ports::{Clock, SystemClock};
use sluice_simulate::{Counts, Kind, PLANNED_PANIC, Report, events, run};
use std::num::NonZero;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// What one broken promise is shown with at most.
const MOST_SHOWN: usize = 6;

/// What came of all worlds.
#[derive(Default)]
struct Totals {
    counts: Counts,
    failed: usize,
}

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1), SystemClock.now().0.unsigned_abs()) {
        Ok(arguments) => arguments,
        Err(wrong) => {
            eprintln!("{wrong}\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    if arguments.trace {
        sluice_telemetry::init(Some("info"));
    }
    hush_planned_panics();
    println!("==> Simulating {} events from seed {}", arguments.events, arguments.seed);
    let began = SystemClock.now();
    let totals = simulate(&arguments);
    let took = SystemClock.now().since(began).as_millis().max(1);
    totals.counts.iter().for_each(|(name, amount)| println!("{amount:>12} {name}"));
    println!("{took:>12} wall milliseconds, {} events/s", u128::from(totals.counts.of("events")) * 1000 / took);
    if totals.failed > 0 {
        println!("{} worlds broke a promise; the seeds above repeat them", totals.failed);
        return ExitCode::FAILURE;
    }
    if totals.counts.of("worlds") == 0 {
        println!("No world was simulated: give --events, or more --seconds");
        return ExitCode::FAILURE;
    }
    println!("Every promise was kept.");
    ExitCode::SUCCESS
}

/// The worlds that are left: they hold as many events as are asked for, whoever takes them.
struct Worlds<'a> {
    arguments: &'a Arguments,
    seed: u64,
    /// Which of the kinds of queue is next.
    kind: usize,
    events: u64,
}

impl Worlds<'_> {
    fn next(&mut self) -> Option<(Kind, u64)> {
        if self.events >= self.arguments.events {
            return None;
        }
        let world = (*self.arguments.kinds.get(self.kind)?, self.seed);
        self.events += events(world.0, world.1);
        self.kind = (self.kind + 1) % self.arguments.kinds.len();
        if self.kind == 0 {
            self.seed = self.seed.wrapping_add(1);
        }
        Some(world)
    }
}

fn simulate(arguments: &Arguments) -> Totals {
    let worlds = Mutex::new(Worlds { arguments, seed: arguments.seed, kind: 0, events: 0 });
    let totals = Mutex::new(Totals::default());
    let until = arguments.seconds.map(|seconds| SystemClock.now().plus(Duration::from_secs(seconds)));
    let threads = if arguments.trace { 1 } else { thread::available_parallelism().map_or(1, NonZero::get) };
    let work = || {
        while until.is_none_or(|until| SystemClock.now() < until) {
            let world = lock(&worlds).next();
            let Some((kind, seed)) = world else { return };
            let report = run(kind, seed);
            let mut totals = lock(&totals);
            totals.add(kind, seed, &report);
            if totals.failed >= arguments.failures {
                return;
            }
        }
    };
    thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    totals.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Totals {
    fn add(&mut self, kind: Kind, seed: u64, report: &Report) {
        self.counts.add("worlds", 1);
        self.counts.merge(&report.counts);
        if report.violations.is_empty() {
            return;
        }
        self.failed += 1;
        println!("Seed {seed}, {kind} queue. To repeat: make simulate EVENTS=1 SEED={seed} QUEUE={kind}");
        report.violations.iter().take(MOST_SHOWN).for_each(|violation| println!("    {violation}"));
    }
}

/// Panics that the worker is to survive are not worth a trace each.
fn hush_planned_panics() {
    let shown = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if info.payload_as_str() != Some(PLANNED_PANIC) {
            shown(info);
        }
    }));
}

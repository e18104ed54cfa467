//! Work side by side, each in its own cell.

use futures_util::{FutureExt, StreamExt, stream};
use std::future::Future;
use std::panic::AssertUnwindSafe;

/// The work panicked; the panic hook has logged where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Panicked;

/// Runs work so that its panic is its own result and nobody else's.
///
/// # Errors
/// [`Panicked`].
pub async fn guarded<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    // What a panicking future leaves behind is dropped with it, unseen.
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| Panicked)
}

/// Runs at most `limit` pieces of work at a time; the results stand in the order of the items. Before each start it
/// asks `may_start`; once that says no, the rest is `None`, not started.
pub async fn run_bounded<I, F, T>(
    items: impl IntoIterator<Item = I>,
    limit: usize,
    may_start: impl Fn() -> bool,
    work: impl Fn(I) -> F,
) -> Vec<Option<Result<T, Panicked>>>
where
    F: Future<Output = T>,
{
    let (may_start, work) = (&may_start, &work);
    let run = async |(place, item): (usize, I)| {
        // The closure itself may panic too, so it runs inside the guard.
        (place, if may_start() { Some(guarded(async { work(item).await }).await) } else { None })
    };
    // As each ends the next one starts: a slow one holds up nobody else.
    let mut results: Vec<_> = stream::iter(items).enumerate().map(run).buffer_unordered(limit.max(1)).collect().await;
    results.sort_unstable_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cell::Cell;
    use std::time::Duration;

    #[tokio::test]
    async fn a_panic_stays_with_its_item() {
        let results = run_bounded(0..4, 2, || true, |n| async move { if n == 2 { panic!("two") } else { n } }).await;
        assert_eq!(results, [Some(Ok(0)), Some(Ok(1)), Some(Err(Panicked)), Some(Ok(3))]);
    }

    #[tokio::test]
    async fn a_panic_before_the_first_await_stays_with_its_item_too() {
        let broken = |n: u8| if n == 0 { panic!("no future") } else { std::future::ready(n) };
        assert_eq!(run_bounded([0, 1], 2, || true, broken).await, [Some(Err(Panicked)), Some(Ok(1))]);
    }

    #[tokio::test]
    async fn nothing_starts_once_it_may_not() {
        let started = Cell::new(0);
        let work = |n| {
            started.set(started.get() + 1);
            async move { n }
        };
        let results = run_bounded(0..5, 1, || started.get() < 3, work).await;
        assert_eq!(results, [Some(Ok(0)), Some(Ok(1)), Some(Ok(2)), None, None]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_limit_run_at_once() {
        let (running, most) = (Cell::new(0), Cell::new(0));
        let work = |_| async {
            running.set(running.get() + 1);
            most.set(most.get().max(running.get()));
            tokio::time::sleep(Duration::from_secs(1)).await;
            running.set(running.get() - 1);
        };
        assert_eq!(run_bounded(0..10, 3, || true, work).await.len(), 10);
        assert_eq!(most.get(), 3);
    }
    #[tokio::test(start_paused = true)]
    async fn a_slow_one_holds_up_only_its_own_place() {
        let began = tokio::time::Instant::now();
        let seconds = [4, 1, 1, 1, 1];
        run_bounded(seconds, 2, || true, |seconds| tokio::time::sleep(Duration::from_secs(seconds))).await;
        assert_eq!(began.elapsed(), Duration::from_secs(4));
    }

    proptest! {
        #[test]
        fn each_result_stands_in_its_items_place_whatever_panics_or_ends_first(
            items in proptest::collection::vec((0..50_u64, any::<bool>()), 0..20), limit in 0..6_usize, starts in 0..25_usize,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
            let (started, running, most) = (Cell::new(0), Cell::new(0), Cell::new(0));
            let work = |(milliseconds, panics): (u64, bool)| {
                started.set(started.get() + 1);
                let (running, most) = (&running, &most);
                async move {
                    running.set(running.get() + 1);
                    most.set(most.get().max(running.get()));
                    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                    running.set(running.get() - 1);
                    assert!(!panics, "as told");
                    milliseconds
                }
            };
            let results = runtime.block_on(run_bounded(items.clone(), limit, || started.get() < starts, work));
            prop_assert!(most.get() <= limit.max(1));
            let expected = items.into_iter().enumerate().map(|(place, (milliseconds, panics))| {
                (place < starts).then_some(if panics { Err(Panicked) } else { Ok(milliseconds) })
            });
            prop_assert_eq!(results, expected.collect::<Vec<_>>());
        }
    }
}

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
    stream::iter(items)
        // The closure itself may panic too, so it runs inside the guard.
        .map(|item| async move { if may_start() { Some(guarded(async { work(item).await }).await) } else { None } })
        .buffered(limit.max(1))
        .collect()
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
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
}

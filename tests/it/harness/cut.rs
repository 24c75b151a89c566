//! Dropping a future in the middle, as when a client hangs up or a process is told to stop.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// Polls a future so often and drops it in the middle of whatever it waits for then. Gives what it gave before that.
pub async fn cut_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let (mut future, mut left) = (pin!(future), polls);
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

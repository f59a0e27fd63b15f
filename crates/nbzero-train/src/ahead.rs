//! Work done ahead: the next items are made on a thread of their own while the last one is in use.

use std::sync::mpsc;
use std::thread;

/// Calls `consume` with the `items`, which are made on another thread, up to two ahead.
///
/// The items and their order are those of the iterator, whatever the timing.
pub(crate) fn ahead<T: Send, R>(
    items: impl Iterator<Item = T> + Send,
    consume: impl FnOnce(mpsc::IntoIter<T>) -> R,
) -> R {
    thread::scope(|scope| {
        // One waits here, one is being made, and one is in use.
        let (sender, receiver) = mpsc::sync_channel(1);
        scope.spawn(move || {
            for item in items {
                // The consumer has seen enough.
                if sender.send(item).is_err() {
                    break;
                }
            }
        });
        consume(receiver.into_iter())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_in_order_and_may_be_left() {
        let all: Vec<usize> = ahead(0..100, Iterator::collect);
        assert_eq!(all, (0..100).collect::<Vec<_>>());
        let some: Vec<usize> = ahead(0.., |items| items.take(3).collect());
        assert_eq!(some, [0, 1, 2]);
    }
}

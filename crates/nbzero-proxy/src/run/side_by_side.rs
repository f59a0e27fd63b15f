//! Independent pieces of a sweep, several at once.

use std::ops::ControlFlow;

use rayon::prelude::*;

/// Makes a result of each item, so many in parallel, and shows the results in the order of the items until
/// `show` breaks off. Gives the most bytes that those made together held.
pub(super) fn side_by_side<I: Sync, R: Send>(
    items: &[I],
    at_once: usize,
    make: impl Fn(&I) -> R + Sync,
    bytes: impl Fn(&R) -> u128,
    mut show: impl FnMut(&I, &R) -> ControlFlow<()>,
) -> u128 {
    let mut most = 0;
    for items in items.chunks(at_once) {
        let made: Vec<R> = items.par_iter().map(&make).collect();
        most = most.max(made.iter().map(&bytes).sum());
        for (item, result) in items.iter().zip(&made) {
            if show(item, result).is_break() {
                return most;
            }
        }
    }
    most
}

//! How long the allocator mimalloc keeps what was freed.
//!
//! A sweep frees its tensors and the next one asks for as much again. By itself mimalloc gives freed memory
//! back once a second, and fetching it again costs a page fault every 4 KiB: 13% of the time of a suite on a
//! MobileNet chain. A pass over all of it every ten seconds costs next to nothing, and a program that has
//! become idle still gives its memory back.

use libmimalloc_sys::{mi_option_set, mi_option_t};

/// `mi_option_purge_delay`, which the crate does not name; a test holds it to its default.
const PURGE_DELAY: mi_option_t = 15;
/// Milliseconds.
const KEPT: i64 = 10_000;

/// Has mimalloc, where it is the program's allocator, keep freed memory for ten seconds instead of one.
///
/// For the start of a program, before it has threads. A delay that the environment sets
/// (`MIMALLOC_PURGE_DELAY`) is left as it is.
pub fn keep_freed_memory() {
    if std::env::var_os("MIMALLOC_PURGE_DELAY").is_none() {
        // SAFETY: the option exists, as the test below says, and takes any number; nothing else sets it.
        unsafe { mi_option_set(PURGE_DELAY, KEPT) };
    }
}

#[cfg(test)]
mod tests {
    use libmimalloc_sys::mi_option_get;

    use super::*;

    #[test]
    fn the_option_is_the_delay_of_purges() {
        // SAFETY: reads a number.
        let delay = || unsafe { mi_option_get(PURGE_DELAY) };
        if std::env::var_os("MIMALLOC_PURGE_DELAY").is_none() {
            assert_eq!(delay(), 1000, "mimalloc's default");
            keep_freed_memory();
            assert_eq!(delay(), KEPT);
        }
    }
}

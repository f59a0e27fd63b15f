//! What is said beside results: on standard error, or kept for the program that calls.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, Write};

thread_local! {
    /// What was said on this thread since somebody keeps it.
    static KEPT: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Says a sentence. A closed standard error is no reason to stop.
pub(crate) fn say(sentence: fmt::Arguments<'_>) {
    let is_kept = KEPT.with_borrow_mut(|kept| {
        let kept = kept.as_mut().map(|kept| kept.push(sentence.to_string()));
        kept.is_some()
    });
    if !is_kept {
        let _ = writeln!(io::stderr(), "{sentence}");
    }
}

/// What `work` returns, and what it said on this thread, which is not printed.
pub(crate) fn kept<R>(work: impl FnOnce() -> R) -> (R, Vec<String>) {
    KEPT.set(Some(Vec::new()));
    let result = work();
    (result, KEPT.take().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_kept_where_somebody_asks() {
        let (result, said) = kept(|| {
            say(format_args!("a note of {}", 1));
            2
        });
        assert_eq!((result, said), (2, vec!["a note of 1".to_owned()]));
        assert_eq!(kept(|| ()).1, Vec::<String>::new());
    }
}

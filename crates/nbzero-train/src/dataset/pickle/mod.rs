//! A reader of Python pickles that never runs anything.
//!
//! A pickle is a program for a small stack machine whose instructions can call any Python
//! function. This reader knows just the instructions that occur in a pickled dict of `NumPy`
//! arrays and lists of numbers (protocols 2 to 4, written by Python 2 or 3), and four functions,
//! which it does not call but recognises: `_reconstruct`, `ndarray` and `dtype` of `NumPy`, and
//! `_codecs.encode` with `latin1` (how Python 3 writes bytes in protocol 2). Every other
//! instruction and name is refused, by name and position.
//!
//! Memory stays proportional to the file: payloads are slices of it, values are small copies,
//! compound objects live in one arena, and their number is limited.
//!
//! Invariants: no recursion, no allocation sized by a number in the file, no indexing by one.
//!
//! Source: `pickletools` of `CPython`; `numpy/core/multiarray.py` and `ndarray.__reduce__`.

mod build;
mod cursor;
mod document;
mod machine;
#[cfg(test)]
pub(super) mod tests;
mod value;

pub(super) use document::Document;

/// Why reading stopped, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Offset in the file, in bytes.
    pub(super) position: usize,
    /// What was found there.
    pub(super) what: String,
}

//! A reader of Python pickles that never runs anything.
//!
//! A pickle is a program for a small stack machine whose instructions can call any Python
//! function. This reader knows just the instructions that occur in a pickled dict of strings,
//! numbers, lists, tuples, dicts and `NumPy` arrays (protocols 0 to 5, written by Python 2 or 3),
//! and seven names, which it does not call but recognises: `_reconstruct`, `_frombuffer`, `scalar`,
//! `ndarray` and `dtype` of `NumPy` before and since its version 2, `_codecs.encode` with `latin1`
//! (how Python 3 writes bytes in protocols 0 to 2) and `bytes` of nothing. Every other instruction
//! and name is refused, by name and position.
//!
//! Memory stays proportional to the file: payloads are slices of it until they are asked for,
//! values are small copies, compound objects live in one arena, and their number is limited.
//!
//! Invariants: no recursion, no allocation sized by a number in the file, no indexing by one.
//!
//! Source: `pickletools` of `CPython`; `numpy/core/multiarray.py` and `ndarray.__reduce__`.

mod build;
mod cursor;
mod document;
mod dtype;
mod machine;
#[cfg(test)]
pub(super) mod tests;
mod text;
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

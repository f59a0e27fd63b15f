//! Working memory of one thread, kept between jobs so that no job waits for fresh pages.

use std::mem::MaybeUninit;

/// A growing buffer whose first element sits on a cache line.
#[derive(Debug)]
pub(crate) struct Buffer<T> {
    memory: Vec<T>,
}

impl<T> Default for Buffer<T> {
    fn default() -> Self {
        Self { memory: Vec::new() }
    }
}

/// Bytes of a cache line.
pub(crate) const LINE: usize = 64;

impl<T: Copy + Default> Buffer<T> {
    /// `len` elements of unspecified content.
    pub(crate) fn slice(&mut self, len: usize) -> &mut [T] {
        let slack = LINE / size_of::<T>();
        if self.memory.len() < len + slack {
            self.memory.resize(len + slack, T::default());
        }
        let first = self.memory.as_ptr().align_offset(LINE);
        let first = if first <= slack { first } else { 0 };
        &mut self.memory[first..first + len]
    }
}

/// The same memory as a place to write results.
///
/// Private to the crate because whoever gets it may write uninitialised values; the kernels
/// never do.
pub(crate) fn as_uninit<T: Copy>(memory: &mut [T]) -> &mut [MaybeUninit<T>] {
    let len = memory.len();
    // SAFETY: same layout, and the kernels write initialised values only.
    unsafe { std::slice::from_raw_parts_mut(memory.as_mut_ptr().cast(), len) }
}

/// The buffers of a job.
#[derive(Debug)]
pub struct Scratch<T> {
    /// Packed source planes.
    pub(crate) planes: Buffer<T>,
    /// Results on their way to where they belong, or packed output gradients.
    pub(crate) tiles: Buffer<T>,
    /// Transformed source planes.
    pub(crate) sources: Buffer<T>,
    /// Transformed weights.
    pub(crate) weights: Buffer<T>,
}

impl<T> Default for Scratch<T> {
    fn default() -> Self {
        Self {
            planes: Buffer::default(),
            tiles: Buffer::default(),
            sources: Buffer::default(),
            weights: Buffer::default(),
        }
    }
}

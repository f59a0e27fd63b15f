//! What the process does with memory that was freed.

/// Keeps freed memory for the next allocation instead of returning it to the system, for a program
/// that is about to compute on large tensors. Call it first thing in `main`; does nothing where the
/// allocator is not glibc's.
///
/// By default glibc maps every large block anew, and the first touch of its pages costs more than
/// an element-wise pass over them: a third of the time of a sweep over a `MobileNet`. The price is
/// that the process holds its largest amount of memory until it ends.
pub fn keep_freed_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        /// The option of mallopt that sets how many blocks may be mapped one by one.
        const NO_MAPPED_BLOCKS: (libc::c_int, libc::c_int) = (libc::M_MMAP_MAX, 0);
        const NEVER_TRIM: (libc::c_int, libc::c_int) = (libc::M_TRIM_THRESHOLD, libc::c_int::MAX);
        /// The arenas of other threads cannot hold large blocks.
        const ONE_ARENA: (libc::c_int, libc::c_int) = (libc::M_ARENA_MAX, 1);
        for (option, value) in [NO_MAPPED_BLOCKS, NEVER_TRIM, ONE_ARENA] {
            // SAFETY: mallopt takes any numbers, and none of these options fails; a refusal leaves
            // the allocator as it was.
            unsafe { libc::mallopt(option, value) };
        }
    }
}

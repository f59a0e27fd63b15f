//! The `nbzero` command.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Jobs allocate without waiting for each other, and large tensors find the memory of those that were freed:
/// glibc's allocator gives either the one or the other.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    nbzero_ops::keep_freed_memory();
    nbzero::cli::run(std::env::args_os()).into()
}

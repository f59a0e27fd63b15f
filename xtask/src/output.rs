//! What commands write to the terminal.

use std::io::{self, Write};

use anyhow::Context;

/// Says on standard error what does not belong to the numbers.
pub(crate) fn say(line: &str) {
    // Nothing is left to do if this cannot be written.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Prints; a reader that has seen enough (`| head`) is no failure.
pub(crate) fn print(text: &str) -> Result<(), anyhow::Error> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}

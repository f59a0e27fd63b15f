//! A `PyTorch` program as a child process: one line asks, one line answers. The comparison of the
//! proxies in the package `nbzero-benches` includes this file too.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A running program; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Worker {
    process: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts a script. What it writes to standard error stays visible.
    pub(crate) fn start(
        python: impl AsRef<OsStr>,
        script: &Path,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> io::Result<Self> {
        let mut process = Command::new(python)
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let to = process.stdin.take();
        let from = process.stdout.take().ok_or_else(ended)?;
        Ok(Self {
            process,
            to,
            from: BufReader::new(from),
        })
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn ask(&mut self, request: &str) -> io::Result<String> {
        let to = self.to.as_mut().ok_or_else(ended)?;
        writeln!(to, "{request}")?;
        to.flush()?;
        let mut line = String::new();
        if self.from.read_line(&mut line)? == 0 {
            return Err(ended());
        }
        // PyTorch's threads spin for a while after their work; what is measured next must not
        // share the cores with them.
        std::thread::sleep(Duration::from_millis(20));
        Ok(line.trim_end().to_owned())
    }
}

fn ended() -> io::Error {
    let what = "PyTorch's side ended without an answer; its own words are above";
    io::Error::new(io::ErrorKind::UnexpectedEof, what)
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.to = None;
        // It ends when its input does; nothing to do about one that fails.
        let _ = self.process.wait();
    }
}

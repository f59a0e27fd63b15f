//! How a command fails: one sentence on standard error and an exit code.

use std::fmt;
use std::io::{self, Write};

/// A failure, by whose fault it is.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure {
    /// The usage or the input was wrong: exit code 2.
    Input(anyhow::Error),
    /// The run failed: exit code 1.
    Run(anyhow::Error),
    /// A signal asked it to stop: exit code 130, as shells report Ctrl-C.
    Interrupted(String),
    /// Whoever reads our output has seen enough (`| head`): no failure at all.
    OutputClosed,
}

impl Failure {
    /// A failure of the input.
    pub(crate) fn input(error: impl Into<anyhow::Error>) -> Self {
        Self::Input(error.into())
    }

    /// A failure of the run.
    pub(crate) fn run(error: impl Into<anyhow::Error>) -> Self {
        Self::Run(error.into())
    }

    /// Prints the sentence and returns the exit code.
    pub(crate) fn report(&self) -> u8 {
        let (kind, code) = match self {
            Self::Input(_) => ("error", 2),
            Self::Run(_) => ("error", 1),
            Self::Interrupted(_) => ("interrupted", 130),
            Self::OutputClosed => return 0,
        };
        // Nothing is left to do if even that cannot be written.
        let _ = writeln!(io::stderr(), "{kind}: {self}");
        code
    }
}

/// The sentence.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(error) | Self::Run(error) => write!(f, "{error:#}"),
            Self::Interrupted(sentence) => f.write_str(sentence),
            Self::OutputClosed => f.write_str("nobody reads the output any more"),
        }
    }
}

/// Of a report: bad tables are bad input.
impl From<nbzero_report::Error> for Failure {
    fn from(error: nbzero_report::Error) -> Self {
        if error.is_of_the_input() {
            Self::input(error)
        } else {
            Self::run(error)
        }
    }
}

/// Of a search: a journal that cannot be written is a failed run, all else is bad input.
impl From<nbzero_search::Error> for Failure {
    fn from(error: nbzero_search::Error) -> Self {
        match error {
            nbzero_search::Error::Journal(nbzero_table::Error::Io { .. }) => Self::run(error),
            other => Self::input(other),
        }
    }
}

/// Writing to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::OutputClosed;
        }
        Self::Run(anyhow::Error::new(error).context("cannot write the output"))
    }
}

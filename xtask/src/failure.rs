//! How a command fails: one sentence on standard error and an exit code.

use std::io::Write;
use std::process::ExitCode;

/// A failure, by whose fault it is.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The usage or the input was wrong: exit code 2.
    Input(anyhow::Error),
    /// The run failed: exit code 1.
    Run(anyhow::Error),
}

impl Failure {
    /// Prints the sentence and returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let (Self::Input(error) | Self::Run(error)) = self;
        // Nothing is left to do if even that cannot be written.
        let _ = writeln!(std::io::stderr(), "error: {error:#}");
        ExitCode::from(match self {
            Self::Input(_) => 2,
            Self::Run(_) => 1,
        })
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Run(error)
    }
}

/// Tables that cannot be judged are bad input; anything else is a failed run.
impl From<nbzero_report::Error> for Failure {
    fn from(error: nbzero_report::Error) -> Self {
        if error.is_of_the_input() {
            Self::Input(error.into())
        } else {
            Self::Run(error.into())
        }
    }
}

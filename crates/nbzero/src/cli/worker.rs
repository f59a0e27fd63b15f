//! Long jobs on a thread of their own, so that the one that waits for them can stop waiting.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use super::interrupt::Interrupt;

/// How long a signal may go unnoticed.
const GLANCE: Duration = Duration::from_millis(50);

/// A thread that does jobs, one at a time.
#[derive(Debug)]
pub(crate) struct Worker<T, R> {
    jobs: Sender<T>,
    results: Receiver<R>,
    interrupt: Interrupt,
}

/// Why a job has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoResult {
    /// A signal came first. The job goes on until the process ends, and nobody hears of it.
    Interrupted,
    /// The thread panicked.
    Panicked,
}

impl<T: Send + 'static, R: Send + 'static> Worker<T, R> {
    /// Starts a thread that answers each job with what `work` makes of it.
    pub(crate) fn start(interrupt: Interrupt, work: impl Fn(T) -> R + Send + 'static) -> Self {
        let (jobs, waiting) = channel();
        let (done, results) = channel();
        thread::spawn(move || {
            for job in waiting {
                // Nobody listens any more once the worker is dropped.
                if done.send(work(job)).is_err() {
                    return;
                }
            }
        });
        Self {
            jobs,
            results,
            interrupt,
        }
    }

    /// Has a job done and waits for its result, or for a signal.
    pub(crate) fn run(&self, job: T) -> Result<R, NoResult> {
        if self.interrupt.is_asked() {
            return Err(NoResult::Interrupted);
        }
        self.jobs.send(job).map_err(|_| NoResult::Panicked)?;
        loop {
            match self.results.recv_timeout(GLANCE) {
                Ok(result) => return Ok(result),
                Err(RecvTimeoutError::Disconnected) => return Err(NoResult::Panicked),
                Err(RecvTimeoutError::Timeout) if self.interrupt.is_asked() => {
                    return Err(NoResult::Interrupted);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_and_panics_arrive() {
        let interrupt = Interrupt::watch().unwrap();
        let worker = Worker::start(interrupt, |n: u32| {
            assert!(n < 3, "too much");
            n * n
        });
        assert_eq!(worker.run(1), Ok(1));
        assert_eq!(worker.run(2), Ok(4));
        assert_eq!(worker.run(3), Err(NoResult::Panicked));
        assert_eq!(worker.run(1), Err(NoResult::Panicked));
    }
}

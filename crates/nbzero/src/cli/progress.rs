//! Progress on standard error: a bar on a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Lines elsewhere than on a terminal are at least this far apart.
const INTERVAL: Duration = Duration::from_secs(10);

/// The progress of a job of a known number of steps.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    total: u64,
    done: u64,
    started: Instant,
    last_line: Instant,
}

impl Progress {
    /// A job of `total` steps, called `unit`.
    pub(crate) fn new(total: u64, unit: &str) -> Self {
        let template = format!(
            "{{bar:30}} {{pos}}/{{len}} {unit} [{{elapsed}}, {{eta}} left, {{per_sec}}] {{msg}}"
        );
        let bar = io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template(&template).expect("a valid template");
            ProgressBar::new(total).with_style(style)
        });
        Self {
            bar,
            total,
            done: 0,
            started: Instant::now(),
            last_line: Instant::now(),
        }
    }

    /// One more step is done; `message` says what is known now.
    pub(crate) fn step(&mut self, message: impl FnOnce() -> String) {
        self.done += 1;
        if let Some(bar) = &self.bar {
            bar.set_message(message());
            bar.set_position(self.done);
            return;
        }
        if self.last_line.elapsed() < INTERVAL && self.done < self.total {
            return;
        }
        self.last_line = Instant::now();
        let elapsed = self.started.elapsed();
        let left = elapsed.mul_f64((self.total - self.done) as f64 / self.done as f64);
        // A closed standard error is no reason to stop the work.
        let _ = writeln!(
            io::stderr(),
            "{}/{} after {:.0} s, about {:.0} s left: {}",
            self.done,
            self.total,
            elapsed.as_secs_f64(),
            left.as_secs_f64(),
            message(),
        );
    }

    /// The job is done: the bar disappears.
    pub(crate) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

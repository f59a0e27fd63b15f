//! Progress on standard error: a bar on a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

/// Lines elsewhere than on a terminal are at least this far apart.
const INTERVAL: Duration = Duration::from_secs(10);

/// The progress of a job of a known number of steps.
///
/// The time left is estimated from what the steps cost, which may differ a hundred times.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    total: u64,
    done: u64,
    cost: f64,
    spent: f64,
    started: Instant,
    last_line: Instant,
}

impl Progress {
    /// A job of `total` steps, called `unit`, that cost the same.
    pub(crate) fn new(total: u64, unit: &str) -> Self {
        Self::weighted(total, unit, total as f64)
    }

    /// A job of `total` steps, called `unit`, that cost `cost` in all, in whatever measure.
    pub(crate) fn weighted(total: u64, unit: &str, cost: f64) -> Self {
        let template =
            format!("{{bar:30}} {{pos}}/{{len}} {unit} [{{elapsed}}, {{prefix}} left] {{msg}}");
        let bar = io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template(&template).expect("a valid template");
            let bar = ProgressBar::new(total).with_style(style).with_prefix("?");
            // The clock goes on during a long step.
            bar.enable_steady_tick(Duration::from_secs(1));
            bar
        });
        Self {
            bar,
            total,
            done: 0,
            cost,
            spent: 0.0,
            started: Instant::now(),
            last_line: Instant::now(),
        }
    }

    /// One more step of cost 1 is done; `message` says what is known now.
    pub(crate) fn step(&mut self, message: impl FnOnce() -> String) {
        self.step_of(1.0, message);
    }

    /// One more step is done, of that cost.
    pub(crate) fn step_of(&mut self, cost: f64, message: impl FnOnce() -> String) {
        self.done += 1;
        self.spent += cost;
        let elapsed = self.started.elapsed();
        let left = left(elapsed, self.spent, self.cost);
        if let Some(bar) = &self.bar {
            bar.set_prefix(HumanDuration(left).to_string());
            bar.set_message(message());
            bar.set_position(self.done);
            return;
        }
        if self.last_line.elapsed() < INTERVAL && self.done < self.total {
            return;
        }
        self.last_line = Instant::now();
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

/// The time left where the rest costs as much time as what was done.
fn left(elapsed: Duration, spent: f64, cost: f64) -> Duration {
    let left = elapsed.as_secs_f64() * (cost - spent).max(0.0) / spent;
    // Nothing was spent yet, or nothing ever is.
    Duration::try_from_secs_f64(left).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_follows_the_cost() {
        let minute = Duration::from_mins(1);
        assert_eq!(left(minute, 25.0, 100.0), 3 * minute);
        assert_eq!(left(minute, 100.0, 100.0), Duration::ZERO);
        assert_eq!(left(minute, 0.0, 0.0), Duration::ZERO);
        assert_eq!(left(minute, 101.0, 100.0), Duration::ZERO);
    }
}

//! Timing, options, and `PyTorch` as a child process that is asked alternately.

mod worker;

use std::path::Path;
use std::time::{Duration, Instant};

use mimalloc::MiMalloc;
use worker::Worker;

/// As in the command `nbzero`, which keeps the memory of results; PyTorch's side has its own.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A tensor of numbers between -1 and 1.
pub(crate) fn numbers(len: usize) -> Vec<f32> {
    (0..len)
        .map(|i| (i * 7919 % 2003) as f32 / 1001.5 - 1.0)
        .collect()
}

/// Least milliseconds of the runs that fit the time.
pub(crate) fn best<R>(time: Duration, mut run: impl FnMut() -> R) -> f64 {
    drop(std::hint::black_box(run()));
    let end = Instant::now() + time;
    let mut least = Duration::MAX;
    loop {
        let begin = Instant::now();
        drop(std::hint::black_box(run()));
        let now = Instant::now();
        least = least.min(now - begin);
        if now > end {
            return least.as_secs_f64() * 1e3;
        }
    }
}

/// The value behind a named argument.
pub(crate) fn option<T: std::str::FromStr>(name: &str) -> Option<T> {
    let mut args = std::env::args().skip_while(|arg| arg != name).skip(1);
    args.next().and_then(|value| value.parse().ok())
}

/// The smaller times of two rounds.
pub(crate) fn least<const N: usize>(best: &mut [f64; N], times: [f64; N]) {
    best.iter_mut().zip(times).for_each(|(a, b)| *a = a.min(b));
}

/// What the arguments ask for.
pub(crate) struct Setup {
    pub(crate) rounds: usize,
    pub(crate) time: Duration,
    pub(crate) only: String,
    pub(crate) torch: Option<Torch>,
}

impl Setup {
    /// Reads the arguments and sets the number of threads on both sides.
    pub(crate) fn from_args() -> Self {
        let threads = option("--threads").unwrap_or(2);
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build_global()
            .expect("first pool");
        Self {
            rounds: option("--rounds").unwrap_or(3),
            time: Duration::from_millis(option("--ms").unwrap_or(40)),
            only: option("--only").unwrap_or_default(),
            torch: option::<String>("--torch").map(|python| Torch::start(&python, threads)),
        }
    }

    /// Least times of both sides over all rounds, run alternately.
    pub(crate) fn alternate<const N: usize, const M: usize>(
        &mut self,
        request: &str,
        mut ours: impl FnMut(Duration) -> [f64; N],
    ) -> ([f64; N], [f64; M]) {
        let (mut mine, mut theirs) = ([f64::INFINITY; N], [f64::INFINITY; M]);
        for _ in 0..self.rounds {
            least(&mut mine, ours(self.time));
            if let Some(torch) = &mut self.torch {
                least(&mut theirs, torch.time(request, self.time));
            }
        }
        (mine, theirs)
    }
}

/// A Python that times `PyTorch`.
#[derive(Debug)]
pub(crate) struct Torch(Worker);

impl Torch {
    fn start(python: &str, threads: usize) -> Self {
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/benches/common/torch_worker.py"
        );
        let worker = Worker::start(python, Path::new(script), [threads.to_string()]);
        Self(worker.expect("the Python of --torch starts"))
    }

    /// Milliseconds: forward and backward, or of the one thing that was asked for.
    fn time<const M: usize>(&mut self, request: &str, time: Duration) -> [f64; M] {
        let request = format!("{request} {}", time.as_secs_f64());
        let answer = self.0.ask(&request).expect("PyTorch's side answers");
        let mut times = answer
            .split_whitespace()
            .map(|x| x.parse().expect("a number"));
        std::array::from_fn(|_| times.next().expect("as many times as were asked for"))
    }
}

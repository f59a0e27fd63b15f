//! Several jobs at a time, their results in order.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Does `work` on every item, `jobs` at a time, and hands the results to `take` in the order of
/// the items, each as soon as those before it are there. The threads of the process are divided among
/// the jobs, one each where there are fewer.
///
/// An error of `take` ends it: no new work is begun.
pub(crate) fn in_order<T: Sync, R: Send, E>(
    items: &[T],
    jobs: NonZeroUsize,
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        let at_once = jobs.get().min(items.len());
        for started in 0..at_once {
            let (sender, next, stop, work) = (sender.clone(), &next, &stop, &work);
            let worker = move || {
                while !stop.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else {
                        return;
                    };
                    // The receiver is gone once `take` has failed.
                    if sender.send((index, work(item))).is_err() {
                        return;
                    }
                }
            };
            let own = worker.clone();
            let inside = move || match pool(at_once) {
                Some(pool) => pool.install(own),
                None => own(),
            };
            let thread = thread::Builder::new().spawn_scoped(scope, inside);
            // As many as the system gives; without any, this one does the work first.
            match thread {
                Err(_) if started > 0 => break,
                Err(_) => worker(),
                Ok(_) => {}
            }
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut wanted = 0;
        for (index, result) in receiver {
            early.insert(index, result);
            while let Some(result) = early.remove(&wanted) {
                wanted += 1;
                if let Err(error) = take(result) {
                    stop.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
        Ok(())
    })
}

/// The threads of one of several jobs. Small networks have thousands of parallel loops a second: those of
/// jobs that share threads wait for each other, and a loop begun outside of the threads is handed to them.
fn pool(jobs: usize) -> Option<ThreadPool> {
    let threads = (rayon::current_num_threads() / jobs).max(1);
    ThreadPoolBuilder::new().num_threads(threads).build().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..40).collect();
        for jobs in [1, 3, 64] {
            let mut seen = Vec::new();
            let slow_first = |i: &u64| {
                thread::sleep(Duration::from_millis(if i.is_multiple_of(7) {
                    3
                } else {
                    0
                }));
                i * i
            };
            let jobs = NonZeroUsize::new(jobs).unwrap();
            let end: Result<(), ()> = in_order(&items, jobs, slow_first, |r| {
                seen.push(r);
                Ok(())
            });
            assert_eq!(end, Ok(()));
            assert_eq!(seen, items.iter().map(|i| i * i).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_error_ends_the_work() {
        let items: Vec<u64> = (0..1000).collect();
        let done = AtomicUsize::new(0);
        let jobs = NonZeroUsize::new(2).unwrap();
        let work = |_: &u64| {
            done.fetch_add(1, Ordering::Relaxed);
            thread::sleep(Duration::from_millis(1));
        };
        let mut taken = 0;
        let end = in_order(&items, jobs, work, |()| {
            taken += 1;
            if taken == 5 { Err("enough") } else { Ok(()) }
        });
        assert_eq!(end, Err("enough"));
        assert!(done.load(Ordering::Relaxed) < 100);
    }
}

//! How much memory there is, and how jobs that run at the same time share it.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use anyhow::anyhow;

use super::failure::Failure;

/// What is left to the system, to other processes that grow, and to what no plan counts.
const OURS: f64 = 0.9;

/// Bytes that this process may still use, less some for others. On systems other than Linux nobody
/// says how many, and nothing is too much.
pub(crate) fn available() -> u64 {
    let least = left(Path::new("/"));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of the whole"
    )]
    let ours = (least as f64 * OURS) as u64;
    ours
}

/// The least of what the machine has available, what the process's cgroup and those around it leave
/// (of either version), and what its address space leaves (`ulimit -v`); of the system at `root`.
fn left(root: &Path) -> u64 {
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    let machine = field(&read("proc/meminfo"), "MemAvailable:").map(|kib| kib << 10);
    let groups = read("proc/self/cgroup");
    let groups = groups.lines().flat_map(|line| of_group(root, line));
    let space = field(&read("proc/self/limits"), "Max address space");
    let used = field(&read("proc/self/status"), "VmSize:").map_or(0, |kib| kib << 10);
    let space = space.map(|space| space.saturating_sub(used));
    let all = groups.chain(machine).chain(space);
    all.min().unwrap_or(u64::MAX)
}

/// What a cgroup and those around it leave, from its line in `/proc/self/cgroup`.
fn of_group(root: &Path, line: &str) -> Vec<u64> {
    let mut fields = line.splitn(3, ':').skip(1);
    let (Some(controllers), Some(group)) = (fields.next(), fields.next()) else {
        return Vec::new();
    };
    let (mount, limit, resident) = match controllers {
        "" => ("sys/fs/cgroup", "memory.max", "anon "),
        memory if memory.split(',').any(|controller| controller == "memory") => (
            "sys/fs/cgroup/memory",
            "memory.limit_in_bytes",
            "total_rss ",
        ),
        _ => return Vec::new(),
    };
    let mount = root.join(mount);
    // In a container the path may be that outside of it, whose files are not here.
    let group = mount.join(group.trim_start_matches('/'));
    let around = group
        .ancestors()
        .take_while(|path| path.starts_with(&mount));
    let left = around.filter_map(|path| {
        let limit: u64 = fs::read_to_string(path.join(limit))
            .ok()?
            .trim()
            .parse()
            .ok()?;
        // Not all that the group uses: files in its cache count there, and make way.
        let stat = fs::read_to_string(path.join("memory.stat")).ok()?;
        Some(limit.saturating_sub(field(&stat, resident).unwrap_or(0)))
    });
    left.collect()
}

/// The number behind a name at the beginning of a line.
fn field(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// Bytes for people.
pub(crate) fn gibibytes(bytes: u128) -> String {
    format!("{:.3} GiB", bytes as f64 / f64::from(1 << 30))
}

/// Refuses what would not fit, before it is made: `what` names it, as a subject.
pub(crate) fn must_fit(what: &str, bytes: u128, limit: u64, remedy: &str) -> Result<(), Failure> {
    if bytes <= u128::from(limit) {
        return Ok(());
    }
    Err(Failure::Input(anyhow!(
        "{what} would take {} of memory, and {} are available: {remedy}",
        gibibytes(bytes),
        gibibytes(limit.into()),
    )))
}

/// Refuses a file that is too large to read.
pub(crate) fn file_must_fit(path: &Path, limit: u64) -> Result<u64, Failure> {
    // What cannot be asked for its size fails where it is read.
    let bytes = fs::metadata(path).map_or(0, |file| file.len());
    // Its bytes, and the numbers made of them.
    let needed = 2 * u128::from(bytes);
    must_fit(
        &format!("`{}`", path.display()),
        needed,
        limit,
        "give a smaller file",
    )?;
    Ok(bytes)
}

/// Memory that jobs share: each takes what it needs and waits until that is there. In turn, so that
/// small jobs do not keep a large one waiting.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: u128,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    taken: u128,
    next: u64,
    waiting: VecDeque<u64>,
}

/// Memory that a job has until this is dropped.
#[derive(Debug)]
pub(crate) struct Loan<'a> {
    budget: &'a Budget,
    bytes: u128,
}

impl Budget {
    /// So many bytes for all jobs together.
    pub(crate) fn new(limit: u64) -> Self {
        Self {
            limit: limit.into(),
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Whether so many bytes are there at all, once every job has given back what it has.
    pub(crate) fn holds(&self, bytes: u128) -> bool {
        bytes <= self.limit
    }

    /// Waits until so many bytes are left, or nobody else has any.
    pub(crate) fn lend(&self, bytes: u128) -> Loan<'_> {
        let mut state = self.state();
        let turn = state.next;
        state.next += 1;
        state.waiting.push_back(turn);
        while state.waiting.front() != Some(&turn)
            || (state.taken > 0 && state.taken.saturating_add(bytes) > self.limit)
        {
            let woken = self.changed.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting.pop_front();
        state.taken += bytes;
        drop(state);
        self.changed.notify_all();
        Loan {
            budget: self,
            bytes,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        self.budget.state().taken -= self.bytes;
        self.budget.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn there_is_some_memory() {
        assert!(available() > 1 << 20);
    }

    /// A system of these files.
    fn system(files: &[(&str, &str)]) -> u64 {
        let root = tempfile::TempDir::new().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        left(root.path())
    }

    #[test]
    fn the_least_of_machine_groups_and_address_space_is_left() {
        const MACHINE: (&str, &str) =
            ("proc/meminfo", "MemTotal: 9 kB\nMemAvailable:    8000 kB\n");
        assert_eq!(system(&[]), u64::MAX);
        assert_eq!(system(&[MACHINE]), 8_192_000);
        let second = [
            MACHINE,
            ("proc/self/cgroup", "0::/jobs/ours\n"),
            ("sys/fs/cgroup/jobs/ours/memory.max", "max\n"),
            (
                "sys/fs/cgroup/jobs/ours/memory.stat",
                "anon 10\nfile 5000\n",
            ),
            ("sys/fs/cgroup/jobs/memory.max", "7000\n"),
            ("sys/fs/cgroup/jobs/memory.stat", "anon 100\nfile 6900\n"),
        ];
        assert_eq!(system(&second), 6_900);
        let first = [
            MACHINE,
            (
                "proc/self/cgroup",
                "5:cpu,memory:/docker/unknown\n1:name=systemd:/\n",
            ),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "6000\n"),
            (
                "sys/fs/cgroup/memory/memory.stat",
                "rss 1\ntotal_rss 1000\n",
            ),
        ];
        assert_eq!(system(&first), 5_000);
        let space = [
            MACHINE,
            (
                "proc/self/limits",
                "Max address space         4096000              unlimited            bytes\n",
            ),
            ("proc/self/status", "VmPeak: 2000 kB\nVmSize:\t1000 kB\n"),
        ];
        assert_eq!(system(&space), 3_072_000);
    }

    #[test]
    fn jobs_never_hold_more_than_there_is_unless_alone() {
        let budget = Budget::new(10);
        let (held, most) = (AtomicU64::new(0), AtomicU64::new(0));
        thread::scope(|scope| {
            for job in 0..24_u64 {
                let (budget, held, most) = (&budget, &held, &most);
                scope.spawn(move || {
                    let bytes = 1 + job % 12;
                    let loan = budget.lend(bytes.into());
                    let now = held.fetch_add(bytes, Ordering::SeqCst) + bytes;
                    assert!(now <= 10 || now == bytes, "{now}");
                    most.fetch_max(now, Ordering::SeqCst);
                    thread::yield_now();
                    held.fetch_sub(bytes, Ordering::SeqCst);
                    drop(loan);
                });
            }
        });
        assert_eq!(most.load(Ordering::SeqCst), 12);
        assert_eq!(budget.state().taken, 0);
    }
}

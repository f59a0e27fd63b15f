//! `cargo xtask test-cluster`: the files of `deploy/slurm` on a Slurm of one node, which is this machine.
//!
//! Four tasks do a real collection on a tenth of CIFAR-100. One is asked to stop as before its time is
//! over, one is killed and requeued; a dependent job merges, and the table is that of the undivided
//! collection. Debian's packages and the superuser are needed, so it is no part of `cargo xtask test`.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::checks::{cargo, succeed};
use crate::failure::Failure;

/// Longer than the collection takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(20);

const TASKS: usize = 4;

/// Networks of the collection.
const COUNT: &str = "32";

/// Images of CIFAR-100 that are taken, with bytes of each: a tenth of what there is, so that the test ends
/// in some minutes on a busy machine.
const TRAINING: u64 = 2_000;
const TEST: u64 = 400;
const RECORD: u64 = 3_074;

/// Arguments of `test-cluster`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder of CIFAR-100's binary files, of which the first images are taken.
    #[arg(long, value_name = "DIR")]
    cifar100: PathBuf,
    /// The program to run [default: a build of this workspace].
    #[arg(long, value_name = "PROGRAM")]
    nbzero: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<(), Failure> {
    Ok(test(arguments, root)?)
}

fn test(arguments: &Arguments, root: &Path) -> Result<()> {
    install()?;
    let program = if let Some(program) = &arguments.nbzero {
        program.canonicalize().context("cannot find --nbzero")?
    } else {
        cargo(root, "build --package nbzero", &[])?;
        root.join("target/debug/nbzero")
    };
    let place = root.join("target/cluster");
    if place.exists() {
        fs::remove_dir_all(&place).context("cannot empty target/cluster")?;
    }
    fs::create_dir_all(&place).context("cannot make target/cluster")?;
    for (file, images) in [("train.bin", TRAINING), ("test.bin", TEST)] {
        some_images(&arguments.cifar100, &place.join("images"), file, images)?;
    }
    let cluster = Cluster::start(&place)?;
    let collection = Collection {
        cluster: &cluster,
        program,
        data: format!("cifar100:{}", place.join("images").display()),
        scripts: root.join("deploy/slurm"),
    };
    collection.test()
}

/// Copies the first images of a file.
fn some_images(from: &Path, to: &Path, file: &str, images: u64) -> Result<()> {
    fs::create_dir_all(to)?;
    let path = from.join(file);
    let whole = File::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut bytes = Vec::new();
    whole.take(images * RECORD).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != images * RECORD {
        bail!("{} has fewer than {images} images", path.display());
    }
    Ok(fs::write(to.join(file), bytes)?)
}

/// Installs Slurm and Munge where they are missing.
fn install() -> Result<()> {
    let there = Command::new("slurmctld")
        .arg("-V")
        .stdout(Stdio::null())
        .status();
    if there.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    let packages = [
        "install",
        "-y",
        "--no-install-recommends",
        "slurm-wlm",
        "munge",
    ];
    let mut apt = Command::new("apt-get");
    succeed(apt.args(packages), "apt-get install slurm-wlm munge")
}

/// Slurm's daemons on this machine, which end with this.
struct Cluster {
    place: PathBuf,
    daemons: Vec<Child>,
}

impl Cluster {
    fn start(place: &Path) -> Result<Self> {
        let at = place.display();
        let host = fs::read_to_string("/proc/sys/kernel/hostname")?;
        let host = host.trim();
        let cores = std::thread::available_parallelism()?;
        // Ports of its own, should there be another Slurm.
        let settings = format!(
            "ClusterName=test\nSlurmctldHost={host}(127.0.0.1)\nSlurmUser=root\n\
             SlurmctldPort=16817\nSlurmdPort=16818\nAuthType=auth/munge\n\
             ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\nReturnToService=2\n\
             SchedulerType=sched/backfill\nSelectType=select/cons_tres\n\
             SelectTypeParameters=CR_Core\nMpiDefault=none\nKillWait=5\n\
             StateSaveLocation={at}/state\nSlurmdSpoolDir={at}/spool\n\
             SlurmctldPidFile={at}/slurmctld.pid\nSlurmdPidFile={at}/slurmd.pid\n\
             NodeName=node NodeHostname={host} NodeAddr=127.0.0.1 CPUs={cores} State=UNKNOWN\n\
             PartitionName=all Nodes=node Default=YES MaxTime=INFINITE State=UP\n"
        );
        fs::write(place.join("slurm.conf"), settings)?;
        for folder in ["state", "spool"] {
            fs::create_dir(place.join(folder))?;
        }
        let mut cluster = Self {
            place: place.to_owned(),
            daemons: Vec::new(),
        };
        if !munge_answers() {
            succeed(
                Command::new("install").args(["-d", "-o", "munge", "-g", "munge", "/run/munge"]),
                "install -d /run/munge",
            )?;
            let mut munged = Command::new("runuser");
            munged.args(["-u", "munge", "--", "munged", "--foreground"]);
            cluster.daemon("munged", munged)?;
            wait("munge", munge_answers)?;
        }
        let mut slurmctld = Command::new("slurmctld");
        slurmctld.arg("-D");
        cluster.daemon("slurmctld", slurmctld)?;
        let mut slurmd = Command::new("slurmd");
        slurmd.args(["-D", "-N", "node"]);
        cluster.daemon("slurmd", slurmd)?;
        wait("the node", || {
            let state = cluster.ask("sinfo", &["-h", "-o", "%T"]);
            state.is_ok_and(|state| state.trim() == "idle")
        })?;
        Ok(cluster)
    }

    fn daemon(&mut self, name: &str, mut command: Command) -> Result<()> {
        let log = File::create(self.place.join(format!("{name}.log")))?;
        command.env("SLURM_CONF", self.place.join("slurm.conf"));
        command
            .stdout(log.try_clone()?)
            .stderr(log)
            .stdin(Stdio::null());
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        self.daemons.push(child);
        Ok(())
    }

    /// What a command of Slurm says.
    fn ask(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let output = Command::new(program)
            .args(arguments)
            .env("SLURM_CONF", self.place.join("slurm.conf"))
            .current_dir(&self.place)
            .output()
            .with_context(|| format!("cannot start {program}"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("{program} {} failed: {}", arguments.join(" "), said.trim());
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }
}

/// Ends the daemons, Slurm's first.
impl Drop for Cluster {
    fn drop(&mut self) {
        for daemon in self.daemons.iter_mut().rev() {
            // What has ended already needs no end.
            let _ = Command::new("kill").arg(daemon.id().to_string()).status();
            let _ = daemon.wait();
        }
    }
}

fn munge_answers() -> bool {
    let mut munge = Command::new("munge");
    munge
        .args(["-n"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    munge.status().is_ok_and(|status| status.success())
}

fn wait(what: &str, mut there: impl FnMut() -> bool) -> Result<()> {
    let start = Instant::now();
    while !there() {
        if start.elapsed() > PATIENCE {
            bail!("{what} was waited for in vain: see the logs in target/cluster");
        }
        sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// A collection that is divided, disturbed and merged.
struct Collection<'a> {
    cluster: &'a Cluster,
    program: PathBuf,
    data: String,
    scripts: PathBuf,
}

impl Collection<'_> {
    fn arguments(&self, out: &str) -> Vec<String> {
        let recipe = "mini,epochs=1";
        [
            "--space", "r1-mini", "--count", COUNT, "--recipe", recipe, "--data", &self.data,
            "--out", out,
        ]
        .map(str::to_owned)
        .to_vec()
    }

    fn test(&self) -> Result<()> {
        let start = Instant::now();
        let array = self.submit()?;
        say(&format!("array {array} of {TASKS} tasks is submitted"));
        let task = |number: usize| format!("{array}_{number}");
        self.disturb(&task(0), &task(1))?;
        let merge = self.submit_merge(&array)?;
        say(&format!("job {merge} will merge when all tasks are done"));
        wait("the merge", || {
            // A requeued task would otherwise wait for two minutes.
            for number in 0..TASKS {
                let update = format!("JobId={}", task(number));
                let _ = self
                    .cluster
                    .ask("scontrol", &["update", &update, "StartTime=now"]);
            }
            let left = self.cluster.ask("squeue", &["-h", "-o", "%i"]);
            left.is_ok_and(|left| left.is_empty())
        })?;
        say(&format!(
            "all jobs are done after {:.0} s",
            start.elapsed().as_secs_f64()
        ));
        for number in 0..TASKS {
            let log = fs::read_to_string(self.log(&task(number)))?;
            let lines = log.lines().filter(|line| !line.contains(" after "));
            say(&format!(
                "task {number}: {}",
                lines.collect::<Vec<_>>().join(" / ")
            ));
            if log.contains(" 0 of them new") {
                bail!("task {number} had done all its work before it was disturbed: try again");
            }
        }
        self.compare(start)
    }

    fn submit(&self) -> Result<String> {
        let script = self.scripts.join("collect.sbatch").display().to_string();
        let program = format!("--export=ALL,NBZERO={}", self.program.display());
        let array = format!("--array=0-{}", TASKS - 1);
        let own = [
            "--parsable",
            &array,
            "--cpus-per-task=1",
            "--mem=0",
            &program,
            &script,
        ];
        let mut all: Vec<String> = own.map(str::to_owned).to_vec();
        all.extend(self.arguments("divided"));
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        self.cluster.ask("sbatch", &all)
    }

    fn submit_merge(&self, array: &str) -> Result<String> {
        let script = self.scripts.join("merge.sbatch").display().to_string();
        let program = format!("--export=ALL,NBZERO={}", self.program.display());
        let dependency = format!("--dependency=afterok:{array}");
        let own = ["--parsable", "--mem=0", &dependency, &program, &script];
        self.cluster.ask(
            "sbatch",
            &[&own[..], &["divided", "--out", "divided.nbz"]].concat(),
        )
    }

    /// Has one task killed and put back into the queue once it has a record, and asks another one to stop,
    /// as the system does before the time is over: that one goes back by itself.
    fn disturb(&self, stopped: &str, killed: &str) -> Result<()> {
        wait("a record of each of two tasks", || {
            self.records(0) > 0 && self.records(1) > 0
        })?;
        self.cluster.ask("scontrol", &["requeue", killed])?;
        let records = self.records(1);
        say(&format!(
            "task 1 is killed and requeued after {records} records"
        ));
        let records = self.records(0);
        // It complains, after a while, that the task is on its way back into the queue.
        let _ = self
            .cluster
            .ask("scancel", &["--signal=TERM", "--batch", stopped]);
        say(&format!("task 0 is asked to stop after {records} records"));
        let log = self.log(stopped);
        wait("the task that is asked to stop", || {
            fs::read_to_string(&log).is_ok_and(|log| log.contains("interrupted:"))
        })
    }

    fn log(&self, task: &str) -> PathBuf {
        let name = format!("nbzero-collect-{task}.log");
        self.cluster.place.join(name)
    }

    /// How many records a task has.
    fn records(&self, number: usize) -> usize {
        let shard = format!("divided/shard-{}-of-{TASKS}.jsonl", number + 1);
        let text = fs::read_to_string(self.cluster.place.join(shard));
        text.unwrap_or_default().lines().count()
    }

    /// The merged table is that of the collection in one piece.
    fn compare(&self, start: Instant) -> Result<()> {
        let place = &self.cluster.place;
        let mut collect = Command::new(&self.program);
        collect
            .arg("collect")
            .args(self.arguments("whole"))
            .current_dir(place);
        collect
            .env("RAYON_NUM_THREADS", "1")
            .stderr(Stdio::null())
            .stdout(Stdio::null());
        succeed(&mut collect, "nbzero collect")?;
        let mut merge = Command::new(&self.program);
        merge
            .args(["merge", "whole", "--out", "whole.nbz"])
            .current_dir(place);
        succeed(merge.stdout(Stdio::null()), "nbzero merge")?;
        let [divided, whole] =
            ["divided.nbz", "whole.nbz"].map(|table| fs::read(place.join(table)));
        let (divided, whole) = (divided.context("the merged table")?, whole?);
        if divided != whole {
            bail!("the table of the array is not that of the undivided collection");
        }
        say(&format!(
            "the merged table is that of the undivided collection, byte by byte: {COUNT} networks, {} bytes, \
             after {:.0} s",
            whole.len(),
            start.elapsed().as_secs_f64()
        ));
        Ok(())
    }
}

/// A closed standard output does not stop the test.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

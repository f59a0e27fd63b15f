//! `nbzero collect`: train and score a sample, one JSON line a job.

mod collector;
mod folder;
mod job;

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use nbzero_graph::Resolution;
use nbzero_space::{Architecture, Space};
use nbzero_table::{Outcome, Record};

use crate::cli::data::DataFolder;
use crate::cli::device::DeviceArgument;
use crate::cli::failure::Failure;
use crate::cli::interrupt::Interrupt;
use crate::cli::part::Part;
use crate::cli::progress::Progress;
use crate::cli::recipe::RecipeArguments;
use crate::cli::space::SpaceArgument;
use crate::cli::worker::{NoResult, Worker};
use collector::{Collector, Plan};
use folder::Folder;
use job::{Job, jobs};

#[derive(Debug, clap::Args)]
pub(crate) struct Collect {
    /// The search space: r1, r2, mb, nb201, any of these with -mini, nas-bench-macro,
    /// channel-bench-resnet, channel-bench-mobilenet, nats-sss, transnas-macro or naap-440; or
    /// FILE.toml, a space of your own.
    #[arg(long)]
    space: SpaceArgument,
    /// How many architectures of the space (the same ones for a number, on every machine) [default: its
    /// whole population].
    #[arg(long, value_parser = super::count)]
    count: Option<NonZeroUsize>,
    /// Only the first M of them, which are spread like all of them.
    #[arg(long, value_name = "M", value_parser = super::count)]
    first: Option<NonZeroUsize>,
    /// These architectures of the space instead: a file with one a line (- for standard input).
    #[arg(long, value_name = "FILE", conflicts_with = "count")]
    archs: Option<PathBuf>,
    /// The images: cifar10:DIR, cifar100:DIR, imagenet16:DIR, imagenet16-tiny:DIR, or your own, folder:DIR
    /// (a folder of pictures for each class) or npz:FILE (arrays that `numpy.savez` wrote).
    #[arg(long)]
    data: DataFolder,
    #[command(flatten)]
    recipe: RecipeArguments,
    /// Seeds to train every architecture with.
    #[arg(long, value_delimiter = ',', default_value = "0", value_parser = super::seed)]
    seeds: Vec<u64>,
    /// Height and width of the images, such as 32 or 48x64 [default: that of the space].
    #[arg(long, value_parser = super::resolution)]
    resolution: Option<Resolution>,
    /// Images that a network is scored on.
    #[arg(long, default_value = "64", value_parser = super::count)]
    batch: NonZeroUsize,
    /// The folder of the shards.
    #[arg(long)]
    out: PathBuf,
    /// Do the I-th of N parts of the jobs that cost about the same, for N machines or processes; auto
    /// or auto/N: the part of this task of a Slurm array or an indexed job of Kubernetes.
    #[arg(long, value_name = "I/N", default_value = "1/1")]
    shard: Part,
    #[command(flatten)]
    device: DeviceArgument,
}

impl Collect {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        if self.count.is_none() && self.first.is_none() && self.archs.is_none() {
            return Err(Failure::Input(anyhow!(
                "say how many networks are trained, with --first or --count, or which, with --archs"
            )));
        }
        if let Some(twice) = repeated(&self.seeds) {
            return Err(Failure::Input(anyhow!(
                "--seeds has {twice} twice: leave it out once, for a network is trained once with a seed"
            )));
        }
        let space = self.space.read()?;
        let resolution = self.resolution.unwrap_or(space.resolution().into());
        self.data.are_in_colour()?;
        let images = self.data.load(resolution)?;
        let mut collector = Collector::new(self.plan(space.clone(), resolution), images)?;
        let (classes, seeds) = (self.data.classes(), &self.seeds);
        let jobs = jobs(&self.networks(&space)?, seeds, classes, resolution);
        let ours = self.shard.of_jobs(jobs, |job| job.flops);
        collector.must_fit(&ours)?;
        let mut folder = Folder::open(&self.out, self.shard)?;
        folder.require(collector.metadata(), collector.images_checksum())?;
        collector.compare_with(&folder.records);
        let jobs = folder.missing(ours);
        do_all(&jobs, collector, &mut folder)?;
        writeln!(
            io::stdout().lock(),
            "{}: {} records, {} of them new",
            folder.path.display(),
            folder.kept + jobs.len(),
            jobs.len()
        )?;
        Ok(())
    }

    /// What is trained, in its order.
    fn networks(&self, space: &Space) -> Result<Vec<Architecture>, Failure> {
        let (of, mut networks) = if let Some(path) = &self.archs {
            ("the number of --archs,", job::listed(space, path)?)
        } else {
            let count = self.count.map(NonZeroUsize::get);
            let count = count.unwrap_or_else(|| space.population_size());
            let sample = space.sample(count, 0).map_err(Failure::input)?;
            ("--count", sample)
        };
        let first = self.first.map_or(networks.len(), NonZeroUsize::get);
        if first > networks.len() {
            let has = networks.len();
            return Err(Failure::Input(anyhow!(
                "--first {first} is more than {of} {has}: leave it out to take all"
            )));
        }
        networks.truncate(first);
        Ok(networks)
    }

    fn plan(&self, space: Space, resolution: Resolution) -> Plan {
        Plan {
            space,
            dataset: self.data.dataset,
            classes: self.data.classes(),
            resolution,
            recipe: self.recipe.chosen(),
            batch: self.batch,
            device: self.device.device.clone(),
        }
    }
}

/// The first seed that came before.
fn repeated(seeds: &[u64]) -> Option<u64> {
    let before = |(index, seed): &(usize, &u64)| seeds[..*index].contains(seed);
    let mut seen = seeds.iter().enumerate().filter(before);
    seen.next().map(|(_, seed)| *seed)
}

/// Does the jobs in order. A record is on the disk before the next job begins.
fn do_all(jobs: &[Job], collector: Collector, folder: &mut Folder) -> Result<(), Failure> {
    let cost: u64 = jobs.iter().map(|job| job.flops).sum();
    let mut bar = Progress::weighted(jobs.len() as u64, "networks", cost as f64);
    let interrupt = Interrupt::watch()
        .context("cannot watch for Ctrl-C")
        .map_err(Failure::Run)?;
    let worker = Worker::start(interrupt, move |job: Arc<Job>| collector.record(&job));
    for (done, job) in jobs.iter().enumerate() {
        let kept = || {
            format!(
                "{done} of {} jobs are done and kept in `{}`",
                jobs.len(),
                folder.path.display()
            )
        };
        let record = match worker.run(Arc::new(job.clone())) {
            Ok(record) => record?,
            Err(NoResult::Interrupted) => {
                bar.finish();
                return Err(Failure::Interrupted(format!(
                    "{}, the one in flight is given up; the same command goes on from there",
                    kept()
                )));
            }
            Err(NoResult::Panicked) => {
                return Err(Failure::Run(anyhow!(
                    "the job of {} with seed {} broke down (see above); {}",
                    job.architecture,
                    job.seed,
                    kept()
                )));
            }
        };
        let stopped = kept();
        folder
            .writer
            .append(&record)
            .with_context(|| format!("stopped: {stopped}; once the cause is gone, the same command goes on from there"))
            .map_err(Failure::Run)?;
        bar.step_of(job.flops as f64, || in_words(&record));
    }
    bar.finish();
    Ok(())
}

/// What came of a job, for the progress.
fn in_words(record: &Record) -> String {
    match &record.outcome {
        Outcome::Trained { test_accuracy, .. } => {
            format!("{} {test_accuracy:.2}%", record.arch)
        }
        Outcome::Diverged { .. } => format!("{} diverged", record.arch),
    }
}

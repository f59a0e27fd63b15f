//! `nbzero sample`: architectures from a search space.

use std::io::{self, Write};
use std::num::NonZeroUsize;

use anyhow::anyhow;
use nbzero_space::{Space, Summary};

use crate::cli::failure::Failure;
use crate::cli::space::SpaceArgument;

#[derive(Debug, clap::Args)]
pub(crate) struct Sample {
    /// The search space: r1, r2, mb, nb201, any of these with -mini, nas-bench-macro,
    /// channel-bench-resnet, channel-bench-mobilenet, nats-sss, transnas-macro or naap-440; or
    /// FILE.toml, a space of your own.
    #[arg(long)]
    space: SpaceArgument,
    /// How many architectures [default: the space's whole population].
    #[arg(long, value_parser = super::count)]
    count: Option<NonZeroUsize>,
    /// Another seed gives other architectures.
    #[arg(long, default_value = "0", value_parser = super::seed)]
    seed: u64,
    /// Show how the sample spreads over FLOPs, parameters and depth instead of listing it.
    #[arg(long)]
    summary: bool,
    /// Print the space as a file to start one of your own from.
    #[arg(long, conflicts_with_all = ["count", "seed", "summary"])]
    print: bool,
}

impl Sample {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let space = self.space.read()?;
        if self.print {
            return print(&space);
        }
        let population = space.population_size();
        let count = self.count.map_or(population, NonZeroUsize::get);
        let sample = space.sample(count, self.seed);
        let sample = sample.map_err(Failure::input)?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        if self.summary {
            let (classes, resolution) = (space.classes(), space.resolution());
            writeln!(
                out,
                "space {space}, {classes} classes, images of 3x{resolution}x{resolution}"
            )?;
            write!(out, "{}", Summary::new(&sample, classes, resolution))?;
        } else {
            for architecture in sample {
                writeln!(out, "{architecture}")?;
            }
        }
        out.flush()?;
        Ok(())
    }
}

/// The space as a file.
fn print(space: &Space) -> Result<(), Failure> {
    let file = space.file().ok_or_else(|| {
            Failure::Input(anyhow!(
                "{space} is no space of chains, which a file can describe, but a list of {} architectures \
                 of a published benchmark: begin with r1, r2, mb, or one of these with -mini",
                space.population_size()
            ))
        })?;
    let mut out = io::stdout().lock();
    out.write_all(file.as_bytes())?;
    Ok(out.flush()?)
}

//! `nbzero sample`: architectures from a search space.

use std::io::{self, Write};
use std::num::NonZeroUsize;

use nbzero_space::{Space, Summary};

use crate::cli::failure::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct Sample {
    /// The search space: r1, r2, mb, nb201, any of these with -mini, nas-bench-macro,
    /// channel-bench-resnet, channel-bench-mobilenet or nats-sss.
    #[arg(long)]
    space: Space,
    /// How many architectures [default: the space's whole population].
    #[arg(long, value_parser = super::count)]
    count: Option<NonZeroUsize>,
    /// Another seed gives other architectures.
    #[arg(long, default_value = "0", value_parser = super::seed)]
    seed: u64,
    /// Show how the sample spreads over FLOPs, parameters and depth instead of listing it.
    #[arg(long)]
    summary: bool,
}

impl Sample {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let population = self.space.population_size();
        let count = self.count.map_or(population, NonZeroUsize::get);
        let sample = super::sample(self.space, count, self.seed)?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        if self.summary {
            let (classes, resolution) = (self.space.classes(), self.space.resolution());
            writeln!(
                out,
                "space {}, {classes} classes, images of 3x{resolution}x{resolution}",
                self.space
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

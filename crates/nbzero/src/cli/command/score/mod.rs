//! `nbzero score`: zero-shot proxies of untrained networks.

pub(crate) mod hybrid;
mod input;
mod json;
mod out;
mod print;
pub(crate) mod setup;
mod tally;

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::anyhow;
use clap::ValueEnum;

use crate::cli::failure::Failure;
use crate::cli::network::{Given, WeightsArgument};
use crate::cli::parallel::in_order;
use crate::cli::part::Part;
use crate::cli::progress::Progress;
use print::Printer;
use setup::Setup;

#[derive(Debug, clap::Args)]
pub(crate) struct Score {
    /// Architectures, e.g. r1:64:64x2s1,128x2s2,256x2s2,512x2s2, and ONNX files, e.g. model.onnx.
    #[arg(required_unless_present = "archs", conflicts_with = "archs")]
    arch: Vec<String>,
    /// A file with one architecture or ONNX file a line (- for standard input).
    #[arg(long)]
    archs: Option<PathBuf>,
    /// Names of proxies, or of groups: default, all, label-free, data-free, 2024, since-2022. Joined by +
    /// a hybrid, the mean rank among these networks; log(zen+flops) the sum of logarithms of ranks;
    /// published aggregates have the names in the book.
    #[arg(long, value_delimiter = ',', default_value = "default")]
    proxies: Vec<String>,
    /// A safetensors file: score the network with exactly these weights; `file`: those of the ONNX
    /// file; `fresh`: initial ones from --seed [default: file for an ONNX file, else fresh].
    #[arg(long, value_name = "FILE")]
    weights: Option<WeightsArgument>,
    /// Show which sweeps ran, which proxies were on each, and what each took.
    #[arg(long)]
    explain: bool,
    /// How to print the scores.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write one JSON line a network to this file instead of printing: what it has is not scored again.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["explain", "format", "weights"])]
    out: Option<PathBuf>,
    /// Score the I-th of N parts of the networks that cost about the same, into a file of its own; auto
    /// or auto/N: the part of this task of a Slurm array or an indexed job of Kubernetes.
    #[arg(long, value_name = "I/N", requires = "out")]
    shard: Option<Part>,
    #[command(flatten)]
    setup: Setup,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// One object a line.
    Json,
    /// One row an architecture; an undefined score is empty, its reason in the last column.
    Csv,
}

impl Score {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let networks = self.networks()?;
        self.weights_fit(&networks)?;
        if self.explain && self.format == Format::Csv {
            return Err(Failure::Input(anyhow!(
                "--explain has no place in CSV: use --format table or json"
            )));
        }
        let (proxies, hybrids) = hybrid::split(&self.proxies)?;
        if let (Some(hybrid), [_]) = (hybrids.first(), networks.as_slice()) {
            return Err(Failure::Input(anyhow!(
                "{} ranks networks among each other: give at least two",
                hybrid.name
            )));
        }
        if let Some(out) = &self.out {
            return out::score(self, out, networks, &proxies, &hybrids);
        }
        let bench = self
            .setup
            .prepare(&proxies, self.weights.as_ref(), &networks)?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        let mut bar = Progress::new(networks.len() as u64, "networks");
        let mut printer = Printer::new(self.format, self.explain, bench.suite(), hybrids);
        in_order(
            &networks,
            self.setup.jobs,
            |one| bench.score(one),
            |scored| {
                let scored = scored.map_err(Failure::input)?;
                bar.step(|| scored.network.to_string());
                printer.add(&mut out, scored)
            },
        )?;
        bar.finish();
        printer.finish(&mut out)?;
        out.flush()?;
        for line in printer.remarks() {
            say(format_args!("{line}"));
        }
        Ok(())
    }

    fn weights_fit(&self, networks: &[Given]) -> Result<(), Failure> {
        let refuse = |why: String| Err(Failure::Input(anyhow!("--weights {why}")));
        match &self.weights {
            Some(WeightsArgument::File(_)) if networks.len() != 1 => refuse(format!(
                "are those of one network, but {} architectures are given",
                networks.len()
            )),
            Some(WeightsArgument::Own) => {
                match networks.iter().find(|one| one.weights().is_none()) {
                    None => Ok(()),
                    Some(one) => refuse(format!(
                        "file: {one} is no ONNX file and has no weights: give a safetensors file"
                    )),
                }
            }
            _ => Ok(()),
        }
    }
}

/// Says something on standard error. A closed one is no reason to stop.
fn say(sentence: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{sentence}");
}

//! `nbzero score`: zero-shot proxies of untrained networks.

pub(crate) mod held;
pub(crate) mod hybrid;
mod input;
mod json;
mod out;
mod print;
pub(crate) mod setup;
pub(crate) mod values;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::anyhow;
use clap::ValueEnum;

use crate::cli::call::{Step, Watch, tell};
use crate::cli::failure::Failure;
use crate::cli::network::{Given, WeightsArgument};
use crate::cli::parallel::in_order;
use crate::cli::part::Part;
use crate::cli::progress::Progress;
use crate::cli::remark::say;
use hybrid::Hybrid;
use print::Printer;
use setup::{Bench, Setup};
use values::Values;

#[derive(Debug, clap::Args)]
pub(crate) struct Score {
    /// Architectures, e.g. r1:64:64x2s1,128x2s2,256x2s2,512x2s2, and ONNX files, e.g. model.onnx.
    #[arg(required_unless_present = "archs", conflicts_with = "archs")]
    arch: Vec<String>,
    /// A file with one architecture or ONNX file a line (- for standard input), or a folder of ONNX files.
    #[arg(long)]
    archs: Option<PathBuf>,
    /// Names of proxies, or of groups: default, all, nas-bench-zero, label-free, data-free, 2024, since-2022. Joined by +
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
    /// Write one JSON line a network to this file instead of printing, compressed where its name ends in
    /// .zst: what it has is not scored again.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["explain", "format", "weights"])]
    out: Option<PathBuf>,
    /// Score the I-th of N parts of the networks that cost about the same, into a file of its own; auto
    /// or auto/N: the part of this task of a Slurm array or an indexed job of Kubernetes.
    #[arg(long, value_name = "I/N", requires = "out")]
    shard: Option<Part>,
    #[command(flatten)]
    pub(crate) setup: Setup,
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
        if self.explain && self.format == Format::Csv {
            return Err(Failure::Input(anyhow!(
                "--explain has no place in CSV: use --format table or json"
            )));
        }
        if let Some(out) = &self.out {
            let (proxies, hybrids) = self.wanted(&networks)?;
            return out::score(self, out, networks, &proxies, &hybrids);
        }
        let (bench, hybrids) = self.bench(&networks)?;
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

    /// Scores networks and prints nothing.
    pub(crate) fn values(
        &self,
        networks: &[Given],
        watch: Watch<'_>,
    ) -> Result<Vec<Values>, Failure> {
        let (bench, hybrids) = self.bench(networks)?;
        let mut all = Vec::new();
        in_order(
            networks,
            self.setup.jobs,
            |one| bench.score(one),
            |scored| {
                let scored = scored.map_err(Failure::input)?;
                let message = scored.network.to_string();
                all.push(scored);
                let (done, total) = (all.len() as u64, networks.len() as u64);
                tell(
                    watch,
                    Step {
                        done,
                        total,
                        message,
                    },
                )
            },
        )?;
        for line in hybrid::rank(&hybrids, &mut all)? {
            say(format_args!("{line}"));
        }
        Ok(all.iter().map(|one| one.values(&hybrids)).collect())
    }

    /// What networks are scored with, and the hybrids that rank them.
    fn bench(&self, networks: &[Given]) -> Result<(Bench, Vec<Hybrid>), Failure> {
        self.weights_fit(networks)?;
        let (proxies, hybrids) = self.wanted(networks)?;
        let bench = self
            .setup
            .prepare(&proxies, self.weights.as_ref(), networks)?;
        Ok((bench, hybrids))
    }

    /// The proxies to score and the hybrids that are made of them.
    fn wanted(&self, networks: &[Given]) -> Result<(Vec<String>, Vec<Hybrid>), Failure> {
        let (proxies, hybrids) = hybrid::split(&self.proxies)?;
        if let (Some(hybrid), [_]) = (hybrids.first(), networks) {
            return Err(Failure::Input(anyhow!(
                "{} ranks networks among each other: give at least two",
                hybrid.name
            )));
        }
        Ok((proxies, hybrids))
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

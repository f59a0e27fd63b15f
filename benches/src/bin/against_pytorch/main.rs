//! Seconds of the proxies beside `PyTorch`, measured alternately in one run.
//!
//! `cargo xtask bench proxies` prepares a Python with `PyTorch` and starts this.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod contest;
mod limit;
mod report;
#[path = "../../../../crates/nbzero-ops/benches/common/worker.rs"]
mod worker;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use nbzero_benches::{LARGER, NETWORKS};

use crate::contest::Contest;
use crate::report::Format;

/// Which proxies are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Proxies {
    /// The nine up to 2021.
    Old,
    /// Those since too, on the smaller networks.
    All,
}

/// Times the proxies of nbzero and those of `PyTorch` on the same networks and batch.
#[derive(Debug, Parser)]
#[command(name = "against_pytorch")]
struct Arguments {
    /// A Python that has torch and numpy.
    #[arg(long, value_name = "PYTHON")]
    torch: PathBuf,
    /// Threads of each side.
    #[arg(long, default_value = "2", value_parser = clap::value_parser!(u16).range(1..))]
    threads: u16,
    /// Measured rounds, after one that is not; the median counts.
    #[arg(long, default_value = "3", value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Images of the batch.
    #[arg(long, default_value = "64", value_parser = clap::value_parser!(u16).range(16..))]
    batch: u16,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Only networks whose string contains this.
    #[arg(long, value_name = "PART", default_value = "")]
    only: String,
    /// Which proxies: some since 2021 take PyTorch minutes a round.
    #[arg(long, value_enum, default_value_t = Proxies::All)]
    proxies: Proxies,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    nbzero_benches::start(arguments.threads).context("cannot start the threads")?;
    let mut contest = Contest::start(&arguments.torch, arguments.threads, arguments.batch)?;
    let heading = format!(
        "PyTorch {}, threads of each side: {}, batch {}, rounds {} (their median)",
        contest.version()?,
        arguments.threads,
        arguments.batch,
        arguments.rounds
    );
    if arguments.format != Format::Json {
        println!("{heading}\n");
    }
    let all = arguments.proxies == Proxies::All;
    let smaller = NETWORKS.map(|arch| (arch, all));
    let networks = smaller.into_iter().chain(LARGER.map(|arch| (arch, false)));
    for (arch, newer) in networks.filter(|(arch, _)| arch.contains(&arguments.only)) {
        let result = contest.run(arch, newer, arguments.rounds)?;
        println!("{}", result.render(arguments.format));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from([&["against_pytorch", "--torch", "python3"], arguments].concat())
    }

    #[test]
    fn defaults_are_those_of_the_documentation() {
        let arguments = parse(&[]).unwrap();
        let found = (arguments.threads, arguments.rounds, arguments.batch);
        assert_eq!(found, (2, 3, 64));
        assert_eq!(arguments.format, Format::Text);
        assert!(arguments.only.is_empty());
        assert_eq!(arguments.proxies, Proxies::All);
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        assert!(parse(&["--threads", "0"]).is_err());
        assert!(parse(&["--rounds", "0"]).is_err());
        // ntk takes 16 images on both sides.
        assert!(parse(&["--batch", "15"]).is_err());
        assert!(parse(&["--format", "csv"]).is_err());
    }
}

//! `cargo xtask leaderboard`: every proxy on every benchmark, measured in one way.
//!
//! Scores are ours and committed (`data/scores/leaderboard`); accuracies are others' and lie where the user
//! has them. What was measured is committed too (`data/leaderboard.csv`), so that it can be shown without
//! them.

mod benchmarks;
mod committed;
mod page;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args;
use nbzero_metrics::Bootstrap;
use nbzero_report::{
    Exhibit, Format, Leaderboard, given_costs, leaderboard, read_leaderboard, write_whole,
};

use crate::failure::Failure;
use benchmarks::Benchmarks;

pub(crate) use committed::{relations, stability};

/// Where the measured table is, from the workspace's root.
const FILE: &str = "data/leaderboard.csv";

/// Fewer than elsewhere: each of some forty rows has five intervals on each of a dozen benchmarks.
const RESAMPLES: usize = 200;

/// Arguments of `leaderboard`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder with the published tables; without it the committed table is shown. What it lacks is
    /// said, with where to get it.
    #[arg(long, value_name = "DIR")]
    tables: Option<PathBuf>,
    /// Write docs/src/leaderboard.md, its figures and data/leaderboard.csv under this folder instead of
    /// printing; `.` in the workspace's root makes its own again.
    #[arg(long, value_name = "DIR", requires = "tables")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<(), Failure> {
    let Some(folder) = &arguments.tables else {
        return print(&as_markdown(&shown(root)?)?);
    };
    let benchmarks = Benchmarks::open(root, folder)?;
    for lack in &benchmarks.lacks {
        say(lack);
    }
    let contests = benchmarks.contests();
    if contests.is_empty() {
        let folder = folder.display();
        return Err(Failure::Input(anyhow!(
            "there is nothing to judge on: give a folder of published tables in place of {folder}"
        )));
    }
    let bootstrap = Bootstrap {
        resamples: RESAMPLES,
        ..Bootstrap::default()
    };
    let board = leaderboard(&contests, bootstrap).map_err(of_report)?;
    let Some(out) = &arguments.out else {
        return print(&as_markdown(&board)?);
    };
    let mut figures: Vec<Box<dyn Exhibit>> = Vec::new();
    let made = [
        relations(root).map(|found| Box::new(found) as Box<dyn Exhibit>),
        stability(root).map(|found| Box::new(found) as Box<dyn Exhibit>),
        given_costs(&contests)
            .map(|found| Box::new(found) as Box<dyn Exhibit>)
            .map_err(of_report),
    ];
    for figure in made {
        match figure {
            Ok(figure) => figures.push(figure),
            Err(Failure::Input(reason)) => say(&format!("{reason:#}")),
            Err(failure) => return Err(failure),
        }
    }
    let page = page::page(&board, &figures, &benchmarks.lacks).map_err(of_report)?;
    let files = page.into_iter().chain([(PathBuf::from(FILE), board.file())]);
    for (path, text) in files {
        let path = out.join(path);
        write_whole(&path, text.as_bytes()).map_err(of_report)?;
        print(&format!("wrote {}\n", path.display()))?;
    }
    Ok(())
}

/// The committed table.
pub(crate) fn shown(root: &Path) -> Result<Leaderboard, Failure> {
    let path = root.join(FILE);
    if !path.exists() {
        return Err(Failure::Input(anyhow!(
            "there is no {}: make it with `cargo xtask leaderboard --tables DIR --out .`",
            path.display()
        )));
    }
    read_leaderboard(&path).map_err(of_report)
}

fn as_markdown(board: &Leaderboard) -> Result<String, Failure> {
    let mut text = board.render(Format::Markdown).map_err(of_report)?;
    for one in &board.boards {
        text.push('\n');
        text.push_str(&one.render(Format::Markdown).map_err(of_report)?);
    }
    Ok(text)
}

fn of_report(error: nbzero_report::Error) -> Failure {
    if error.is_of_the_input() {
        Failure::Input(error.into())
    } else {
        Failure::Run(error.into())
    }
}

/// What does not belong to the numbers.
fn say(line: &str) {
    // Nothing is left to do if this cannot be written.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A closed standard output is no failure.
#[expect(clippy::unnecessary_wraps, reason = "the end of a command")]
fn print(text: &str) -> Result<(), Failure> {
    let _ = write!(std::io::stdout(), "{text}");
    Ok(())
}

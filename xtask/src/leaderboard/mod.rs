//! `cargo xtask leaderboard`: every proxy on every benchmark, measured in one way.
//!
//! Scores are ours and committed (`data/scores/leaderboard`); accuracies are others' and lie where the user
//! has them. What was measured is committed too (`data/leaderboard.csv`), so that it can be shown without
//! them.

mod benchmarks;
mod committed;
mod page;

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args;
use nbzero_metrics::Bootstrap;
use nbzero_report::{
    Exhibit, Format, Leaderboard, given_costs, leaderboard, read_leaderboard, write_whole,
};

use crate::failure::Failure;
use crate::output::{print, say};
use benchmarks::Benchmarks;

pub(crate) use benchmarks::{name, published};
pub(crate) use committed::{AllSeconds, relations, seconds, stability};

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
        return Ok(print(&as_markdown(&shown(root)?)?)?);
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
    let board = leaderboard(&contests, bootstrap)?;
    let Some(out) = &arguments.out else {
        return Ok(print(&as_markdown(&board)?)?);
    };
    let mut figures: Vec<Box<dyn Exhibit>> = Vec::new();
    let made = [
        relations(root).map(|found| Box::new(found) as Box<dyn Exhibit>),
        stability(root).map(|found| Box::new(found) as Box<dyn Exhibit>),
        given_costs(&contests)
            .map(|found| Box::new(found) as Box<dyn Exhibit>)
            .map_err(Failure::from),
    ];
    for figure in made {
        match figure {
            Ok(figure) => figures.push(figure),
            Err(Failure::Input(reason)) => say(&format!("{reason:#}")),
            Err(failure) => return Err(failure),
        }
    }
    page::page(&board, &figures, &benchmarks.lacks)?.write(out)?;
    let path = out.join(FILE);
    write_whole(&path, board.file().as_bytes())?;
    Ok(print(&format!("wrote {}\n", path.display()))?)
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
    Ok(read_leaderboard(&path)?)
}

fn as_markdown(board: &Leaderboard) -> Result<String, Failure> {
    let mut text = board.render(Format::Markdown)?;
    for one in &board.boards {
        text.push('\n');
        text.push_str(&one.render(Format::Markdown)?);
    }
    Ok(text)
}

//! The page of the book: what was measured, in words, tables and figures.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use nbzero_report::{Exhibit, Format, Kind, Leaderboard, Result};

/// The folder of the book's pages, from the workspace's root.
const BOOK: &str = "docs/src";

const INTRODUCTION: &str = "# Leaderboard

Every proxy, cost and aggregate on every benchmark: one definition, one program, one batch. `cargo xtask
leaderboard --tables DIR --out .` has written this page and `data/leaderboard.csv`, from the scores under
`data/scores/leaderboard` (whose README says how they were made), the project's own tables, and a folder with
the [published accuracies](published-tables.md), which are not part of this project. Without `--tables` the
command shows the table as it is committed.

- Judged are the networks of a random sample that was drawn before anything was scored; a benchmark of which not
  all of it has been scored yet is judged on those that have. Where two of them are the same in disguise (cells of
  NAS-Bench-201 that differ in edges of which nothing comes out, chains of NAS-Bench-Macro whose identities stand
  elsewhere), they share the scores of one; costs are each network's own. NAS-Bench-201 has one list of scores for
  its three datasets.
- TransNAS-Bench-101's networks are scored on images of 64x64, and were trained on 256x256.
- Undefined scores rank last. Intervals are 95% bootstrap intervals over networks of 200 resamples; what seeds and
  images change is in the figure of stability.
- tau is Kendall's tau-b, that of the top tenth the same among the tenth of highest accuracy. [mBR and
  mBR10](metrics.md) are under five FLOPs budgets.
- Seconds are those of a proxy alone, its sweeps included; of a combination the sum of its members', which share
  sweeps: at most that.
";

/// The page and its figures, each with its path from the workspace's root.
pub(super) fn page(
    board: &Leaderboard,
    figures: &[Box<dyn Exhibit>],
    lacks: &[String],
) -> Result<Vec<(PathBuf, String)>> {
    let mut text = INTRODUCTION.to_owned();
    let mut files = Vec::new();
    add_picture(board, &mut text, &mut files)?;
    text.push_str(&section(&board.render(Format::Markdown)?));
    text.push_str("\n## What was scored\n\n| benchmark | networks | scored |\n|---|---:|---|\n");
    for one in &board.boards {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} | {} | {} |", one.name, one.networks, one.scored);
    }
    let missing: Vec<&str> = lacks
        .iter()
        .filter_map(|l| l.split_once(':'))
        .map(|l| l.0)
        .collect();
    if !missing.is_empty() {
        let _ = writeln!(text, "\nMade {}.", missing.join(", "));
    }
    for figure in figures {
        let _ = writeln!(text, "\n## {}\n", figure.title());
        add_picture(figure.as_ref(), &mut text, &mut files)?;
        text.push_str(&figure.notes().join("\n\n"));
        text.push('\n');
    }
    for kind in [Kind::Benchmark, Kind::Table, Kind::Quoted] {
        for one in board.boards.iter().filter(|one| one.kind == kind) {
            text.push('\n');
            text.push_str(&section(&one.render(Format::Markdown)?));
        }
    }
    files.push((Path::new(BOOK).join("leaderboard.md"), text));
    Ok(files)
}

/// The headings of exhibits are of the third level; the page has no second one above them.
fn section(text: &str) -> String {
    match text.strip_prefix("###") {
        Some(rest) => format!("##{rest}"),
        None => text.to_owned(),
    }
}

/// Links the picture of an exhibit, and adds its file.
fn add_picture(
    exhibit: &dyn Exhibit,
    text: &mut String,
    files: &mut Vec<(PathBuf, String)>,
) -> Result<()> {
    if let Some(picture) = exhibit.picture()? {
        let name = match exhibit.name() {
            "leaderboard" => "leaderboard.svg".to_owned(),
            other => format!("leaderboard-{other}.svg"),
        };
        let _ = writeln!(text, "\n![{}]({name})\n", exhibit.title());
        files.push((Path::new(BOOK).join(name), picture.svg().to_owned()));
    }
    Ok(())
}

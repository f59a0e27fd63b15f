//! The page of the book: what was measured, in words, tables and figures.

use nbzero_report::{Exhibit, Kind, Leaderboard};

use crate::failure::Failure;
use crate::page::Page;

const INTRODUCTION: &str = "# Leaderboard

Proxies, costs and aggregates on many benchmarks: one definition and one program (a dash: not scored there). `cargo xtask
leaderboard --tables DIR --out .` has written this page and `data/leaderboard.csv`, from the scores under
`data/scores/leaderboard` (whose README says how they were made), the project's own tables, and a folder with
the [published accuracies](published-tables.md), which are not part of this project. Without `--tables` the
command shows the table as it is committed.

- Judged are the networks of a random sample that was drawn before anything was scored; a benchmark of which not
  all of it has been scored yet is judged on those that have. Where two of them are the same in disguise (cells of
  NAS-Bench-201 that differ in edges of which nothing comes out, chains of NAS-Bench-Macro whose identities stand
  elsewhere), they share the scores of one; costs are each network's own. NAS-Bench-201 has one list of scores for
  its three datasets.
- The project's own tables are of [lean networks](data.md#which-networks-the-older-tables-have) after four epochs of
  training, and stand for neither their spaces nor a full training.
- What each was scored on is below. `zen to 1000000` is its least number of repeats, four.
- TransNAS-Bench-101's networks are scored on images of 64x64, and were trained on 256x256.
- Undefined scores rank last. Intervals are 95% bootstrap intervals over networks of 200 resamples; what seeds and
  images change is in the figure of stability.
- tau is Kendall's tau-b, that of the top tenth the same among the tenth of highest accuracy. [mBR and
  mBR10](metrics.md) are under five FLOPs budgets.
- Seconds are those of a proxy alone, its sweeps included; of a combination the sum of its members', which share
  sweeps: at most that.
";

pub(super) fn page(
    board: &Leaderboard,
    figures: &[Box<dyn Exhibit>],
    lacks: &[String],
) -> Result<Page, Failure> {
    let mut page = Page::new("leaderboard.md", "leaderboard", INTRODUCTION);
    page.add_picture(board)?;
    page.add_table(board)?;
    let value = board.value();
    page.add_picture(&value)?;
    page.add_table(&value)?;
    page.text
        .push_str("\n## What was scored\n\n| benchmark | networks | scored |\n|---|---:|---|\n");
    for one in &board.boards {
        let (name, networks, scored) = (&one.name, one.networks, &one.scored);
        page.add(format_args!("| {name} | {networks} | {scored} |\n"));
    }
    let missing: Vec<&str> = lacks
        .iter()
        .filter_map(|l| l.split_once(':'))
        .map(|l| l.0)
        .collect();
    if !missing.is_empty() {
        page.add(format_args!("\nMade {}.\n", missing.join(", ")));
    }
    for figure in figures {
        page.add_figure(figure.as_ref())?;
    }
    for kind in [Kind::Benchmark, Kind::Table, Kind::Quoted] {
        for one in board.boards.iter().filter(|one| one.kind == kind) {
            page.add_table(one)?;
        }
    }
    Ok(page)
}

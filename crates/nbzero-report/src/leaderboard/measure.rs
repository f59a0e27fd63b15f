//! Measuring the leaderboard.

use nbzero_metrics::{Bootstrap, RankedPair};
use rayon::prelude::*;

use super::contest::{Candidate, Columns};
use super::elsewhere::Combinations;
use super::{Board, Contest, ELSEWHERE, Kind, Leaderboard, Standing};
use crate::indices::{Indices, Judging};
use crate::{Estimate, Result, paper};

/// The share of the networks among which the tau of the top is.
const TOP: f64 = 0.1;

/// Judges all costs, proxies and aggregates on each contest, and the combination that is best on the others.
///
/// Rows whose scores a contest does not have are not there. All rows of a board are judged on the same
/// resamples.
///
/// # Errors
///
/// If no network of a contest has an accuracy, or all have the same.
pub fn leaderboard(contests: &[Contest<'_>], bootstrap: Bootstrap) -> Result<Leaderboard> {
    let columns: Result<Vec<_>> = contests.iter().map(Columns::new).collect();
    let columns = columns?;
    let combinations = Combinations::new(&columns)?;
    let boards = columns.iter().map(|columns| {
        let mut candidates = columns.candidates()?;
        if let Some(formula) = combinations.best_for(columns)
            && let Some(scores) = columns.scores(&formula)?
        {
            candidates.push(Candidate {
                name: ELSEWHERE.to_owned(),
                formula: Some(formula),
                scores,
            });
        }
        board(columns, &candidates, bootstrap)
    });
    Ok(Leaderboard {
        boards: boards.collect::<Result<_>>()?,
    })
}

fn board(columns: &Columns<'_>, candidates: &[Candidate], bootstrap: Bootstrap) -> Result<Board> {
    let Contest {
        name,
        family,
        kind,
        scored,
        ..
    } = columns.contest;
    let resamples = bootstrap.counts(columns.pool.len());
    let judging = Judging::from(bootstrap);
    let standings: Result<Vec<_>> = candidates
        .par_iter()
        .map(|candidate| standing(columns, candidate, &resamples, &judging))
        .collect();
    Ok(Board {
        name: name.clone(),
        family: family.clone(),
        kind: *kind,
        scored: scored.clone(),
        networks: columns.pool.len(),
        standings: standings?,
    })
}

fn standing(
    columns: &Columns<'_>,
    candidate: &Candidate,
    resamples: &[Vec<u32>],
    judging: &Judging,
) -> Result<Standing> {
    let Candidate {
        name,
        formula,
        scores,
    } = candidate;
    let accuracies = &columns.pool.accuracies;
    let pair = RankedPair::new(scores, accuracies)?;
    let networks = scores.len();
    let top = |counts: &[u32]| pair.kendall_of_top(counts, TOP).ok().flatten();
    let under_budgets = Indices::of(scores, accuracies, &columns.flops, judging)?;
    let picks = |estimate: Estimate| scores.tell_apart().then_some(estimate);
    Ok(Standing {
        name: name.clone(),
        formula: formula.as_ref().map(ToString::to_string),
        tau: Estimate::of_counts(networks, resamples, |counts| pair.kendall(counts)),
        spearman: Estimate::of_counts(networks, resamples, |counts| pair.spearman(counts)),
        mbr: picks(under_budgets.mbr.estimate()),
        mbr10: picks(under_budgets.expected.estimate()),
        top_tau: Estimate::of_counts(networks, resamples, top),
        seconds: columns.seconds(candidate),
        defined: scores.coverage(),
        paper: reported(columns.contest, name),
    })
}

/// What the row's paper reports, where the contest is what papers report on.
fn reported(contest: &Contest<'_>, name: &str) -> Option<super::Reported> {
    let about = contest.table.metadata();
    let is_it = about.space == "nb201"
        && about.dataset.to_string() == "cifar10"
        && contest.kind == Kind::Benchmark;
    is_it.then(|| paper::nb201_row(name)).flatten()
}

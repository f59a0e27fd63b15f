//! The leaderboard: every proxy, cost and aggregate on every benchmark, measured in one way.
//!
//! What belongs here: judging scores on benchmarks (`contest`, `measure`), the combination that is chosen on
//! other benchmarks than the one that it is judged on (`elsewhere`), what a row's tau costs (`value`), and the result as tables (`sheets`) and as
//! the file that anyone can read again without the published accuracies (`file`). Where benchmarks and scores
//! come from is the caller's business.

mod contest;
mod elsewhere;
mod file;
mod given_costs;
mod measure;
mod sheets;
mod value;

use serde::Serialize;

use crate::Estimate;

pub use contest::Contest;
pub use file::read_leaderboard;
pub use given_costs::{Correlations, GivenCosts, GivenCostsRow, given_costs};
pub use measure::leaderboard;
pub use value::{Value, ValueRow};

/// An aggregate that is judged beside those of papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fixed {
    /// What is combined, and how.
    pub formula: &'static str,
    /// The family whose accuracies it was picked by, with scores that others have published: its mean leaves
    /// that out.
    pub picked_on: &'static str,
}

impl Fixed {
    const fn new(formula: &'static str, picked_on: &'static str) -> Self {
        Self { formula, picked_on }
    }
}

/// Aggregates that were fixed before any score of ours was compared with an accuracy: the pair that published
/// scores of NAS-Bench-201 favour, and the vote that is best on three classification tasks of
/// TransNAS-Bench-101 (macro) by published scores.
pub const FIXED: [Fixed; 4] = [
    Fixed::new("jacob_cov+params", "nb201"),
    Fixed::new("log(jacob_cov+params)", "nb201"),
    Fixed::new("naswot+jacob_cov+log_synflow", "transnas-macro"),
    Fixed::new("log(naswot+jacob_cov+log_synflow)", "transnas-macro"),
];

/// The family that a row was picked on.
fn picked_on(row: &str) -> Option<&'static str> {
    let fixed = FIXED.iter().find(|fixed| fixed.formula == row);
    fixed.map(|fixed| fixed.picked_on)
}

/// The row of scores that were drawn at random.
pub const RANDOM: &str = "random";

/// The row of the combination of two or three that is best on other benchmarks.
pub const ELSEWHERE: &str = "best elsewhere";

/// What kind of benchmark a board is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Accuracies that others have published, and scores of ours. Combinations are chosen on these.
    Benchmark,
    /// A table that this project has collected, with the scores that it holds.
    Table,
    /// Accuracies and scores that others have published: a check of ours.
    Quoted,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Benchmark, Self::Table, Self::Quoted];

    /// As files have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Benchmark => "benchmark",
            Self::Table => "table",
            Self::Quoted => "quoted",
        }
    }

    /// For people.
    const fn title(self) -> &'static str {
        match self {
            Self::Benchmark => "published accuracies",
            Self::Table => "our tables",
            Self::Quoted => "",
        }
    }
}

/// Every row on every benchmark.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Leaderboard {
    /// One for each benchmark.
    pub boards: Vec<Board>,
}

/// All rows on one benchmark.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Board {
    /// Space and dataset.
    pub name: String,
    /// Boards of one family have networks in common, or cells: nothing is chosen on one of them and judged
    /// on another.
    pub family: String,
    /// Whose accuracies and scores these are.
    pub kind: Kind,
    /// What was scored and how, in words.
    pub scored: String,
    /// Networks judged.
    pub networks: usize,
    /// Costs, proxies, aggregates, random scores, and what is best elsewhere.
    pub standings: Vec<Standing>,
}

/// One row of a board.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// A cost, a proxy, an aggregate, [`RANDOM`] or [`ELSEWHERE`].
    pub name: String,
    /// The formula of a combination; [`ELSEWHERE`] has one for each family.
    pub formula: Option<String>,
    /// Kendall's tau-b with the accuracies; none of constant scores.
    pub tau: Option<Estimate>,
    /// Spearman's correlation.
    pub spearman: Option<Estimate>,
    /// Mean best rank under five FLOPs budgets.
    pub mbr: Option<Estimate>,
    /// The same expected of a search that sees ten candidates.
    pub mbr10: Option<Estimate>,
    /// Kendall's tau-b among the tenth of highest accuracy.
    pub top_tau: Option<Estimate>,
    /// Seconds a network, of a combination the sum of its members'; none where nobody has measured them.
    pub seconds: Option<f64>,
    /// Share of the networks with a defined score, from 0 to 1.
    pub defined: f64,
    /// What its own paper reports here.
    pub paper: Option<Reported>,
}

/// What a paper reports of its own proxy on NAS-Bench-201, CIFAR-10.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reported {
    /// Kendall's tau.
    pub tau: f64,
    /// Spearman's correlation.
    pub spearman: f64,
    /// The paper.
    pub source: String,
}

impl Board {
    /// The row of that name.
    pub fn standing(&self, name: &str) -> Option<&Standing> {
        self.standings.iter().find(|row| row.name == name)
    }

    /// Kendall's tau of the row of that name.
    fn tau(&self, row: &str) -> Option<f64> {
        Some(self.standing(row)?.tau?.value)
    }
}

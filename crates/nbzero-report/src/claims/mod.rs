//! The paper's statements, each beside what the tables say of it.
//!
//! What belongs here: one entry of `statements.rs` for each statement, measured by a function of the
//! file of its subject, decided by a [`Rule`] on the interval of a number. No verdict is written by
//! hand.

mod baselines;
mod bench;
mod claim;
mod hybrids;
mod orders;
mod roles;
mod rule;
mod series;
mod shape;
mod show;
mod splits;
mod statements;

use nbzero_metrics::Bootstrap;
use nbzero_table::Table;
use rayon::prelude::*;
use serde::Serialize;

use crate::tables::some_tables;
use crate::{About, FactorAnalysis, Result};
use bench::Bench;
use roles::Roles;
use statements::{Measure, STATEMENTS, Statement};

pub use claim::{Claim, Judgement, Number, Reading};
pub(crate) use roles::is_cells;
pub use roles::main_table;
pub use rule::{Rule, Ruling};

/// The statements of the paper with evidence and verdicts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Claims {
    /// The tables, that on which statements about one table are decided first.
    pub about: Vec<About>,
    /// In reading order of the paper.
    pub claims: Vec<Claim>,
}

/// Measures every statement that these tables can speak to, with 1000 resamples by default.
///
/// Space and dataset of a table decide which part it plays. `factors` are the importances of the
/// stage attributes on the [main table](main_table), in which the accuracy is named `oracle`;
/// statements that need them cannot be said without.
///
/// # Errors
///
/// If there is no table, one of them has no test accuracy, or one has more than 61 proxies.
pub fn claims(
    tables: &[&Table],
    factors: Option<&FactorAnalysis>,
    bootstrap: Bootstrap,
) -> Result<Claims> {
    some_tables(tables, "claims")?;
    let roles = Roles::new(tables, factors, bootstrap)?;
    let by_expected = roles.by_expected()?;
    let claim =
        |(place, statement): (usize, &Statement)| statement.claim(place + 1, &roles, &by_expected);
    Ok(Claims {
        about: roles
            .all()
            .iter()
            .map(|bench| bench.about.clone())
            .collect(),
        claims: STATEMENTS.par_iter().enumerate().map(claim).collect(),
    })
}

impl Statement {
    fn claim(&self, number: usize, roles: &Roles, by_expected: &Roles) -> Claim {
        let judgement = self.judge(roles);
        let speaks_of_mbr = !matches!(self.measure, Measure::WithoutMbr(_));
        Claim {
            number,
            subject: self.subject,
            statement: self.text,
            place: self.place,
            paper: self.paper,
            rule: self.rule,
            verdict: judgement.verdict,
            missing: judgement.missing,
            readings: judgement.readings,
            lacking: judgement.lacking,
            by_mbr10: speaks_of_mbr.then(|| self.judge(by_expected)),
        }
    }

    fn judge(&self, roles: &Roles) -> Judgement {
        let (first, others): (_, Vec<std::result::Result<Reading, String>>) = match self.measure {
            Measure::Together(measure) => (measure(roles), Vec::new()),
            Measure::Each(measure) | Measure::WithoutMbr(measure) => {
                let mut all = roles.all().iter().map(|bench: &Bench| measure(bench));
                let first = all.next().unwrap_or_else(|| Err("a table".to_owned()));
                (first, all.collect())
            }
        };
        let (others, lacking): (Vec<_>, Vec<_>) =
            others.into_iter().partition(std::result::Result::is_ok);
        let (missing, first) = match first {
            Ok(reading) => (None, Some(reading)),
            Err(missing) => (Some(missing), None),
        };
        Judgement {
            verdict: first.as_ref().map_or(Ruling::CannotBeSaid, |r| r.verdict),
            missing,
            readings: first
                .into_iter()
                .chain(others.into_iter().flatten())
                .collect(),
            lacking: lacking
                .into_iter()
                .filter_map(std::result::Result::err)
                .collect(),
        }
    }
}

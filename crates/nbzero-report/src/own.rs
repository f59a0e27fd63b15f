//! Scores that a table does not have, to be judged beside those that it has.

use nbzero_metrics::Direction;
use nbzero_table::{Cost, Score, Table};

use crate::{Error, Result};

/// Names that rows of a table of proxies have already.
const TAKEN: [&str; 3] = ["oracle", "noise_ceiling", "noise ceiling"];

/// A column of scores of one's own.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnScores {
    /// What its row is called.
    pub name: String,
    /// Which scores are the better ones.
    pub direction: Direction,
    /// One a network of the table, in its order. Networks whose score is [missing](Score::missing) are
    /// left out, for every row alike; those whose score is undefined rank last.
    pub scores: Vec<Score>,
}

impl OwnScores {
    /// Refuses columns that do not belong to the table, and names that are there already.
    pub(crate) fn check(all: &[Self], table: &Table) -> Result<()> {
        for (place, own) in all.iter().enumerate() {
            let name = own.name.as_str();
            // As rows are labelled: `FLOPs` is one of the table's own.
            let same = |other: &str| other.eq_ignore_ascii_case(name);
            let is_cost = Cost::named(&name.to_ascii_lowercase()).is_some();
            let twice = all[..place].iter().any(|other| same(&other.name));
            if is_cost || twice || TAKEN.into_iter().any(same) || table.proxies().any(same) {
                let name = name.to_owned();
                return Err(Error::NameTaken { name });
            }
            if own.scores.len() != table.len() {
                return Err(Error::OwnLength {
                    name: name.to_owned(),
                    scores: own.scores.len(),
                    networks: table.len(),
                });
            }
        }
        Ok(())
    }
}

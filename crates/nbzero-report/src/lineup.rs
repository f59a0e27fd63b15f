//! Who is looked at on a table, with accuracies or, in a table of scores alone, without.

use nbzero_metrics::{Accuracies, Bootstrap};
use nbzero_table::Table;

use crate::entrant::{Entrant, costs_and_proxies, entrants};
use crate::networks::Networks;
use crate::pool::Pool;
use crate::{About, Result};

/// Networks of a table and the columns on them.
#[derive(Debug)]
pub(crate) struct Lineup<'a> {
    pub(crate) about: About,
    pub(crate) networks: Networks<'a>,
    /// The oracle, where there are accuracies, costs, then the table's proxies.
    pub(crate) entrants: Vec<Entrant>,
    /// None of a table of scores alone.
    pub(crate) accuracies: Option<Accuracies>,
}

impl<'a> Lineup<'a> {
    /// Of a table with accuracies the networks that can be judged, of another those that all proxies have scored.
    pub(crate) fn of(table: &'a Table, bootstrap: Bootstrap) -> Result<Self> {
        if table.is_of_scores_alone() {
            let networks = Networks::scored(table)?;
            return Ok(Self {
                about: About::of_scores(&networks, bootstrap),
                entrants: costs_and_proxies(&networks)?,
                networks,
                accuracies: None,
            });
        }
        let pool = Pool::new(table)?;
        Ok(Self {
            about: About::new(&pool, bootstrap)?,
            entrants: entrants(&pool)?,
            networks: Networks::clone(&pool),
            accuracies: Some(pool.accuracies),
        })
    }
}

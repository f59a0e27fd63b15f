//! The analysis of every score of a table, and of its accuracies.

use nbzero_table::{Split, Table};

use crate::{Analysis, Attributes, Error, Parameters, analyse};

/// What was found for one quantity of a table, or why there is nothing to find.
#[derive(Debug, Clone, PartialEq)]
pub struct TableAnalysis {
    /// A proxy by name, or `oracle` for the accuracy.
    pub name: String,
    /// Which stage attributes drive it.
    pub found: Result<Analysis, Error>,
}

/// Analyses the mean test accuracies of a table and each of its proxies, in this order.
///
/// # Errors
///
/// If the networks have no stages, or more than four.
pub fn analyse_table(table: &Table, parameters: &Parameters) -> Result<Vec<TableAnalysis>, Error> {
    let attributes = Attributes::new(table.stages())?;
    let accuracies = table.mean_accuracy(Split::Test);
    let accuracies = accuracies.iter().map(|a| a.unwrap_or(f64::NAN)).collect();
    let mut targets: Vec<(&str, Vec<f64>)> = vec![("oracle", accuracies)];
    // A table has the scores of the proxies that it lists.
    let scores = |name| Some((name, table.score_values(name).ok()?));
    targets.extend(table.proxies().filter_map(scores));
    let analysis = |(name, target): (&str, Vec<f64>)| TableAnalysis {
        name: name.to_owned(),
        found: analyse(&attributes, &target, parameters),
    };
    Ok(targets.into_iter().map(analysis).collect())
}

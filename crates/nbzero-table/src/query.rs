//! The best networks within budgets.

use std::cmp::Ordering;

use crate::{Cost, Row, Split, Table};

/// Which rows, and how many: those within every budget, most accurate first.
///
/// ```
/// use nbzero_table::{Cost, Query, Split};
///
/// # fn show(table: &nbzero_table::Table) {
/// let small = Query::new(Split::Test)
///     .at_most(Cost::Flops, 2_000_000)
///     .at_most(Cost::Depth, 20)
///     .top(5);
/// for row in table.query(&small) {
///     println!("{} {:?}", row.arch(), row.mean_accuracy(Split::Test));
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    ranking: Ranking,
    budgets: Vec<(Cost, u64)>,
    top: usize,
}

/// By what rows are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ranking {
    Measured(Split),
    Predicted,
}

impl Ranking {
    fn accuracy(self, row: Row<'_>) -> Option<f64> {
        match self {
            Self::Measured(split) => row.mean_accuracy(split),
            Self::Predicted => row.prediction().map(|prediction| prediction.mean),
        }
    }
}

impl Query {
    /// All rows, by their mean accuracy on those images.
    pub fn new(split: Split) -> Self {
        Self::by(Ranking::Measured(split))
    }

    /// All rows of a table of predictions, by their predicted accuracy; none of any other table.
    pub fn of_predictions() -> Self {
        Self::by(Ranking::Predicted)
    }

    fn by(ranking: Ranking) -> Self {
        Self {
            ranking,
            budgets: Vec::new(),
            top: usize::MAX,
        }
    }

    /// Only rows that are known to cost no more than this, beside all other budgets.
    #[must_use]
    pub fn at_most(mut self, cost: Cost, budget: u64) -> Self {
        self.budgets.push((cost, budget));
        self
    }

    /// Only the best so many.
    #[must_use]
    pub fn top(mut self, count: usize) -> Self {
        self.top = count;
        self
    }

    fn fits(&self, row: Row<'_>) -> bool {
        let mut budgets = self.budgets.iter();
        budgets.all(|&(cost, budget)| row.cost(cost).is_some_and(|cost| cost <= budget))
    }

    /// The cheaper one of equally accurate ones, in the order of the budgets.
    fn cheaper(&self, a: Row<'_>, b: Row<'_>) -> Ordering {
        // What nobody knows comes last.
        let known = |row: Row<'_>, cost| row.cost(cost).unwrap_or(u64::MAX);
        let of = |cost| known(a, cost).cmp(&known(b, cost));
        let budgets = self.budgets.iter().map(|&(cost, _)| of(cost));
        match self.budgets.as_slice() {
            [] => of(Cost::Flops),
            _ => budgets.fold(Ordering::Equal, Ordering::then),
        }
    }
}

impl Table {
    /// The rows that a query asks for, highest accuracy first.
    ///
    /// Rows without an accuracy of the query's kind are left out. Of equally accurate ones the
    /// cheapest comes first (by the query's budgets, without any by FLOPs), of equally cheap ones
    /// the first of the table.
    pub fn query(&self, query: &Query) -> Vec<Row<'_>> {
        let mut found: Vec<(f64, Row<'_>)> = self
            .rows()
            .filter(|&row| query.fits(row))
            .filter_map(|row| Some((query.ranking.accuracy(row)?, row)))
            .collect();
        // Stable: rows come in the order of the table.
        found.sort_by(|(a, row_a), (b, row_b)| {
            b.total_cmp(a).then_with(|| query.cheaper(*row_a, *row_b))
        });
        found.truncate(query.top);
        found.into_iter().map(|(_, row)| row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{build, record, table};

    fn archs(table: &Table, query: &Query) -> Vec<String> {
        let rows = table.query(query).into_iter();
        rows.map(|row| row.arch().to_owned()).collect()
    }

    #[test]
    fn the_best_within_every_budget_come_first() {
        // Costs follow the length of the name.
        let table = build(&[
            record("a", 0, 50.0),
            record("bb", 0, 60.0),
            record("ccc", 0, 55.0),
            record("dddd", 0, 70.0),
        ])
        .expect("valid");
        let all = Query::new(Split::Test);
        assert_eq!(archs(&table, &all), ["dddd", "bb", "ccc", "a"]);
        assert_eq!(archs(&table, &all.clone().top(2)), ["dddd", "bb"]);
        let flops = all.clone().at_most(Cost::Flops, 3000);
        assert_eq!(archs(&table, &flops), ["bb", "ccc", "a"]);
        assert_eq!(
            archs(&table, &flops.at_most(Cost::Params, 19)),
            ["a"],
            "every budget holds"
        );
        assert!(archs(&table, &all.at_most(Cost::Depth, 7)).is_empty());
    }

    #[test]
    fn of_equal_ones_the_cheaper_comes_first() {
        let table = build(&[
            record("aaa", 0, 50.0),
            record("b", 0, 50.0),
            record("c", 0, 50.0),
        ])
        .expect("valid");
        assert_eq!(archs(&table, &Query::new(Split::Test)), ["b", "c", "aaa"]);
        // All are equally deep.
        let depth = Query::new(Split::Test).at_most(Cost::Depth, 8);
        assert_eq!(archs(&table, &depth), ["aaa", "b", "c"]);
    }

    #[test]
    fn each_split_has_its_own_accuracies() {
        let validation = Query::new(Split::NasValidation);
        assert_eq!(
            archs(&table(), &validation),
            ["r1:16:8x1s2,16x1s2", "r1:8:16x1s2"]
        );
    }
}

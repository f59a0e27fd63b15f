//! A table in formats that other programs read: one row a record, one column a value.

mod csv;
#[cfg(feature = "parquet")]
mod parquet;

use std::collections::BTreeSet;

use crate::{Cost, Prediction, Row, Split, Table};

/// The columns of an export, all of the same length.
struct Sheet<'a> {
    columns: Vec<(String, Values<'a>)>,
    rows: usize,
}

/// The values of a column of an export, one a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Values<'a> {
    /// Architecture strings.
    Text(Vec<&'a str>),
    /// Costs, seeds and epochs.
    Whole(Vec<Option<u64>>),
    /// Accuracies and scores; none where missing or undefined.
    Number(Vec<Option<f64>>),
}

/// A network with one of its seeds.
type RecordOf<'a> = (Row<'a>, Option<u64>);

impl Table {
    /// The columns of [`to_csv`](Self::to_csv) with their names, all of the same length.
    pub fn columns(&self) -> Vec<(String, Values<'_>)> {
        Sheet::new(self).columns
    }
}

impl<'a> Sheet<'a> {
    fn new(table: &'a Table) -> Self {
        let records = records(table);
        let whole = |value: fn(&RecordOf<'a>) -> Option<u64>| {
            Values::Whole(records.iter().map(value).collect())
        };
        let accuracy = |split| {
            let of = |&(row, seed): &RecordOf<'a>| row.accuracy(split, seed?).ok().flatten();
            Values::Number(records.iter().map(of).collect())
        };
        let archs = records.iter().map(|(row, _)| row.arch()).collect();
        let fixed = [
            ("arch", Values::Text(archs)),
            ("flops", whole(|(row, _)| row.cost(Cost::Flops))),
            ("params", whole(|(row, _)| row.cost(Cost::Params))),
            ("depth", whole(|(row, _)| row.cost(Cost::Depth))),
            ("seed", whole(|(_, seed)| *seed)),
            ("test_accuracy", accuracy(Split::Test)),
            ("nas_validation_accuracy", accuracy(Split::NasValidation)),
            ("diverged_in_epoch", whole(epoch_of_divergence)),
        ];
        let prediction = |value: fn(Prediction) -> f64| {
            let of = |(row, _): &RecordOf<'a>| row.prediction().map(value);
            Values::Number(records.iter().map(of).collect())
        };
        let predicted = [
            ("predicted_accuracy", prediction(|found| found.mean)),
            ("predicted_deviation", prediction(|found| found.deviation)),
        ];
        let predicted = predicted
            .into_iter()
            .filter(|_| table.predicted().is_some());
        let mut columns: Vec<(String, Values<'a>)> = fixed
            .into_iter()
            .chain(predicted)
            .map(|(name, values)| (name.to_owned(), values))
            .collect();
        let mut taken: BTreeSet<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        for (proxy, scores) in &table.scores {
            let mut name = proxy.clone();
            while !taken.insert(name.clone()) {
                name.insert_str(0, "score_");
            }
            let values = records.iter().map(|(row, _)| scores[row.index()].value());
            columns.push((name, Values::Number(values.collect())));
        }
        Self {
            rows: records.len(),
            columns,
        }
    }
}

/// The epoch in which the run diverged, if it did.
fn epoch_of_divergence(&(row, seed): &RecordOf<'_>) -> Option<u64> {
    let mut diverged = row.diverged();
    let run = diverged.find(|(of, _)| Some(*of) == seed);
    run.map(|(_, epoch)| epoch.into())
}

/// The rows of an export: each network with each seed that has an accuracy or diverged, and
/// networks without a run once, so that none is lost.
fn records(table: &Table) -> Vec<RecordOf<'_>> {
    let mut records = Vec::new();
    for row in table.rows() {
        let seeds: BTreeSet<u64> = Split::ALL
            .into_iter()
            .flat_map(|split| row.accuracies(split))
            .map(|(seed, _)| seed)
            .chain(row.diverged().map(|(seed, _)| seed))
            .collect();
        if seeds.is_empty() {
            records.push((row, None));
        }
        records.extend(seeds.into_iter().map(|seed| (row, Some(seed))));
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{build, definition, record};
    use crate::{Direction, Outcome, Record, Score};

    #[test]
    fn no_network_is_lost_and_no_name_is_taken_twice() {
        let outcome = Outcome::Diverged {
            epoch: 1,
            reason: "the loss is NaN".into(),
        };
        let mut diverged = Record {
            outcome,
            ..record("b", 0, 50.0)
        };
        diverged.scores.insert("flops".into(), Score::new(0.5));
        diverged
            .definitions
            .push(definition("flops", Direction::Higher));
        let table = build(&[record("a", 0, 50.0), record("a", 1, 51.0), diverged]).expect("valid");
        let sheet = Sheet::new(&table);
        let names: Vec<&str> = sheet
            .columns
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(sheet.rows, 3);
        assert_eq!(names[8..], ["score_flops", "grasp", "snip"]);
        let Values::Whole(seeds) = &sheet.columns[4].1 else {
            panic!("seeds are whole numbers");
        };
        assert_eq!(seeds, &[Some(0), Some(1), Some(0)]);
        let Values::Whole(epochs) = &sheet.columns[7].1 else {
            panic!("epochs are whole numbers");
        };
        assert_eq!(epochs, &[None, None, Some(1)]);
    }
}

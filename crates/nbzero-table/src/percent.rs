//! Accuracies that look like fractions, where percentages belong.

use crate::{Split, Table};

/// Up to so many classes, nobody's network has an accuracy of 1% or less: chance has more than 2%.
const FEW_CLASSES: u32 = 50;

/// The largest fraction.
const ONE: f64 = 1.0;

impl Table {
    /// The first accuracy that looks like a fraction from 0 to 1 where percentages from 0 to 100
    /// belong, with its row, split and seed.
    ///
    /// That is one from above 0 to 1 where chance alone gives more, and where there are more classes,
    /// one of a column in which most are such, apart from those of networks that learnt nothing.
    pub fn fraction(&self) -> Option<(usize, Split, u64, f64)> {
        // Of unknown classes there may be many.
        let classes = self.metadata.classes.unwrap_or(u32::MAX);
        let chance = 100.0 / f64::from(classes.max(1));
        let is_chance = |value: f64| (value / chance - 1.0).abs() < 0.02;
        self.accuracies.iter().find_map(|(&(split, seed), column)| {
            let values = || {
                column
                    .iter()
                    .enumerate()
                    .filter_map(|(row, v)| Some((row, (*v)?)))
            };
            let small = |&(_, value): &(usize, f64)| value > 0.0 && value <= ONE;
            let found = if classes <= FEW_CLASSES {
                values().find(small)
            } else {
                let learnt = || values().filter(|&(_, value)| value > 0.0 && !is_chance(value));
                let most = 2 * learnt().filter(small).count() > learnt().count();
                learnt().find(|one| most && small(one))
            };
            found.map(|(row, value)| (row, split, seed, value))
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::Outcome;
    use crate::sample::{build, record};

    /// The row of the first fraction of networks with those accuracies.
    fn first<const N: usize>(classes: u32, accuracies: [f64; N]) -> Option<usize> {
        let of = |(arch, accuracy)| {
            let mut record = record(arch, 0, accuracy);
            record.classes = classes;
            record.outcome = Outcome::Trained {
                test_accuracy: accuracy,
                nas_validation_accuracy: None,
                train_loss: 1.5,
            };
            record
        };
        let records = ["a", "b", "c"].into_iter().zip(accuracies).map(of);
        let table = build(&records.collect::<Vec<_>>()).expect("valid");
        table.fraction().map(|(row, ..)| row)
    }

    #[test]
    fn of_few_classes_every_small_accuracy_is_a_fraction() {
        assert_eq!(first(10, [91.0, 0.9]), Some(1));
        assert_eq!(first(10, [1.0, 90.0]), Some(0));
        assert_eq!(first(10, [10.0, 1.5]), None);
        assert_eq!(first(10, [0.0, 50.0]), None);
    }

    #[test]
    fn of_many_classes_most_have_to_be_small() {
        assert_eq!(first(100, [0.999_999, 60.0]), None);
        assert_eq!(first(100, [1.0, 1.0]), None, "chance");
        assert_eq!(first(100, [1.0, 0.6]), Some(1));
        assert_eq!(first(1000, [0.1, 0.65]), Some(1));
        assert_eq!(first(100, [61.0, 0.65, 0.7]), Some(1));
        assert_eq!(
            first(100, [61.0, 0.65, 1.0]),
            None,
            "one may have learnt little"
        );
    }
}

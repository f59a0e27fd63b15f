//! What a short training of the same networks reached, as a score beside the proxies'.

use crate::check::check;
use crate::{Direction, Error, Metadata, Result, Row, Score, ScoreDefinition, Split, Table};

impl Table {
    /// The table with one more column of scores: the accuracies of `short`, in which the same networks were
    /// trained for fewer epochs. After four epochs it is `accuracy_04`.
    ///
    /// A score is the NAS validation accuracy of one training, that of the network's first seed: what a search
    /// would see of it. It is undefined of networks that `short` has not, or whose training diverged.
    ///
    /// # Errors
    ///
    /// If `short` is of another space or other images, was not trained for fewer epochs, or shares no trained
    /// network; or the table has such a column already.
    pub fn with_short_training(mut self, short: &Self) -> Result<Self> {
        let invalid = |what| Error::Invalid { what };
        let (own, other) = (&self.metadata, &short.metadata);
        let about = |about: &Metadata| format!("{} on {}", about.space, about.images);
        if about(own) != about(other) || own.space_definition != other.space_definition {
            return Err(invalid(format!(
                "the short trainings are of {}, and the table is of {}: give those of the same networks and images",
                about(other),
                about(own)
            )));
        }
        let epochs = match (other.epochs(), own.epochs()) {
            (Some(short), Some(long)) if short < long => short,
            _ => {
                return Err(invalid(format!(
                    "the short trainings are not of fewer epochs: `{}`, and the table's are `{}`",
                    other.recipe_details, own.recipe_details
                )));
            }
        };
        let name = format!("accuracy_{epochs:02}");
        if self.scores.contains_key(&name) {
            return Err(invalid(format!("the table has {name} already")));
        }
        let scores: Vec<Score> = self
            .architectures
            .iter()
            .map(|arch| after(short.find(arch)))
            .collect();
        if scores.iter().all(|score| score.value().is_none()) {
            return Err(invalid(format!(
                "none of the table's {} networks has a NAS validation accuracy among the short trainings",
                self.len()
            )));
        }
        let definition = ScoreDefinition {
            name: name.clone(),
            version: 1,
            direction: Direction::Higher,
            settings: format!(
                "NAS validation accuracy of one training, {}",
                other.recipe_details
            ),
        };
        self.scores.insert(name, scores);
        self.metadata.scores.push(definition);
        self.metadata.scores.sort_by(|a, b| a.name.cmp(&b.name));
        check(&self).map_err(invalid)?;
        Ok(self)
    }
}

impl Metadata {
    /// The number of epochs, as the recipe's details begin: `short: 24 epochs of batch 128, ...`.
    fn epochs(&self) -> Option<u32> {
        let (_, settings) = self.recipe_details.split_once(": ")?;
        let (epochs, unit) = settings.split_once(' ')?;
        unit.starts_with("epoch").then(|| epochs.parse().ok())?
    }
}

/// What the first seed of a network reached.
fn after(row: Option<Row<'_>>) -> Score {
    let Some(row) = row else {
        return Score::undefined("not trained for so few epochs");
    };
    match row.accuracies(Split::NasValidation).next() {
        Some((_, accuracy)) => Score::new(accuracy),
        None => {
            Score::undefined("the short training diverged, or measured no NAS validation accuracy")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Record;
    use crate::sample::{build, record};

    fn trained(recipe: &str, records: &[Record]) -> Table {
        let of = |record: &Record| Record {
            recipe_details: recipe.into(),
            ..record.clone()
        };
        build(&records.iter().map(of).collect::<Vec<_>>()).expect("valid")
    }

    const LONG: &str = "short: 24 epochs of batch 128";
    const SHORT: &str = "mini: 4 epochs of batch 128";

    #[test]
    fn accuracies_of_few_epochs_become_a_score() {
        let long = trained(LONG, &[record("a", 0, 50.0), record("b", 0, 60.0)]);
        let first = record("a", 0, 20.0);
        let short = trained(
            SHORT,
            &[first.clone(), record("a", 1, 30.0), record("c", 0, 10.0)],
        );
        let seen = short
            .find("a")
            .and_then(|row| row.accuracies(Split::NasValidation).next());
        let both = long.with_short_training(&short).expect("fits");
        let scores = both.scores("accuracy_04").expect("there");
        assert_eq!(scores[0].value(), seen.map(|(_, accuracy)| accuracy));
        assert_eq!(scores[1].reason(), Some("not trained for so few epochs"));
        assert_eq!(
            both.direction("accuracy_04").expect("there"),
            Direction::Higher
        );
        let again = both.with_short_training(&short);
        assert!(again.expect_err("twice").to_string().contains("already"));
    }

    #[test]
    fn other_trainings_are_refused() {
        let long = || trained(LONG, &[record("a", 0, 50.0)]);
        let refused = |short: &Table| {
            long()
                .with_short_training(short)
                .expect_err("refused")
                .to_string()
        };
        assert!(refused(&long()).contains("not of fewer epochs"));
        let unknown = trained("as published", &[record("a", 0, 20.0)]);
        assert!(refused(&unknown).contains("not of fewer epochs"));
        let others = trained(SHORT, &[record("b", 0, 20.0)]);
        assert!(refused(&others).contains("none of the table's 1 networks"));
        let elsewhere = Record {
            images: "other images".into(),
            ..record("a", 0, 20.0)
        };
        assert!(refused(&trained(SHORT, &[elsewhere])).contains("other images"));
    }
}

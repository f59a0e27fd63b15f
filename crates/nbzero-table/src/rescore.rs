//! A table's costs and accuracies with scores from elsewhere.

use std::collections::BTreeMap;

use crate::check::check;
use crate::diverged::Diverged;
use crate::error::list;
use crate::predicted::Predicted;
use crate::{Error, Result, Score, ScoreDefinition, Table};

impl Table {
    /// The rows of the architectures that have scores, with these in place of the table's own.
    ///
    /// `scores` has those of an architecture in the order of `definitions`. Published accuracies
    /// meet scores of one's own this way: networks that were not scored are left out, because an
    /// index over them would judge the sample and not the proxy.
    ///
    /// ```
    /// # use std::collections::BTreeMap;
    /// # use nbzero_table::{Direction, Result, Score, ScoreDefinition, Table};
    /// # fn example(published: &Table) -> Result<Table> {
    /// let definition = ScoreDefinition {
    ///     name: "naswot".into(),
    ///     version: 1,
    ///     direction: Direction::Higher,
    ///     settings: "64 images of cifar10, seed 0".into(),
    /// };
    /// let network = "nas-bench-macro:02012100".to_owned();
    /// let scores = BTreeMap::from([(network, vec![Score::new(196.6)])]);
    /// published.rescored(vec![definition], &scores)
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If an architecture is not in the table, has more or fewer scores than there are definitions,
    /// no architecture is given, or two definitions have one name.
    pub fn rescored(
        &self,
        mut definitions: Vec<ScoreDefinition>,
        scores: &BTreeMap<String, Vec<Score>>,
    ) -> Result<Self> {
        let invalid = |what| Error::Invalid { what };
        let mut rows = Vec::with_capacity(scores.len());
        for (arch, of) in scores {
            let row = self.find(arch).ok_or_else(|| self.unknown(arch))?;
            if of.len() != definitions.len() {
                let (found, wanted) = (of.len(), definitions.len());
                return Err(invalid(format!(
                    "{arch} has {found} scores for {wanted} definitions"
                )));
            }
            rows.push(row.index());
        }
        let column = |at: usize| scores.values().map(|of| of[at].clone()).collect();
        let columns = definitions.iter().enumerate();
        let columns = columns.map(|(at, definition)| (definition.name.clone(), column(at)));
        let scores = columns.collect();
        definitions.sort_by(|a, b| a.name.cmp(&b.name));
        let mut metadata = self.metadata.clone();
        metadata.scores = definitions;
        // Both are ascending by architecture, so the rows of the scores come in the table's order.
        let table = Self {
            metadata,
            architectures: select(&self.architectures, &rows),
            flops: select(&self.flops, &rows),
            params: select(&self.params, &rows),
            depth: select(&self.depth, &rows),
            stages: select(&self.stages, &rows),
            scores,
            accuracies: self
                .accuracies
                .iter()
                .map(|(key, column)| (*key, select(column, &rows)))
                .collect(),
            diverged: self.diverged_among(&rows),
            predicted: self.predicted.as_ref().map(|predicted| Predicted {
                details: predicted.details.clone(),
                means: select(&predicted.means, &rows),
                deviations: select(&predicted.deviations, &rows),
                draws: predicted
                    .draws
                    .iter()
                    .map(|draw| select(draw, &rows))
                    .collect(),
            }),
        };
        check(&table).map_err(invalid)?;
        Ok(table)
    }

    /// The diverged runs of some rows, ascending, by their places among them.
    fn diverged_among(&self, rows: &[usize]) -> Vec<Diverged> {
        let place = |run: &Diverged| rows.binary_search(&(run.row as usize)).ok();
        let moved = |run: &Diverged| {
            let row = u32::try_from(place(run)?).ok()?;
            Some(Diverged { row, ..*run })
        };
        self.diverged.iter().filter_map(moved).collect()
    }

    fn unknown(&self, arch: &str) -> Error {
        let examples = list(self.architectures.iter().take(2));
        Error::Invalid {
            what: format!(
                "{arch:?} has scores and is not in the table, whose {} networks are named like \
                 {examples}",
                self.len()
            ),
        }
    }
}

fn select<T: Clone>(column: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|&row| column[row].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::table;
    use crate::{Direction, Split};

    const SMALL: &str = "r1:8:16x1s2";

    fn definition(name: &str) -> ScoreDefinition {
        ScoreDefinition {
            name: name.into(),
            version: 1,
            direction: Direction::Higher,
            settings: "of this test".into(),
        }
    }

    #[test]
    fn scored_rows_stay_with_the_new_scores_alone() -> Result<()> {
        let before = table();
        let definitions = ["zen", "ntk"].map(definition).to_vec();
        let of = vec![Score::new(2.0), Score::undefined("singular")];
        let after = before.rescored(definitions, &BTreeMap::from([(SMALL.to_owned(), of)]))?;
        assert_eq!(after.architectures(), [SMALL]);
        assert_eq!(after.flops(), [Some(11_000)]);
        assert_eq!(after.proxies().collect::<Vec<_>>(), ["ntk", "zen"]);
        assert_eq!(after.score_values("zen")?, [2.0]);
        assert_eq!(after.scores("ntk")?[0].reason(), Some("singular"));
        assert_eq!(after.mean_accuracy(Split::Test), [Some(62.0)]);
        assert_eq!(after.stages(), &before.stages()[1..]);
        Ok(())
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let table = table();
        let refusal = |names: &[&str], arch: &str, scores: usize| {
            let definitions = names.iter().map(|name| definition(name)).collect();
            let scores = vec![Score::new(1.0); scores];
            let scores = BTreeMap::from([(arch.to_owned(), scores)]);
            let refused = table.rescored(definitions, &scores);
            refused.expect_err("refused").to_string()
        };
        let unknown = refusal(&["zen"], "r1:8:16x9s2", 1);
        assert!(
            unknown.contains("\"r1:8:16x9s2\" has scores and is not"),
            "{unknown}"
        );
        assert!(unknown.contains("2 networks are named like"), "{unknown}");
        assert!(refusal(&["zen"], SMALL, 2).contains("2 scores for 1 definitions"));
        assert!(refusal(&["zen", "zen"], SMALL, 2).contains("zen"));
        assert!(table.rescored(Vec::new(), &BTreeMap::new()).is_err());
    }
}

//! Networks that were scored and not trained: what drives a score, and which costs it follows, can be told
//! without any accuracy.

use std::collections::BTreeMap;

use crate::check::check;
use crate::{Error, Metadata, Result, Score, StageAttributes, Table};

/// A network of a table of scores alone.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredNetwork {
    /// The architecture string.
    pub arch: String,
    /// Multiply-accumulates for one image.
    pub flops: u64,
    /// Trainable parameters.
    pub params: u64,
    /// Convolution and linear layers.
    pub depth: u32,
    /// The stages, first to last.
    pub stages: Vec<StageAttributes>,
    /// Its scores, in the order of the metadata's definitions.
    pub scores: Vec<Score>,
}

impl Table {
    /// A table of scores and costs, without any accuracy, measured or predicted. `metadata` says what the scores
    /// mean, in any order, and has no seeds.
    ///
    /// # Errors
    ///
    /// If there are no networks or no definitions, one is there twice, a network has more or fewer scores than there
    /// are definitions, or the metadata has seeds.
    pub fn from_scores(metadata: Metadata, networks: Vec<ScoredNetwork>) -> Result<Self> {
        let invalid = |what| Error::Invalid { what };
        let (mut metadata, mut networks) = (metadata, networks);
        networks.sort_by(|a, b| a.arch.cmp(&b.arch));
        let wanted = metadata.scores.len();
        if let Some(other) = networks.iter().find(|one| one.scores.len() != wanted) {
            let (arch, found) = (&other.arch, other.scores.len());
            return Err(invalid(format!(
                "{arch} has {found} scores for {wanted} definitions"
            )));
        }
        let columns = metadata.scores.iter().enumerate().map(|(at, definition)| {
            let column = networks.iter().map(|one| one.scores[at].clone()).collect();
            (definition.name.clone(), column)
        });
        let scores = columns.collect();
        metadata.scores.sort_by(|a, b| a.name.cmp(&b.name));
        let table = Self {
            metadata,
            flops: networks.iter().map(|one| Some(one.flops)).collect(),
            params: networks.iter().map(|one| Some(one.params)).collect(),
            depth: networks.iter().map(|one| Some(one.depth)).collect(),
            scores,
            accuracies: BTreeMap::new(),
            diverged: Vec::new(),
            predicted: None,
            stages: networks.iter().map(|one| one.stages.clone()).collect(),
            architectures: networks.into_iter().map(|one| one.arch).collect(),
        };
        check(&table).map_err(invalid)?;
        Ok(table)
    }

    /// Whether it has scores and costs alone: no training run, and no prediction of one.
    pub fn is_of_scores_alone(&self) -> bool {
        self.metadata.seeds.is_empty() && self.predicted.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{definition, predictions, scored_network, scores_alone, table};
    use crate::{Direction, Query, Split};

    fn refusal(metadata: Metadata, networks: Vec<ScoredNetwork>) -> String {
        let refused = Table::from_scores(metadata, networks);
        refused.expect_err("refused").to_string()
    }

    #[test]
    fn it_has_scores_and_nothing_that_was_trained() -> Result<()> {
        let table = scores_alone();
        assert!(table.is_of_scores_alone());
        assert_eq!(table.architectures(), ["r1:16:8x1s2,16x1s2", "r1:8:16x1s2"]);
        assert_eq!(table.proxies().collect::<Vec<_>>(), ["ntk", "zen"]);
        assert_eq!(table.score_values("zen")?, [2.0, 1.0]);
        assert_eq!(table.scores("ntk")?[1].reason(), Some("singular"));
        assert_eq!(table.mean_accuracy(Split::Test), [None, None]);
        assert!(table.query(&Query::new(Split::Test)).is_empty());
        assert_eq!(table.summary().accuracies[&Split::Test].means, None);
        assert_eq!(table.predicted(), None);
        Ok(())
    }

    #[test]
    fn other_tables_are_of_more() {
        assert!(!table().is_of_scores_alone());
        assert!(!predictions().is_of_scores_alone());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let about = scores_alone().metadata().clone();
        let networks = || {
            vec![scored_network(
                "r1:8:16x1s2",
                &[Score::new(1.0), Score::new(2.0)],
            )]
        };
        let mut short = networks();
        short[0].scores.pop();
        assert!(refusal(about.clone(), short).contains("1 scores for 2 definitions"));
        let twice = [networks(), networks()].concat();
        assert!(refusal(about.clone(), twice).contains("two rows"));
        assert!(refusal(about.clone(), Vec::new()).contains("no architectures"));
        let seeds = Metadata {
            seeds: vec![0],
            ..about.clone()
        };
        assert!(refusal(seeds, networks()).contains("accuracy columns"));
        let none = Metadata {
            scores: Vec::new(),
            ..about.clone()
        };
        let unscored = vec![scored_network("r1:8:16x1s2", &[])];
        assert!(refusal(none, unscored).contains("neither accuracies nor scores"));
        let same = Metadata {
            scores: vec![definition("zen", Direction::Higher); 2],
            ..about
        };
        assert!(refusal(same, networks()).contains("zen"));
    }
}

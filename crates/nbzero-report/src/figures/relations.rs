//! Which proxies say the same: rank correlations among them, clustered.

use kodama::{Dendrogram, Method, linkage};
use nbzero_metrics::{Accuracies, Scores, spearman};
use rayon::prelude::*;
use serde::Serialize;

use crate::entrant::{label, union};
use crate::exhibit::{Exhibit, document};
use crate::number::counted;
use crate::plot::{Branch, HeatBlock, HeatMap, HeatRow};
use crate::sheet::{Column, Field, Sheet};
use crate::{Error, Picture, Result};

/// Scores of the networks of one space, with no word of their accuracies.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreColumns {
    /// The space.
    pub name: String,
    /// Names and scores, one row a network.
    pub proxies: Vec<(String, Scores)>,
}

/// Rank correlations among proxies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Relations {
    /// The spaces, with their numbers of networks.
    pub spaces: Vec<(String, usize)>,
    /// In the order of the leaves of the tree, so that those that say the same are neighbours.
    pub proxies: Vec<String>,
    /// Spearman's correlation of each pair, the mean over the spaces that have both; none where there is no
    /// such space.
    pub correlations: Vec<Vec<Option<f64>>>,
    /// The tree of average linkage, where 1 - correlation is the distance; from the closest pair on.
    pub merges: Vec<Merge>,
}

/// Two clusters that become one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Merge {
    /// The middle of each, in places of `proxies`.
    pub places: [f64; 2],
    /// The distance within each at which it came to be, 0 of a single proxy.
    pub below: [f64; 2],
    /// Mean distance between members of the two.
    pub distance: f64,
}

/// Measures the correlations among all costs and proxies.
///
/// A correlation is over the networks of which both scores are defined; scores are oriented so that higher
/// promises a higher accuracy. Proxies that correlate with no other (those undefined throughout) are left out.
///
/// # Errors
///
/// If fewer than two proxies correlate.
pub fn relations(spaces: &[ScoreColumns]) -> Result<Relations> {
    let all = spaces.iter().flat_map(|space| &space.proxies);
    let names = union(all.map(|(name, _)| name.as_str()));
    let table: Vec<Vec<Option<f64>>> = names
        .par_iter()
        .map(|a| names.iter().map(|b| mean_agreement(spaces, a, b)).collect())
        .collect();
    let correlates = |place: &usize| {
        let others = table[*place].iter().enumerate();
        others
            .filter(|(other, _)| other != place)
            .any(|(_, found)| found.is_some())
    };
    let kept: Vec<usize> = (0..names.len()).filter(correlates).collect();
    if kept.len() < 2 {
        return Err(Error::TooFewScores {
            report: "the figure of relations",
            needs: "scores of two proxies that vary over the networks of a space",
        });
    }
    let mut condensed = Vec::new();
    for (i, &a) in kept.iter().enumerate() {
        condensed.extend(
            kept[i + 1..]
                .iter()
                .map(|&b| 1.0 - table[a][b].unwrap_or(0.0)),
        );
    }
    let tree = linkage(&mut condensed, kept.len(), Method::Average);
    let order = leaves(&tree, kept.len());
    let sorted: Vec<usize> = order.iter().map(|&leaf| kept[leaf]).collect();
    let networks = |space: &ScoreColumns| space.proxies.first().map_or(0, |(_, s)| s.len());
    Ok(Relations {
        spaces: spaces
            .iter()
            .map(|s| (s.name.clone(), networks(s)))
            .collect(),
        proxies: sorted
            .iter()
            .map(|&place| names[place].to_owned())
            .collect(),
        correlations: sorted
            .iter()
            .map(|&a| sorted.iter().map(|&b| table[a][b]).collect())
            .collect(),
        merges: merges(&tree, &order),
    })
}

/// Spearman's correlation over the networks of which both scores are defined; `None` where that is nothing or
/// one of them does not vary.
pub(super) fn agreement(a: &Scores, b: &Scores) -> Option<f64> {
    let both: Vec<usize> = (0..a.len())
        .filter(|&row| a.oriented(row).is_some() && b.oriented(row).is_some())
        .collect();
    let values: Option<Vec<f64>> = both.iter().map(|&row| b.oriented(row)).collect();
    let values = Accuracies::new(&values?).ok()?;
    spearman(&a.select(&both), &values).ok()?.value
}

/// The mean over the spaces where the two correlate.
fn mean_agreement(spaces: &[ScoreColumns], a: &str, b: &str) -> Option<f64> {
    let find = |space: &ScoreColumns, wanted: &str| {
        space.proxies.iter().position(|(name, _)| name == wanted)
    };
    let found = spaces.iter().filter_map(|space| {
        let [a, b] = [a, b].map(|name| find(space, name));
        agreement(&space.proxies[a?].1, &space.proxies[b?].1)
    });
    let found: Vec<f64> = found.collect();
    (!found.is_empty()).then(|| found.iter().sum::<f64>() / found.len() as f64)
}

/// The leaves of the tree from one side to the other.
fn leaves(tree: &Dendrogram<f64>, count: usize) -> Vec<usize> {
    let mut clusters: Vec<Vec<usize>> = (0..count).map(|leaf| vec![leaf]).collect();
    for step in tree.steps() {
        let mut both = std::mem::take(&mut clusters[step.cluster1]);
        both.append(&mut std::mem::take(&mut clusters[step.cluster2]));
        clusters.push(both);
    }
    clusters.pop().unwrap_or_default()
}

fn merges(tree: &Dendrogram<f64>, order: &[usize]) -> Vec<Merge> {
    let mut clusters: Vec<(f64, f64)> = vec![(0.0, 0.0); order.len()];
    for (place, &leaf) in order.iter().enumerate() {
        clusters[leaf].0 = place as f64;
    }
    let mut merges = Vec::new();
    for step in tree.steps() {
        let (a, b) = (clusters[step.cluster1], clusters[step.cluster2]);
        merges.push(Merge {
            places: [a.0, b.0],
            below: [a.1, b.1],
            distance: step.dissimilarity,
        });
        clusters.push((f64::midpoint(a.0, b.0), step.dissimilarity));
    }
    merges
}

impl Exhibit for Relations {
    fn name(&self) -> &'static str {
        "relations"
    }

    fn sheet(&self) -> Sheet {
        let mut columns = vec![Column::plain("proxy", "Proxy")];
        columns.extend(
            self.proxies
                .iter()
                .map(|name| Column::plain(name, label(name))),
        );
        let row = |(name, values): (&String, &Vec<Option<f64>>)| {
            let cells = values.iter().map(|&value| Field::Number(value, 2));
            std::iter::once(Field::proxy(name)).chain(cells).collect()
        };
        let spaces = self.spaces.iter();
        let spaces = spaces.map(|(name, count)| format!("{name} ({})", counted(*count, "network")));
        Sheet {
            title: "Which proxies say the same".to_owned(),
            columns,
            rows: self.proxies.iter().zip(&self.correlations).map(row).collect(),
            notes: vec![
                "What to see: red squares on the diagonal are groups of proxies that rank networks alike, so that \
                 one of each is enough; the tree joins them where they become alike. A pair that is worth combining \
                 is far apart in the tree, and both of it good on the leaderboard."
                    .to_owned(),
                format!(
                    "Spearman's correlation of each pair of scores, oriented so that higher promises a higher \
                     accuracy, over the networks of which both are defined: the mean over {}. The order is that of \
                     average linkage with 1 - correlation as the distance. No accuracy is looked at.",
                    spaces.collect::<Vec<_>>().join(", ")
                ),
            ],
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }

    fn picture(&self) -> Result<Option<Picture>> {
        let labels = || self.proxies.iter().map(|name| label(name).to_owned());
        let row = |(name, values): (String, &Vec<Option<f64>>)| HeatRow {
            name,
            values: values.clone(),
        };
        let branch = |merge: &Merge| {
            let [first, second] = [0, 1].map(|i| (merge.places[i], merge.below[i]));
            Branch {
                ends: [first, second],
                height: merge.distance,
            }
        };
        let map = HeatMap {
            rows: labels().zip(&self.correlations).map(row).collect(),
            blocks: vec![HeatBlock {
                title: String::new(),
                columns: labels().collect(),
            }],
            branches: self.merges.iter().map(branch).collect(),
            scale: "Spearman's correlation; the tree: 1 - correlation, from 0 on its left"
                .to_owned(),
        };
        map.draw().map(Some)
    }
}

#[cfg(test)]
mod tests {
    use nbzero_metrics::Direction;

    use super::*;

    fn space() -> ScoreColumns {
        let scores = |values: [f64; 6], direction| Scores::new(&values, direction);
        let higher = Direction::Higher;
        let proxies = [
            ("a", scores([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], higher)),
            ("c", scores([6.0, 1.0, 5.0, 2.0, 4.0, 3.0], higher)),
            (
                "b",
                scores([6.0, 5.0, 4.0, 3.0, 1.0, 2.0], Direction::Lower),
            ),
            ("never", scores([f64::NAN; 6], higher)),
        ];
        ScoreColumns {
            name: "made up".to_owned(),
            proxies: proxies.map(|(name, s)| (name.to_owned(), s)).to_vec(),
        }
    }

    #[test]
    fn what_says_the_same_comes_together() -> Result<()> {
        let found = relations(&[space()])?;
        let place = |name: &str| found.proxies.iter().position(|p| p == name);
        assert_eq!(place("never"), None);
        let (a, b) = (place("a").expect("kept"), place("b").expect("kept"));
        assert_eq!(a.abs_diff(b), 1);
        // One neighbouring pair is exchanged: 1 - 6 * 2 / 210.
        let expected = 1.0 - 12.0 / 210.0;
        assert!((found.correlations[a][b].unwrap_or(0.0) - expected).abs() < 1e-12);
        assert_eq!(found.merges.len(), 2);
        assert!((found.merges[0].distance - 12.0 / 210.0).abs() < 1e-12);
        Ok(())
    }

    #[test]
    fn one_proxy_is_too_few() {
        let mut alone = space();
        alone
            .proxies
            .retain(|(name, _)| name == "a" || name == "never");
        assert!(relations(&[alone]).is_err_and(|error| error.is_of_the_input()));
    }
}

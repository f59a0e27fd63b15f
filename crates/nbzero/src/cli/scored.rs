//! Networks of one space with their scores, from a file.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::anyhow;
use nbzero_space::{Architecture, Space};
use nbzero_table::{Score, ScoreDefinition};

use crate::cli::failure::Failure;
use crate::cli::score_csv;

/// Networks of a file of scores.
pub(crate) struct Scored {
    pub(crate) networks: Vec<Architecture>,
    /// What the scores mean.
    pub(crate) definitions: Vec<ScoreDefinition>,
    /// Those of each network, in the order of the definitions.
    pub(crate) scores: BTreeMap<String, Vec<Score>>,
}

impl Scored {
    /// Reads what `nbzero score --format csv` printed of networks of that space.
    pub(crate) fn read(path: &Path, space: &Space) -> Result<Self, Failure> {
        let own = score_csv::read(path).map_err(Failure::Input)?;
        let (mut networks, mut scores) = (Vec::new(), BTreeMap::new());
        for (name, of) in own.scores {
            let network: Option<Architecture> = name.parse().ok();
            let network = network.filter(|network| space.contains(network));
            let Some(network) = network else {
                return Err(Failure::Input(anyhow!(
                    "{}: {name} is no network of {space}: leave it out, or give its space",
                    path.display(),
                )));
            };
            if scores.insert(network.to_string(), of).is_some() {
                return Err(Failure::Input(anyhow!(
                    "{}: {name} is there twice, written in two ways: leave one out",
                    path.display(),
                )));
            }
            networks.push(network);
        }
        Ok(Self {
            networks,
            definitions: own.definitions,
            scores,
        })
    }
}

//! Tables of one's own: networks of any names, with what is known of them.

use std::path::Path;

use nbzero_graph::Resolution;
use nbzero_space::Architecture;

use super::draft::{Draft, KnownCosts, Network, Run};
use super::{ImportError, ImportResult};
use crate::{Dataset, Metadata, OwnName, StageAttributes, Table};

/// A network of a table of one's own.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnNetwork {
    /// Its name. One that is an architecture string says how the network is made.
    pub arch: String,
    /// Where it is listed: `line 3`.
    pub place: String,
    /// Multiply-accumulates for one image, if they are known.
    pub flops: Option<u64>,
    /// Trainable parameters, if they are known.
    pub params: Option<u64>,
    /// Convolution and linear layers, if they are known.
    pub depth: Option<u32>,
    /// The test accuracy in percent, if it was measured.
    pub accuracy: Option<f64>,
}

/// What a table of one's own is about.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// What its networks are together, in place of a search space.
    pub name: OwnName,
    /// The dataset of the accuracies; one of the same name as the table where nobody says.
    pub dataset: Option<Dataset>,
    /// Number of classes, if it is known.
    pub classes: Option<u32>,
    /// Height and width of the images, if they are known.
    pub resolution: Option<Resolution>,
    /// Where the networks come from, for people.
    pub origin: String,
}

impl About {
    fn metadata(&self) -> Metadata {
        let not_stated = || "not stated".to_owned();
        Metadata {
            space: self.name.to_string(),
            space_definition: None,
            dataset: self.dataset.unwrap_or(Dataset::Own(self.name)),
            classes: self.classes,
            resolution: self.resolution,
            recipe: not_stated(),
            recipe_details: not_stated(),
            seeds: Vec::new(),
            device: not_stated(),
            software: format!("imported from {}", self.origin),
            scores: Vec::new(),
            images: String::new(),
        }
    }
}

/// Makes a table of networks of any names; `path` names the file that lists them in errors.
///
/// # Errors
///
/// If there are none, or none with an accuracy, one is there twice, or an accuracy looks like a fraction.
pub fn own_table(path: &Path, about: &About, networks: Vec<OwnNetwork>) -> ImportResult<Table> {
    if networks.iter().all(|network| network.accuracy.is_none()) {
        return Err(ImportError::Empty {
            path: path.into(),
            dataset: "networks with an accuracy".into(),
        });
    }
    let mut draft = Draft::new(path);
    for network in networks {
        let architecture = network.arch.parse::<Architecture>().ok();
        let run = network.accuracy.map(|test| Run {
            test,
            nas_validation: None,
        });
        draft.add(
            network.place,
            Network {
                stages: architecture
                    .as_ref()
                    .map_or(Vec::new(), StageAttributes::all_of),
                arch: network.arch,
                costs: KnownCosts {
                    flops: network.flops,
                    params: network.params,
                    depth: network.depth,
                },
                scores: Vec::new(),
                runs: run.into_iter().collect(),
            },
        )?;
    }
    draft.finish(about.metadata())
}

//! `nbzero import onnx-zoo DIR`: the networks of a folder, which others trained.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use nbzero_graph::{Graph, Resolution};
use nbzero_space::Costs;
use nbzero_table::import::{About, OwnNetwork, own_table};

use super::own::{ColumnArguments, OwnArguments, read};
use super::wrote;
use crate::cli::command::check_out;
use crate::cli::failure::Failure;
use crate::cli::network::Given;
use crate::cli::remark::say;
use crate::cli::stored::narrow;
use crate::cli::zoo;

#[derive(Debug, clap::Args)]
pub(super) struct OnnxZoo {
    /// The folder of the networks (*.onnx).
    folder: PathBuf,
    /// A CSV of their accuracies; networks are the names of the files, with or without `.onnx`.
    #[arg(long, value_name = "CSV")]
    accuracies: PathBuf,
    #[command(flatten)]
    columns: ColumnArguments,
    #[command(flatten)]
    own: OwnArguments,
}

impl OnnxZoo {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let folder = self
            .folder
            .canonicalize()
            .unwrap_or_else(|_| self.folder.clone());
        let mut about = self.own.about(&folder)?;
        let out = self.own.out(&about);
        let files = zoo::files(&self.folder)?;
        check_out(&out, files.values().chain([&self.accuracies]))?;
        let columns = self.columns.columns();
        let listed = read(&self.accuracies, &columns, &about)?;
        let names: Vec<&String> = files.keys().collect();
        let mut accuracies = self.matched(listed, &names).map_err(Failure::Input)?;
        let mut networks = Vec::new();
        let mut sizes = Vec::new();
        zoo::read(files, |name, given| {
            let Given::Onnx(file) = &given else {
                return;
            };
            sizes.push((file.graph().classes(), file.graph().input_shape()));
            networks.push(network(name, file.graph(), &mut accuracies));
        })?;
        note_sizes(&mut about, &sizes);
        let unmeasured = networks.iter().filter(|one| one.accuracy.is_none()).count();
        if unmeasured > 0 {
            say(format_args!(
                "note: {unmeasured} of {} networks have no accuracy in {}",
                networks.len(),
                self.accuracies.display()
            ));
        }
        let table = own_table(&self.accuracies, &about, networks).map_err(Failure::input)?;
        wrote(&out, &table)
    }

    /// The listed networks by the names of their files.
    fn matched(
        &self,
        listed: Vec<OwnNetwork>,
        files: &[&String],
    ) -> anyhow::Result<BTreeMap<String, OwnNetwork>> {
        let list = self.accuracies.display();
        let mut all: BTreeMap<String, OwnNetwork> = BTreeMap::new();
        for network in listed {
            let names = [network.arch.clone(), format!("{}.onnx", network.arch)];
            let Some(name) = names.into_iter().find(|name| files.contains(&name)) else {
                bail!(
                    "{list}, {}: {} is no file of {}, which has such as {}",
                    network.place,
                    network.arch,
                    self.folder.display(),
                    files.first().map_or("none", |name| name.as_str())
                );
            };
            let place = network.place.clone();
            if let Some(first) = all.insert(name, network) {
                return Err(anyhow!(
                    "{list}: {} and {place} are both of {}; keep one of them",
                    first.place,
                    first.arch
                ));
            }
        }
        Ok(all)
    }
}

/// A network with its costs and, if it is listed, its accuracy.
fn network(name: String, graph: &Graph, listed: &mut BTreeMap<String, OwnNetwork>) -> OwnNetwork {
    let listed = listed.remove(&name);
    let costs = Costs::of(graph);
    OwnNetwork {
        place: listed
            .as_ref()
            .map_or_else(|| name.clone(), |one| one.place.clone()),
        arch: name,
        flops: Some(costs.flops),
        params: Some(costs.params),
        depth: Some(costs.depth),
        accuracy: listed.and_then(|one| one.accuracy),
    }
}

/// Classes and resolution, where all networks agree in them.
fn note_sizes(about: &mut About, sizes: &[(usize, nbzero_graph::Shape)]) {
    let Some((classes, image)) = sizes.first() else {
        return;
    };
    if sizes.iter().all(|(other, _)| other == classes) {
        about.classes = Some(narrow(*classes));
    }
    if sizes.iter().all(|(_, other)| other == image) {
        about.resolution = Some(Resolution::new(image.height, image.width));
    }
}

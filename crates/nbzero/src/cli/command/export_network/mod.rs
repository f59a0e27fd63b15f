//! `nbzero export-network`: a network for other programs.

mod pytorch;

use std::fs;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use burn::tensor::Device;
use nbzero_graph::{Graph, Resolution};
use nbzero_model::{Network, Weights};
use nbzero_onnx::NamedTensor;
use nbzero_space::Costs;
use nbzero_train::COLOURS;

use super::{DEFAULT_CLASSES, DEFAULT_RESOLUTION};
use crate::cli::failure::Failure;
use crate::cli::memory;
use crate::cli::network::{Given, WeightsArgument};

/// The files of a PyTorch module.
const PYTORCH_MODEL: &str = "model.py";
const PYTORCH_WEIGHTS: &str = "weights.safetensors";

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("out").required(true).multiple(true)))]
pub(crate) struct ExportNetwork {
    /// The architecture, e.g. r1:64:64x2s1,128x2s2,256x2s2,512x2s2, or an ONNX file, e.g. model.onnx.
    arch: String,
    /// A safetensors file, e.g. of `nbzero train --save`; `file`: the weights of the ONNX file; `fresh`:
    /// initial ones from --seed [default: file for an ONNX file, else fresh].
    #[arg(long, value_name = "FILE")]
    weights: Option<WeightsArgument>,
    /// Decides initial weights.
    #[arg(long, default_value = "0", value_parser = super::seed)]
    seed: u64,
    /// Number of classes [default: that of the weights, else 100].
    #[arg(long, value_parser = super::size)]
    classes: Option<NonZeroUsize>,
    /// Height and width of the images, such as 32 or 48x64 [default: 32].
    #[arg(long, value_parser = super::resolution)]
    resolution: Option<Resolution>,
    /// Write the network in evaluation mode to this ONNX file.
    #[arg(long, value_name = "FILE", group = "out")]
    onnx: Option<PathBuf>,
    /// Write `model.py`, which needs torch alone, and `weights.safetensors` to this folder.
    #[arg(long, value_name = "DIR", group = "out")]
    pytorch: Option<PathBuf>,
}

impl ExportNetwork {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let given = super::network(&self.arch)?;
        self.check_places(&given)?;
        let file = match &self.weights {
            Some(WeightsArgument::File(path)) => Some(Weights::read(path).map_err(Failure::input)?),
            _ => None,
        };
        let graph = self.graph(&given, file.as_ref())?;
        memory::must_fit(
            &format!("writing {given}"),
            // The network, its numbers under their names, and the file made of them.
            3 * 4 * u128::from(Costs::of(&graph).params),
            memory::available(),
            "give a smaller network",
        )?;
        let own = given
            .weights()
            .filter(|_| self.weights != Some(WeightsArgument::Fresh));
        let device = Device::flex();
        let network = match file.as_ref().or(own) {
            Some(weights) => weights.network(&graph, &device).map_err(Failure::input)?,
            None if self.weights == Some(WeightsArgument::Own) => {
                return Err(Failure::Input(anyhow!(
                    "--weights file: {given} is no ONNX file and has no weights: give a safetensors \
                     file"
                )));
            }
            None => Network::init(&graph, self.seed, &device),
        };
        let mut out = io::stdout().lock();
        if let Some(path) = &self.onnx {
            let bytes = nbzero_onnx::write(&graph, tensors(&network)).map_err(Failure::run)?;
            write_whole(path, &bytes)?;
            writeln!(out, "wrote {}", path.display())?;
        }
        if let Some(folder) = &self.pytorch {
            let source = pytorch::source(&graph, &given.to_string()).map_err(Failure::Input)?;
            let cannot = || format!("cannot write to `{}`", folder.display());
            let made = fs::create_dir_all(folder).with_context(cannot);
            made.map_err(Failure::Run)?;
            network
                .save(&folder.join(PYTORCH_WEIGHTS))
                .map_err(Failure::run)?;
            write_whole(&folder.join(PYTORCH_MODEL), source.as_bytes())?;
            writeln!(
                out,
                "wrote model.py and weights.safetensors to {}",
                folder.display()
            )?;
        }
        Ok(())
    }

    /// Refuses to write over what is read.
    fn check_places(&self, given: &Given) -> Result<(), Failure> {
        let weights = self.weights.as_ref().and_then(WeightsArgument::file);
        let inputs = [given.file(), weights];
        if let Some(path) = &self.onnx {
            super::check_out(path, inputs.into_iter().flatten())?;
        }
        if let Some(folder) = self.pytorch.as_ref().filter(|folder| folder.exists()) {
            for name in [PYTORCH_MODEL, PYTORCH_WEIGHTS] {
                super::check_out(&folder.join(name), inputs.into_iter().flatten())?;
            }
        }
        Ok(())
    }

    fn graph(&self, given: &Given, weights: Option<&Weights>) -> Result<Graph, Failure> {
        if given.fixed().is_some() && (self.classes.is_some() || self.resolution.is_some()) {
            return Err(Failure::Input(anyhow!(
                "classes and resolution come from the ONNX file: leave out --classes and --resolution"
            )));
        }
        let classes = match (self.classes, weights, given) {
            (Some(classes), ..) => classes.get(),
            (None, Some(weights), Given::Architecture(_)) => {
                weights.classes().map_err(Failure::input)?
            }
            _ => DEFAULT_CLASSES,
        };
        let resolution = self.resolution.unwrap_or(DEFAULT_RESOLUTION.into());
        Ok(given.graph(classes, resolution.image(COLOURS)))
    }
}

/// The numbers of a network under their names.
fn tensors(network: &Network) -> Vec<NamedTensor> {
    let tensors = network.tensors().into_iter();
    let named = tensors.map(|(name, data)| NamedTensor {
        name,
        shape: data.shape().as_slice().to_vec(),
        values: data.iter::<f32>().collect(),
    });
    named.collect()
}

fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    nbzero_files::write_whole(path, bytes)
        .with_context(|| format!("cannot write `{}`", path.display()))
        .map_err(Failure::Run)
}

//! Weights in and out, as safetensors files with PyTorch's names and layouts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use burn::tensor::{Device, TensorData};
use nbzero_graph::{Graph, Op};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::tensor_file::{TensorFile, describe, io_error, read};
use crate::{ModelError, Network};

/// Tensors that PyTorch stores beside the parameters and that no network needs.
const IGNORED_SUFFIX: &str = "num_batches_tracked";

/// What PyTorch puts before every name: of a `DataParallel` network, and of a compiled one.
const WRAPPERS: [&str; 2] = ["module.", "_orig_mod."];

/// A file of weights that is read, and no network yet.
#[derive(Debug, Clone)]
pub struct Weights {
    path: PathBuf,
    bytes: Vec<u8>,
    prefix: String,
}

impl Weights {
    /// Reads a safetensors file. A prefix that PyTorch's wrappers put before every name (`module.`,
    /// `_orig_mod.`) is left out of the names: [`prefix`](Self::prefix) says so.
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        let bytes = read(path)?;
        let file = TensorFile::parse(path, &bytes)?;
        let names = file.names();
        let mut prefix = String::new();
        let wrapper = |prefix: &str| {
            let mut wrappers = WRAPPERS.into_iter();
            wrappers.find(|wrapper| {
                let inside = |name: &&str| name[prefix.len()..].starts_with(wrapper);
                !names.is_empty() && names.iter().all(inside)
            })
        };
        while let Some(found) = wrapper(&prefix) {
            prefix.push_str(found);
        }
        Ok(Self {
            path: path.to_owned(),
            bytes,
            prefix,
        })
    }

    /// Tensors from elsewhere, each with its name, its shape and its numbers row by row. Errors name
    /// `path`.
    pub fn of_tensors<'a>(
        path: &Path,
        tensors: impl IntoIterator<Item = (&'a str, &'a [usize], &'a [f32])>,
    ) -> Result<Self, ModelError> {
        let format = |error: safetensors::SafeTensorError| ModelError::Format {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let tensors = tensors.into_iter().map(|(name, shape, numbers)| {
            let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
            (name, shape, bytes)
        });
        let tensors: Vec<_> = tensors.collect();
        let views = tensors.iter().map(|(name, shape, bytes)| {
            let view = TensorView::new(Dtype::F32, shape.to_vec(), bytes);
            view.map(|view| (*name, view))
        });
        let views: Result<Vec<_>, _> = views.collect();
        let bytes = safetensors::serialize(views.map_err(format)?, None).map_err(format)?;
        Ok(Self {
            path: path.to_owned(),
            bytes,
            prefix: String::new(),
        })
    }

    /// What stands before every name and was left out, empty in most files.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Bytes of the file, which it holds.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Number of classes: the length of `head.bias`.
    pub fn classes(&self) -> Result<usize, ModelError> {
        let file = TensorFile::parse(&self.path, &self.bytes)?;
        let name = format!("{}head.bias", self.prefix);
        let bias = tensor(&file, &name)?;
        match bias.shape() {
            &[classes] if classes > 0 => Ok(classes),
            _ => Err(mismatch(&file, &name, &bias, "F32 [classes]")),
        }
    }

    /// A network with these parameters and batch-norm statistics, which must be all that it has and
    /// finite.
    pub fn network(&self, graph: &Graph, device: &Device) -> Result<Network, ModelError> {
        let file = TensorFile::parse(&self.path, &self.bytes)?;
        let mut used = BTreeSet::new();
        let values: BTreeSet<&str> = graph
            .nodes()
            .iter()
            .filter(|node| matches!(node.op(), Op::Parameter(_)))
            .filter_map(|node| node.op().name())
            .collect();
        let network = Network::read(graph, device, |name, shape| {
            let is_value = values.contains(name);
            let name = format!("{}{name}", self.prefix);
            let view = tensor(&file, &name)?;
            let fits = view.shape() == shape
                || is_value && without_ones(view.shape()).eq(without_ones(shape));
            if view.dtype() != Dtype::F32 || !fits {
                let expected = format!("F32 {shape:?}");
                return Err(mismatch(&file, &name, &view, &expected));
            }
            let numbers = file.numbers(&name, &view)?;
            used.insert(name);
            Ok(numbers)
        })?;
        let unexpected = |name: &&str| !used.contains(*name) && !name.ends_with(IGNORED_SUFFIX);
        if let Some(name) = file.names().into_iter().find(unexpected) {
            return Err(ModelError::UnexpectedTensor {
                path: self.path.clone(),
                tensor: name.to_owned(),
            });
        }
        Ok(network)
    }
}

impl Network {
    /// A network with the parameters and batch-norm statistics of a safetensors file.
    pub fn load(graph: &Graph, path: &Path, device: &Device) -> Result<Self, ModelError> {
        Weights::read(path)?.network(graph, device)
    }

    /// Parameters and batch-norm statistics with their names.
    pub fn tensors(&self) -> Vec<(String, TensorData)> {
        let layers = self.layers();
        layers
            .flat_map(|(name, layer)| layer.tensors(name))
            .collect()
    }

    /// Writes parameters and batch-norm statistics to a safetensors file: whole, or not at all.
    pub fn save(&self, path: &Path) -> Result<(), ModelError> {
        let tensors = self.tensors();
        let views = tensors.iter().map(|(name, data)| {
            let shape = data.shape().as_slice().to_vec();
            let view = TensorView::new(Dtype::F32, shape, data.as_bytes());
            (name.as_str(), view.expect("a tensor's bytes fit its shape"))
        });
        let bytes = safetensors::serialize(views, None).map_err(|error| ModelError::Format {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        nbzero_files::write_whole(path, &bytes).map_err(|source| io_error(path, source))
    }
}

/// The lengths of a shape that are not 1: PyTorch has scales of channels with and without.
fn without_ones(shape: &[usize]) -> impl Iterator<Item = &usize> {
    shape.iter().filter(|&&length| length != 1)
}

fn tensor<'a>(file: &TensorFile<'a>, name: &str) -> Result<TensorView<'a>, ModelError> {
    file.get(name).ok_or_else(|| ModelError::MissingTensor {
        path: file.path().to_owned(),
        tensor: name.to_owned(),
    })
}

fn mismatch(
    file: &TensorFile<'_>,
    tensor: &str,
    view: &TensorView<'_>,
    expected: &str,
) -> ModelError {
    ModelError::Mismatch {
        path: file.path().to_owned(),
        tensor: tensor.to_owned(),
        expected: expected.to_owned(),
        found: describe(view),
    }
}

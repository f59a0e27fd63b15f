//! Weights in and out, as safetensors files with PyTorch's names and layouts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use burn::module::Param;
use burn::nn::BatchNorm;
use burn::tensor::{Device, Tensor, TensorData};
use nbzero_graph::Graph;
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::layer::Layer;
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
        let mut network = Network::init(graph, 0, device);
        let named: Vec<_> = network
            .layers()
            .map(|(n, l)| (n.to_owned(), l.clone()))
            .collect();
        let mut used = BTreeSet::new();
        for (name, layer) in named {
            let mut load = Loader {
                file: &file,
                prefix: &format!("{}{name}", self.prefix),
                device,
                used: &mut used,
            };
            let layer = load.layer(layer)?;
            network.replace(&name, layer);
        }
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

    /// Writes parameters and batch-norm statistics to a safetensors file: whole, or not at all.
    pub fn save(&self, path: &Path) -> Result<(), ModelError> {
        let mut tensors: Vec<(String, TensorData)> = Vec::new();
        for (name, layer) in self.layers() {
            let mut put = |part: &str, data| tensors.push((format!("{name}.{part}"), data));
            match layer {
                Layer::Convolution(conv) => put("weight", conv.weight.val().into_data()),
                Layer::BatchNorm(norm) => {
                    put("weight", norm.gamma.val().into_data());
                    put("bias", norm.beta.val().into_data());
                    put("running_mean", norm.running_mean.value_sync().into_data());
                    put("running_var", norm.running_var.value_sync().into_data());
                }
                Layer::Dense(dense) => {
                    put("weight", dense.weight.val().into_data());
                    put("bias", dense.bias.val().into_data());
                }
            }
        }
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

/// Loads the tensors of one layer and notes which it used.
struct Loader<'a> {
    file: &'a TensorFile<'a>,
    prefix: &'a str,
    device: &'a Device,
    used: &'a mut BTreeSet<String>,
}

impl Loader<'_> {
    fn layer(&mut self, layer: Layer) -> Result<Layer, ModelError> {
        Ok(match layer {
            Layer::Convolution(mut conv) => {
                conv.weight = self.param("weight", &conv.weight)?;
                Layer::Convolution(conv)
            }
            Layer::BatchNorm(norm) => Layer::BatchNorm(self.batch_norm(norm)?),
            Layer::Dense(mut dense) => {
                dense.weight = self.param("weight", &dense.weight)?;
                dense.bias = self.param("bias", &dense.bias)?;
                Layer::Dense(dense)
            }
        })
    }

    fn batch_norm(&mut self, mut norm: BatchNorm) -> Result<BatchNorm, ModelError> {
        let shape = norm.gamma.val().dims();
        norm.gamma = self.param("weight", &norm.gamma)?;
        norm.beta = self.param("bias", &norm.beta)?;
        norm.running_mean
            .update(self.tensor("running_mean", shape)?);
        norm.running_var.update(self.tensor("running_var", shape)?);
        // An update is seen by others only once it is synchronised.
        norm.running_mean.value_sync();
        norm.running_var.value_sync();
        Ok(norm)
    }

    fn param<const D: usize>(
        &mut self,
        part: &str,
        old: &Param<Tensor<D>>,
    ) -> Result<Param<Tensor<D>>, ModelError> {
        Ok(Param::from_tensor(self.tensor(part, old.val().dims())?))
    }

    fn tensor<const D: usize>(
        &mut self,
        part: &str,
        shape: [usize; D],
    ) -> Result<Tensor<D>, ModelError> {
        let name = format!("{}.{part}", self.prefix);
        let view = tensor(self.file, &name)?;
        if view.dtype() != Dtype::F32 || view.shape() != shape {
            let expected = format!("F32 {shape:?}");
            return Err(mismatch(self.file, &name, &view, &expected));
        }
        let tensor = self.file.floats(&name, &view, shape, self.device)?;
        self.used.insert(name);
        Ok(tensor)
    }
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

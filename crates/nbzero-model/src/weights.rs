//! Weights and batches in and out, as safetensors files with PyTorch's names and layouts.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use burn::module::Param;
use burn::nn::BatchNorm;
use burn::tensor::{Device, Tensor, TensorData};
use nbzero_graph::Graph;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::layer::Layer;
use crate::{ModelError, Network};

/// Tensors that PyTorch stores beside the parameters and that no network needs.
const IGNORED_SUFFIX: &str = "num_batches_tracked";

impl Network {
    /// A network with the parameters and batch-norm statistics of a safetensors file.
    pub fn load(graph: &Graph, path: &Path, device: &Device) -> Result<Self, ModelError> {
        let bytes = read(path)?;
        let file = File::parse(path, &bytes)?;
        let mut network = Self::init(graph, 0, device);
        let named: Vec<_> = network
            .layers()
            .map(|(n, l)| (n.to_owned(), l.clone()))
            .collect();
        let mut used = BTreeSet::new();
        for (name, layer) in named {
            let mut load = Loader {
                file: &file,
                prefix: &name,
                device,
                used: &mut used,
            };
            let layer = load.layer(layer)?;
            network.replace(&name, layer);
        }
        let unexpected = |name: &&str| !used.contains(*name) && !name.ends_with(IGNORED_SUFFIX);
        if let Some(name) = file.tensors.names().into_iter().find(unexpected) {
            return Err(ModelError::UnexpectedTensor {
                path: path.to_owned(),
                tensor: name.to_owned(),
            });
        }
        Ok(network)
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
        write_whole(path, &bytes)
    }
}

/// A batch to score on exactly, as read by [`read_batch`].
#[derive(Debug, Clone)]
pub struct NamedBatch {
    /// `input`: images `[batch, 3, resolution, resolution]`.
    pub images: Tensor<4>,
    /// `target`: a class for each image.
    pub targets: Vec<i64>,
    /// `perturbation`, where the file has one: of the images' shape.
    pub perturbation: Option<Tensor<4>>,
}

/// Reads a batch file: `input` (f32), `target` (i64) and optionally `perturbation` (f32).
pub fn read_batch(path: &Path, device: &Device) -> Result<NamedBatch, ModelError> {
    let bytes = read(path)?;
    let file = File::parse(path, &bytes)?;
    let input = file.get("input", Dtype::F32, None)?;
    let shape: [usize; 4] = input.shape().try_into().map_err(|_| {
        file.mismatch(
            "input",
            &input,
            "F32 of 4 dimensions (batch, channels, height, width)",
        )
    })?;
    let target = file.get("target", Dtype::I64, Some(&shape[..1]))?;
    let (words, _) = target.data().as_chunks::<8>();
    let perturbation = match file.tensors.tensor("perturbation") {
        Ok(_) => Some(file.get("perturbation", Dtype::F32, Some(&shape))?),
        Err(_) => None,
    };
    Ok(NamedBatch {
        images: tensor(&input, shape, device),
        targets: words.iter().map(|word| i64::from_le_bytes(*word)).collect(),
        perturbation: perturbation.map(|view| tensor(&view, shape, device)),
    })
}

/// Number of classes of a weights file: the length of `head.bias`.
pub fn read_classes(path: &Path) -> Result<usize, ModelError> {
    let bytes = read(path)?;
    let bias = File::parse(path, &bytes)?.get("head.bias", Dtype::F32, None)?;
    Ok(bias.shape().iter().product())
}

/// A parsed file with its name, for errors.
struct File<'a> {
    path: &'a Path,
    tensors: SafeTensors<'a>,
}

impl<'a> File<'a> {
    fn parse(path: &'a Path, bytes: &'a [u8]) -> Result<Self, ModelError> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| ModelError::Format {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(Self { path, tensors })
    }

    fn get(
        &self,
        name: &str,
        dtype: Dtype,
        shape: Option<&[usize]>,
    ) -> Result<TensorView<'a>, ModelError> {
        let view = self
            .tensors
            .tensor(name)
            .map_err(|_| ModelError::MissingTensor {
                path: self.path.to_owned(),
                tensor: name.to_owned(),
            })?;
        let fits = view.dtype() == dtype && shape.is_none_or(|shape| view.shape() == shape);
        if fits {
            return Ok(view);
        }
        let expected = shape.map_or(format!("{dtype:?}"), |shape| format!("{dtype:?} {shape:?}"));
        Err(self.mismatch(name, &view, &expected))
    }

    fn mismatch(&self, name: &str, view: &TensorView<'_>, expected: &str) -> ModelError {
        ModelError::Mismatch {
            path: self.path.to_owned(),
            tensor: name.to_owned(),
            expected: expected.to_owned(),
            found: format!("{:?} {:?}", view.dtype(), view.shape()),
        }
    }
}

/// Loads the tensors of one layer and notes which it used.
struct Loader<'a> {
    file: &'a File<'a>,
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
        let view = self.file.get(&name, Dtype::F32, Some(&shape))?;
        self.used.insert(name);
        Ok(tensor(&view, shape, self.device))
    }
}

fn tensor<const D: usize>(view: &TensorView<'_>, shape: [usize; D], device: &Device) -> Tensor<D> {
    let (words, _) = view.data().as_chunks::<4>();
    let values: Vec<f32> = words.iter().map(|word| f32::from_le_bytes(*word)).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn read(path: &Path) -> Result<Vec<u8>, ModelError> {
    fs::read(path).map_err(|source| io_error(path, source))
}

fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), ModelError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As of ordinary files: less what the user's mask takes away.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let write = || -> std::io::Result<()> {
        let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|source| io_error(path, source))
}

fn io_error(path: &Path, source: std::io::Error) -> ModelError {
    ModelError::Io {
        path: path.to_owned(),
        source,
    }
}

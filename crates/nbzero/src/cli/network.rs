//! What a person gives as a network: an architecture string, or an ONNX file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::anyhow;
use nbzero_graph::{Graph, Shape};
use nbzero_model::Weights;
use nbzero_onnx::{OnnxError, OnnxNetwork};
use nbzero_space::{Architecture, ArchitectureError};

use super::failure::Failure;
use super::remark::say;

/// A network.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Given {
    /// By its string.
    Architecture(Architecture),
    /// From a file.
    Onnx(Arc<OnnxFile>),
}

/// A network that was read from a file.
#[derive(Debug)]
pub struct OnnxFile {
    path: PathBuf,
    graph: Graph,
    weights: Weights,
    warnings: Vec<String>,
}

/// Why a text names no network.
#[derive(Debug)]
pub(crate) enum GivenError {
    Architecture(ArchitectureError),
    Onnx(Failure),
}

impl OnnxFile {
    fn read(path: &Path) -> Result<Self, Failure> {
        let in_it = |error: OnnxError| match error {
            OnnxError::Io { .. } => Failure::input(error),
            error => Failure::Input(anyhow!(error).context(format!("`{}`", path.display()))),
        };
        Self::of(path, nbzero_onnx::read(path).map_err(in_it)?)
    }

    fn of(path: &Path, network: OnnxNetwork) -> Result<Self, Failure> {
        let tensors = network.weights.iter();
        let tensors = tensors.map(|t| (t.name.as_str(), t.shape.as_slice(), t.values.as_slice()));
        Ok(Self {
            path: path.to_owned(),
            weights: Weights::of_tensors(path, tensors).map_err(Failure::input)?,
            graph: network.graph,
            warnings: network.warnings,
        })
    }

    /// The network.
    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }
}

impl From<Architecture> for Given {
    fn from(architecture: Architecture) -> Self {
        Self::Architecture(architecture)
    }
}

impl Given {
    /// An architecture string, or the path of an ONNX file.
    pub(crate) fn parse(text: &str) -> Result<Self, GivenError> {
        let path = Path::new(text);
        if !path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("onnx"))
        {
            let architecture = text.parse().map_err(GivenError::Architecture)?;
            return Ok(Self::Architecture(architecture));
        }
        let file = OnnxFile::read(path).map_err(GivenError::Onnx)?;
        Ok(Self::Onnx(Arc::new(file)))
    }

    /// The network of an ONNX file in memory, which holds its weights itself. Results call it `name`.
    ///
    /// # Errors
    ///
    /// If it is no network of ours: one sentence that names it and the place in it.
    pub fn from_onnx(name: &str, bytes: Vec<u8>) -> Result<Self, Failure> {
        let network = nbzero_onnx::from_bytes(bytes.into(), None)
            .map_err(|error| Failure::Input(anyhow!(error).context(format!("`{name}`"))))?;
        let file = OnnxFile::of(Path::new(name), network)?;
        let given = Self::Onnx(Arc::new(file));
        given.warn();
        Ok(given)
    }

    /// Its string; of a file that file.
    pub(crate) fn into_architecture(self) -> Result<Architecture, String> {
        match self {
            Self::Architecture(architecture) => Ok(architecture),
            Self::Onnx(file) => Err(file.path.display().to_string()),
        }
    }

    /// Classes of a file, and channels, height and width of its images; an architecture string takes any.
    pub fn fixed_sizes(&self) -> Option<(usize, [usize; 3])> {
        let (classes, image) = self.fixed()?;
        Some((classes, [image.channels, image.height, image.width]))
    }

    /// Classes and images of a file; an architecture string takes any.
    pub(crate) fn fixed(&self) -> Option<(usize, Shape)> {
        match self {
            Self::Architecture(_) => None,
            Self::Onnx(file) => Some((file.graph.classes(), file.graph.input_shape())),
        }
    }

    /// Its graph, for a number of classes and images of a shape where it is an architecture.
    pub(crate) fn graph(&self, classes: usize, image: Shape) -> Graph {
        match self {
            Self::Architecture(architecture) => architecture.graph_on(classes, image),
            Self::Onnx(file) => file.graph.clone(),
        }
    }

    /// The weights of its file.
    pub(crate) fn weights(&self) -> Option<&Weights> {
        match self {
            Self::Architecture(_) => None,
            Self::Onnx(file) => Some(&file.weights),
        }
    }

    /// The file that it was read from.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::Architecture(_) => None,
            Self::Onnx(file) => Some(&file.path),
        }
    }

    /// Says what its user should know.
    pub(crate) fn warn(&self) {
        let Self::Onnx(file) = self else {
            return;
        };
        for warning in &file.warnings {
            say(format_args!(
                "warning: `{}`: {warning}",
                file.path.display()
            ));
        }
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Architecture(architecture) => architecture.fmt(f),
            Self::Onnx(file) => file.path.display().fmt(f),
        }
    }
}

/// `--weights`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WeightsArgument {
    /// Those of the ONNX file.
    Own,
    /// Initial ones from the seed.
    Fresh,
    /// Those of a safetensors file.
    File(PathBuf),
}

impl WeightsArgument {
    /// The file that they are read from, if not that of the network.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::Own | Self::Fresh => None,
            Self::File(path) => Some(path),
        }
    }
}

impl FromStr for WeightsArgument {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "file" => Self::Own,
            "fresh" => Self::Fresh,
            path => Self::File(path.into()),
        })
    }
}

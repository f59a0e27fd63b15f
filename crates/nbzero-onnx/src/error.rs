//! What can be wrong with an ONNX file.

use std::fmt;
use std::path::PathBuf;

use nbzero_graph::GraphError;

/// A file that is no network of ours.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OnnxError {
    /// The file could not be read.
    #[error("cannot read `{}`", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file does not follow the format.
    #[error("{place}: {defect}: export the network again")]
    Damaged {
        /// Where in the file.
        place: String,
        /// What is wrong there.
        defect: String,
    },
    /// A layer that does not fit its input.
    #[error("{node} does not fit its input")]
    Misfit {
        /// The node, by its operation and name.
        node: String,
        /// What the graph says.
        source: GraphError,
    },
    /// Weights in another file that cannot be taken from there.
    #[error("the numbers of `{tensor}` are in `{location}`: {defect}")]
    External {
        /// The tensor.
        tensor: String,
        /// Where they should be.
        location: String,
        /// Why they cannot be read.
        defect: String,
    },
    /// Operations that a graph does not have, all that the file has.
    #[error("{} not supported: {}", are(.0), list(.0))]
    Unsupported(Vec<Unsupported>),
    /// Inputs, outputs or sizes that are not those of a classifier of images.
    #[error("{0}")]
    NoClassifier(String),
}

/// A node that cannot be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    /// Name of the node, or of its first output where it has none.
    pub node: String,
    /// Its operator, with the domain where it is not ONNX's own.
    pub operator: String,
    /// What of it is not supported: an attribute with its value, an input, or the whole operation.
    pub what: String,
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}` ({})", self.operator, self.node, self.what)
    }
}

fn are(nodes: &[Unsupported]) -> String {
    match nodes.len() {
        1 => "1 operation of the network is".to_owned(),
        count => format!("{count} operations of the network are"),
    }
}

fn list(nodes: &[Unsupported]) -> String {
    let each: Vec<String> = nodes.iter().map(ToString::to_string).collect();
    each.join("; ")
}

//! Why a node is not read: it is not supported, or the file is broken.

use nbzero_graph::GraphError;

use crate::{OnnxError, Unsupported};

/// What ends the reading of a node, or of the file.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The node is listed, and reading goes on.
    Unsupported(Unsupported),
    /// The graph does not take the node.
    Graph(GraphError),
    /// Reading ends.
    Fatal(OnnxError),
}

impl From<Unsupported> for Trouble {
    fn from(node: Unsupported) -> Self {
        Self::Unsupported(node)
    }
}

impl From<GraphError> for Trouble {
    fn from(error: GraphError) -> Self {
        Self::Graph(error)
    }
}

impl From<OnnxError> for Trouble {
    fn from(error: OnnxError) -> Self {
        Self::Fatal(error)
    }
}

//! What all families lower in the same way.

use nbzero_graph::{Conv2d, GraphBuilder, GraphError, NodeId};

/// A convolution with its batch norm.
pub(crate) fn conv_bn(
    builder: &mut GraphBuilder,
    x: NodeId,
    conv: Conv2d,
    bn: impl Into<String>,
) -> Result<NodeId, GraphError> {
    let x = builder.conv(x, conv)?;
    builder.batch_norm(x, bn)
}

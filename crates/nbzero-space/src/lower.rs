//! What all families lower in the same way.

use nbzero_graph::{Conv2d, Graph, GraphBuilder, GraphError, NodeId};

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

/// The network that ends with the mean of the features over all positions and a linear layer.
pub(crate) fn classifier(
    mut builder: GraphBuilder,
    features: NodeId,
    classes: usize,
) -> Result<Graph, GraphError> {
    let pooled = builder.global_average_pool(features);
    builder.linear(pooled, "head", classes)?;
    builder.finish()
}

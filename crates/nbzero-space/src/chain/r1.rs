//! `r1`: the basic block of ResNet-18/34.
//!
//! conv3x3(stride)-BN-ReLU, conv3x3-BN, plus shortcut, ReLU (He et al. 2016, figure 5 left).

use nbzero_graph::{GraphBuilder, GraphError, NodeId};

use super::family::Block;

pub(super) fn lower(b: &mut GraphBuilder, x: NodeId, block: &Block) -> Result<NodeId, GraphError> {
    let y = block.conv_bn(b, x, 1, block.width, 3, block.stride)?;
    let y = b.relu(y);
    let y = block.conv_bn(b, y, 2, block.width, 3, 1)?;
    let shortcut = block.resnet_shortcut(b, x)?;
    let sum = b.add(y, shortcut)?;
    Ok(b.relu(sum))
}

//! `r2`: the bottleneck block of ResNet-50.
//!
//! conv1x1(width/4)-BN-ReLU, conv3x3(stride)-BN-ReLU, conv1x1(width)-BN, plus shortcut, ReLU
//! (He et al. 2016, figure 5 right; the stride sits on the 3x3 as in torchvision).

use nbzero_graph::{GraphBuilder, GraphError, NodeId};

use super::family::Block;

/// The bottleneck is this many times narrower than the block.
pub(super) const REDUCTION: usize = 4;

pub(super) fn lower(b: &mut GraphBuilder, x: NodeId, block: &Block) -> Result<NodeId, GraphError> {
    let inner = block.width / REDUCTION;
    let y = block.conv_bn(b, x, 1, inner, 1, 1)?;
    let y = b.relu(y);
    let y = block.conv_bn(b, y, 2, inner, 3, block.stride)?;
    let y = b.relu(y);
    let y = block.conv_bn(b, y, 3, block.width, 1, 1)?;
    let shortcut = block.resnet_shortcut(b, x)?;
    let sum = b.add(y, shortcut)?;
    Ok(b.relu(sum))
}

//! `mb`: the inverted residual block of MobileNetV2.
//!
//! conv1x1(expansion x in)-BN-ReLU6, depthwise 3x3(stride)-BN-ReLU6, conv1x1(width)-BN, plus the
//! input where stride is 1 and the widths agree (Sandler et al. 2018, figure 4). With expansion 1
//! there is no first convolution (their table 2); the other two keep their numbers.

use nbzero_graph::{Conv2d, GraphBuilder, GraphError, NodeId};

use super::family::Block;
use crate::lower::conv_bn;

/// The expansion where a stage names no other.
pub(super) const EXPANSION: usize = 6;

pub(super) fn lower(b: &mut GraphBuilder, x: NodeId, block: &Block) -> Result<NodeId, GraphError> {
    let in_channels = b.shape(x).channels;
    let hidden = block.expansion * in_channels;
    let y = if block.expansion == 1 {
        x
    } else {
        let y = block.conv_bn(b, x, 1, hidden, 1, 1)?;
        b.relu6(y)
    };
    let name = format!("{}.conv2", block.prefix);
    let depthwise = Conv2d::new(name, hidden, hidden, 3, block.stride).depthwise();
    let y = conv_bn(b, y, depthwise, format!("{}.bn2", block.prefix))?;
    let y = b.relu6(y);
    let y = block.conv_bn(b, y, 3, block.width, 1, 1)?;
    if block.stride == 1 && in_channels == block.width {
        b.add(y, x)
    } else {
        Ok(y)
    }
}

//! The graph of a network of cells, as in NAS-Bench-201's programs (`TinyNetwork`) and in those of
//! NATS-Bench's size space (`DynamicShapeTinyNet`), where each part has a width of its own.

use nbzero_graph::{Conv2d, Graph, GraphBuilder, GraphError, NodeId, Shape};

use super::{Cell, CellOperation};
use crate::lower::{classifier, conv_bn};

/// A stage: equal cells, with a residual block of stride 2 before them but in the first.
pub(crate) struct CellStage {
    /// Channels of the residual block, where there is one.
    pub(crate) reduction: Option<usize>,
    /// Channels of the cells.
    pub(crate) width: usize,
    /// Number of cells.
    pub(crate) cells: usize,
}

/// Lowers stem, stages and head. The widths of a residual block and of the cells behind it may
/// differ where the cell's edges from its input are convolutions and identities.
pub(crate) fn network(
    cell: Cell,
    stem: usize,
    stages: &[CellStage],
    classes: usize,
    image: Shape,
) -> Result<Graph, GraphError> {
    let mut builder = Graph::builder_on(image);
    let b = &mut builder;
    let input = b.input();
    // No activation behind the stem: edges begin with one.
    let mut x = conv_bn(
        b,
        input,
        Conv2d::new("stem.conv", image.channels, stem, 3, 1),
        "stem.bn",
    )?;
    b.end_block(x);
    for (i, stage) in stages.iter().enumerate() {
        if let Some(width) = stage.reduction {
            x = reduction(b, x, &format!("stages.{i}.reduction"), width)?;
            b.end_block(x);
        }
        for j in 0..stage.cells {
            let prefix = format!("stages.{i}.cells.{j}");
            x = lower_cell(b, x, cell, stage.width, &prefix)?;
            b.end_block(x);
        }
    }
    let normed = b.batch_norm(x, "last.bn")?;
    let active = b.relu(normed);
    classifier(builder, active, classes)
}

fn lower_cell(
    b: &mut GraphBuilder,
    input: NodeId,
    cell: Cell,
    width: usize,
    prefix: &str,
) -> Result<NodeId, GraphError> {
    let mut nodes = vec![input];
    for to in 1..=3 {
        let mut sum = None;
        for (from, operation) in cell.edges_to(to) {
            let edge = format!("{prefix}.edge{from}{to}");
            let Some(value) = apply(b, operation, nodes[from], width, &edge)? else {
                continue;
            };
            sum = Some(match sum {
                Some(sum) => b.sum(sum, value)?,
                None => value,
            });
        }
        nodes.push(sum.unwrap_or_else(|| b.zeros(input)));
    }
    Ok(nodes[3])
}

/// What comes through an edge.
fn apply(
    b: &mut GraphBuilder,
    operation: CellOperation,
    x: NodeId,
    width: usize,
    edge: &str,
) -> Result<Option<NodeId>, GraphError> {
    let in_channels = b.shape(x).channels;
    Ok(match operation {
        CellOperation::None => None,
        CellOperation::SkipConnect if in_channels == width => Some(x),
        CellOperation::SkipConnect => {
            let conv = Conv2d::new(format!("{edge}.conv"), in_channels, width, 1, 1);
            Some(conv_bn(b, x, conv.projection(), format!("{edge}.bn"))?)
        }
        CellOperation::Conv1x1 => Some(relu_conv_bn(b, x, edge, ["conv", "bn"], width, 1, 1)?),
        CellOperation::Conv3x3 => Some(relu_conv_bn(b, x, edge, ["conv", "bn"], width, 3, 1)?),
        CellOperation::AveragePool3x3 => Some(b.average_pool(x)),
    })
}

/// The residual block between two stages: two 3x3 convolutions, the first with stride 2, and a
/// shortcut of a 2x2 average pool and a 1x1 convolution without batch norm.
fn reduction(
    b: &mut GraphBuilder,
    x: NodeId,
    prefix: &str,
    width: usize,
) -> Result<NodeId, GraphError> {
    let in_channels = b.shape(x).channels;
    let y = relu_conv_bn(b, x, prefix, ["conv1", "bn1"], width, 3, 2)?;
    let y = relu_conv_bn(b, y, prefix, ["conv2", "bn2"], width, 3, 1)?;
    let pooled = b.halving_pool(x);
    let shortcut = Conv2d::new(format!("{prefix}.shortcut.conv"), in_channels, width, 1, 1);
    let shortcut = b.conv(pooled, shortcut.projection())?;
    b.add(y, shortcut)
}

fn relu_conv_bn(
    b: &mut GraphBuilder,
    x: NodeId,
    prefix: &str,
    [conv, bn]: [&str; 2],
    width: usize,
    kernel: usize,
    stride: usize,
) -> Result<NodeId, GraphError> {
    let in_channels = b.shape(x).channels;
    let active = b.relu(x);
    let conv = Conv2d::new(
        format!("{prefix}.{conv}"),
        in_channels,
        width,
        kernel,
        stride,
    );
    conv_bn(b, active, conv, format!("{prefix}.{bn}"))
}

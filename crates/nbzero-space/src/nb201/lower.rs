//! The graph of a network of cells, as in NAS-Bench-201's programs (`TinyNetwork`).

use nbzero_graph::{Conv2d, Graph, GraphBuilder, GraphError, NodeId};

use super::{CellNetwork, CellOperation};
use crate::lower::conv_bn;

const STAGES: usize = 3;

pub(super) fn network(
    network: &CellNetwork,
    classes: usize,
    resolution: usize,
) -> Result<Graph, GraphError> {
    let mut builder = Graph::builder(3, resolution);
    let b = &mut builder;
    let channels = network.skeleton.channels.get();
    let input = b.input();
    // No activation behind the stem: edges begin with one.
    let stem = Conv2d::new("stem.conv", 3, channels, 3, 1);
    let mut x = conv_bn(b, input, stem, "stem.bn")?;
    for stage in 0..STAGES {
        if stage > 0 {
            x = reduction(
                b,
                x,
                &format!("stages.{stage}.reduction"),
                channels << stage,
            )?;
        }
        for i in 0..network.skeleton.cells.get() {
            x = cell(b, x, network, &format!("stages.{stage}.cells.{i}"))?;
        }
    }
    let normed = b.batch_norm(x, "last.bn")?;
    let active = b.relu(normed);
    let pooled = b.global_average_pool(active);
    b.linear(pooled, "head", classes)?;
    builder.finish()
}

fn cell(
    b: &mut GraphBuilder,
    input: NodeId,
    network: &CellNetwork,
    prefix: &str,
) -> Result<NodeId, GraphError> {
    let mut nodes = vec![input];
    for to in 1..=3 {
        let mut sum = None;
        for (from, operation) in network.cell.edges_to(to) {
            let edge = format!("{prefix}.edge{from}{to}");
            let Some(value) = apply(b, operation, nodes[from], &edge)? else {
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
    edge: &str,
) -> Result<Option<NodeId>, GraphError> {
    let channels = b.shape(x).channels;
    Ok(match operation {
        CellOperation::None => None,
        CellOperation::SkipConnect => Some(x),
        CellOperation::Conv1x1 => Some(relu_conv_bn(b, x, edge, ["conv", "bn"], channels, 1, 1)?),
        CellOperation::Conv3x3 => Some(relu_conv_bn(b, x, edge, ["conv", "bn"], channels, 3, 1)?),
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

//! Means, sums, maxima and norms over dimensions, and softmax.

use nbzero_graph::{Function, NodeId, Over, Reduction};

use super::Inputs;
use super::axis::{axes, axis};
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::value::Value;
use crate::view::{Axis, Piece, View};

/// The most groups of channels that are summed.
const MOST_GROUPS: usize = 64;

pub(super) fn reduce(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let node = inputs.node;
    let view = inputs.view(reader, 0)?;
    let listed = inputs.axes()?;
    let keep = node.flag("keepdims", true)?;
    if node.flag("noop_with_empty_axes", false)? && listed.is_none() {
        return Ok(Value::Map(view));
    }
    let listed = listed.ok_or_else(|| inputs.refuse("over all dimensions"))?;
    let gone = axes(node, &listed, view.dims.len())?;
    let reduction = match node.operator().as_str() {
        "ReduceMean" => Reduction::Mean,
        "ReduceSum" => Reduction::Sum,
        "ReduceMax" => Reduction::Max,
        _ => Reduction::Norm,
    };
    let pieces: Vec<Piece> = gone
        .iter()
        .flat_map(|&dim| &view.dims[dim])
        .copied()
        .collect();
    let made = over(reader, inputs, &view, &pieces, reduction)?;
    let mut dims = view.dims;
    for &dim in &gone {
        dims[dim].clear();
    }
    if !keep {
        let mut index = 0;
        dims.retain(|_| {
            index += 1;
            !gone.contains(&(index - 1))
        });
    }
    Ok(Value::Map(View { node: made, dims }))
}

fn over(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
    view: &View,
    pieces: &[Piece],
    reduction: Reduction,
) -> Result<NodeId, Trouble> {
    let shape = reader.graph.shape(view.node);
    let size = |axis| {
        let along = pieces.iter().filter(|piece| piece.axis == axis);
        along.map(|piece| piece.size).product::<usize>()
    };
    let (batch, channels) = (size(Axis::Batch), size(Axis::Channel));
    let positions = [size(Axis::Height), size(Axis::Width)];
    if batch == 1 && channels == 1 && positions == shape.size() {
        return Ok(reader.graph.reduce(view.node, reduction, Over::Positions));
    }
    if batch == 1 && positions == [1, 1] && channels == shape.channels {
        return Ok(reader.graph.reduce(view.node, reduction, Over::Channels));
    }
    match (pieces, reduction) {
        (&[piece], Reduction::Sum | Reduction::Mean) if is_outer(piece, shape.channels) => {
            groups(reader, inputs, view.node, piece, reduction)
        }
        _ => Err(inputs.refuse("over neither all positions nor all channels nor groups of them")),
    }
}

/// Whether a piece is what groups of channels are counted by.
fn is_outer(piece: Piece, channels: usize) -> bool {
    piece.axis == Axis::Channel && piece.size * piece.stride == channels
}

/// The sum or mean of groups of channels.
fn groups(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
    map: NodeId,
    groups: Piece,
    reduction: Reduction,
) -> Result<NodeId, Trouble> {
    if groups.size > MOST_GROUPS {
        return Err(inputs.refuse(format!("over {} groups of channels", groups.size)));
    }
    let mut sum = reader.graph.channels(map, 0, groups.stride)?;
    for group in 1..groups.size {
        let next = reader
            .graph
            .channels(map, group * groups.stride, groups.stride)?;
        sum = reader.graph.sum(sum, next)?;
    }
    if reduction == Reduction::Sum {
        return Ok(sum);
    }
    let mean = Function::Affine {
        scale: (groups.size as f64).recip(),
        shift: 0.0,
    };
    Ok(reader.graph.function(sum, mean)?)
}

pub(super) fn softmax(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let view = inputs.view(reader, 0)?;
    let rank = view.dims.len();
    let default = if reader.opset < 13 { 1 } else { -1 };
    let along = axis(inputs.node, "axis", Some(default), rank)?;
    // Older versions flatten all dimensions from there on.
    if reader.opset < 13 && view.dims[along + 1..].iter().any(|dim| !dim.is_empty()) {
        return Err(inputs.refuse("over several dimensions"));
    }
    let channels = reader.graph.shape(view.node).channels;
    let groups = match view.dims[along].as_slice() {
        &[piece] if is_outer(piece, channels) => piece.size,
        _ => return Err(inputs.refuse("over neither all channels nor groups of them")),
    };
    let made = reader.graph.softmax(view.node, groups)?;
    Ok(Value::Map(view.with_node(made)))
}

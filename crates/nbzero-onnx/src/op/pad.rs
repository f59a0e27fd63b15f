//! Zeros around a map, or a map without its edge.

use nbzero_graph::{Axis, NodeId, Slice};

use super::Inputs;
use super::axis::axes;
use crate::reader::Reader;
use crate::tensor::signed;
use crate::trouble::Trouble;
use crate::value::Value;

pub(super) fn pad(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let node = inputs.node;
    let rank = inputs.view(reader, 0)?.dims.len();
    node.one_of("mode", &["constant"], "constant")?;
    let with = inputs.number("value", 2)?.unwrap_or(0.0);
    if with != 0.0 {
        return Err(inputs.refuse(format!("with {with}")));
    }
    let listed = node.ints("pads")?.or(inputs.ints(1)?);
    let listed = listed.ok_or_else(|| inputs.refuse("it lacks its sizes"))?;
    let all: Vec<i64> = (0..signed(rank)).collect();
    let along = axes(node, inputs.ints(3)?.unwrap_or(&all), rank)?;
    if listed.len() != 2 * along.len() {
        return Err(inputs.refuse(format!("by {listed:?}")));
    }
    let (before, behind) = listed.split_at(along.len());
    let mut map = inputs.map(reader, 0)?;
    for ((dim, &before), &behind) in along.into_iter().zip(before).zip(behind) {
        if (before, behind) == (0, 0) {
            continue;
        }
        let axis = match dim {
            1 => Axis::Channels,
            2 => Axis::Height,
            3 => Axis::Width,
            _ => return Err(inputs.refuse("of the batch")),
        };
        map = along_axis(reader, inputs, map, axis, [before, behind])?;
    }
    Ok(Value::Map(reader.tensor(map, rank)))
}

/// Adds zeros where the numbers are positive and takes lines away where they are negative.
fn along_axis(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
    map: NodeId,
    axis: Axis,
    ends: [i64; 2],
) -> Result<NodeId, Trouble> {
    let size = |number: i64| {
        let size = usize::try_from(number.max(0));
        size.map_err(|_| inputs.refuse("by more than there are numbers"))
    };
    let [added_before, added_behind] = [size(ends[0])?, size(ends[1])?];
    let [cut_before, cut_behind] = [
        size(ends[0].saturating_neg())?,
        size(ends[1].saturating_neg())?,
    ];
    let mut map = map;
    if cut_before + cut_behind > 0 {
        let there = reader.graph.shape(map).along(axis);
        let length = there
            .checked_sub(cut_before)
            .and_then(|left| left.checked_sub(cut_behind));
        let slice = Slice {
            axis,
            start: cut_before,
            length: length.ok_or_else(|| inputs.refuse("cuts more than there is"))?,
            step: 1,
        };
        map = reader.graph.slice(map, slice)?;
    }
    if added_before + added_behind > 0 {
        map = reader.graph.pad(map, axis, added_before, added_behind)?;
    }
    Ok(map)
}

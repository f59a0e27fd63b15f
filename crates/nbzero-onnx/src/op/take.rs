//! Parts of a tensor: `Slice`, `Gather`, `Split`, and lists of parts.

use nbzero_graph::{self as graph, Slice};

use super::arithmetic::straight;
use super::axis::axis;
use super::range::{Range, ranges};
use super::{Inputs, split as parts_of};
use crate::reader::Reader;
use crate::tensor::signed;
use crate::trouble::Trouble;
use crate::value::Value;
use crate::view::{Axis, Channels, Piece, View, size};

pub(super) fn slice(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let mut view = inputs.view(reader, 0)?;
    let sizes = view.sizes();
    let mut listed: [Option<Vec<i64>>; 5] = Default::default();
    for (index, list) in listed.iter_mut().enumerate().skip(1) {
        *list = inputs.ints(index)?.map(<[i64]>::to_vec);
    }
    let taken = ranges(inputs.node, &sizes, &listed)?;
    for (dim, range) in taken {
        view = part(reader, inputs, view, dim, range)?;
    }
    Ok(Value::Map(view))
}

pub(super) fn gather(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let view = inputs.view(reader, 0)?;
    let dim = axis(inputs.node, "axis", Some(0), view.dims.len())?;
    let index = inputs.constant(1)?;
    let indices = index.tensor.ints().unwrap_or_default();
    // All numbers in their order, as an exporter writes a strided view.
    let all = view.dims.len() == 1
        && indices.len() == size(&view.dims[0])
        && indices.iter().copied().eq(0..signed(indices.len()));
    if all && let Some(same) = view.reshaped(&index.tensor.shape) {
        return Ok(Value::Map(same));
    }
    let lines = size(&view.dims[dim]);
    let at = |number: i64| {
        let from_end = if number < 0 { signed(lines) } else { 0 };
        let place = usize::try_from(number.saturating_add(from_end)).ok();
        place.filter(|&place| place < lines)
    };
    let numbers: Option<Vec<usize>> = indices.iter().map(|&i| at(i)).collect();
    let numbers = numbers.ok_or_else(|| inputs.refuse("an index is not in the tensor"))?;
    let range =
        evenly(&numbers).ok_or_else(|| inputs.refuse("indices that are not evenly spaced"))?;
    let mut view = part(reader, inputs, view, dim, range)?;
    match index.tensor.shape.len() {
        0 => {
            view.dims.remove(dim);
        }
        1 => {}
        _ => return Err(inputs.refuse("indices of several dimensions")),
    }
    Ok(Value::Map(view))
}

/// Numbers at equal distances, upwards.
fn evenly(numbers: &[usize]) -> Option<Range> {
    let (&start, rest) = numbers.split_first()?;
    let step = match rest.first() {
        None => 1,
        Some(&second) => second.checked_sub(start).filter(|&step| step > 0)?,
    };
    let range = Range {
        start,
        length: numbers.len(),
        step,
        backwards: false,
    };
    range.indices().eq(numbers.iter().copied()).then_some(range)
}

pub(super) fn split(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
) -> Result<Vec<Value>, Trouble> {
    let views = split_views(reader, inputs)?;
    Ok(views.into_iter().map(Value::Map).collect())
}

pub(super) fn sequence(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    if !inputs.node.flag("keepdims", true)? && inputs.optional(1)?.is_none() {
        return Err(inputs.refuse("attribute `keepdims` is 0"));
    }
    Ok(Value::Sequence(split_views(reader, inputs)?))
}

pub(super) fn element(inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let Value::Sequence(views) = inputs.get(0) else {
        return Err(inputs.refuse("of what is no sequence"));
    };
    let index = inputs.ints(1)?.and_then(|index| index.first().copied());
    let index = index.map(|index| {
        if index < 0 {
            index + signed(views.len())
        } else {
            index
        }
    });
    let view = index.and_then(|index| views.get(usize::try_from(index).ok()?));
    let view = view.ok_or_else(|| inputs.refuse("an index is not in the sequence"))?;
    Ok(Value::Map(view.clone()))
}

fn split_views(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Vec<View>, Trouble> {
    let view = inputs.view(reader, 0)?;
    let dim = axis(inputs.node, "axis", Some(0), view.dims.len())?;
    let sizes = inputs.optional(1)?.map(|constant| &*constant.tensor);
    let ranges = parts_of::parts(inputs.node, size(&view.dims[dim]), sizes)?;
    let parts = ranges
        .into_iter()
        .map(|range| part(reader, inputs, view.clone(), dim, range));
    parts.collect()
}

/// A part of a tensor along a dimension: of a whole axis, or of groups of channels.
fn part(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
    view: View,
    dim: usize,
    range: Range,
) -> Result<View, Trouble> {
    if range.length == size(&view.dims[dim]) && !range.backwards {
        return Ok(view);
    }
    if range.length == 0 {
        return Err(inputs.refuse("a part without numbers"));
    }
    if range.backwards {
        return Err(inputs.refuse("of a map, backwards"));
    }
    let shuffled = matches!(view.channels(), Some(Channels::Shuffled(_)));
    let view = if shuffled {
        straight(reader, inputs, view)?
    } else {
        view
    };
    let refuse = || inputs.refuse("a part along a dimension that is no axis of the map");
    let (axis, slice_of, stride) = match (view.whole(dim), view.dims[dim].as_slice()) {
        (Some(Axis::Batch), _) => return Err(inputs.refuse("a part of the batch")),
        (Some(axis), _) => (axis, range, 1),
        (None, &[piece]) if is_outermost(reader, &view, piece) && range.step == 1 => {
            let groups = Range {
                start: range.start * piece.stride,
                length: range.length * piece.stride,
                step: 1,
                backwards: false,
            };
            (Axis::Channel, groups, piece.stride)
        }
        _ => return Err(refuse()),
    };
    let along = match axis {
        Axis::Batch => return Err(refuse()),
        Axis::Channel => graph::Axis::Channels,
        Axis::Height => graph::Axis::Height,
        Axis::Width => graph::Axis::Width,
    };
    let Range {
        start,
        length,
        step,
        ..
    } = slice_of;
    let made = reader.graph.slice(
        view.node,
        Slice {
            axis: along,
            start,
            length,
            step,
        },
    )?;
    let mut dims = view.dims;
    dims[dim] = match range.length {
        1 => Vec::new(),
        size => vec![Piece { axis, size, stride }],
    };
    Ok(View { node: made, dims })
}

/// Whether a piece counts groups of all channels.
fn is_outermost(reader: &Reader<'_>, view: &View, piece: Piece) -> bool {
    let channels = reader.graph.shape(view.node).channels;
    piece.axis == Axis::Channel && piece.size * piece.stride == channels
}

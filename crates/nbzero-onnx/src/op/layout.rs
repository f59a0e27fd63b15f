//! The same numbers in other dimensions. None of these adds a node.

use super::Inputs;
use super::axis::{axes, axis};
use crate::fold::reshape_target;
use crate::reader::Reader;
use crate::tensor::signed;
use crate::trouble::Trouble;
use crate::value::Value;
use crate::view::View;

/// What changes nothing where scores are computed: a copy, a change of the type of floats, dropout.
pub(super) fn same(inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    inputs
        .node
        .ignore(&["saturate", "round_mode", "seed", "ratio"]);
    if inputs.node.operator() == "Cast" {
        let to = inputs.node.int("to")?.unwrap_or_default();
        if ![1, 10, 11, 16].contains(&to) {
            return Err(inputs.refuse("of a map to whole numbers"));
        }
    }
    match inputs.get(0) {
        Value::Absent => Err(inputs.refuse("it lacks its input")),
        value => Ok(value.clone()),
    }
}

pub(super) fn reshape(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let view = inputs.view(reader, 0)?;
    let keep_zero = inputs.node.flag("allowzero", false)?;
    let wanted = inputs
        .ints(1)?
        .ok_or_else(|| inputs.refuse("it lacks its sizes"))?;
    let sizes = reshape_target(wanted, &view.sizes(), keep_zero);
    let sizes = sizes.map_err(|what| inputs.refuse(what))?;
    to(inputs, &view, &sizes)
}

pub(super) fn flatten(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let view = inputs.view(reader, 0)?;
    let sizes = view.sizes();
    let at = inputs.node.int("axis")?.unwrap_or(1);
    let at = if at == signed(sizes.len()) {
        sizes.len()
    } else {
        axis(inputs.node, "axis", Some(1), sizes.len())?
    };
    let product = |sizes: &[usize]| {
        let product = crate::tensor::count(sizes);
        product.ok_or_else(|| inputs.refuse("of too many numbers"))
    };
    let both = [product(&sizes[..at])?, product(&sizes[at..])?];
    to(inputs, &view, &both)
}

pub(super) fn squeeze(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let mut view = inputs.view(reader, 0)?;
    let rank = view.dims.len();
    let gone = match inputs.axes()? {
        Some(listed) => axes(inputs.node, &listed, rank)?,
        None => (0..rank).filter(|&dim| view.dims[dim].is_empty()).collect(),
    };
    if gone.iter().any(|&dim| !view.dims[dim].is_empty()) {
        return Err(inputs.refuse("a dimension that is not of size 1"));
    }
    let mut dim = 0;
    view.dims.retain(|_| {
        dim += 1;
        !gone.contains(&(dim - 1))
    });
    Ok(Value::Map(view))
}

pub(super) fn unsqueeze(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
) -> Result<Value, Trouble> {
    let view = inputs.view(reader, 0)?;
    let listed = inputs.axes()?.unwrap_or_default();
    let rank = view.dims.len() + listed.len();
    if rank > crate::tensor::MOST_DIMENSIONS {
        return Err(inputs.refuse(format!("to {rank} dimensions")));
    }
    let mut added = axes(inputs.node, &listed, rank)?;
    added.sort_unstable();
    let mut dims = view.dims;
    for dim in added {
        dims.insert(dim, Vec::new());
    }
    Ok(Value::Map(View {
        node: view.node,
        dims,
    }))
}

pub(super) fn transpose(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
) -> Result<Value, Trouble> {
    let view = inputs.view(reader, 0)?;
    let rank = view.dims.len();
    let reversed: Vec<i64> = (0..signed(rank)).rev().collect();
    let order = inputs.node.ints("perm")?.unwrap_or(&reversed);
    let order = axes(inputs.node, order, rank)?;
    let turned = view.transposed(&order);
    Ok(Value::Map(
        turned.ok_or_else(|| inputs.refuse("attribute `perm`"))?,
    ))
}

/// An expansion to the sizes that the map has: of others the operations that broadcast take care.
pub(super) fn expand(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let view = inputs.view(reader, 0)?;
    let sizes = view.sizes();
    let wanted = inputs.ints(1)?.unwrap_or_default();
    let from = wanted.len().checked_sub(sizes.len());
    let same = from == Some(0)
        && wanted
            .iter()
            .zip(&sizes)
            .all(|(&wanted, &size)| wanted == 1 || usize::try_from(wanted) == Ok(size));
    if same {
        return Ok(Value::Map(view));
    }
    Err(inputs.refuse(format!("of a map of {sizes:?} to {wanted:?}")))
}

fn to(inputs: &Inputs<'_, '_>, view: &View, sizes: &[usize]) -> Result<Value, Trouble> {
    if sizes.len() > crate::tensor::MOST_DIMENSIONS {
        return Err(inputs.refuse(format!("to {} dimensions", sizes.len())));
    }
    let reshaped = view.reshaped(sizes);
    let from = view.sizes();
    Ok(Value::Map(reshaped.ok_or_else(|| {
        inputs.refuse(format!("from {from:?} to {sizes:?} of a transposed map"))
    })?))
}

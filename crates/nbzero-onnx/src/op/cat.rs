//! Concatenation of channels.

use super::Inputs;
use super::arithmetic::straight;
use super::axis::axis;
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::value::Value;
use crate::view::{Axis, View};

pub(super) fn concat(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let mut views = Vec::with_capacity(inputs.len());
    for index in 0..inputs.len() {
        let view = inputs.view(reader, index)?;
        views.push(straight(reader, inputs, view)?);
    }
    let first = views.first().ok_or_else(|| inputs.refuse("of nothing"))?;
    let along = axis(inputs.node, "axis", None, first.dims.len())?;
    let mut sizes = first.sizes();
    sizes[along] = 0;
    for view in &views {
        let own = view.sizes();
        let same = own.len() == sizes.len()
            && own
                .iter()
                .enumerate()
                .all(|(d, &size)| d == along || size == sizes[d]);
        let channels = |dim: &Vec<_>| {
            dim.iter()
                .all(|p: &crate::view::Piece| p.axis == Axis::Channel)
        };
        let outermost = view.dims[..along]
            .iter()
            .all(|dim| dim.iter().all(|piece| piece.axis == Axis::Batch));
        if !same || !outermost || !channels(&view.dims[along]) {
            return Err(inputs.refuse("along a dimension that is not of channels"));
        }
        sizes[along] += own[along];
    }
    let nodes: Vec<_> = views.iter().map(|view| view.node).collect();
    let made = reader.graph.concat(&nodes)?;
    let whole = View::of_map(made, reader.batch, reader.graph.shape(made));
    let view = whole.reshaped(&sizes);
    Ok(Value::Map(view.ok_or_else(|| {
        inputs.refuse("of maps in different orders")
    })?))
}

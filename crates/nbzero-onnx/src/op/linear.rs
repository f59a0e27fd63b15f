//! Linear layers: `Gemm` on vectors, `MatMul` on the channels of a map.

use std::rc::Rc;

use nbzero_graph::{Linear, NodeId};

use super::{Inputs, fits};
use crate::attributes::Node;
use crate::reader::Reader;
use crate::tensor::{Numbers, Tensor};
use crate::trouble::Trouble;
use crate::value::{Constant, Value};
use crate::view::{Axis, Piece, View};

pub(super) fn gemm<'a>(reader: &mut Reader<'a>, inputs: &Inputs<'_, 'a>) -> Result<Value, Trouble> {
    let node = inputs.node;
    let map = inputs.map(reader, 0)?;
    if node.flag("transA", false)? {
        return Err(inputs.refuse("attribute `transA`"));
    }
    for factor in ["alpha", "beta"] {
        if node
            .float(factor)?
            .is_some_and(|factor| (factor - 1.0).abs() > 0.0)
        {
            return Err(inputs.refuse(format!("attribute `{factor}` is not 1")));
        }
    }
    let transposed = node.flag("transB", false)?;
    let weight = weight(inputs, transposed)?;
    let features = weight.tensor.shape[0];
    let bias = match inputs.optional(2)? {
        Some(_) => Some(inputs.floats(2, &[features])?.clone()),
        None => None,
    };
    let made = layer(reader, node, map, &weight, bias.as_ref())?;
    Ok(Value::Map(reader.tensor(made, 2)))
}

pub(super) fn matmul<'a>(
    reader: &mut Reader<'a>,
    inputs: &Inputs<'_, 'a>,
) -> Result<Value, Trouble> {
    let view = inputs.view(reader, 0)?;
    let weight = weight(inputs, false)?;
    let features = weight.tensor.shape[0];
    let last = view.dims.len().saturating_sub(1);
    if last == 0 || view.whole(last) != Some(Axis::Channel) {
        // A vector that is a map in another order.
        let map = inputs.map(reader, 0)?;
        let bias = reader.absorb_bias(inputs.node, features);
        let made = layer(reader, inputs.node, map, &weight, bias.as_ref())?;
        return Ok(Value::Map(reader.tensor(made, 2)));
    }
    let bias = reader.absorb_bias(inputs.node, features);
    let made = layer(reader, inputs.node, view.node, &weight, bias.as_ref())?;
    let mut dims = view.dims;
    dims[last] = match features {
        1 => Vec::new(),
        size => vec![Piece {
            axis: Axis::Channel,
            size,
            stride: 1,
        }],
    };
    Ok(Value::Map(View { node: made, dims }))
}

fn layer(
    reader: &mut Reader<'_>,
    node: &Node<'_>,
    map: NodeId,
    weight: &Constant,
    bias: Option<&Constant>,
) -> Result<NodeId, Trouble> {
    let &[out_features, in_features] = weight.tensor.shape.as_slice() else {
        return Err(node.refuse("its weight").into());
    };
    let learned: Vec<&Constant> = std::iter::once(weight).chain(bias).collect();
    let name = reader.tensors.layer(&learned, node.name());
    let mut linear = Linear::new(name.clone(), in_features, out_features);
    let shape = weight.tensor.shape.clone();
    reader
        .tensors
        .put(&name, "weight", shape, weight.tensor.clone());
    match bias {
        Some(bias) => reader
            .tensors
            .put(&name, "bias", vec![out_features], bias.tensor.clone()),
        None => linear = linear.without_bias(),
    }
    Ok(reader.graph.linear_layer(map, linear)?)
}

/// The second input as `[out, in]`, as which it stands in the file where `transposed`.
fn weight(inputs: &Inputs<'_, '_>, transposed: bool) -> Result<Constant, Trouble> {
    let constant = inputs.constant(1)?;
    let shape = &constant.tensor.shape;
    let &[rows, columns] = shape.as_slice() else {
        return Err(inputs.refuse(format!("a weight of {shape:?}")));
    };
    fits(constant, shape).map_err(|what| inputs.refuse(format!("its weight {what}")))?;
    if transposed {
        return Ok(constant.clone());
    }
    let numbers = constant.tensor.floats().unwrap_or_default();
    let mut turned = Vec::with_capacity(numbers.len());
    for column in 0..columns {
        turned.extend((0..rows).map(|row| numbers[row * columns + column]));
    }
    let tensor = Tensor::new(vec![columns, rows], Numbers::Float(turned));
    Ok(Constant {
        tensor: Rc::new(tensor.map_err(|what| inputs.refuse(what))?),
        name: constant.name.clone(),
    })
}

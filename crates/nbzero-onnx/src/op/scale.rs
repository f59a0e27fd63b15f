//! Constants of several numbers beside a map: parameters that are a value of their own.

use std::rc::Rc;

use nbzero_graph::{Function, NodeId, Parameter, Shape};

use super::Inputs;
use crate::reader::Reader;
use crate::tensor::{Numbers, Tensor};
use crate::trouble::Trouble;
use crate::value::{Constant, Value};
use crate::view::{Axis, View};

/// A sum or product of the map `index` with a constant.
pub(super) fn with_constant(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
    index: usize,
    constant: &Constant,
) -> Result<Value, Trouble> {
    let view = inputs.view(reader, index)?;
    let operator = inputs.node.operator();
    let made = match operator.as_str() {
        "Add" | "Sum" => {
            let (other, _) = parameter(reader, inputs, &view, constant, 0.0)?;
            reader.graph.sum(view.node, other)?
        }
        "Mul" => {
            let (other, _) = parameter(reader, inputs, &view, constant, 1.0)?;
            reader.graph.multiply(view.node, other)?
        }
        "Sub" => {
            let (other, _) = parameter(reader, inputs, &view, constant, 0.0)?;
            let minus = Function::Affine {
                scale: -1.0,
                shift: 0.0,
            };
            let (left, right) = if index == 0 {
                (view.node, other)
            } else {
                (other, view.node)
            };
            let right = reader.graph.function(right, minus)?;
            reader.graph.sum(left, right)?
        }
        "Div" => {
            let (other, _) = parameter(reader, inputs, &view, constant, 1.0)?;
            let (left, right) = if index == 0 {
                (view.node, other)
            } else {
                (other, view.node)
            };
            let inverse = Function::Power { exponent: -1.0 };
            let right = reader.graph.function(right, inverse)?;
            reader.graph.multiply(left, right)?
        }
        _ => return Err(inputs.refuse("of a map and a constant of several numbers")),
    };
    Ok(Value::Map(view.with_node(made)))
}

pub(super) fn prelu(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let view = inputs.view(reader, 0)?;
    let slope = inputs.constant(1)?;
    let shape = beside(inputs, &view, slope)?;
    let name = named(reader, inputs, slope, shape)?;
    let made = reader.graph.prelu(view.node, name, shape)?;
    Ok(Value::Map(view.with_node(made)))
}

fn parameter(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
    view: &View,
    constant: &Constant,
    initial: f64,
) -> Result<(NodeId, Shape), Trouble> {
    let shape = beside(inputs, view, constant)?;
    let name = named(reader, inputs, constant, shape)?;
    let made = reader.graph.parameter(Parameter {
        name,
        shape,
        initial,
    })?;
    Ok((made, shape))
}

/// Notes the numbers of a parameter under a name.
fn named(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
    constant: &Constant,
    shape: Shape,
) -> Result<String, Trouble> {
    let numbers = constant.tensor.floats();
    let numbers = numbers.ok_or_else(|| inputs.refuse("of whole numbers"))?;
    let sizes = vec![shape.channels, shape.height, shape.width];
    let tensor = Tensor::new(sizes.clone(), Numbers::Float(numbers.to_vec()));
    let tensor = tensor.map_err(|what| inputs.refuse(what))?;
    let name = reader.tensors.whole(constant, inputs.node.name());
    reader.tensors.put(&name, "", sizes, Rc::new(tensor));
    Ok(name)
}

/// The shape of a constant beside a map: its sizes are 1, or run over whole axes in their order.
fn beside(inputs: &Inputs<'_, '_>, view: &View, constant: &Constant) -> Result<Shape, Trouble> {
    let sizes = &constant.tensor.shape;
    let refuse = || inputs.refuse(format!("of tensors of {:?} and {sizes:?}", view.sizes()));
    let missing = view
        .dims
        .len()
        .checked_sub(sizes.len())
        .ok_or_else(refuse)?;
    let mut shape = Shape::vector(1);
    let mut last = Axis::Batch;
    for (i, &size) in sizes.iter().enumerate().filter(|(_, size)| **size != 1) {
        let whole = view.whole(missing + i).filter(|axis| *axis > last);
        last = whole.ok_or_else(refuse)?;
        let along = match last {
            Axis::Batch => return Err(refuse()),
            Axis::Channel => &mut shape.channels,
            Axis::Height => &mut shape.height,
            Axis::Width => &mut shape.width,
        };
        *along = size;
    }
    Ok(shape)
}

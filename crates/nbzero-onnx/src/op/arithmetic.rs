//! Sums and products of two values, one of which may be constant.

use std::rc::Rc;

use nbzero_graph::{Function, NodeId};

use super::activation::{apply, formula};
use super::{Inputs, scale};
use crate::formula::{Formula, Term};
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::value::Value;
use crate::view::{Channels, View};

pub(super) fn binary(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    if inputs.len() != 2 {
        return Err(inputs.refuse(format!("of {} values", inputs.len())));
    }
    match (inputs.get(0), inputs.get(1)) {
        (_, Value::Constant(constant)) => match constant.number() {
            Some(number) => with_number(reader, inputs, 0, number),
            None => scale::with_constant(reader, inputs, 0, constant),
        },
        (Value::Constant(constant), _) => match constant.number() {
            Some(number) => number_with(reader, inputs, number),
            None => scale::with_constant(reader, inputs, 1, constant),
        },
        _ => of_two(reader, inputs),
    }
}

fn affine(scale: f64, shift: f64) -> Function {
    Function::Affine { scale, shift }
}

/// A value, then a number.
fn with_number(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
    index: usize,
    number: f64,
) -> Result<Value, Trouble> {
    let function = match inputs.node.operator().as_str() {
        "Add" | "Sum" => affine(1.0, number),
        "Sub" => affine(1.0, -number),
        "Mul" => affine(number, 0.0),
        "Div" => affine(number.recip(), 0.0),
        "Max" => match number {
            0.0 => Function::Relu,
            low => Function::Clip {
                low,
                high: f64::INFINITY,
            },
        },
        "Min" => Function::Clip {
            low: f64::NEG_INFINITY,
            high: number,
        },
        // Devices take exponents without a fraction as whole numbers of 32 bits.
        _ if number.is_nan() || number.abs() > f64::from(i32::MAX) => {
            return Err(inputs.refuse(format!("its exponent is {number:e}")));
        }
        _ => Function::Power { exponent: number },
    };
    apply(reader, inputs, index, function)
}

/// A number, then a value.
fn number_with(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
    number: f64,
) -> Result<Value, Trouble> {
    match inputs.node.operator().as_str() {
        "Sub" => apply(reader, inputs, 1, affine(-1.0, number)),
        "Pow" => Err(inputs.refuse("a number to the power of a map")),
        "Div" => {
            let inverse = apply(reader, inputs, 1, Function::Power { exponent: -1.0 })?;
            let Value::Formula(view, formula) = inverse else {
                return Ok(inverse);
            };
            let scaled = Formula::new(Term::Function(affine(number, 0.0), formula));
            let scaled = scaled.ok_or_else(|| inputs.refuse("a long formula"))?;
            Ok(Value::Formula(view, scaled))
        }
        _ => with_number(reader, inputs, 1, number),
    }
}

/// Two values: a longer formula where both are formulas of the same node, else a node.
fn of_two(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let operator = inputs.node.operator();
    let (of_left, left) = formula(reader, inputs, 0)?;
    let (of_right, right) = formula(reader, inputs, 1)?;
    let both_numbers = matches!((&left.term, &right.term), (Term::Number, Term::Number));
    if of_left == of_right
        && !both_numbers
        && let Some(longer) = joined(&operator, left, right)
    {
        return Ok(Value::Formula(of_left, longer));
    }
    let left = inputs.view(reader, 0)?;
    let right = inputs.view(reader, 1)?;
    let (left, right) = aligned(reader, inputs, left, right)?;
    let made = match operator.as_str() {
        "Add" | "Sum" => reader.graph.addition(left.node, right.node)?,
        "Mul" => reader.graph.multiply(left.node, right.node)?,
        "Sub" => {
            let minus = reader.graph.function(right.node, affine(-1.0, 0.0))?;
            reader.graph.addition(left.node, minus)?
        }
        "Div" => {
            let inverse = Function::Power { exponent: -1.0 };
            let inverse = reader.graph.function(right.node, inverse)?;
            reader.graph.multiply(left.node, inverse)?
        }
        _ => return Err(inputs.refuse("of two maps")),
    };
    Ok(Value::Map(together(&left, &right, made)))
}

fn joined(operator: &str, left: Rc<Formula>, right: Rc<Formula>) -> Option<Rc<Formula>> {
    let after = |function, inner| Formula::new(Term::Function(function, inner));
    match operator {
        "Add" | "Sum" => Formula::new(Term::Sum(left, right)),
        "Mul" => Formula::new(Term::Product(left, right)),
        "Sub" => Formula::new(Term::Sum(left, after(affine(-1.0, 0.0), right)?)),
        "Div" => {
            let inverse = after(Function::Power { exponent: -1.0 }, right)?;
            Formula::new(Term::Product(left, inverse))
        }
        _ => None,
    }
}

/// Two views whose dimensions run over the same pieces where neither is of size 1, so that the nodes
/// can be taken number by number.
fn aligned(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
    left: View,
    right: View,
) -> Result<(View, View), Trouble> {
    if agree(&left, &right) {
        return Ok((left, right));
    }
    let (left, right) = (
        straight(reader, inputs, left)?,
        straight(reader, inputs, right)?,
    );
    if agree(&left, &right) {
        return Ok((left, right));
    }
    let (left, right) = (left.sizes(), right.sizes());
    Err(inputs.refuse(format!(
        "of tensors of {left:?} and {right:?} in different orders"
    )))
}

/// The tensor as a view of a node whose channels are in its order.
pub(super) fn straight(
    reader: &mut Reader<'_>,
    inputs: &Inputs<'_, '_>,
    view: View,
) -> Result<View, Trouble> {
    match view.channels() {
        Some(Channels::Straight) => Ok(view),
        Some(Channels::Shuffled(groups)) => {
            let sizes = view.sizes();
            let shuffled = reader.graph.shuffle(view.node, groups)?;
            let shape = reader.graph.shape(shuffled);
            let whole = View::of_map(shuffled, reader.batch, shape);
            whole
                .reshaped(&sizes)
                .ok_or_else(|| inputs.refuse("of a transposed map"))
        }
        None => Err(inputs.refuse("of a transposed map")),
    }
}

/// Whether the dimensions, counted from the last, agree where neither is of size 1.
fn agree(left: &View, right: &View) -> bool {
    let pairs = left.dims.iter().rev().zip(right.dims.iter().rev());
    pairs
        .into_iter()
        .all(|(l, r)| l == r || l.is_empty() || r.is_empty())
}

/// The view of a node made of two, number by number.
fn together(left: &View, right: &View, node: NodeId) -> View {
    let (long, short) = if left.dims.len() < right.dims.len() {
        (right, left)
    } else {
        (left, right)
    };
    let mut view = long.with_node(node);
    let from = long.dims.len() - short.dims.len();
    for (dim, other) in view.dims[from..].iter_mut().zip(&short.dims) {
        if dim.is_empty() {
            dim.clone_from(other);
        }
    }
    view
}

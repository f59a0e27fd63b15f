//! Operations on constants, computed while the file is read.
//!
//! Exporters compute shapes and settings by nodes: the shape of a map, one size of it, a division, a
//! slice from there on. Nothing of that is left in a graph.

mod arithmetic;
mod layout;

use std::rc::Rc;

use crate::attributes::Node;
use crate::tensor::{Kind, Numbers, Tensor, narrow, signed};
use crate::trouble::Trouble;
use crate::value::Constant;

pub(crate) use layout::reshape_target;

/// Numbers that constants computed from constants may have in all. Those of networks have few; a file
/// that asks for more asks for memory.
pub(crate) const MOST_NUMBERS: usize = 1 << 24;

/// Operators that are computed where all that they take is constant. Where they take a map as well,
/// they are operations of the network.
pub(crate) fn knows(operator: &str) -> bool {
    matches!(
        operator,
        "Abs"
            | "Add"
            | "Cast"
            | "CastLike"
            | "Ceil"
            | "Clip"
            | "Concat"
            | "Constant"
            | "ConstantOfShape"
            | "Div"
            | "Equal"
            | "Exp"
            | "Expand"
            | "Floor"
            | "Gather"
            | "Greater"
            | "Identity"
            | "Less"
            | "Max"
            | "Min"
            | "Mod"
            | "Mul"
            | "Neg"
            | "Not"
            | "Pow"
            | "Range"
            | "Reciprocal"
            | "ReduceProd"
            | "Reshape"
            | "Shape"
            | "Size"
            | "Slice"
            | "Split"
            | "Sqrt"
            | "Squeeze"
            | "Sub"
            | "Transpose"
            | "Unsqueeze"
            | "Where"
    )
}

/// What a node makes of constants; `None` stands for an input that is left out.
pub(crate) fn fold(
    node: &Node<'_>,
    inputs: &[Option<&Constant>],
    opset: i64,
) -> Result<Vec<Constant>, Trouble> {
    let tensors: Vec<Option<&Tensor>> = inputs
        .iter()
        .map(|input| input.map(|constant| &*constant.tensor))
        .collect();
    if node.operator() == "Identity" {
        return Ok(vec![required(node, inputs, 0)?.clone()]);
    }
    let args = Arguments {
        node,
        tensors: &tensors,
        opset,
    };
    let operator = node.operator();
    let made = match operator.as_str() {
        "Constant" => vec![constant(node)?],
        "Cast" => vec![args.cast()?],
        "CastLike" => vec![convert(args.get(0)?, args.get(1)?.floats().is_some())],
        "Clip" => vec![args.clip()?],
        "Concat" => vec![args.concat()?],
        "ConstantOfShape" => vec![args.constant_of_shape()?],
        "Expand" => vec![args.expand()?],
        "Gather" => vec![args.gather()?],
        "Range" => vec![args.range()?],
        "ReduceProd" => vec![args.product()?],
        "Reshape" => vec![args.reshape()?],
        "Shape" => vec![args.shape_of()?],
        "Size" => vec![Tensor::vector(vec![signed(args.get(0)?.len())])],
        "Slice" => vec![args.slice()?],
        "Split" => args.split()?,
        "Squeeze" => vec![args.squeeze()?],
        "Transpose" => vec![args.transpose()?],
        "Unsqueeze" => vec![args.unsqueeze()?],
        "Where" => vec![args.choose()?],
        "Abs" | "Ceil" | "Exp" | "Floor" | "Neg" | "Not" | "Reciprocal" | "Sqrt" => {
            vec![args.unary()?]
        }
        _ => vec![args.binary()?],
    };
    Ok(made
        .into_iter()
        .map(|tensor| with_name(&operator, tensor, inputs))
        .collect())
}

/// The result with the name of the one parameter whose numbers it still has.
fn with_name(operator: &str, tensor: Tensor, inputs: &[Option<&Constant>]) -> Constant {
    let moves = matches!(
        operator,
        "Cast" | "CastLike" | "Reshape" | "Squeeze" | "Transpose" | "Unsqueeze"
    );
    let mut named = inputs.iter().flatten().filter(|c| c.name.is_some());
    let name = match (named.next(), named.next()) {
        (Some(one), None) if moves || one.tensor.numbers == tensor.numbers => one.name.clone(),
        _ => None,
    };
    Constant {
        tensor: Rc::new(tensor),
        name,
    }
}

/// The inputs and attributes of a node that is computed.
pub(super) struct Arguments<'a, 'n> {
    pub(super) node: &'a Node<'n>,
    pub(super) tensors: &'a [Option<&'a Tensor>],
    pub(super) opset: i64,
}

impl<'a> Arguments<'a, '_> {
    /// An input that must be there.
    pub(super) fn get(&self, index: usize) -> Result<&'a Tensor, Trouble> {
        let found = self.tensors.get(index).copied().flatten();
        found.ok_or_else(|| self.refuse(format!("it lacks input {index}")))
    }

    /// An input that may be left out.
    pub(super) fn optional(&self, index: usize) -> Option<&'a Tensor> {
        self.tensors.get(index).copied().flatten()
    }

    /// The whole numbers of an input.
    pub(super) fn ints(&self, index: usize) -> Result<&'a [i64], Trouble> {
        let found = self.get(index)?.ints();
        found.ok_or_else(|| self.refuse(format!("input {index} is not of whole numbers")))
    }

    pub(super) fn refuse(&self, what: impl Into<String>) -> Trouble {
        self.node.refuse(what).into()
    }

    /// A tensor, or why it is none.
    pub(super) fn tensor(&self, shape: Vec<usize>, numbers: Numbers) -> Result<Tensor, Trouble> {
        Tensor::new(shape, numbers).map_err(|what| self.refuse(what))
    }

    /// How many numbers a shape has, if that is not too many.
    pub(super) fn count(&self, shape: &[usize]) -> Result<usize, Trouble> {
        let count = crate::tensor::count(shape).filter(|&count| count <= MOST_NUMBERS);
        count.ok_or_else(|| self.refuse(format!("it makes a constant of {shape:?}")))
    }

    fn cast(&self) -> Result<Tensor, Trouble> {
        let to = self.node.int("to")?.unwrap_or_default();
        self.node.ignore(&["saturate", "round_mode"]);
        let kind = i32::try_from(to).map_err(|_| self.refuse("attribute `to`"))?;
        let kind = Kind::of(kind).map_err(|what| self.refuse(what))?;
        Ok(convert(self.get(0)?, kind.is_float()))
    }
}

/// The same numbers as floats or as whole numbers.
fn convert(tensor: &Tensor, to_float: bool) -> Tensor {
    let numbers = match (&tensor.numbers, to_float) {
        (Numbers::Int(ints), true) => {
            Numbers::Float(ints.iter().map(|&i| narrow(i as f64)).collect())
        }
        (Numbers::Float(floats), false) => {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a cast to whole numbers cuts, and is meant to"
            )]
            let ints = floats.iter().map(|&x| x as i64).collect();
            Numbers::Int(ints)
        }
        (same, _) => same.clone(),
    };
    Tensor {
        shape: tensor.shape.clone(),
        numbers,
    }
}

fn required<'a>(
    node: &Node<'_>,
    inputs: &[Option<&'a Constant>],
    index: usize,
) -> Result<&'a Constant, Trouble> {
    let found = inputs.get(index).copied().flatten();
    found.ok_or_else(|| node.refuse(format!("it lacks input {index}")).into())
}

/// The tensor of a `Constant` node.
fn constant(node: &Node<'_>) -> Result<Tensor, Trouble> {
    let refuse = |what: String| Trouble::from(node.refuse(what));
    if let Some(proto) = node.tensor("value")? {
        return Tensor::decode(proto, None).map_err(refuse);
    }
    let numbers = if let Some(number) = node.int("value_int")? {
        return Tensor::new(Vec::new(), Numbers::Int(vec![number])).map_err(refuse);
    } else if let Some(number) = node.float("value_float")? {
        return Tensor::new(Vec::new(), Numbers::Float(vec![number])).map_err(refuse);
    } else if let Some(numbers) = node.ints("value_ints")? {
        Numbers::Int(numbers.to_vec())
    } else if let Some(numbers) = node.floats("value_floats")? {
        Numbers::Float(numbers.to_vec())
    } else {
        return Err(refuse("a constant that is no tensor of numbers".to_owned()));
    };
    let length = match &numbers {
        Numbers::Int(numbers) => numbers.len(),
        Numbers::Float(numbers) => numbers.len(),
    };
    Tensor::new(vec![length], numbers).map_err(refuse)
}

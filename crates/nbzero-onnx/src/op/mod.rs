//! Operations of a network, one file a kind: each reads its node and adds to the graph.

mod activation;
mod arithmetic;
pub(crate) mod axis;
mod cat;
mod convolution;
mod layout;
mod linear;
mod norm;
mod pad;
mod pool;
pub(crate) mod range;
mod reduce;
mod resize;
mod scale;
pub(crate) mod shape;
pub(crate) mod split;
mod take;

use crate::attributes::Node;
use crate::reader::Reader;
use crate::tensor::Tensor;
use crate::trouble::Trouble;
use crate::value::{Constant, Value};

/// Operators of a network beside those that are computed.
pub(crate) fn knows(operator: &str) -> bool {
    matches!(
        operator,
        "AveragePool"
            | "BatchNormalization"
            | "Clip"
            | "Conv"
            | "Dropout"
            | "Elu"
            | "Erf"
            | "Flatten"
            | "Gelu"
            | "Gemm"
            | "GlobalAveragePool"
            | "GlobalMaxPool"
            | "HardSigmoid"
            | "HardSwish"
            | "LayerNormalization"
            | "LeakyRelu"
            | "MatMul"
            | "MaxPool"
            | "Mish"
            | "PRelu"
            | "Pad"
            | "ReduceL2"
            | "ReduceMax"
            | "ReduceMean"
            | "ReduceSum"
            | "Relu"
            | "Resize"
            | "SequenceAt"
            | "Sigmoid"
            | "Softmax"
            | "Softplus"
            | "SplitToSequence"
            | "Sum"
            | "Swish"
            | "Tanh"
            | "Upsample"
    )
}

/// Reads a node of which at least one input is not constant.
pub(crate) fn convert<'a>(
    reader: &mut Reader<'a>,
    node: &Node<'a>,
    inputs: Vec<Value>,
) -> Result<Vec<Value>, Trouble> {
    let inputs = Inputs { node, inputs };
    let one = |value| Ok(vec![value]);
    match node.operator().as_str() {
        "Add" | "Sum" | "Sub" | "Mul" | "Div" | "Max" | "Min" | "Pow" => {
            one(arithmetic::binary(reader, &inputs)?)
        }
        "AveragePool" | "MaxPool" => one(pool::window(reader, &inputs)?),
        "GlobalAveragePool" | "GlobalMaxPool" => one(pool::global(reader, &inputs)?),
        "BatchNormalization" => one(norm::batch(reader, &inputs)?),
        "LayerNormalization" => one(norm::layer(reader, &inputs)?),
        "Cast" | "CastLike" | "Dropout" | "Identity" => one(layout::same(&inputs)?),
        "Concat" => one(cat::concat(reader, &inputs)?),
        "Conv" => one(convolution::conv(reader, &inputs)?),
        "Flatten" => one(layout::flatten(reader, &inputs)?),
        "Gather" => one(take::gather(reader, &inputs)?),
        "Gemm" => one(linear::gemm(reader, &inputs)?),
        "MatMul" => one(linear::matmul(reader, &inputs)?),
        "Expand" => one(layout::expand(reader, &inputs)?),
        "PRelu" => one(scale::prelu(reader, &inputs)?),
        "Pad" => one(pad::pad(reader, &inputs)?),
        "ReduceL2" | "ReduceMax" | "ReduceMean" | "ReduceSum" => {
            one(reduce::reduce(reader, &inputs)?)
        }
        "Reshape" => one(layout::reshape(reader, &inputs)?),
        "Resize" | "Upsample" => one(resize::resize(reader, &inputs)?),
        "SequenceAt" => one(take::element(&inputs)?),
        "Shape" => {
            let view = inputs.view(reader, 0)?;
            let shape = shape::part_of(node, &view.sizes())?;
            one(Value::Constant(Constant::unnamed(shape)))
        }
        "Slice" => one(take::slice(reader, &inputs)?),
        "Softmax" => one(reduce::softmax(reader, &inputs)?),
        "Split" => take::split(reader, &inputs),
        "SplitToSequence" => one(take::sequence(reader, &inputs)?),
        "Squeeze" => one(layout::squeeze(reader, &inputs)?),
        "Transpose" => one(layout::transpose(reader, &inputs)?),
        "Unsqueeze" => one(layout::unsqueeze(reader, &inputs)?),
        _ => one(activation::unary(reader, &inputs)?),
    }
}

/// The values that a node reads.
pub(crate) struct Inputs<'n, 'a> {
    pub(crate) node: &'n Node<'a>,
    inputs: Vec<Value>,
}

impl Inputs<'_, '_> {
    pub(crate) fn len(&self) -> usize {
        self.inputs.len()
    }

    pub(crate) fn get(&self, index: usize) -> &Value {
        self.inputs.get(index).unwrap_or(&Value::Absent)
    }

    pub(crate) fn view(
        &self,
        reader: &mut Reader<'_>,
        index: usize,
    ) -> Result<crate::view::View, Trouble> {
        reader.view(self.node, self.get(index))
    }

    pub(crate) fn map(
        &self,
        reader: &mut Reader<'_>,
        index: usize,
    ) -> Result<nbzero_graph::NodeId, Trouble> {
        reader.map(self.node, self.get(index))
    }

    /// An input that must be constant, if it is there.
    pub(crate) fn optional(&self, index: usize) -> Result<Option<&Constant>, Trouble> {
        match self.get(index) {
            Value::Constant(constant) => Ok(Some(constant)),
            Value::Absent => Ok(None),
            _ => Err(self.refuse(format!("input {index} is not constant"))),
        }
    }

    /// An input that must be there and constant.
    pub(crate) fn constant(&self, index: usize) -> Result<&Constant, Trouble> {
        let found = self.optional(index)?;
        found.ok_or_else(|| self.refuse(format!("it lacks input {index}")))
    }

    /// The whole numbers of a constant input, if it is there.
    pub(crate) fn ints(&self, index: usize) -> Result<Option<&[i64]>, Trouble> {
        let Some(constant) = self.optional(index)? else {
            return Ok(None);
        };
        let ints = constant.tensor.ints();
        let ints =
            ints.ok_or_else(|| self.refuse(format!("input {index} is not of whole numbers")))?;
        Ok(Some(ints))
    }

    /// The axes of the attribute `axes`, or of the second input.
    pub(crate) fn axes(&self) -> Result<Option<Vec<i64>>, Trouble> {
        let listed = self.node.ints("axes")?.or(self.ints(1)?);
        Ok(listed.map(<[i64]>::to_vec))
    }

    /// A number of an attribute in older versions, of a constant input in newer ones.
    pub(crate) fn number(&self, name: &'static str, index: usize) -> Result<Option<f64>, Trouble> {
        if let Some(number) = self.node.float(name)? {
            return Ok(Some(f64::from(number)));
        }
        let Some(constant) = self.optional(index)? else {
            return Ok(None);
        };
        let number = constant.tensor.scalar();
        let number =
            number.ok_or_else(|| self.refuse(format!("input {index} is not one number")))?;
        Ok(Some(number))
    }

    pub(crate) fn refuse(&self, what: impl Into<String>) -> Trouble {
        self.node.refuse(what).into()
    }

    /// The floats of a constant of these sizes.
    pub(crate) fn floats(&self, index: usize, shape: &[usize]) -> Result<&Constant, Trouble> {
        let constant = self.constant(index)?;
        fits(constant, shape).map_err(|what| self.refuse(format!("input {index} {what}")))?;
        Ok(constant)
    }
}

/// Whether a constant is of floats and these sizes, or what it is instead.
pub(crate) fn fits(constant: &Constant, shape: &[usize]) -> Result<(), String> {
    let Tensor { shape: found, .. } = &*constant.tensor;
    if found != shape {
        return Err(format!("is of {found:?}, not {shape:?}"));
    }
    match constant.tensor.floats() {
        Some(_) => Ok(()),
        None => Err("is of whole numbers".to_owned()),
    }
}

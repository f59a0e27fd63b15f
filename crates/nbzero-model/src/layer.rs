//! The layers that have parameters, as Burn modules in PyTorch's layouts.

use burn::module::{Module, Param, ParamId, RunningState};
use burn::nn::BatchNorm;
use burn::tensor::{Device, Tensor, TensorData};

use crate::ParameterChange;

/// A layer with parameters.
#[derive(Module, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a network has few layers, and all are on the heap"
)]
pub enum Layer {
    /// A convolution.
    Convolution(Convolution),
    /// A batch norm.
    BatchNorm(BatchNorm),
    /// A layer norm.
    LayerNorm(LayerNorm),
    /// A fully connected layer.
    Dense(Dense),
    /// Parameters that are a value of their own.
    Values(Values),
}

/// Weight and bias of a convolution; its geometry is in the graph.
#[derive(Module, Debug)]
pub struct Convolution {
    /// `[out_channels, in_channels / groups, kernel height, kernel width]`.
    pub weight: Param<Tensor<4>>,
    /// `[out_channels]`, where it has one.
    pub bias: Option<Param<Tensor<1>>>,
}

/// Scale and shift of a layer norm.
#[derive(Module, Debug)]
pub struct LayerNorm {
    /// The scale, `[channels]`.
    pub weight: Param<Tensor<1>>,
    /// The shift, `[channels]`.
    pub bias: Param<Tensor<1>>,
}

/// A fully connected layer.
#[derive(Module, Debug)]
pub struct Dense {
    /// `[out_features, in_features]`, as in PyTorch.
    pub weight: Param<Tensor<2>>,
    /// `[out_features]`, where it has one.
    pub bias: Option<Param<Tensor<1>>>,
}

/// Parameters that are a value of their own.
#[derive(Module, Debug)]
pub struct Values {
    /// `[channels, height, width]`.
    pub value: Param<Tensor<3>>,
}

/// What gives the numbers of a parameter of this name and shape.
pub(crate) type Numbers<'a, E> = dyn FnMut(&str, &[usize]) -> Result<Vec<f32>, E> + 'a;

impl Layer {
    /// A layer of its own with `change` of each trainable parameter.
    ///
    /// Not a clone: clones of a Burn batch norm share their running statistics.
    pub(crate) fn changed(&self, change: &impl ParameterChange) -> Self {
        fn param<const D: usize>(
            parameter: &Param<Tensor<D>>,
            change: &impl ParameterChange,
        ) -> Param<Tensor<D>> {
            Param::from_tensor(change.apply(parameter.val()))
        }
        match self {
            Self::Convolution(conv) => Self::Convolution(Convolution {
                weight: param(&conv.weight, change),
                bias: conv.bias.as_ref().map(|bias| param(bias, change)),
            }),
            Self::BatchNorm(norm) => Self::BatchNorm(BatchNorm {
                gamma: param(&norm.gamma, change),
                beta: param(&norm.beta, change),
                running_mean: RunningState::new(norm.running_mean.value_sync()),
                running_var: RunningState::new(norm.running_var.value_sync()),
                ..norm.clone()
            }),
            Self::LayerNorm(norm) => Self::LayerNorm(LayerNorm {
                weight: param(&norm.weight, change),
                bias: param(&norm.bias, change),
            }),
            Self::Dense(dense) => Self::Dense(Dense {
                weight: param(&dense.weight, change),
                bias: dense.bias.as_ref().map(|bias| param(bias, change)),
            }),
            Self::Values(values) => Self::Values(Values {
                value: param(&values.value, change),
            }),
        }
    }

    /// The same layer with its numbers, parameters and statistics alike, read by their names: `name` is
    /// the layer's.
    pub(crate) fn read<E>(
        self,
        name: &str,
        device: &Device,
        numbers: &mut Numbers<'_, E>,
    ) -> Result<Self, E> {
        let mut reader = Reader {
            name,
            device,
            numbers,
        };
        Ok(match self {
            Self::Convolution(conv) => Self::Convolution(Convolution {
                weight: reader.parameter("weight", &conv.weight)?,
                bias: reader.bias(conv.bias.as_ref())?,
            }),
            Self::BatchNorm(mut norm) => {
                let shape = norm.gamma.val().dims();
                norm.gamma = reader.parameter("weight", &norm.gamma)?;
                norm.beta = reader.parameter("bias", &norm.beta)?;
                norm.running_mean
                    .update(reader.tensor("running_mean", shape)?);
                norm.running_var
                    .update(reader.tensor("running_var", shape)?);
                // An update is seen by others only once it is synchronised.
                norm.running_mean.value_sync();
                norm.running_var.value_sync();
                Self::BatchNorm(norm)
            }
            Self::LayerNorm(norm) => Self::LayerNorm(LayerNorm {
                weight: reader.parameter("weight", &norm.weight)?,
                bias: reader.parameter("bias", &norm.bias)?,
            }),
            Self::Dense(dense) => Self::Dense(Dense {
                weight: reader.parameter("weight", &dense.weight)?,
                bias: reader.bias(dense.bias.as_ref())?,
            }),
            Self::Values(values) => Self::Values(Values {
                value: reader.parameter("", &values.value)?,
            }),
        })
    }

    /// Its parameters and statistics with their names: `name` is the layer's.
    pub(crate) fn tensors(&self, name: &str) -> Vec<(String, TensorData)> {
        let bias = |bias: &Option<Param<Tensor<1>>>| {
            let bias = bias.as_ref()?;
            Some(("bias", bias.val().into_data()))
        };
        let tensors: Vec<(&str, TensorData)> = match self {
            Self::Convolution(conv) => [("weight", conv.weight.val().into_data())]
                .into_iter()
                .chain(bias(&conv.bias))
                .collect(),
            Self::BatchNorm(norm) => vec![
                ("weight", norm.gamma.val().into_data()),
                ("bias", norm.beta.val().into_data()),
                ("running_mean", norm.running_mean.value_sync().into_data()),
                ("running_var", norm.running_var.value_sync().into_data()),
            ],
            Self::LayerNorm(norm) => vec![
                ("weight", norm.weight.val().into_data()),
                ("bias", norm.bias.val().into_data()),
            ],
            Self::Dense(dense) => [("weight", dense.weight.val().into_data())]
                .into_iter()
                .chain(bias(&dense.bias))
                .collect(),
            Self::Values(values) => vec![("", values.value.val().into_data())],
        };
        let named = tensors.into_iter();
        named.map(|(part, data)| (full(name, part), data)).collect()
    }

    /// Parameters that are no weights: biases, the scales and shifts of norms, and values of their own.
    pub(crate) fn biases_and_norms(&self) -> Vec<ParamId> {
        let bias = |bias: &Option<Param<Tensor<1>>>| bias.iter().map(|bias| bias.id).collect();
        match self {
            Self::Convolution(conv) => bias(&conv.bias),
            Self::BatchNorm(norm) => vec![norm.gamma.id, norm.beta.id],
            Self::LayerNorm(norm) => vec![norm.weight.id, norm.bias.id],
            Self::Dense(dense) => bias(&dense.bias),
            Self::Values(values) => vec![values.value.id],
        }
    }

    /// The device that it is on.
    pub(crate) fn device(&self) -> Device {
        match self {
            Self::Convolution(conv) => conv.weight.val().device(),
            Self::BatchNorm(norm) => norm.gamma.val().device(),
            Self::LayerNorm(norm) => norm.weight.val().device(),
            Self::Dense(dense) => dense.weight.val().device(),
            Self::Values(values) => values.value.val().device(),
        }
    }
}

/// Name of a part of a layer; values of their own have no parts.
fn full(name: &str, part: &str) -> String {
    if part.is_empty() {
        name.to_owned()
    } else {
        format!("{name}.{part}")
    }
}

struct Reader<'a, 'n, E> {
    name: &'a str,
    device: &'a Device,
    numbers: &'a mut Numbers<'n, E>,
}

impl<E> Reader<'_, '_, E> {
    fn tensor<const D: usize>(&mut self, part: &str, shape: [usize; D]) -> Result<Tensor<D>, E> {
        let values = (self.numbers)(&full(self.name, part), &shape)?;
        let data = TensorData::new(values, shape);
        Ok(Tensor::from_data(data, self.device))
    }

    fn parameter<const D: usize>(
        &mut self,
        part: &str,
        old: &Param<Tensor<D>>,
    ) -> Result<Param<Tensor<D>>, E> {
        Ok(Param::from_tensor(self.tensor(part, old.val().dims())?))
    }

    fn bias(&mut self, old: Option<&Param<Tensor<1>>>) -> Result<Option<Param<Tensor<1>>>, E> {
        old.map(|bias| self.parameter("bias", bias)).transpose()
    }
}

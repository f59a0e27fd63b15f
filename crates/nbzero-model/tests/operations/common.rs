//! Networks and numbers in float64.

use burn::tensor::{DType, Device, Tensor, TensorData};
use nbzero_graph::Graph;
use nbzero_model::{Layer, Network, ParameterChange};

/// Parameters in float64, and a little away from zero, where biases begin.
pub(crate) struct Float64;

impl ParameterChange for Float64 {
    fn apply<const D: usize>(&self, parameter: Tensor<D>) -> Tensor<D> {
        let shape = parameter.dims();
        let moved = numbers(shape, 11, &parameter.device()).mul_scalar(0.2);
        untracked(parameter).cast(DType::F64) + moved
    }
}

/// Absolute parameters.
pub(crate) struct Absolute;

impl ParameterChange for Absolute {
    fn apply<const D: usize>(&self, parameter: Tensor<D>) -> Tensor<D> {
        untracked(parameter).abs()
    }
}

/// The same numbers as the beginning of a graph of autodiff.
fn untracked<const D: usize>(parameter: Tensor<D>) -> Tensor<D> {
    let options = (&parameter.device(), parameter.dtype());
    Tensor::from_data(parameter.into_data(), options)
}

pub(crate) fn network(graph: &Graph, device: &Device) -> Network {
    Network::init(graph, 3, device).with_parameters(&Float64)
}

/// Numbers between -1 and 1.
pub(crate) fn numbers<const D: usize>(
    shape: [usize; D],
    seed: usize,
    device: &Device,
) -> Tensor<D> {
    let count: usize = shape.iter().product();
    let number = |i: usize| ((i * 7919 + seed * 104_729 + 31) % 2003) as f64 / 1001.0 - 1.0;
    let values: Vec<f64> = (0..count).map(number).collect();
    Tensor::from_data(TensorData::new(values, shape), (device, DType::F64))
}

pub(crate) fn images(graph: &Graph, count: usize, device: &Device) -> Tensor<4> {
    let shape = graph.input_shape();
    numbers(
        [count, shape.channels, shape.height, shape.width],
        5,
        device,
    )
}

/// The weight of a convolution or linear layer as the sweeps show it.
pub(crate) fn weight_gradient(
    network: &Network,
    name: &str,
    gradients: &burn::tensor::Gradients,
) -> Tensor<4> {
    match network.layer(name) {
        Layer::Convolution(conv) => conv.weight.val().grad(gradients).unwrap(),
        Layer::Dense(dense) => {
            let gradient = dense.weight.val().grad(gradients).unwrap();
            gradient.unsqueeze_dims(&[2, 3])
        }
        _ => panic!("`{name}` has no weight"),
    }
}

/// The largest difference, in units of the largest expected number.
pub(crate) fn error<const D: usize>(found: &Tensor<D>, expected: &Tensor<D>) -> f64 {
    assert_eq!(found.dims(), expected.dims());
    let largest = expected.clone().abs().max().into_scalar::<f64>();
    let difference = (found.clone() - expected.clone()).abs().max();
    difference.into_scalar::<f64>() / largest.max(1e-12)
}

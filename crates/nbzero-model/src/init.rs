//! Initialisation as in PyTorch's ResNet (torchvision `resnet.py`).
//!
//! Convolutions: He normal over the fan-out, `std = sqrt(2 / (out_channels kernel))`, `kernel` its number
//! of positions; bias 0. Norms: scale 1, shift 0. Linear: PyTorch's default, weight and bias uniform
//! within 1 / sqrt(in). Other parameters: what the graph says.
//!
//! Every layer has a random stream of its own, so that a value depends on the seed, on the
//! layer's position and on nothing else: not on the device, not on the number of threads.

use burn::module::Param;
use burn::nn::BatchNormConfig;
use burn::tensor::{Device, Tensor, TensorData};
use nbzero_graph::{BatchNorm, Conv2d, Node, Op, Shape};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal, Uniform};

use crate::Normals;
use crate::layer::{Convolution, Dense, Layer, LayerNorm, Values};

/// A freshly initialised layer for a node, `None` where the node has no parameters.
pub(crate) fn layer(node: &Node, seed: u64, stream: u64, device: &Device) -> Option<Layer> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    match node.op() {
        Op::Conv2d(conv) => {
            let shape = conv.weight_shape();
            let [rows, columns] = conv.window.kernel;
            let fan_out = conv.out_channels * rows * columns;
            let std = (2.0 / fan_out as f64).sqrt();
            let normal = || -> f64 { StandardNormal.sample(&mut rng) };
            let values = scaled(shape.iter().product(), std, normal);
            let weight = Param::from_tensor(tensor(values, shape, device));
            let bias = zero_bias(conv, device);
            Some(Layer::Convolution(Convolution { weight, bias }))
        }
        Op::Linear(linear) => {
            let bound = 1.0 / (linear.in_features as f64).sqrt();
            let uniform = Uniform::new(-1.0, 1.0).expect("a valid range");
            let mut draw = |count| scaled(count, bound, || uniform.sample(&mut rng));
            let shape = [linear.out_features, linear.in_features];
            let weight = tensor(draw(shape[0] * shape[1]), shape, device);
            let bias = linear.bias.then(|| draw(shape[0]));
            let bias = bias.map(|bias| tensor(bias, [shape[0]], device));
            Some(Layer::Dense(Dense {
                weight: Param::from_tensor(weight),
                bias: bias.map(Param::from_tensor),
            }))
        }
        _ => constant(node, device),
    }
}

/// A layer with normal weights whose deviation is `std` of the fan-in, norms with scale 1 and shift 0,
/// biases of 0.
pub(crate) fn normal(
    node: &Node,
    std: impl Fn(usize) -> f64,
    normals: &mut Normals,
    device: &Device,
) -> Option<Layer> {
    match node.op() {
        Op::Conv2d(conv) => {
            let [_, inputs, height, width] = conv.weight_shape();
            let weight: Tensor<4> = normals.tensor(conv.weight_shape(), device);
            let weight = weight.mul_scalar(std(inputs * height * width));
            Some(Layer::Convolution(Convolution {
                weight: Param::from_tensor(weight),
                bias: zero_bias(conv, device),
            }))
        }
        Op::Linear(linear) => {
            let shape = [linear.out_features, linear.in_features];
            let weight: Tensor<2> = normals.tensor(shape, device);
            let bias = || Param::from_tensor(Tensor::zeros([linear.out_features], device));
            Some(Layer::Dense(Dense {
                weight: Param::from_tensor(weight.mul_scalar(std(linear.in_features))),
                bias: linear.bias.then(bias),
            }))
        }
        _ => constant(node, device),
    }
}

/// A layer without random numbers, `None` where the node has no parameters.
fn constant(node: &Node, device: &Device) -> Option<Layer> {
    let Shape { channels, .. } = node.shape();
    match node.op() {
        Op::BatchNorm(norm) => Some(batch_norm(norm, channels, device)),
        Op::LayerNorm(_) => Some(Layer::LayerNorm(LayerNorm {
            weight: Param::from_tensor(Tensor::ones([channels], device)),
            bias: Param::from_tensor(Tensor::zeros([channels], device)),
        })),
        Op::Parameter(parameter) => {
            let Shape { height, width, .. } = parameter.shape;
            let value = Tensor::full([channels, height, width], parameter.initial, device);
            Some(Layer::Values(Values {
                value: Param::from_tensor(value),
            }))
        }
        _ => None,
    }
}

fn batch_norm(norm: &BatchNorm, channels: usize, device: &Device) -> Layer {
    let config = BatchNormConfig::new(channels)
        .with_epsilon(norm.epsilon)
        .with_momentum(norm.momentum);
    Layer::BatchNorm(config.init(device))
}

fn zero_bias(conv: &Conv2d, device: &Device) -> Option<Param<Tensor<1>>> {
    let zeros = || Param::from_tensor(Tensor::zeros([conv.out_channels], device));
    conv.bias.then(zeros)
}

fn scaled(count: usize, scale: f64, mut draw: impl FnMut() -> f64) -> Vec<f32> {
    #[expect(clippy::cast_possible_truncation, reason = "weights are float32")]
    let values = (0..count).map(|_| (draw() * scale) as f32);
    values.collect()
}

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values, shape), device)
}

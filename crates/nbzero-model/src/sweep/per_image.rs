//! The per-image sweep: the Gram matrix of the gradients of each image's summed logits.
//!
//! A batch norm on batch statistics couples the images, so that each image's logits have a
//! gradient at every image. All those cotangents walk back together: a gradient is
//! `[images, cotangents, channels, height, width]`, which a convolution's adjoint takes with
//! cotangents folded into the batch, and its weight gradient with cotangents folded into the
//! output channels; neither moves data. What is held is one layer's rows and the walk's
//! frontier, never images x parameters. With statistics frozen the images do not couple: one
//! all-ones cotangent walks back, and each image has its own part of each weight gradient.

use std::num::NonZeroUsize;

use burn::tensor::{Tensor, TensorData};
use nbzero_graph::{Graph, NodeId, Op};

use super::gram::Gram;
use super::{Activations, forward, walk};
use crate::{Network, op};

/// How a per-image gradient treats the statistics of a batch norm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchNormMode {
    /// Through the statistics of the batch, which depend on every image.
    Batch,
    /// The batch's statistics, held constant.
    Frozen,
}

/// Bytes that a chunk of cotangents should stay under, by default.
const CHUNK_BYTES: usize = 1 << 26;

/// Cotangents `[images, cotangents, channels, height, width]`, in chunks of the second.
type Cotangents = Vec<Tensor<5>>;

/// The Gram matrix of the gradients of each image's summed logits by every parameter called
/// `weight`: of convolutions, of linear layers and the scales of batch norms.
///
/// `at_once` is the number of cotangents that one call of an operation takes (by default what
/// keeps a call's tensors small); the result does not depend on it, but for rounding.
pub fn per_image_gram(
    network: &Network,
    graph: &Graph,
    images: Tensor<4>,
    mode: BatchNormMode,
    at_once: Option<NonZeroUsize>,
) -> Gram {
    let [size, _, _, _] = images.dims();
    let activations = forward(network, graph, images);
    let cotangents = match mode {
        BatchNormMode::Batch => {
            let at_once = at_once.map_or_else(|| default_chunk(graph, size), NonZeroUsize::get);
            one_hot(&activations, at_once)
        }
        BatchNormMode::Frozen => vec![activations.logits().ones_like().unsqueeze_dims(&[1, 3, 4])],
    };
    let mut gram = Gram::zeros(size);
    gram.peak_bytes = activations.peak_bytes();
    let mut walk = Walk {
        activations,
        mode,
        gram,
    };
    walk::backwards(graph, cotangents, add, |id, cotangents, held| {
        let bytes = walk.activations.bytes() + held;
        walk.gram.peak_bytes = walk.gram.peak_bytes.max(bytes);
        walk.step(id, cotangents)
    });
    walk.gram
}

fn default_chunk(graph: &Graph, images: usize) -> usize {
    let sizes = graph.nodes().iter().map(|node| {
        let shape = node.shape();
        shape.channels * shape.resolution * shape.resolution * size_of::<f32>()
    });
    let largest = sizes.max().unwrap_or(1) * images;
    (CHUNK_BYTES / largest).clamp(1, images)
}

/// For each image a cotangent that is one at all of its logits and zero elsewhere.
fn one_hot(activations: &Activations<'_>, at_once: usize) -> Cotangents {
    let logits = activations.logits();
    let [images, classes] = logits.dims();
    let chunk = |start: usize| {
        let count = at_once.min(images - start);
        let values =
            (0..images * count).map(|i| f32::from(u8::from(i / count == start + i % count)));
        let values = TensorData::new(values.collect(), [images, count, 1, 1, 1]);
        let ones = Tensor::<5>::from_data(values, (&logits.device(), logits.dtype()));
        ones.expand([images, count, classes, 1, 1])
    };
    (0..images).step_by(at_once).map(chunk).collect()
}

fn add(a: Cotangents, b: Cotangents) -> Cotangents {
    a.into_iter().zip(b).map(|(a, b)| a + b).collect()
}

struct Walk<'a> {
    activations: Activations<'a>,
    mode: BatchNormMode,
    gram: Gram,
}

impl Walk<'_> {
    /// Adds the node's rows to the Gram matrix and gives the cotangents of its inputs.
    fn step(&mut self, id: NodeId, cotangents: Cotangents) -> Vec<Cotangents> {
        let node = self.activations.graph.node(id);
        let first = node.inputs()[0];
        let network = self.activations.network;
        let resolution = self.activations.graph.node(first).shape().resolution;
        let one = match node.op() {
            Op::Conv2d(conv) => {
                let input = self.activations.value(first);
                self.add_rows(&input, &cotangents, |x, g| {
                    op::conv::weight_gradients(x, g, conv)
                });
                if first.index() == 0 {
                    return Vec::new();
                }
                let weight = network.convolution(&conv.name).weight.val();
                folded(cotangents, |g| {
                    op::conv::input_gradient(g, weight.clone(), conv, resolution)
                })
            }
            Op::Linear(linear) => {
                let input = self.activations.value(first);
                self.add_rows(&input, &cotangents, op::linear::weight_gradients);
                let weight = network.dense(&linear.name).weight.val();
                folded(cotangents, |g| {
                    op::linear::input_gradient(g, weight.clone())
                })
            }
            Op::BatchNorm { name } => self.batch_norm(id, name, cotangents),
            Op::Relu => {
                let output = self.activations.value(id).unsqueeze_dim(1);
                each(cotangents, |g| op::relu::backward(output.clone(), g))
            }
            Op::Relu6 => {
                let output = self.activations.value(id).unsqueeze_dim(1);
                each(cotangents, |g| op::relu6::backward(output.clone(), g))
            }
            Op::Add => return vec![cotangents.clone(), cotangents],
            Op::GlobalAveragePool => folded(cotangents, |g| op::pool::backward(g, resolution)),
            other => unreachable!("{} after the first node", other.kind()),
        };
        self.activations.values[id.index()] = None;
        vec![one]
    }

    /// Adds the rows of a layer: `gradients` of `(input, cotangents)` gives one a cotangent.
    fn add_rows(
        &mut self,
        input: &Tensor<4>,
        cotangents: &Cotangents,
        gradients: impl Fn(Tensor<4>, Tensor<5>) -> Tensor<2>,
    ) {
        let rows = match self.mode {
            BatchNormMode::Batch => {
                let chunks = cotangents.iter().cloned();
                chunks.map(|g| gradients(input.clone(), g)).collect()
            }
            BatchNormMode::Frozen => by_image(input, &cotangents[0], gradients),
        };
        self.gram.add(Tensor::cat(rows, 0));
    }

    fn batch_norm(&mut self, id: NodeId, name: &str, cotangents: Cotangents) -> Cotangents {
        let layer = self.activations.network.batch_norm(name);
        let statistics = self.activations.statistics[id.index()].take();
        let statistics = statistics.expect("the forward sweep measured every batch norm");
        let input = self.activations.graph.node(id).inputs()[0];
        let normalised = statistics.normalise(self.activations.value(input));
        match self.mode {
            BatchNormMode::Batch => {
                let normalised = normalised.unsqueeze_dim(1);
                let mut rows = Vec::with_capacity(cotangents.len());
                let inputs = each(cotangents, |g| {
                    let (input, scale) =
                        op::batch_norm::gradients(&normalised, g, layer, &statistics);
                    rows.push(scale);
                    input
                });
                self.gram.add(Tensor::cat(rows, 0));
                inputs
            }
            BatchNormMode::Frozen => {
                self.add_rows(&normalised, &cotangents, op::batch_norm::scale_gradients);
                let scale = op::batch_norm::frozen_scale(layer, &statistics).unsqueeze_dim(1);
                each(cotangents, |g| g * scale.clone())
            }
        }
    }
}

/// Chunk by chunk, each freed before the next is computed.
fn each(cotangents: Cotangents, step: impl FnMut(Tensor<5>) -> Tensor<5>) -> Cotangents {
    cotangents.into_iter().map(step).collect()
}

/// An adjoint that works image by image: cotangents are more images.
fn folded(cotangents: Cotangents, adjoint: impl Fn(Tensor<4>) -> Tensor<4>) -> Cotangents {
    each(cotangents, |g| {
        let [images, count, channels, height, width] = g.dims();
        let g = adjoint(g.reshape([images * count, channels, height, width]));
        let [_, channels, height, width] = g.dims();
        g.reshape([images, count, channels, height, width])
    })
}

/// Each image's own part of a gradient.
fn by_image(
    input: &Tensor<4>,
    cotangent: &Tensor<5>,
    gradients: impl Fn(Tensor<4>, Tensor<5>) -> Tensor<2>,
) -> Vec<Tensor<2>> {
    let [images, _, _, _] = input.dims();
    let image = |i| {
        gradients(
            input.clone().narrow(0, i, 1),
            cotangent.clone().narrow(0, i, 1),
        )
    };
    (0..images).map(image).collect()
}

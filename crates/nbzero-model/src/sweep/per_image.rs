//! The per-image sweep: the Gram matrix of the gradients of each image's summed logits.
//!
//! A batch norm on batch statistics couples the images, so that each image's logits have a
//! gradient at every image. All those cotangents walk back together, one after another along the
//! batch, `[cotangents * images, channels, height, width]`. What is held is one layer's rows and
//! the walk's frontier, never images x parameters. With statistics frozen the images do not
//! couple: one all-ones cotangent walks back, and each image has its own part of each weight
//! gradient.

use burn::tensor::{Tensor, TensorData};
use nbzero_graph::{Graph, NodeId};
use nbzero_ops::Statistics;

use super::backward::as_maps;
use super::gram::Gram;
use super::{Activations, forward, walk};
use crate::Network;
use crate::op::At;
use crate::schedule::Operation;

/// How a per-image gradient treats the statistics of a batch norm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchNormMode {
    /// Through the statistics of the batch, which depend on every image.
    Batch,
    /// The batch's statistics, held constant.
    Frozen,
}

/// The Gram matrix of the gradients of each image's summed logits by every parameter called
/// `weight`: of convolutions, of linear layers, the scales of norms, and values of their own.
pub fn per_image_gram(
    network: &Network,
    graph: &Graph,
    images: Tensor<4>,
    mode: BatchNormMode,
) -> Gram {
    let [size, _, _, _] = images.dims();
    let activations = forward(network, graph, images);
    let cotangents = match mode {
        BatchNormMode::Batch => one_hot(&activations),
        BatchNormMode::Frozen => as_maps(activations.logits().ones_like()),
    };
    let mut gram = Gram::zeros(size);
    gram.peak_bytes = activations.peak_bytes();
    gram.is_finite = activations.is_finite();
    let schedule = activations.schedule.clone();
    let mut walk = Walk {
        activations,
        mode,
        gram,
    };
    let add = |a: Tensor<4>, b: Tensor<4>| a + b;
    walk::backwards(&schedule, cotangents, add, |operation, cotangents, held| {
        let bytes = walk.activations.bytes() + held;
        walk.gram.peak_bytes = walk.gram.peak_bytes.max(bytes);
        let inputs = walk.step(operation, cotangents);
        walk.activations.values[operation.output.index()] = None;
        inputs
    });
    walk.gram
}

/// For each image a cotangent that is one at all of its logits and zero elsewhere.
fn one_hot(activations: &Activations<'_>) -> Tensor<4> {
    let logits = activations.logits();
    let [images, classes] = logits.dims();
    let values = (0..images * images).map(|i| f32::from(u8::from(i / images == i % images)));
    let values = TensorData::new(values.collect(), [images * images, 1, 1, 1]);
    let ones = Tensor::<4>::from_data(values, (&logits.device(), logits.dtype()));
    ones.expand([images * images, classes, 1, 1])
}

struct Walk<'a> {
    activations: Activations<'a>,
    mode: BatchNormMode,
    gram: Gram,
}

impl Walk<'_> {
    /// Adds the operation's rows to the Gram matrix and gives the cotangents of its inputs.
    fn step(&mut self, operation: &Operation<'_>, cotangents: Tensor<4>) -> Vec<Tensor<4>> {
        let at = self.activations.at(operation);
        let is_the_end = operation.inputs == [NodeId::INPUT];
        let (inputs, rows) = match self.mode {
            BatchNormMode::Batch if is_the_end => {
                (Vec::new(), operation.rule.weight_rows(&at, cotangents))
            }
            BatchNormMode::Batch => operation.rule.adjoint_with_rows(&at, cotangents),
            BatchNormMode::Frozen => {
                let at = At {
                    statistics: Statistics::Fixed,
                    ..at
                };
                let rows = rows_of_each(operation, &at, &cotangents);
                let inputs = if is_the_end {
                    Vec::new()
                } else {
                    operation.rule.adjoint(&at, cotangents)
                };
                (inputs, rows)
            }
        };
        if let Some(rows) = rows {
            self.gram.add(rows);
        }
        inputs
    }
}

/// The rows of each image alone.
fn rows_of_each(
    operation: &Operation<'_>,
    at: &At<'_>,
    cotangents: &Tensor<4>,
) -> Option<Tensor<2>> {
    let [images, ..] = cotangents.dims();
    let one = |image| {
        let cotangent = cotangents.clone().narrow(0, image, 1);
        operation.rule.weight_rows(&at.of_image(image), cotangent)
    };
    let rows: Option<Vec<_>> = (0..images).map(one).collect();
    Some(Tensor::cat(rows?, 0))
}

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

use super::backward::{as_maps, weight_gradient};
use super::gram::Gram;
use super::{Activations, forward, walk};
use crate::schedule::{Kind, Operation};
use crate::{Network, op};

/// How a per-image gradient treats the statistics of a batch norm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchNormMode {
    /// Through the statistics of the batch, which depend on every image.
    Batch,
    /// The batch's statistics, held constant.
    Frozen,
}

/// The Gram matrix of the gradients of each image's summed logits by every parameter called
/// `weight`: of convolutions, of linear layers and the scales of batch norms.
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
        let first = operation.inputs[0];
        let one = match operation.kind {
            Kind::Convolution(_) | Kind::Linear(_) => {
                let input = self.activations.value(first);
                let rows = self.each(&input, &cotangents, |input, cotangents| {
                    weight_gradient(operation, input, cotangents)
                });
                self.add_rows(rows);
                if first == NodeId::INPUT {
                    return Vec::new();
                }
                self.activations.layer_input_gradient(operation, cotangents)
            }
            Kind::Norm(name) => self.batch_norm(operation, name, &cotangents),
            Kind::Add => {
                let both = self.activations.activated_gradient(operation, cotangents);
                return vec![both.clone(), both];
            }
            Kind::Activation => self.activations.activated_gradient(operation, cotangents),
            Kind::Zeros => return Vec::new(),
            Kind::Pool(pool) => pool.backward(cotangents, self.activations.resolution(first)),
        };
        vec![one]
    }

    /// What `of` makes of an input and the cotangents: of all at once through the batch's
    /// statistics, of each image alone with them frozen.
    fn each<T>(
        &self,
        input: &Tensor<4>,
        cotangents: &Tensor<4>,
        of: impl Fn(Tensor<4>, Tensor<4>) -> T,
    ) -> Vec<T> {
        if self.mode == BatchNormMode::Batch {
            return vec![of(input.clone(), cotangents.clone())];
        }
        let [images, _, _, _] = input.dims();
        let one = |i| {
            of(
                input.clone().narrow(0, i, 1),
                cotangents.clone().narrow(0, i, 1),
            )
        };
        (0..images).map(one).collect()
    }

    /// Adds rows that lie one after another.
    fn add_rows<const D: usize>(&mut self, rows: Vec<Tensor<D>>) {
        let rows = Tensor::cat(rows, 0);
        let columns = rows.shape().num_elements() / self.gram.size;
        let rows = rows.reshape([self.gram.size, columns]);
        self.gram.add(rows);
    }

    fn batch_norm(
        &mut self,
        operation: &Operation<'_>,
        name: &str,
        cotangents: &Tensor<4>,
    ) -> Tensor<4> {
        let statistics = match self.mode {
            BatchNormMode::Batch => Statistics::Batch,
            BatchNormMode::Frozen => Statistics::Fixed,
        };
        let norm = op::batch_norm::norm(operation.activation, statistics);
        let layer = self.activations.network.batch_norm(name);
        let measured = self.activations.statistics(operation.output);
        let input = self.activations.value(operation.inputs[0]);
        let found = self.each(&input, cotangents, |input, cotangents| {
            op::batch_norm::backward(input, cotangents, layer, measured, norm)
        });
        let (inputs, scales) = found.into_iter().map(|g| (g.input, g.gamma)).unzip();
        self.add_rows::<1>(scales);
        Tensor::cat(inputs, 0)
    }
}

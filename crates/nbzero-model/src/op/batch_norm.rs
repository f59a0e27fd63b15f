//! Batch normalisation, with the activation behind it.

use burn::tensor::Tensor;
use nbzero_ops::{
    Affine, BatchStatistics, Norm, batch_norm, batch_norm_backward, batch_norm_backward_tangent,
    batch_norm_fixed, batch_norm_of_batches, batch_norm_tangent,
};

use super::{At, Exponents, Moved, Pair, Rule};
use crate::scaled::Scaled;

/// A batch norm of the graph.
#[derive(Debug)]
pub(super) struct BatchNorm<'g>(pub(super) &'g nbzero_graph::BatchNorm);

impl BatchNorm<'_> {
    fn affine(&self, at: &At<'_>) -> Affine {
        let layer = at.network.batch_norm(&self.0.name);
        Affine {
            gamma: layer.gamma.val(),
            beta: layer.beta.val(),
        }
    }

    fn norm(&self, at: &At<'_>) -> Norm {
        Norm {
            epsilon: self.0.epsilon,
            activation: at.activation,
            statistics: at.statistics,
        }
    }
}

impl Rule for BatchNorm<'_> {
    /// A layer in training on an autodiff device (batch statistics, running ones updated), in
    /// evaluation elsewhere.
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        let x = at.input(0);
        let layer = at.network.batch_norm(&self.0.name);
        if !x.device().is_autodiff() {
            let statistics = BatchStatistics {
                mean: layer.running_mean.value_sync().cast(x.dtype()),
                variance: layer.running_var.value_sync().cast(x.dtype()),
            };
            return batch_norm_fixed(x, self.affine(at), statistics, self.norm(at));
        }
        let batch = batch_norm(x, self.affine(at), self.norm(at));
        for (running, new) in [
            (&layer.running_mean, batch.statistics.mean),
            (&layer.running_var, batch.statistics.variance),
        ] {
            let old = running.value_sync().to_device(&new.device());
            let mixed = old * (1.0 - layer.momentum) + new * layer.momentum;
            running.update(mixed.detach());
        }
        batch.output
    }

    fn normalise(&self, at: &At<'_>, batches: usize) -> Option<(Tensor<4>, BatchStatistics)> {
        let (affine, norm) = (self.affine(at), self.norm(at));
        let batch = batch_norm_of_batches(at.input(0), affine, norm, batches);
        Some((batch.output, batch.statistics))
    }

    fn adjoint(&self, at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        self.adjoint_with_rows(at, gradient).0
    }

    fn weight_rows(&self, at: &At<'_>, gradient: Tensor<4>) -> Option<Tensor<2>> {
        self.adjoint_with_rows(at, gradient).1
    }

    fn adjoint_with_rows(
        &self,
        at: &At<'_>,
        gradient: Tensor<4>,
    ) -> (Vec<Tensor<4>>, Option<Tensor<2>>) {
        let input = at.input(0);
        let rows = gradient.dims()[0] / input.dims()[0];
        let (affine, norm) = (self.affine(at), self.norm(at));
        let found = batch_norm_backward(input, gradient, affine, at.measured(), norm);
        let columns = found.gamma.dims()[0] / rows;
        (
            vec![found.input],
            Some(found.gamma.reshape([rows, columns])),
        )
    }

    fn reads_input(&self, _i: usize) -> bool {
        true
    }

    fn takes_activation(&self) -> bool {
        true
    }

    fn tangent(&self, at: &At<'_>, moved: &Moved) -> Option<Tensor<4>> {
        Some(batch_norm_tangent(
            at.input(0),
            moved.beyond_itself(at, 0),
            self.affine(at),
            at.measured(),
            self.norm(at),
        ))
    }

    fn adjoint_tangent(&self, at: &At<'_>, moved: &Moved, gradients: Pair) -> Vec<Pair> {
        vec![batch_norm_backward_tangent(
            at.input(0),
            moved.beyond_itself(at, 0),
            gradients,
            self.affine(at),
            at.measured(),
            self.norm(at),
        )]
    }

    fn scaled(&self, _at: &At<'_>, _inputs: Vec<Scaled>) -> Scaled {
        unreachable!("the graph of a scaled sweep has no batch norms")
    }

    fn scaled_adjoint(&self, _at: &At<'_>, _exponents: &Exponents, _: Scaled) -> Vec<Scaled> {
        unreachable!("the graph of a scaled sweep has no batch norms")
    }
}

//! Batch normalisation as a node of Burn's autodiff graph.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend};

use crate::{Norm, NormBackend};

#[derive(Debug)]
struct BatchNorm;

impl<B: Backend + NormBackend> Backward<B, 3> for BatchNorm {
    /// Input, scale and shift, checkpointed; mean and variance; the rest.
    type State = ([NodeId; 3], [FloatTensor<B>; 2], Norm);

    fn backward(
        self,
        ops: Ops<Self::State, 3>,
        grads: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let gradient = grads.consume::<B>(&ops.node);
        let (nodes, [mean, variance], norm) = ops.state;
        let [input, gamma, beta] =
            nodes.map(|node| checkpointer.retrieve_node_output::<FloatTensor<B>>(node));
        let (by_input, by_gamma, by_beta) =
            B::batch_norm_over_batch_backward(input, gradient, gamma, beta, mean, variance, norm);
        for (node, gradient) in ops.parents.into_iter().zip([by_input, by_gamma, by_beta]) {
            if let Some(node) = node {
                grads.register::<B>(node.id, gradient);
            }
        }
    }
}

impl<B: Backend + NormBackend, C: CheckpointStrategy> NormBackend for Autodiff<B, C> {
    fn batch_norm_over_batch(
        input: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        norm: Norm,
        batches: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        assert!(
            batches == 1,
            "several batches at once are not differentiable: use a device without autodiff"
        );
        let untracked = FloatTensor::<Self>::new;
        let nodes = [input.node(), gamma.node(), beta.node()];
        let run = |input: FloatTensor<Self>, gamma: FloatTensor<Self>, beta: FloatTensor<Self>| {
            let [input, gamma, beta] =
                [input, gamma, beta].map(FloatTensor::<Self>::into_primitive);
            B::batch_norm_over_batch(input, gamma, beta, norm, batches)
        };
        match BatchNorm.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let nodes = [&input, &gamma, &beta].map(|tensor| prep.checkpoint(tensor));
                let (output, mean, variance) = run(input, gamma, beta);
                let state = (nodes, [mean.clone(), variance.clone()], norm);
                (
                    prep.finish(state, output),
                    untracked(mean),
                    untracked(variance),
                )
            }
            OpsKind::UnTracked(prep) => {
                let (output, mean, variance) = run(input, gamma, beta);
                (prep.finish(output), untracked(mean), untracked(variance))
            }
        }
    }

    fn batch_norm_over_fixed(
        _input: FloatTensor<Self>,
        _gamma: FloatTensor<Self>,
        _beta: FloatTensor<Self>,
        _mean: FloatTensor<Self>,
        _variance: FloatTensor<Self>,
        _norm: Norm,
    ) -> FloatTensor<Self> {
        panic!(
            "a batch norm with given statistics is not differentiable: use a device without autodiff"
        )
    }

    fn batch_norm_over_batch_backward(
        _input: FloatTensor<Self>,
        _gradient: FloatTensor<Self>,
        _gamma: FloatTensor<Self>,
        _beta: FloatTensor<Self>,
        _mean: FloatTensor<Self>,
        _variance: FloatTensor<Self>,
        _norm: Norm,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        super::no_second_gradients()
    }

    fn batch_norm_tangent(
        _input: FloatTensor<Self>,
        _moved: FloatTensor<Self>,
        _gamma: FloatTensor<Self>,
        _beta: FloatTensor<Self>,
        _mean: FloatTensor<Self>,
        _variance: FloatTensor<Self>,
        _norm: Norm,
    ) -> FloatTensor<Self> {
        super::no_second_gradients()
    }

    fn batch_norm_backward_tangent(
        _input: FloatTensor<Self>,
        _moved: FloatTensor<Self>,
        _gradient: FloatTensor<Self>,
        _moved_gradient: FloatTensor<Self>,
        _gamma: FloatTensor<Self>,
        _beta: FloatTensor<Self>,
        _mean: FloatTensor<Self>,
        _variance: FloatTensor<Self>,
        _norm: Norm,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        super::no_second_gradients()
    }
}

//! Batch normalisation as a node of Burn's autodiff graph.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend};

use crate::NormBackend;

#[derive(Debug)]
struct BatchNorm;

impl<B: Backend + NormBackend> Backward<B, 3> for BatchNorm {
    /// Input and scale, checkpointed; mean and variance; epsilon.
    type State = (NodeId, NodeId, FloatTensor<B>, FloatTensor<B>, f64);

    fn backward(
        self,
        ops: Ops<Self::State, 3>,
        grads: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let gradient = grads.consume::<B>(&ops.node);
        let (input, gamma, mean, variance, epsilon) = ops.state;
        let input = checkpointer.retrieve_node_output::<FloatTensor<B>>(input);
        let gamma = checkpointer.retrieve_node_output::<FloatTensor<B>>(gamma);
        let (by_input, by_gamma, by_beta) =
            B::batch_norm_over_batch_backward(input, gradient, gamma, mean, variance, epsilon);
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
        epsilon: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let untracked = FloatTensor::<Self>::new;
        let nodes = [input.node(), gamma.node(), beta.node()];
        match BatchNorm.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let (input_id, gamma_id) = (prep.checkpoint(&input), prep.checkpoint(&gamma));
                let (output, mean, variance) = B::batch_norm_over_batch(
                    input.into_primitive(),
                    gamma.into_primitive(),
                    beta.into_primitive(),
                    epsilon,
                );
                let state = (input_id, gamma_id, mean.clone(), variance.clone(), epsilon);
                (
                    prep.finish(state, output),
                    untracked(mean),
                    untracked(variance),
                )
            }
            OpsKind::UnTracked(prep) => {
                let (output, mean, variance) = B::batch_norm_over_batch(
                    input.into_primitive(),
                    gamma.into_primitive(),
                    beta.into_primitive(),
                    epsilon,
                );
                (prep.finish(output), untracked(mean), untracked(variance))
            }
        }
    }

    fn batch_norm_over_batch_backward(
        _input: FloatTensor<Self>,
        _gradient: FloatTensor<Self>,
        _gamma: FloatTensor<Self>,
        _mean: FloatTensor<Self>,
        _variance: FloatTensor<Self>,
        _epsilon: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        panic!("gradients of gradients are not supported: use a device without autodiff")
    }
}

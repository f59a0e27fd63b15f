//! A sum with the activation behind it as a node of Burn's autodiff graph.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend};

use crate::{Activation, ActivationBackend};

#[derive(Debug)]
struct Sum;

impl<B: Backend + ActivationBackend> Backward<B, 2> for Sum {
    /// The output and the activation.
    type State = (FloatTensor<B>, Activation);

    fn backward(
        self,
        ops: Ops<Self::State, 2>,
        grads: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let gradient = grads.consume::<B>(&ops.node);
        let (output, activation) = ops.state;
        let gradient = B::activation_gradient(output, gradient, activation);
        for node in ops.parents.into_iter().flatten() {
            grads.register::<B>(node.id, gradient.clone());
        }
    }
}

impl<B: Backend + ActivationBackend, C: CheckpointStrategy> ActivationBackend for Autodiff<B, C> {
    fn sum_activated(
        left: FloatTensor<Self>,
        right: FloatTensor<Self>,
        activation: Activation,
    ) -> FloatTensor<Self> {
        let nodes = [left.node(), right.node()];
        match Sum.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let output =
                    B::sum_activated(left.into_primitive(), right.into_primitive(), activation);
                prep.finish((output.clone(), activation), output)
            }
            OpsKind::UnTracked(prep) => {
                let (left, right) = (left.into_primitive(), right.into_primitive());
                prep.finish(B::sum_activated(left, right, activation))
            }
        }
    }

    fn activation_gradient(
        _output: FloatTensor<Self>,
        _gradient: FloatTensor<Self>,
        _activation: Activation,
    ) -> FloatTensor<Self> {
        super::no_second_gradients()
    }
}

//! The convolution as a node of Burn's autodiff graph.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend};

use crate::{ConvBackend, ConvGeometry};

#[derive(Debug)]
struct Convolution;

impl<B: Backend + ConvBackend> Backward<B, 2> for Convolution {
    /// Input and weight, checkpointed, and the geometry.
    type State = (NodeId, NodeId, ConvGeometry);

    fn backward(
        self,
        ops: Ops<Self::State, 2>,
        grads: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let [node_input, node_weight] = ops.parents;
        let (input, weight, geometry) = ops.state;
        let gradient = grads.consume::<B>(&ops.node);
        if let Some(node) = node_input {
            let weight = checkpointer.retrieve_node_output::<FloatTensor<B>>(weight);
            let found = B::convolution_input_gradient(gradient.clone(), weight, geometry);
            grads.register::<B>(node.id, found);
        }
        if let Some(node) = node_weight {
            let input = checkpointer.retrieve_node_output::<FloatTensor<B>>(input);
            let found = B::convolution_weight_gradient(input, gradient, geometry);
            grads.register::<B>(node.id, found);
        }
    }
}

impl<B: Backend + ConvBackend, C: CheckpointStrategy> ConvBackend for Autodiff<B, C> {
    fn convolution(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        geometry: ConvGeometry,
    ) -> FloatTensor<Self> {
        let nodes = [input.node(), weight.node()];
        match Convolution.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let state = (prep.checkpoint(&input), prep.checkpoint(&weight), geometry);
                let (input, weight) = (input.into_primitive(), weight.into_primitive());
                prep.finish(state, B::convolution(input, weight, geometry))
            }
            OpsKind::UnTracked(prep) => {
                let (input, weight) = (input.into_primitive(), weight.into_primitive());
                prep.finish(B::convolution(input, weight, geometry))
            }
        }
    }

    fn convolution_input_gradient(
        _gradient: FloatTensor<Self>,
        _weight: FloatTensor<Self>,
        _geometry: ConvGeometry,
    ) -> FloatTensor<Self> {
        super::no_second_gradients()
    }

    fn convolution_weight_gradient(
        _input: FloatTensor<Self>,
        _gradient: FloatTensor<Self>,
        _geometry: ConvGeometry,
    ) -> FloatTensor<Self> {
        super::no_second_gradients()
    }
}

//! What sweeps hold is what was planned.

use burn::tensor::{DType, Device};
use nbzero_model::Network;
use nbzero_model::sweep::{
    self, GradientsOf, planned_forward_bytes, planned_gradient_bytes, planned_parameter_bytes,
};

use crate::cases::{cases, with_batch_norms};
use crate::common::images;

#[test]
fn sweeps_hold_no_more_than_was_planned() {
    let device = Device::flex();
    let normed = ("batch norms".to_owned(), with_batch_norms());
    for (name, graph) in cases().into_iter().chain([normed]) {
        let network = Network::init(&graph, 3, &device);
        let images = images(&graph, 3, &device).cast(DType::F32);
        let activations = sweep::forward(&network, &graph, images);
        let kept = planned_forward_bytes(&graph, 3, true);
        assert!(activations.peak_bytes() <= kept, "{name}");
        let gradients = planned_gradient_bytes(&graph, 3);
        let ones = activations.logits().ones_like();
        let end = activations.backward(ones, GradientsOf::Both, |_| ());
        assert!(end.peak_bytes <= kept + gradients, "{name}");
        let statistics = 4 * graph.params();
        assert!(planned_parameter_bytes(&graph) >= statistics, "{name}");
    }
}

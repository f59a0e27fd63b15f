//! What a training will hold, from the graph alone: nothing here is allocated.

use nbzero_graph::{Graph, Node};
use nbzero_model::sweep::{
    largest_map_bytes, largest_weight_bytes, planned_evaluation_bytes, planned_gradient_bytes,
    planned_parameter_bytes,
};

use crate::trainer::EVALUATED_AT_ONCE;

/// Bytes that [`train`](crate::train) holds at most beside the images: parameters with their gradients
/// and momenta, and the activations of a batch, which autodiff keeps until it has walked back. On a CPU,
/// in whose memory all of that is.
pub fn training_bytes(graph: &Graph, batch: usize) -> u128 {
    let maps = |node: &Node| node.shape().numbers().min(1 << 80);
    let kept: u128 = graph.nodes().iter().map(maps).sum();
    let kept = kept.saturating_mul(4 * batch as u128);
    // One batch trains, one waits, one is being made.
    let batches = graph
        .input_shape()
        .numbers()
        .saturating_mul(3 * 4 * batch as u128);
    let step = kept
        .saturating_add(batches)
        .saturating_add(planned_gradient_bytes(graph, batch))
        .saturating_add(3 * largest_map_bytes(graph, batch));
    let evaluation = planned_evaluation_bytes(graph, EVALUATED_AT_ONCE.get());
    let parameters = 3 * planned_parameter_bytes(graph) + 4 * largest_weight_bytes(graph);
    parameters.saturating_add(step.max(evaluation))
}

#[cfg(test)]
mod tests {
    use nbzero_space::Architecture;

    use super::*;

    fn bytes(arch: &str, batch: usize) -> u128 {
        let architecture: Architecture = arch.parse().unwrap();
        training_bytes(&architecture.graph(100, 16), batch)
    }

    #[test]
    fn a_larger_batch_a_wider_and_a_deeper_network_hold_more() {
        let small = bytes("r1:8:8x1s2,16x1s2,24x1s2", 128);
        assert!(small > 1 << 20 && small < 1 << 30);
        for (arch, batch) in [
            ("r1:8:8x1s2,16x1s2,24x1s2", 1024),
            ("r1:8:8x3s2,16x3s2,24x3s2", 128),
            ("r1:8:32x1s2,64x1s2,96x1s2", 128),
        ] {
            assert!(bytes(arch, batch) > small);
        }
    }

    #[test]
    fn weights_count_with_their_gradients_and_momenta() {
        let wide = "r1:1024:1024x8s1,2048x8s2,4096x8s2,8192x8s2";
        let architecture: Architecture = wide.parse().unwrap();
        let weights = architecture.graph(100, 16).params() * 4;
        assert!(bytes(wide, 1) > 3 * weights);
    }
}

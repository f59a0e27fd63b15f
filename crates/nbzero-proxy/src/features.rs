//! What is pooled at the end of a network, where that decides whether gradients mean anything.
//!
//! A batch norm's output has the sum of its shift over the images whose statistics it has. Whatever is
//! before it cannot move that sum, and a gradient of it is 0 but for rounding.

use nbzero_graph::{Graph, Node, NodeId, Op, Over, Padding, PoolKind, Reduction};

/// Whether what is pooled is the output of a batch norm, or a sum that has one in it.
pub(crate) fn have_a_norm(graph: &Graph) -> bool {
    summands(graph).into_iter().any(is_norm)
}

/// Whether what is pooled is the output of a batch norm, or a sum of nothing else.
pub(crate) fn are_norms(graph: &Graph) -> bool {
    let summands = summands(graph);
    !summands.is_empty() && summands.into_iter().all(is_norm)
}

fn is_norm(node: &Node) -> bool {
    matches!(node.op(), Op::BatchNorm(_))
}

/// What the pooled value is the sum of; nothing of a network that pools none.
fn summands(graph: &Graph) -> Vec<&Node> {
    let mut open = Vec::from_iter(pooled(graph));
    let mut found = Vec::new();
    while let Some(id) = open.pop() {
        let node = graph.node(id);
        match node.op() {
            Op::Add | Op::Sum => open.extend(node.inputs()),
            _ => found.push(node),
        }
    }
    found
}

/// The features, if the head takes their mean or sum over all positions.
fn pooled(graph: &Graph) -> Option<NodeId> {
    let features = graph.features();
    let size = graph.node(features).shape().size();
    let is_pool = |node: &Node| match node.op() {
        Op::Reduce {
            reduction: Reduction::Mean | Reduction::Sum,
            over: Over::Positions,
        } => true,
        Op::Pool(pool) => {
            let window = pool.window;
            let whole = window.kernel == size && window.padding == Padding::same(0);
            whole && matches!(pool.kind, PoolKind::Average { .. })
        }
        _ => false,
    };
    let mut nodes = graph.nodes().iter();
    let is_pooled = nodes.any(|node| node.inputs().contains(&features) && is_pool(node));
    is_pooled.then_some(features)
}

#[cfg(test)]
mod tests {
    use nbzero_graph::Conv2d;
    use nbzero_space::Architecture;

    use super::*;

    #[test]
    fn mobile_chains_end_with_norms_and_residual_ones_do_not() {
        let ends = |text: &str| {
            let graph = text.parse::<Architecture>().unwrap().graph(10, 16);
            (have_a_norm(&graph), are_norms(&graph))
        };
        assert_eq!(ends("mb:8:8x1s2,16x2s2,16x1s2"), (true, true));
        assert_eq!(ends("mb:8:8x1s2,16x1s2,24x3s2"), (true, true));
        // The stem's ReLU6 reaches the end through shortcuts.
        assert_eq!(ends("mb:8:8x1s1,8x1s1,8x1s1"), (true, false));
        assert_eq!(ends("r1:8:8x1s2,16x1s2,16x1s2"), (false, false));
        assert_eq!(ends("nas-bench-macro:11111111"), (false, false));
    }

    #[test]
    fn a_flattened_norm_is_not_pooled() {
        let ends = |flat: bool| {
            let mut b = Graph::builder(3, 8);
            let x = b.conv(b.input(), Conv2d::new("conv", 3, 4, 3, 1)).unwrap();
            let x = b.batch_norm(x, "norm").unwrap();
            let x = if flat {
                b.flatten(x).unwrap()
            } else {
                b.global_average_pool(x)
            };
            b.linear(x, "head", 5).unwrap();
            are_norms(&b.finish().unwrap())
        };
        assert!(ends(false));
        assert!(!ends(true));
    }
}

//! Graphs made from graphs: what some proxies measure is the network without a part of it.
//!
//! Layers keep their names, so the same parameters serve the original and what is made of it.

use crate::{Graph, Node, NodeId, Op};

impl Graph {
    /// The network without its batch norms (the synflow sweep).
    #[must_use]
    pub fn without_batch_norm(&self) -> Self {
        self.bypass(|op| matches!(op, Op::BatchNorm(_)))
    }

    /// The network without its residual links: only the branch of each residual addition
    /// ([`Op::Add`]) is left, and shortcut projections are gone (the zen sweep). Other sums stay.
    #[must_use]
    pub fn without_shortcuts(&self) -> Self {
        self.bypass(|op| *op == Op::Add)
    }

    /// Replaces each node that `skip` accepts by its first input, then drops what nothing uses.
    fn bypass(&self, skip: impl Fn(&Op) -> bool) -> Self {
        let mut target: Vec<NodeId> = Vec::with_capacity(self.nodes.len());
        for (id, node) in self.iter() {
            let through = skip(&node.op).then(|| target[node.inputs[0].0]);
            target.push(through.unwrap_or(id));
        }
        let output = target[self.output().0];
        keep(&self.nodes, &self.block_ends, &target, output)
    }
}

/// The graph of the image and of what `output` depends on, each input taken for its target.
pub(crate) fn keep(
    nodes: &[Node],
    block_ends: &[NodeId],
    target: &[NodeId],
    output: NodeId,
) -> Graph {
    let mut used = vec![false; nodes.len()];
    used[0] = true;
    used[output.0] = true;
    for (id, node) in nodes.iter().enumerate().rev() {
        if used[id] {
            node.inputs.iter().for_each(|i| used[target[i.0].0] = true);
        }
    }
    let mut position = vec![NodeId(0); nodes.len()];
    let mut kept: Vec<Node> = Vec::new();
    for (id, node) in nodes.iter().enumerate().filter(|(id, _)| used[*id]) {
        position[id] = NodeId(kept.len());
        let mut node = node.clone();
        for input in &mut node.inputs {
            *input = position[target[input.0].0];
        }
        kept.push(node);
    }
    let ends = block_ends.iter().map(|end| target[end.0]);
    let ends = ends.filter(|end| used[end.0]);
    Graph {
        nodes: kept,
        block_ends: ends.map(|end| position[end.0]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Conv2d, Function, Graph, Op};

    fn residual_network() -> Graph {
        let mut b = Graph::builder(3, 8);
        let stem = b
            .conv(b.input(), Conv2d::new("stem.conv", 3, 4, 3, 1))
            .unwrap();
        let stem = b.batch_norm(stem, "stem.bn").unwrap();
        let branch = b.conv(stem, Conv2d::new("conv1", 4, 8, 3, 2)).unwrap();
        let branch = b.batch_norm(branch, "bn1").unwrap();
        let short = b
            .conv(stem, Conv2d::new("shortcut.conv", 4, 8, 1, 2).projection())
            .unwrap();
        let short = b.batch_norm(short, "shortcut.bn").unwrap();
        let sum = b.add(branch, short).unwrap();
        let out = b.relu(sum);
        let pooled = b.global_average_pool(out);
        b.linear(pooled, "head", 10).unwrap();
        b.finish().unwrap()
    }

    fn names(graph: &Graph) -> Vec<&str> {
        graph.nodes().iter().filter_map(|n| n.op().name()).collect()
    }

    #[test]
    fn without_batch_norm_keeps_everything_else() {
        let graph = residual_network().without_batch_norm();
        assert_eq!(
            names(&graph),
            ["stem.conv", "conv1", "shortcut.conv", "head"]
        );
        let (_, add) = graph.iter().find(|(_, n)| *n.op() == Op::Add).unwrap();
        let inputs: Vec<_> = add
            .inputs()
            .iter()
            .map(|i| graph.node(*i).op().name())
            .collect();
        assert_eq!(inputs, [Some("conv1"), Some("shortcut.conv")]);
    }

    #[test]
    fn without_shortcuts_drops_the_projection_with_its_link() {
        let graph = residual_network().without_shortcuts();
        assert_eq!(
            names(&graph),
            ["stem.conv", "stem.bn", "conv1", "bn1", "head"]
        );
        assert_eq!(graph.classes(), 10);
        assert_eq!(
            graph.node(graph.features()).op(),
            &Op::Function(Function::Relu)
        );
    }

    #[test]
    fn a_branch_ends_with_its_batch_norm_and_not_with_the_projection_s() {
        let ends: Vec<String> = residual_network().branch_ends().map(Into::into).collect();
        assert_eq!(ends, ["bn1"]);
    }

    #[test]
    fn depth_leaves_projections_out_and_costs_count_them() {
        let graph = residual_network();
        assert_eq!(graph.depth(), 3);
        let macs = 3 * 4 * 9 * 64 + 4 * 8 * 9 * 16 + 4 * 8 * 16 + 80;
        assert_eq!(graph.flops(), macs);
        assert_eq!(graph.params(), 108 + 8 + 288 + 16 + 32 + 16 + 90);
    }
}

//! What a residual link is in a graph.

use crate::{GraphBuilder, GraphError, NodeId, Op};

impl GraphBuilder {
    /// Adds the sum of two values, as a residual addition ([`Op::Add`]) where it is one; lengths of 1
    /// are repeated.
    ///
    /// A sum of two maps of one shape is residual where one of them, the shortcut, is a value from
    /// which the other, the branch, comes through at least one activation function, or is made of
    /// such a value without one: by convolutions, which are marked as
    /// [projections](crate::Conv2d::projection), batch norms, pools, slices and padding.
    pub fn addition(&mut self, left: NodeId, right: NodeId) -> Result<NodeId, GraphError> {
        if self.shape(left) == self.shape(right) {
            for (branch, shortcut) in [(left, right), (right, left)] {
                if let Some(start) = self.common_start(branch, shortcut) {
                    self.mark_projections(shortcut, start);
                    return self.add(branch, shortcut);
                }
            }
        }
        self.sum(left, right)
    }

    /// The last value on the shortcut's way from which the branch comes through an activation.
    fn common_start(&self, branch: NodeId, shortcut: NodeId) -> Option<NodeId> {
        let way: Vec<NodeId> = self.way_back(shortcut).collect();
        let lowest = way.last()?.0;
        // Of each node before the branch: whether the branch comes from it, and whether through an
        // activation.
        let mut reached = vec![[false; 2]; branch.0 + 1];
        reached[branch.0][0] = true;
        for id in (lowest..=branch.0).rev() {
            let [any, mut bent] = reached[id];
            if !any {
                continue;
            }
            bent |= self.nodes[id].op.is_nonlinear();
            for input in &self.nodes[id].inputs {
                let [input_any, input_bent] = &mut reached[input.0];
                *input_any = true;
                *input_bent |= bent;
            }
        }
        way.into_iter()
            .find(|id| reached.get(id.0).is_some_and(|reached| reached[1]))
    }

    /// A value and those that it is made of without an activation, up to the first that is made with one.
    fn way_back(&self, from: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(Some(from), |id| {
            let node = &self.nodes[id.0];
            match (&node.op, &node.inputs[..]) {
                (
                    Op::Conv2d(_) | Op::BatchNorm(_) | Op::Pool(_) | Op::Slice(_) | Op::Pad { .. },
                    [input],
                ) => Some(*input),
                _ => None,
            }
        })
    }

    fn mark_projections(&mut self, shortcut: NodeId, start: NodeId) {
        let way: Vec<NodeId> = self.way_back(shortcut).collect();
        for id in way.into_iter().take_while(|id| *id != start) {
            if let Op::Conv2d(conv) = &mut self.nodes[id.0].op {
                conv.projection = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Conv2d, Graph, GraphBuilder, NodeId, Op};

    fn conv(b: &mut GraphBuilder, from: NodeId, name: &str) -> NodeId {
        let channels = b.shape(from).channels;
        let conv = b.conv(from, Conv2d::new(name, channels, 4, 3, 1)).unwrap();
        b.batch_norm(conv, format!("{name}.bn")).unwrap()
    }

    fn is_projection(b: &GraphBuilder, id: NodeId) -> bool {
        matches!(b.op(id), Op::Conv2d(conv) if conv.projection)
    }

    #[test]
    fn a_shortcut_is_a_value_before_the_branch_or_its_projection() {
        let mut b = Graph::builder(3, 8);
        let stem = conv(&mut b, NodeId::INPUT, "stem");
        let y = conv(&mut b, stem, "conv1");
        let y = b.relu(y);
        let branch = conv(&mut b, y, "conv2");
        let projected = conv(&mut b, stem, "shortcut");
        for (left, right) in [(branch, projected), (projected, branch)] {
            let sum = b.addition(left, right).unwrap();
            assert_eq!(b.op(sum), &Op::Add);
            assert_eq!(b.nodes[sum.0].inputs, [branch, projected]);
        }
        let of = |norm: NodeId| NodeId(norm.0 - 1);
        assert!(is_projection(&b, of(projected)));
        assert!(!is_projection(&b, of(branch)) && !is_projection(&b, of(stem)));

        let identity = b.addition(stem, branch).unwrap();
        assert_eq!(b.nodes[identity.0].inputs, [branch, stem]);
        assert!(!is_projection(&b, of(stem)));
    }

    #[test]
    fn branches_side_by_side_are_no_residual_link() {
        let mut b = Graph::builder(4, 8);
        let input = b.input();
        let [left, right] = ["left", "right"].map(|name| conv(&mut b, input, name));
        let sum = b.addition(left, right).unwrap();
        assert_eq!(b.op(sum), &Op::Sum);
        // Nor is an identity beside a convolution that no activation follows.
        let sum = b.addition(left, input).unwrap();
        assert_eq!(b.op(sum), &Op::Sum);
        // Nor are two branches that have an activation each.
        let [left, right] = [left, right].map(|id| b.relu(id));
        let sum = b.addition(left, right).unwrap();
        assert_eq!(b.op(sum), &Op::Sum);
        let vector = b.global_average_pool(left);
        let sum = b.addition(left, vector).unwrap();
        assert_eq!(b.op(sum), &Op::Sum);
    }
}

//! The builder of a graph, which checks each node as it is added.

mod arithmetic;
mod layers;
mod maps;
mod residual;
mod resized;

use std::collections::HashSet;

use crate::transform::keep;
use crate::{Graph, GraphError, Node, NodeId, Op, Shape};

/// Adds nodes one by one and refuses those that do not fit.
#[derive(Debug)]
pub struct GraphBuilder {
    nodes: Vec<Node>,
    block_ends: Vec<NodeId>,
    names: HashSet<String>,
}

impl GraphBuilder {
    pub(crate) fn new(image: Shape) -> Self {
        let input = Node {
            op: Op::Input,
            inputs: Vec::new(),
            shape: image,
        };
        Self {
            nodes: vec![input],
            block_ends: Vec::new(),
            names: HashSet::new(),
        }
    }

    /// The image.
    pub fn input(&self) -> NodeId {
        NodeId::INPUT
    }

    /// Shape of a node that was added before.
    pub fn shape(&self, id: NodeId) -> Shape {
        self.nodes[id.0].shape
    }

    /// Operation of a node that was added before.
    pub fn op(&self, id: NodeId) -> &Op {
        &self.nodes[id.0].op
    }

    /// Marks a value as that of the stem or of a block ([`Graph::block_ends`]), in their order, and
    /// gives it back.
    pub fn end_block(&mut self, value: NodeId) -> NodeId {
        self.block_ends.push(value);
        value
    }

    /// The finished graph, with the last node as its logits.
    pub fn finish(self) -> Result<Graph, GraphError> {
        let last = NodeId(self.nodes.len() - 1);
        self.check_head(last)?;
        Ok(Graph {
            nodes: self.nodes,
            block_ends: self.block_ends,
        })
    }

    /// The finished graph with `logits` as its logits; nodes on which they do not depend are left out. Sizes
    /// that costs cannot be counted with are refused: somebody's file said them.
    pub fn finish_at(self, logits: NodeId) -> Result<Graph, GraphError> {
        self.check_head(logits)?;
        self.check_sizes()?;
        let unchanged: Vec<_> = (0..self.nodes.len()).map(NodeId).collect();
        Ok(keep(&self.nodes, &self.block_ends, &unchanged, logits))
    }

    /// Keeps costs exact: no sum over nodes reaches 128 bits.
    fn check_sizes(&self) -> Result<(), GraphError> {
        const MOST: u128 = 1 << 96;
        let beyond = |node: &&Node| {
            node.shape.numbers() > u128::from(u64::MAX) || node.flops().max(node.params()) > MOST
        };
        match self.nodes.iter().find(beyond) {
            Some(node) => Err(GraphError::TooLarge {
                kind: node.op.kind(),
                shape: node.shape,
            }),
            None => Ok(()),
        }
    }

    fn check_head(&self, logits: NodeId) -> Result<(), GraphError> {
        let node = &self.nodes[logits.0];
        let mut depends = vec![false; self.nodes.len()];
        depends[logits.0] = true;
        for id in (0..=logits.0).rev().filter(|&id| id > 0) {
            if depends[id] {
                self.nodes[id]
                    .inputs
                    .iter()
                    .for_each(|i| depends[i.0] = true);
            }
        }
        let layers = self.nodes.iter().zip(&depends);
        let has_layer = layers
            .filter(|(_, depends)| **depends)
            .any(|(node, _)| node.op.is_weighted());
        if node.shape.is_vector() && node.shape.channels > 0 && depends[0] && has_layer {
            return Ok(());
        }
        Err(GraphError::NoHead {
            kind: node.op.kind(),
            shape: node.shape,
        })
    }

    fn push(&mut self, op: Op, inputs: Vec<NodeId>, shape: Shape) -> NodeId {
        self.nodes.push(Node { op, inputs, shape });
        NodeId(self.nodes.len() - 1)
    }

    fn claim(&mut self, name: &str) -> Result<(), GraphError> {
        if self.names.insert(name.to_owned()) {
            Ok(())
        } else {
            Err(GraphError::DuplicateName(name.to_owned()))
        }
    }

    fn misfit(&self, operation: &'static str, input: NodeId, rule: &'static str) -> GraphError {
        GraphError::Misfit {
            operation,
            input: self.shape(input),
            rule,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Axis, Conv2d, Graph, GraphError, Shape};

    #[test]
    fn a_head_is_a_vector_that_depends_on_the_image_through_a_layer() {
        let mut b = Graph::builder(3, 8);
        let input = b.input();
        let conv = b.conv(input, Conv2d::new("conv", 3, 4, 3, 1)).unwrap();
        assert_eq!(
            b.finish().unwrap_err(),
            GraphError::NoHead {
                kind: "a convolution",
                shape: Shape::new(4, 8, 8)
            }
        );

        let mut b = Graph::builder(3, 8);
        let pooled = b.global_average_pool(input);
        assert!(b.finish().is_err());

        let mut b = Graph::builder(3, 8);
        let same = b.conv(input, Conv2d::new("conv", 3, 4, 3, 1)).unwrap();
        assert_eq!(same, conv);
        b.global_average_pool(same);
        let graph = b.finish().unwrap();
        assert_eq!((graph.classes(), pooled.index()), (4, 1));
    }

    #[test]
    fn what_the_logits_do_not_need_is_left_out() {
        let mut b = Graph::builder(3, 8);
        let input = b.input();
        let unused = b.conv(input, Conv2d::new("unused", 3, 4, 3, 1)).unwrap();
        let conv = b.conv(input, Conv2d::new("conv", 3, 4, 3, 1)).unwrap();
        let logits = b.global_average_pool(conv);
        b.relu(unused);
        let graph = b.finish_at(logits).unwrap();
        assert_eq!(graph.nodes().len(), 3);
        assert_eq!(graph.params(), 108);
    }

    #[test]
    fn what_costs_cannot_be_counted_with_is_refused() {
        let padded = |by: usize| {
            let mut builder = Graph::builder(3, 8);
            let conv = builder.conv(builder.input(), Conv2d::new("conv", 3, 4, 3, 1))?;
            let tall = builder.pad(conv, Axis::Height, by, by)?;
            let wide = builder.pad(tall, Axis::Width, by, by)?;
            let pooled = builder.global_average_pool(wide);
            let logits = builder.linear(pooled, "head", 2)?;
            builder.finish_at(logits)
        };
        assert!(padded(1 << 20).is_ok());
        let error = padded(1 << 61).unwrap_err();
        assert!(matches!(error, GraphError::TooLarge { .. }), "{error}");
    }
}

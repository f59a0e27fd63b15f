//! Nodes in topological order.

use crate::{GraphBuilder, Op, Over, Resolution, Shape};

/// Index of a node in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) usize);

impl NodeId {
    /// The image: the first node of every graph.
    pub const INPUT: Self = Self(0);

    /// Position of the node in [`Graph::nodes`].
    pub fn index(self) -> usize {
        self.0
    }
}

/// One operation with its inputs and the shape of its result.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub(crate) op: Op,
    pub(crate) inputs: Vec<NodeId>,
    pub(crate) shape: Shape,
}

impl Node {
    /// The operation.
    pub fn op(&self) -> &Op {
        &self.op
    }

    /// The nodes whose values it takes, all earlier in the graph.
    pub fn inputs(&self) -> &[NodeId] {
        &self.inputs
    }

    /// Shape of its value, for one image.
    pub fn shape(&self) -> Shape {
        self.shape
    }
}

/// A network as operations in topological order: the first node is the image, the last the
/// logits, one number a class.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) block_ends: Vec<NodeId>,
}

impl Graph {
    /// Starts a graph on images of so many channels and a resolution; a number is that of a square.
    pub fn builder(channels: usize, resolution: impl Into<Resolution>) -> GraphBuilder {
        Self::builder_on(resolution.into().image(channels))
    }

    /// Starts a graph on images of a shape.
    pub fn builder_on(image: Shape) -> GraphBuilder {
        GraphBuilder::new(image)
    }

    /// All nodes, inputs before their users.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// A node by its id.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// The nodes with their ids, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().map(|(i, n)| (NodeId(i), n))
    }

    /// Shape of the image that the network takes.
    pub fn input_shape(&self) -> Shape {
        self.nodes[0].shape
    }

    /// The node that gives the logits.
    pub fn output(&self) -> NodeId {
        NodeId(self.nodes.len() - 1)
    }

    /// The value that enters the head: the features of the last block, before they are pooled or
    /// flattened. Of a network that does neither, the input of its last layer with a weight.
    ///
    /// It is looked for from the logits back, along the first input of each operation.
    pub fn features(&self) -> NodeId {
        let mut last_layer = None;
        let mut id = self.output();
        while let Some(&input) = self.node(id).inputs.first() {
            let from = self.node(input).shape;
            let ends_features = match self.node(id).op {
                Op::Reduce {
                    over: Over::Positions,
                    ..
                }
                | Op::Reshape => true,
                Op::Pool(_) => self.node(id).shape.is_vector() && !from.is_vector(),
                _ => false,
            };
            if ends_features {
                return input;
            }
            if last_layer.is_none() && self.node(id).op.is_weighted() {
                last_layer = Some(input);
            }
            id = input;
        }
        last_layer.unwrap_or(NodeId::INPUT)
    }

    /// Names of the batch norms that end the branch of a residual addition.
    pub fn branch_ends(&self) -> impl Iterator<Item = &str> {
        let additions = self.nodes.iter().filter(|node| node.op == Op::Add);
        additions.filter_map(|node| match &self.node(node.inputs[0]).op {
            Op::BatchNorm(norm) => Some(norm.name.as_str()),
            _ => None,
        })
    }

    /// The values that the network hands on from block to block: that of the stem, then that of each
    /// block, as the space that lowered it marked them. A block that is the identity hands on the
    /// value that it was given; a graph whose blocks nobody marked has none.
    pub fn block_ends(&self) -> &[NodeId] {
        &self.block_ends
    }

    /// Whether a path leads from the image to the logits, one that no [`Op::Zeros`] cuts.
    pub fn is_connected(&self) -> bool {
        let mut reached = vec![false; self.nodes.len()];
        reached[0] = true;
        for (id, node) in self.iter().skip(1) {
            let any = node.inputs.iter().any(|input| reached[input.0]);
            reached[id.0] = any && node.op != Op::Zeros;
        }
        reached[self.output().0]
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.node(self.output()).shape.channels
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Conv2d, Function, Window};

    #[test]
    fn features_are_before_the_head_and_not_inside_a_gate() {
        let mut b = Graph::builder(3, 8);
        let conv = b.conv(b.input(), Conv2d::new("conv", 3, 4, 3, 1)).unwrap();
        let squeezed = b.global_average_pool(conv);
        let gate = b.function(squeezed, Function::Sigmoid).unwrap();
        let gated = b.multiply(conv, gate).unwrap();
        let pooled = b.global_average_pool(gated);
        b.linear(pooled, "head", 10).unwrap();
        assert_eq!(b.finish().unwrap().features(), gated);
    }

    #[test]
    fn zeros_cut_a_network_unless_a_path_goes_around_them() {
        let network = |around: bool| {
            let mut b = Graph::builder(3, 8);
            let conv = b.conv(b.input(), Conv2d::new("conv", 3, 4, 3, 1)).unwrap();
            let zeros = b.zeros(conv);
            let x = if around {
                b.sum(zeros, conv).unwrap()
            } else {
                b.relu(zeros)
            };
            let pooled = b.global_average_pool(x);
            b.linear(pooled, "head", 10).unwrap();
            b.finish().unwrap()
        };
        assert!(network(true).is_connected());
        assert!(!network(false).is_connected());
    }

    #[test]
    fn features_end_where_they_are_flattened_or_enter_the_last_layer() {
        let mut b = Graph::builder(3, 4);
        let conv = b.conv(b.input(), Conv2d::new("conv", 3, 4, 3, 2)).unwrap();
        let flat = b.flatten(conv).unwrap();
        let hidden = b.linear(flat, "hidden", 8).unwrap();
        b.linear(hidden, "head", 10).unwrap();
        assert_eq!(b.finish().unwrap().features(), conv);

        let mut b = Graph::builder(3, 4);
        let conv = b.conv(b.input(), Conv2d::new("conv", 3, 4, 3, 1)).unwrap();
        let whole = Window::square(4, 1).with_padding(crate::Padding::same(0));
        let head = Conv2d::new("head", 4, 10, 4, 1).with_window(whole);
        b.conv(conv, head).unwrap();
        assert_eq!(b.finish().unwrap().features(), conv);
    }
}

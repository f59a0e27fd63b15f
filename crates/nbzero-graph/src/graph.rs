//! Nodes in topological order, and the builder that checks each as it is added.

use std::collections::HashSet;
use std::fmt;

use crate::{Conv2d, GraphError, Linear, Op};

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

/// Shape of one image's map: `channels` x `resolution` x `resolution`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Channels.
    pub channels: usize,
    /// Height and width.
    pub resolution: usize,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            channels,
            resolution,
        } = self;
        write!(f, "{channels}x{resolution}x{resolution}")
    }
}

/// One operation with its inputs and the shape of its result.
#[derive(Debug, Clone, PartialEq, Eq)]
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
/// linear layer that gives the logits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    pub(crate) nodes: Vec<Node>,
}

impl Graph {
    /// Starts a graph on images of `channels` x `resolution` x `resolution`.
    pub fn builder(channels: usize, resolution: usize) -> GraphBuilder {
        let shape = Shape {
            channels,
            resolution,
        };
        let input = Node {
            op: Op::Input,
            inputs: Vec::new(),
            shape,
        };
        GraphBuilder {
            nodes: vec![input],
            names: HashSet::new(),
        }
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

    /// The value that enters the head: the features of the last block, before pooling.
    pub fn features(&self) -> NodeId {
        let pool = self
            .iter()
            .rev()
            .find(|(_, node)| node.op == Op::GlobalAveragePool);
        pool.map_or(NodeId(0), |(_, node)| node.inputs[0])
    }

    /// Names of the batch norms that end the branch of a residual addition.
    pub fn branch_ends(&self) -> impl Iterator<Item = &str> {
        let additions = self.nodes.iter().filter(|node| node.op == Op::Add);
        additions.filter_map(|node| match &self.node(node.inputs[0]).op {
            Op::BatchNorm { name } => Some(name.as_str()),
            _ => None,
        })
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.node(self.output()).shape.channels
    }
}

/// Adds nodes one by one and refuses those that do not fit.
#[derive(Debug)]
pub struct GraphBuilder {
    nodes: Vec<Node>,
    names: HashSet<String>,
}

impl GraphBuilder {
    /// The image.
    pub fn input(&self) -> NodeId {
        NodeId(0)
    }

    /// Shape of a node that was added before.
    pub fn shape(&self, id: NodeId) -> Shape {
        self.nodes[id.0].shape
    }

    /// Adds a convolution.
    pub fn conv(&mut self, input: NodeId, conv: Conv2d) -> Result<NodeId, GraphError> {
        let from = self.shape(input);
        self.expect_channels(input, &conv.name, conv.in_channels)?;
        let size = |what, rule| GraphError::Size {
            layer: conv.name.clone(),
            what,
            rule,
        };
        if conv.out_channels == 0 || conv.in_channels == 0 {
            return Err(size("channels", "positive"));
        }
        if conv.stride == 0 {
            return Err(size("stride", "positive"));
        }
        if conv.kernel.is_multiple_of(2) {
            return Err(size("kernel", "odd"));
        }
        for channels in [conv.in_channels, conv.out_channels] {
            if conv.groups == 0 || !channels.is_multiple_of(conv.groups) {
                return Err(GraphError::Groups {
                    layer: conv.name.clone(),
                    channels,
                    groups: conv.groups,
                });
            }
        }
        self.claim(&conv.name)?;
        let shape = Shape {
            channels: conv.out_channels,
            resolution: from.resolution.div_ceil(conv.stride),
        };
        Ok(self.push(Op::Conv2d(conv), vec![input], shape))
    }

    /// Adds a batch norm over the input's channels.
    pub fn batch_norm(
        &mut self,
        input: NodeId,
        name: impl Into<String>,
    ) -> Result<NodeId, GraphError> {
        let name = name.into();
        self.claim(&name)?;
        let shape = self.shape(input);
        Ok(self.push(Op::BatchNorm { name }, vec![input], shape))
    }

    /// Adds a ReLU.
    pub fn relu(&mut self, input: NodeId) -> NodeId {
        let shape = self.shape(input);
        self.push(Op::Relu, vec![input], shape)
    }

    /// Adds a ReLU6.
    pub fn relu6(&mut self, input: NodeId) -> NodeId {
        let shape = self.shape(input);
        self.push(Op::Relu6, vec![input], shape)
    }

    /// Adds a residual addition of `branch` and `shortcut`.
    pub fn add(&mut self, branch: NodeId, shortcut: NodeId) -> Result<NodeId, GraphError> {
        self.binary(Op::Add, branch, shortcut)
    }

    /// Adds the sum of two values that meet in a node of a cell.
    pub fn sum(&mut self, left: NodeId, right: NodeId) -> Result<NodeId, GraphError> {
        self.binary(Op::Sum, left, right)
    }

    fn binary(&mut self, op: Op, left: NodeId, right: NodeId) -> Result<NodeId, GraphError> {
        let shapes = (self.shape(left), self.shape(right));
        if shapes.0 != shapes.1 {
            return Err(GraphError::Shapes {
                left: shapes.0.to_string(),
                right: shapes.1.to_string(),
            });
        }
        Ok(self.push(op, vec![left, right], shapes.0))
    }

    /// Adds zeros of the shape of `like`.
    pub fn zeros(&mut self, like: NodeId) -> NodeId {
        let shape = self.shape(like);
        self.push(Op::Zeros, vec![like], shape)
    }

    /// Adds the mean over the 3x3 window around each position.
    pub fn average_pool(&mut self, input: NodeId) -> NodeId {
        let shape = self.shape(input);
        self.push(Op::AveragePool, vec![input], shape)
    }

    /// Adds the mean of each 2x2 square.
    pub fn halving_pool(&mut self, input: NodeId) -> NodeId {
        let from = self.shape(input);
        let shape = Shape {
            resolution: from.resolution.div_ceil(2),
            ..from
        };
        self.push(Op::HalvingPool, vec![input], shape)
    }

    /// Adds the mean over all positions.
    pub fn global_average_pool(&mut self, input: NodeId) -> NodeId {
        let shape = Shape {
            resolution: 1,
            ..self.shape(input)
        };
        self.push(Op::GlobalAveragePool, vec![input], shape)
    }

    /// Adds a linear layer with bias on a pooled map.
    pub fn linear(
        &mut self,
        input: NodeId,
        name: impl Into<String>,
        out_features: usize,
    ) -> Result<NodeId, GraphError> {
        let name = name.into();
        let from = self.shape(input);
        if from.resolution != 1 || out_features == 0 {
            return Err(GraphError::Size {
                layer: name,
                what: "the input's resolution and the number of outputs",
                rule: "1 and positive",
            });
        }
        self.claim(&name)?;
        let shape = Shape {
            channels: out_features,
            resolution: 1,
        };
        let linear = Linear {
            name,
            in_features: from.channels,
            out_features,
        };
        Ok(self.push(Op::Linear(linear), vec![input], shape))
    }

    /// The finished graph.
    pub fn finish(self) -> Result<Graph, GraphError> {
        match self.nodes.last().map(|node| &node.op) {
            Some(Op::Linear(_)) => Ok(Graph { nodes: self.nodes }),
            other => Err(GraphError::NoHead(other.map_or("nothing", Op::kind))),
        }
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

    fn expect_channels(
        &self,
        input: NodeId,
        layer: &str,
        expected: usize,
    ) -> Result<(), GraphError> {
        let found = self.shape(input).channels;
        if found == expected {
            return Ok(());
        }
        Err(GraphError::Channels {
            layer: layer.to_owned(),
            expected,
            found,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stride_rounds_an_odd_resolution_up() {
        let mut builder = Graph::builder(3, 7);
        let conv = builder
            .conv(builder.input(), Conv2d::new("c", 3, 4, 3, 2))
            .unwrap();
        assert_eq!(builder.shape(conv).resolution, 4);
    }

    #[test]
    fn misfits_are_refused_with_the_layer_and_the_numbers() {
        let mut builder = Graph::builder(3, 8);
        let input = builder.input();
        let error = builder
            .conv(input, Conv2d::new("c", 4, 4, 3, 1))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "layer `c` takes 4 channels, but its input has 3"
        );
        assert!(builder.conv(input, Conv2d::new("c", 3, 4, 2, 1)).is_err());
        assert!(
            builder
                .conv(input, Conv2d::new("c", 3, 4, 3, 1).depthwise())
                .is_err()
        );
        let conv = builder.conv(input, Conv2d::new("c", 3, 4, 3, 1)).unwrap();
        assert!(builder.conv(input, Conv2d::new("c", 3, 4, 3, 1)).is_err());
        assert!(builder.add(conv, input).is_err());
        assert!(builder.linear(conv, "head", 10).is_err());
        assert_eq!(
            builder.finish().unwrap_err(),
            GraphError::NoHead("a convolution")
        );
    }
}

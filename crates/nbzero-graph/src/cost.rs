//! What a network costs: FLOPs, parameters, depth.

use crate::{Graph, Node, Op};

impl Graph {
    /// Multiply-accumulates of all convolutions and linear layers for one image, the
    /// convention of the NAS-Bench papers (batch norm, activation, pooling and addition count
    /// as nothing).
    pub fn flops(&self) -> u64 {
        self.nodes.iter().map(Node::flops).sum()
    }

    /// Trainable parameters: convolution and linear weights, biases, batch-norm scales and
    /// shifts.
    pub fn params(&self) -> u64 {
        self.nodes.iter().map(Node::params).sum()
    }

    /// Number of convolutions and linear layers, shortcut projections not counted.
    pub fn depth(&self) -> u32 {
        let counts = |node: &&Node| match &node.op {
            Op::Conv2d(conv) => !conv.projection,
            Op::Linear(_) => true,
            _ => false,
        };
        self.nodes.iter().filter(counts).map(|_| 1).sum()
    }
}

impl Node {
    /// Multiply-accumulates of this node for one image.
    pub fn flops(&self) -> u64 {
        let weights: usize = match &self.op {
            Op::Conv2d(conv) => conv.weight_shape().iter().product(),
            Op::Linear(linear) => linear.in_features * linear.out_features,
            _ => 0,
        };
        (weights * self.shape.resolution * self.shape.resolution) as u64
    }

    /// Trainable parameters of this node.
    pub fn params(&self) -> u64 {
        let count: usize = match &self.op {
            Op::Conv2d(conv) => conv.weight_shape().iter().product(),
            Op::BatchNorm { .. } => 2 * self.shape.channels,
            Op::Linear(linear) => (linear.in_features + 1) * linear.out_features,
            _ => 0,
        };
        count as u64
    }
}

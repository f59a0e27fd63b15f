//! What a network costs: FLOPs, parameters, depth.
//!
//! Counts have 128 bits: a chain that the grammar of architectures allows has more than 2^64 FLOPs on
//! large images. Sizes far beyond it stop at the largest number.

use crate::shape::product;
use crate::{Conv2d, Graph, Linear, Node, Op};

impl Graph {
    /// Multiply-accumulates of all convolutions and linear layers for one image, the
    /// convention of the NAS-Bench papers (batch norm, activation, pooling and addition count
    /// as nothing).
    pub fn flops(&self) -> u128 {
        let each = self.nodes.iter().map(Node::flops);
        each.fold(0, u128::saturating_add)
    }

    /// Trainable parameters: convolution and linear weights, biases, the scales and shifts of norms, and
    /// parameters that are values of their own.
    pub fn params(&self) -> u128 {
        let each = self.nodes.iter().map(Node::params);
        each.fold(0, u128::saturating_add)
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
    pub fn flops(&self) -> u128 {
        let positions = product(&self.shape.size());
        self.weights().saturating_mul(positions)
    }

    /// Trainable parameters of this node.
    pub fn params(&self) -> u128 {
        match &self.op {
            Op::BatchNorm(_) | Op::LayerNorm(_) => product(&[2, self.shape.channels]),
            Op::Parameter(parameter) => parameter.shape.numbers(),
            Op::Conv2d(Conv2d { bias: true, .. }) | Op::Linear(Linear { bias: true, .. }) => {
                self.weights().saturating_add(self.shape.channels as u128)
            }
            _ => self.weights(),
        }
    }

    /// Tensors of parameters of this node: weight and bias, scale and shift, or one value.
    pub fn parameter_tensors(&self) -> usize {
        match &self.op {
            Op::BatchNorm(_) | Op::LayerNorm(_) => 2,
            Op::Conv2d(Conv2d { bias, .. }) | Op::Linear(Linear { bias, .. }) => {
                1 + usize::from(*bias)
            }
            Op::Parameter(_) => 1,
            _ => 0,
        }
    }

    /// Numbers in the weight of a convolution or linear layer.
    pub fn weights(&self) -> u128 {
        match &self.op {
            Op::Conv2d(conv) => product(&conv.weight_shape()),
            Op::Linear(linear) => product(&[linear.in_features, linear.out_features]),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Conv2d, Graph};

    fn one_layer(channels: usize, kernel: usize, resolution: usize) -> Graph {
        let mut builder = Graph::builder(channels, resolution);
        let conv = Conv2d::new("conv", channels, channels, kernel, 1);
        let conv = builder.conv(builder.input(), conv).unwrap();
        let pooled = builder.global_average_pool(conv);
        builder.linear(pooled, "head", 1).unwrap();
        builder.finish().unwrap()
    }

    #[test]
    fn counts_beyond_64_bits_are_exact_and_beyond_128_the_largest() {
        let graph = one_layer(1 << 14, 3, 1 << 20);
        assert_eq!(graph.flops(), 9 * (1 << 68) + (1 << 14));
        let graph = one_layer(1 << 40, 1, 1);
        assert_eq!(graph.params(), (1 << 80) + (1 << 40) + 1);
        let graph = one_layer(usize::MAX, 3, usize::MAX);
        assert_eq!((graph.flops(), graph.params()), (u128::MAX, u128::MAX));
    }
}

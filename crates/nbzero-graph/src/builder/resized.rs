//! A network on images of another size.

use crate::{Graph, GraphBuilder, GraphError, Node, NodeId, Op, Pool2d, Shape};

impl Graph {
    /// The same network on images of `height` x `width`; layers keep their names and parameters.
    ///
    /// # Errors
    ///
    /// Where an operation fits one size alone: a layer on a flattened map, a part of a map at a given
    /// position, a parameter for each position.
    pub fn resized(&self, height: usize, width: usize) -> Result<Self, GraphError> {
        let image = Shape::new(self.input_shape().channels, height, width);
        let mut builder = GraphBuilder::new(image);
        for node in &self.nodes[1..] {
            // Each operation is one node, so that ids stay the same.
            builder.again(node)?;
        }
        builder.block_ends.clone_from(&self.block_ends);
        builder.finish()
    }
}

impl GraphBuilder {
    /// Adds a node's operation to the same inputs.
    fn again(&mut self, node: &Node) -> Result<NodeId, GraphError> {
        if let Op::Parameter(parameter) = &node.op {
            return self.parameter(parameter.clone());
        }
        let inputs = node.inputs.as_slice();
        let (first, last) = (inputs[0], inputs[inputs.len() - 1]);
        Ok(match node.op.clone() {
            Op::Input | Op::Parameter(_) => unreachable!("both were added before"),
            Op::Zeros => self.zeros(first),
            Op::Conv2d(conv) => self.conv(first, conv)?,
            Op::Linear(linear) => self.linear_layer(first, linear)?,
            Op::BatchNorm(norm) => self.batch_norm_layer(first, norm)?,
            Op::LayerNorm(norm) => self.layer_norm(first, norm)?,
            Op::Function(function) => self.function(first, function)?,
            Op::Softmax { groups } => self.softmax(first, groups)?,
            Op::Add => self.add(first, last)?,
            Op::Sum => self.sum(first, last)?,
            Op::Multiply => self.multiply(first, last)?,
            Op::Pool(Pool2d::HALVING) => self.halving_pool(first),
            Op::Pool(pool) => self.pool(first, pool)?,
            Op::Reduce { reduction, over } => self.reduce(first, reduction, over),
            Op::Concat => self.concat(inputs)?,
            Op::Slice(slice) => self.slice(first, slice)?,
            Op::Pad {
                axis,
                before,
                behind,
            } => self.pad(first, axis, before, behind)?,
            Op::Shuffle { groups } => self.shuffle(first, groups)?,
            Op::Reshape => self.reshape(first, node.shape)?,
            Op::Upsample { factor } => self.upsample(first, factor)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Conv2d, Graph, Shape};

    #[test]
    fn every_shape_follows_the_image_and_the_rest_stays() {
        let mut b = Graph::builder(3, 8);
        let x = b.conv(b.input(), Conv2d::new("stem", 3, 4, 3, 2)).unwrap();
        let x = b.batch_norm(x, "norm").unwrap();
        let x = b.end_block(x);
        let y = b.average_pool(x);
        let x = b.sum(x, y).unwrap();
        let x = b.halving_pool(x);
        let pooled = b.global_average_pool(x);
        b.linear(pooled, "head", 5).unwrap();
        let graph = b.finish().unwrap();
        let larger = graph.resized(18, 12).unwrap();
        assert_eq!(
            larger.node(graph.block_ends()[0]).shape(),
            Shape::new(4, 9, 6)
        );
        assert_eq!(larger.block_ends(), graph.block_ends());
        assert_eq!(larger.node(larger.features()).shape(), Shape::new(4, 5, 3));
        assert_eq!(larger.params(), graph.params());
        assert_eq!(larger.resized(8, 8).unwrap(), graph);
    }

    #[test]
    fn a_layer_on_a_flattened_map_fits_one_size() {
        let mut b = Graph::builder(3, 8);
        let x = b.conv(b.input(), Conv2d::new("conv", 3, 4, 3, 1)).unwrap();
        let flat = b.flatten(x).unwrap();
        b.linear(flat, "head", 5).unwrap();
        let graph = b.finish().unwrap();
        assert!(graph.resized(8, 8).is_ok());
        assert!(graph.resized(16, 16).is_err());
    }
}

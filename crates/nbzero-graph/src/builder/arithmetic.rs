//! Functions, sums and products: operations on each number alone, and the softmax.

use crate::{Function, GraphBuilder, GraphError, NodeId, Op};

impl GraphBuilder {
    /// Adds a ReLU.
    pub fn relu(&mut self, input: NodeId) -> NodeId {
        self.like(Op::Function(Function::Relu), input)
    }

    /// Adds a ReLU6.
    pub fn relu6(&mut self, input: NodeId) -> NodeId {
        self.like(Op::Function(Function::RELU6), input)
    }

    /// Adds a function of each number.
    pub fn function(&mut self, input: NodeId, function: Function) -> Result<NodeId, GraphError> {
        if !function.is_valid() {
            return Err(GraphError::Constants(function.kind()));
        }
        Ok(self.like(Op::Function(function), input))
    }

    /// Adds a softmax over groups of channels.
    pub fn softmax(&mut self, input: NodeId, groups: usize) -> Result<NodeId, GraphError> {
        let op = Op::Softmax { groups };
        self.expect_groups(op.kind(), input, groups)?;
        Ok(self.like(op, input))
    }

    /// Adds a residual addition of `branch` and `shortcut`. [`addition`](Self::addition) finds out
    /// whether a sum is one.
    pub fn add(&mut self, branch: NodeId, shortcut: NodeId) -> Result<NodeId, GraphError> {
        let shapes = (self.shape(branch), self.shape(shortcut));
        if shapes.0 != shapes.1 {
            return Err(GraphError::Shapes {
                verb: "add",
                left: shapes.0,
                right: shapes.1,
            });
        }
        Ok(self.push(Op::Add, vec![branch, shortcut], shapes.0))
    }

    /// Adds the sum of two values that is no residual addition; lengths of 1 are repeated.
    pub fn sum(&mut self, left: NodeId, right: NodeId) -> Result<NodeId, GraphError> {
        self.binary(Op::Sum, "add", left, right)
    }

    /// Adds the product of two values; lengths of 1 are repeated.
    pub fn multiply(&mut self, left: NodeId, right: NodeId) -> Result<NodeId, GraphError> {
        self.binary(Op::Multiply, "multiply", left, right)
    }

    fn binary(
        &mut self,
        op: Op,
        verb: &'static str,
        left: NodeId,
        right: NodeId,
    ) -> Result<NodeId, GraphError> {
        let shapes = (self.shape(left), self.shape(right));
        let both = shapes.0.broadcast(shapes.1);
        let shape = both.ok_or(GraphError::Shapes {
            verb,
            left: shapes.0,
            right: shapes.1,
        })?;
        Ok(self.push(op, vec![left, right], shape))
    }

    /// Adds zeros of the shape of `like`.
    pub fn zeros(&mut self, like: NodeId) -> NodeId {
        self.like(Op::Zeros, like)
    }

    pub(super) fn like(&mut self, op: Op, input: NodeId) -> NodeId {
        let shape = self.shape(input);
        self.push(op, vec![input], shape)
    }

    pub(super) fn expect_groups(
        &self,
        operation: &'static str,
        input: NodeId,
        groups: usize,
    ) -> Result<(), GraphError> {
        let channels = self.shape(input).channels;
        if groups > 0 && channels > 0 && channels.is_multiple_of(groups) {
            return Ok(());
        }
        Err(self.misfit(operation, input, "its channels must divide into the groups"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Graph, Parameter, Shape};

    #[test]
    fn sums_and_products_repeat_and_residual_additions_do_not() {
        let mut b = Graph::builder_on(Shape::new(4, 6, 5));
        let input = b.input();
        let vector = b.global_average_pool(input);
        let scale = b.parameter(Parameter {
            name: "gamma".to_owned(),
            shape: Shape::vector(4),
            initial: 1.0,
        });
        for other in [vector, scale.unwrap()] {
            let product = b.multiply(input, other).unwrap();
            assert_eq!(b.shape(product), Shape::new(4, 6, 5));
            let sum = b.sum(other, input).unwrap();
            assert_eq!(b.shape(sum), Shape::new(4, 6, 5));
            assert!(b.add(input, other).is_err());
        }
        let flat = b.flatten(input).unwrap();
        assert_eq!(
            b.multiply(input, flat).unwrap_err().to_string(),
            "cannot multiply a map of 4x6x5 and a map of 120x1x1"
        );
    }

    #[test]
    fn constants_that_are_no_function_are_refused() {
        let mut b = Graph::builder(3, 4);
        let input = b.input();
        let clip = |low, high| Function::Clip { low, high };
        for function in [
            clip(1.0, 0.0),
            clip(f64::NAN, 0.0),
            clip(f64::INFINITY, f64::INFINITY),
            Function::LeakyRelu { slope: f64::NAN },
        ] {
            assert!(b.function(input, function).is_err(), "{function:?}");
        }
        assert!(b.function(input, clip(f64::NEG_INFINITY, 0.0)).is_ok());
        assert!(b.softmax(input, 2).is_err() && b.softmax(input, 0).is_err());
        assert!(b.softmax(input, 3).is_ok());
    }
}

//! Pools, reductions, and operations that move numbers without changing them.

use crate::{Axis, GraphBuilder, GraphError, NodeId, Op, Over, Pool2d, Reduction, Shape, Slice};

impl GraphBuilder {
    /// Adds a pool.
    pub fn pool(&mut self, input: NodeId, pool: Pool2d) -> Result<NodeId, GraphError> {
        let from = self.shape(input);
        let op = Op::Pool(pool);
        let results = pool.window.results(from.size(), pool.ceil);
        let results = results.filter(|_| pool.window.always_meets(from.size()));
        let [height, width] = results.ok_or_else(|| GraphError::Window {
            layer: op.kind().to_owned(),
            input: from,
        })?;
        let shape = Shape::new(from.channels, height, width);
        Ok(self.push(op, vec![input], shape))
    }

    /// Adds the mean over the 3x3 window around each position.
    pub fn average_pool(&mut self, input: NodeId) -> NodeId {
        self.like(Op::Pool(Pool2d::AVERAGE), input)
    }

    /// Adds the mean of each 2x2 square.
    pub fn halving_pool(&mut self, input: NodeId) -> NodeId {
        let from = self.shape(input);
        let [height, width] = from.size().map(|size| size.div_ceil(2));
        let shape = Shape::new(from.channels, height, width);
        self.push(Op::Pool(Pool2d::HALVING), vec![input], shape)
    }

    /// Adds one number from all positions or from all channels.
    pub fn reduce(&mut self, input: NodeId, reduction: Reduction, over: Over) -> NodeId {
        let from = self.shape(input);
        let shape = match over {
            Over::Positions => Shape::vector(from.channels),
            Over::Channels => from.with(Axis::Channels, 1),
        };
        self.push(Op::Reduce { reduction, over }, vec![input], shape)
    }

    /// Adds the mean over all positions.
    pub fn global_average_pool(&mut self, input: NodeId) -> NodeId {
        self.reduce(input, Reduction::Mean, Over::Positions)
    }

    /// Adds the inputs' channels one after another.
    pub fn concat(&mut self, inputs: &[NodeId]) -> Result<NodeId, GraphError> {
        let op = Op::Concat;
        let first = *inputs.first().ok_or(GraphError::NoInputs(op.kind()))?;
        let mut shape = self.shape(first);
        for &input in &inputs[1..] {
            let next = self.shape(input);
            let channels = shape.channels.checked_add(next.channels);
            let channels = channels.filter(|_| next.size() == shape.size());
            shape.channels = channels.ok_or(GraphError::Shapes {
                verb: "concatenate",
                left: shape,
                right: next,
            })?;
        }
        Ok(self.push(op, inputs.to_vec(), shape))
    }

    /// Adds a part of a map.
    pub fn slice(&mut self, input: NodeId, slice: Slice) -> Result<NodeId, GraphError> {
        let from = self.shape(input);
        let Slice {
            axis,
            start,
            length,
            step,
        } = slice;
        let last = length
            .checked_sub(1)
            .and_then(|steps| steps.checked_mul(step)?.checked_add(start));
        let op = Op::Slice(slice);
        if step == 0 || last.is_none_or(|last| last >= from.along(axis)) {
            return Err(self.misfit(op.kind(), input, "what it takes must be on the map"));
        }
        Ok(self.push(op, vec![input], from.with(axis, length)))
    }

    /// Adds `length` channels from `start`.
    pub fn channels(
        &mut self,
        input: NodeId,
        start: usize,
        length: usize,
    ) -> Result<NodeId, GraphError> {
        let slice = Slice {
            axis: Axis::Channels,
            start,
            length,
            step: 1,
        };
        self.slice(input, slice)
    }

    /// Adds zeros before and behind a map.
    pub fn pad(
        &mut self,
        input: NodeId,
        axis: Axis,
        before: usize,
        behind: usize,
    ) -> Result<NodeId, GraphError> {
        let from = self.shape(input);
        let op = Op::Pad {
            axis,
            before,
            behind,
        };
        let length = from.along(axis).checked_add(before);
        match length.and_then(|length| length.checked_add(behind)) {
            Some(length) => Ok(self.push(op, vec![input], from.with(axis, length))),
            None => Err(self.misfit(op.kind(), input, "the sum must be a number of this machine")),
        }
    }

    /// Adds a channel shuffle.
    pub fn shuffle(&mut self, input: NodeId, groups: usize) -> Result<NodeId, GraphError> {
        let op = Op::Shuffle { groups };
        self.expect_groups(op.kind(), input, groups)?;
        Ok(self.like(op, input))
    }

    /// Adds the same numbers as a map of another shape.
    pub fn reshape(&mut self, input: NodeId, shape: Shape) -> Result<NodeId, GraphError> {
        let numbers = shape.numbers();
        if numbers != self.shape(input).numbers() || numbers > usize::MAX as u128 {
            let rule = "the shape must have as many numbers";
            return Err(self.misfit(Op::Reshape.kind(), input, rule));
        }
        Ok(self.push(Op::Reshape, vec![input], shape))
    }

    /// Adds all numbers of a map as channels of a vector.
    pub fn flatten(&mut self, input: NodeId) -> Result<NodeId, GraphError> {
        let numbers = self.shape(input).numbers();
        let channels = usize::try_from(numbers);
        let rule = "a vector must have fewer numbers";
        let channels = channels.map_err(|_| self.misfit("a flatten", input, rule))?;
        self.reshape(input, Shape::vector(channels))
    }

    /// Adds a map with each value repeated `factor` times in rows and columns.
    pub fn upsample(&mut self, input: NodeId, factor: [usize; 2]) -> Result<NodeId, GraphError> {
        let from = self.shape(input);
        let op = Op::Upsample { factor };
        let [height, width] = [
            from.height.checked_mul(factor[0]),
            from.width.checked_mul(factor[1]),
        ]
        .map(|size| size.filter(|&size| size > 0));
        match (height, width) {
            (Some(height), Some(width)) => {
                let shape = Shape::new(from.channels, height, width);
                Ok(self.push(op, vec![input], shape))
            }
            _ => Err(self.misfit(op.kind(), input, "factors must be positive")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Graph, Padding, PoolKind, Window};

    #[test]
    fn pools_are_on_the_map() {
        let mut b = Graph::builder_on(Shape::new(3, 7, 6));
        let input = b.input();
        let max = |window| Pool2d {
            kind: PoolKind::Max,
            window,
            ceil: true,
        };
        let bare = Window::square(3, 2).with_padding(Padding::default());
        let pooled = b.pool(input, max(bare)).unwrap();
        assert_eq!(b.shape(pooled), Shape::new(3, 3, 3));
        let outside = Window::square(3, 1).with_padding(Padding::same(3));
        assert!(b.pool(input, max(outside)).is_err());
        let halved = b.halving_pool(input);
        let same = b.pool(input, Pool2d::HALVING).unwrap();
        assert_eq!(b.shape(halved), b.shape(same));
    }

    #[test]
    fn maps_are_cut_joined_and_reshaped_to_the_right_shapes() {
        let mut b = Graph::builder_on(Shape::new(6, 7, 5));
        let input = b.input();
        let slice = |axis, start, length, step| Slice {
            axis,
            start,
            length,
            step,
        };
        let rows = b.slice(input, slice(Axis::Height, 1, 3, 2)).unwrap();
        assert_eq!(b.shape(rows), Shape::new(6, 3, 5));
        assert!(b.slice(input, slice(Axis::Height, 1, 4, 2)).is_err());
        assert!(b.slice(input, slice(Axis::Width, 0, 0, 1)).is_err());
        assert!(b.slice(input, slice(Axis::Width, 0, 2, 0)).is_err());
        assert!(
            b.slice(input, slice(Axis::Width, 1, usize::MAX, 2))
                .is_err()
        );
        let part = b.channels(input, 4, 2).unwrap();
        let both = b.concat(&[part, input]).unwrap();
        assert_eq!(b.shape(both), Shape::new(8, 7, 5));
        assert!(b.concat(&[rows, input]).is_err());
        assert!(b.concat(&[]).is_err());
        let padded = b.pad(part, Axis::Width, 1, 2).unwrap();
        assert_eq!(b.shape(padded), Shape::new(2, 7, 8));
        assert!(b.pad(part, Axis::Width, usize::MAX, 2).is_err());
        let flat = b.flatten(input).unwrap();
        assert_eq!(b.shape(flat), Shape::vector(210));
        assert!(b.reshape(flat, Shape::new(2, 7, 16)).is_err());
        let large = b.upsample(part, [2, 3]).unwrap();
        assert_eq!(b.shape(large), Shape::new(2, 14, 15));
        assert!(b.upsample(part, [0, 3]).is_err());
        assert!(b.shuffle(input, 4).is_err());
        let mean = b.reduce(input, Reduction::Mean, Over::Channels);
        assert_eq!(b.shape(mean), Shape::new(1, 7, 5));
    }
}

//! What a rule is given: the values of a sweep at one operation.

use burn::tensor::Tensor;
use nbzero_graph::Shape;
use nbzero_ops::{Activation, BatchStatistics, Statistics};

use crate::Network;

/// A gradient and its derivative.
pub(crate) type Pair = [Tensor<4>; 2];

/// The values at an operation, of which a sweep has those that its rule reads.
#[derive(Debug, Clone)]
pub(crate) struct At<'a> {
    pub(crate) network: &'a Network,
    /// Images of the sweep.
    pub(crate) images: usize,
    /// The activation at the end of the operation.
    pub(crate) activation: Activation,
    pub(crate) inputs: Vec<Option<Tensor<4>>>,
    pub(crate) output: Option<Tensor<4>>,
    /// Shapes of the inputs.
    pub(crate) shapes: Vec<Shape>,
    /// Of a batch norm.
    pub(crate) measured: Option<&'a BatchStatistics>,
    /// Whether gradients go through them.
    pub(crate) statistics: Statistics,
}

impl At<'_> {
    pub(crate) fn input(&self, i: usize) -> Tensor<4> {
        let value = self.inputs[i].clone();
        value.expect("the sweep keeps what is read later")
    }

    pub(crate) fn output(&self) -> Tensor<4> {
        let value = self.output.clone();
        value.expect("the sweep keeps what is read later")
    }

    pub(crate) fn measured(&self) -> BatchStatistics {
        let measured = self.measured.cloned();
        measured.expect("the forward sweep measured every batch norm")
    }

    /// The same operation at other inputs.
    pub(crate) fn with_inputs(&self, inputs: Vec<Tensor<4>>) -> Self {
        Self {
            inputs: inputs.into_iter().map(Some).collect(),
            ..self.clone()
        }
    }

    /// The same operation at one of the images.
    pub(crate) fn of_image(&self, image: usize) -> Self {
        let one = |map: &Option<Tensor<4>>| {
            let map = map.clone()?;
            let is_shared = map.dims()[0] == 1;
            Some(if is_shared {
                map
            } else {
                map.narrow(0, image, 1)
            })
        };
        Self {
            inputs: self.inputs.iter().map(one).collect(),
            output: one(&self.output),
            images: 1,
            ..self.clone()
        }
    }
}

/// The powers of two of which the values at an operation are multiples, in a scaled sweep.
#[derive(Debug, Clone)]
pub(crate) struct Exponents {
    pub(crate) inputs: Vec<i64>,
    pub(crate) output: i64,
}

/// What is held of the derivative of a value, `None` where it does not move; of one that moves by
/// itself without that value.
pub(crate) type Held = Option<Tensor<4>>;

/// The derivatives of an operation's inputs.
#[derive(Debug)]
pub(crate) struct Moved {
    /// What is held of each, `None` of one that no rule reads.
    pub(crate) held: Vec<Option<Held>>,
    /// Whether the input itself is to be added to it.
    pub(crate) by_itself: Vec<bool>,
}

impl Moved {
    fn held(&self, i: usize) -> Option<Tensor<4>> {
        let held = self.held[i].clone();
        held.expect("the sweep keeps what is read later")
    }

    /// The whole derivative of input `i`.
    pub(crate) fn whole(&self, at: &At<'_>, i: usize) -> Option<Tensor<4>> {
        self.whole_of(|| at.input(i), i)
    }

    /// The same, of an input that is given.
    pub(crate) fn whole_of(
        &self,
        value: impl FnOnce() -> Tensor<4>,
        i: usize,
    ) -> Option<Tensor<4>> {
        let held = self.held(i);
        if !self.by_itself[i] {
            return held;
        }
        let value = value();
        Some(match held {
            Some(held) => held + value,
            None => value,
        })
    }

    /// The derivative of input `i`, less that input.
    pub(crate) fn beyond_itself(&self, at: &At<'_>, i: usize) -> Tensor<4> {
        let value = at.input(i);
        match (self.by_itself[i], self.held(i)) {
            (true, Some(held)) => held,
            (true, None) => value.zeros_like(),
            (false, Some(held)) => held - value,
            (false, None) => -value,
        }
    }

    /// The operation at the derivatives of its inputs, zeros where one does not move; `None` where
    /// none moves.
    pub(crate) fn as_values<'a>(&self, at: &At<'a>) -> Option<At<'a>> {
        let moved: Vec<_> = (0..self.held.len()).map(|i| self.whole(at, i)).collect();
        let like = moved.iter().flatten().next()?.clone();
        let [batch, ..] = like.dims();
        let zeros = |shape: &Shape| {
            let dims = [batch, shape.channels, shape.height, shape.width];
            Tensor::zeros(dims, (&like.device(), like.dtype()))
        };
        let each = moved.into_iter().zip(&at.shapes);
        let filled = each.map(|(moved, shape)| moved.unwrap_or_else(|| zeros(shape)));
        Some(at.with_inputs(filled.collect()))
    }
}

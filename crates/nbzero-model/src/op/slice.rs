//! Parts of a map along an axis, and zeros around it: each is the adjoint of the other.

use burn::tensor::{Slice, Tensor};
use nbzero_graph::{Axis, Shape};

use super::{At, Rule};

/// Lines of a map.
#[derive(Debug)]
pub(super) struct Part(Lines);

/// Zeros before and behind a map.
#[derive(Debug)]
pub(super) struct Pad(Lines);

/// Every `step`-th line along an axis of a map of a shape.
#[derive(Debug)]
struct Lines {
    axis: Axis,
    start: usize,
    length: usize,
    step: usize,
    whole: Shape,
}

impl Part {
    pub(super) fn slice(slice: &nbzero_graph::Slice, from: Shape) -> Self {
        Self(Lines {
            axis: slice.axis,
            start: slice.start,
            length: slice.length,
            step: slice.step,
            whole: from,
        })
    }
}

impl Pad {
    pub(super) fn new(axis: Axis, before: usize, from: Shape, to: Shape) -> Self {
        Self(Lines {
            axis,
            start: before,
            length: from.along(axis),
            step: 1,
            whole: to,
        })
    }
}

impl Lines {
    fn ranges(&self) -> [Slice; 4] {
        let index = |i: usize| isize::try_from(i).expect("a map is small");
        let all = || Slice::new(0, None, 1);
        let end = self.start + (self.length - 1) * self.step + 1;
        let lines = Slice::new(index(self.start), Some(index(end)), index(self.step));
        let mut ranges = [all(), all(), all(), all()];
        ranges[match self.axis {
            Axis::Channels => 1,
            Axis::Height => 2,
            Axis::Width => 3,
        }] = lines;
        ranges
    }

    fn taken(&self, whole: Tensor<4>) -> Tensor<4> {
        whole.slice(self.ranges())
    }

    fn among_zeros(&self, lines: Tensor<4>) -> Tensor<4> {
        let [batch, ..] = lines.dims();
        let Shape {
            channels,
            height,
            width,
        } = self.whole;
        let options = (&lines.device(), lines.dtype());
        let zeros = Tensor::zeros([batch, channels, height, width], options);
        zeros.slice_assign(self.ranges(), lines)
    }
}

impl Rule for Part {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        self.0.taken(at.input(0))
    }

    fn adjoint(&self, _at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        vec![self.0.among_zeros(gradient)]
    }
}

impl Rule for Pad {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        self.0.among_zeros(at.input(0))
    }

    fn adjoint(&self, _at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        vec![self.0.taken(gradient)]
    }
}

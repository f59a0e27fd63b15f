//! The largest value of each window. Of equal ones it is the first, as in PyTorch, and it alone has the
//! gradient.

use burn::tensor::module::{max_pool2d, max_pool2d_with_indices};
use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{IndexingUpdateOp, Int, Tensor};
use nbzero_graph::{Shape, Window};

use super::pool::reaching;
use super::{At, Moved, Pair, Rule};

/// A max pool of the graph.
#[derive(Debug)]
pub(super) struct MaxPool {
    window: Window,
    size: [usize; 2],
    results: [usize; 2],
}

impl MaxPool {
    pub(super) fn new(window: &Window, from: Shape, to: Shape) -> Self {
        Self {
            window: reaching(window, from.size(), to.size()),
            size: from.size(),
            results: to.size(),
        }
    }

    /// The map with its padding.
    fn padded(&self, map: Tensor<4>, value: f64) -> Tensor<4> {
        let [[top, bottom], [left, right]] = self.window.padding.ends();
        if [top, bottom, left, right] == [0; 4] {
            return map;
        }
        map.pad((left, right, top, bottom), value)
    }

    /// Height and width of that.
    fn padded_size(&self) -> [usize; 2] {
        let ends = self.window.padding.ends();
        [0, 1].map(|i| self.size[i] + ends[i].iter().sum::<usize>())
    }

    fn options(&self) -> MaxPoolOptions<2> {
        MaxPoolOptions {
            kernel_size: self.window.kernel,
            stride: self.window.stride,
            padding: [(0, 0); 2],
            dilation: self.window.dilation,
            ceil_mode: false,
        }
    }

    /// Where in its padded channel each result comes from, `[batch, channels, results]`.
    fn places(&self, x: Tensor<4>) -> Tensor<3, Int> {
        let [batch, channels, _, _] = x.dims();
        let padded = self.padded(x, f64::NEG_INFINITY);
        let (_, places) = max_pool2d_with_indices(padded, self.options());
        let [rows, columns] = self.results;
        places.reshape([batch, channels, rows * columns])
    }

    fn spread(&self, gradient: Tensor<4>, places: &Tensor<3, Int>) -> Tensor<4> {
        let [all, channels, rows, columns] = gradient.dims();
        let places = for_each(places.clone(), all);
        let [height, width] = self.padded_size();
        let options = (&gradient.device(), gradient.dtype());
        let zeros = Tensor::<3>::zeros([all, channels, height * width], options);
        let values = gradient.reshape([all, channels, rows * columns]);
        let spread = zeros.scatter(2, places, values, IndexingUpdateOp::Add);
        let whole: Tensor<4> = spread.reshape([all, channels, height, width]);
        let [[top, _], [left, _]] = self.window.padding.ends();
        let [high, wide] = self.size;
        whole.slice([0..all, 0..channels, top..top + high, left..left + wide])
    }
}

impl Rule for MaxPool {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        max_pool2d(self.padded(at.input(0), f64::NEG_INFINITY), self.options())
    }

    fn adjoint(&self, at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        vec![self.spread(gradient, &self.places(at.input(0)))]
    }

    fn reads_input(&self, _i: usize) -> bool {
        true
    }

    fn tangent(&self, at: &At<'_>, moved: &Moved) -> Option<Tensor<4>> {
        let padded = self.padded(moved.whole(at, 0)?, 0.0);
        let [batch, channels, height, width] = padded.dims();
        let flat: Tensor<3> = padded.reshape([batch, channels, height * width]);
        let [rows, columns] = self.results;
        let found = flat.gather(2, for_each(self.places(at.input(0)), batch));
        Some(found.reshape([batch, channels, rows, columns]))
    }

    fn adjoint_tangent(&self, at: &At<'_>, _moved: &Moved, gradients: Pair) -> Vec<Pair> {
        let places = self.places(at.input(0));
        vec![gradients.map(|gradient| self.spread(gradient, &places))]
    }
}

/// The same places for each of several maps that lie one after another, `all` images together.
fn for_each(places: Tensor<3, Int>, all: usize) -> Tensor<3, Int> {
    match all / places.dims()[0] {
        1 => places,
        copies => places.repeat_dim(0, copies),
    }
}

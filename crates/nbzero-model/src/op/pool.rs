//! Means over a window. They are linear, so that a tangent goes through them as a value does.

use burn::tensor::{Tensor, TensorData};
use nbzero_graph::{Pool2d, Shape, Window};
use nbzero_ops::{ConvGeometry, convolution, convolution_input_gradient};

use super::{At, Rule};

/// An average pool of the graph.
#[derive(Debug)]
pub(super) struct AveragePool {
    sums: Sums,
    window: Window,
    count_padding: bool,
    /// Sizes of input and output.
    size: [usize; 2],
    results: [usize; 2],
}

/// How a window's sum is computed.
#[derive(Debug)]
enum Sums {
    /// Of the 3x3 window around each position: a position is in the windows of the positions that
    /// are in its window.
    Around,
    /// Of each 2x2 square; at the end of an odd map, of what is there of it.
    Squares,
    /// Of any other window.
    Window(Window),
}

impl AveragePool {
    pub(super) fn new(window: &Window, count_padding: bool, from: Shape, to: Shape) -> Self {
        let (size, results) = (from.size(), to.size());
        let sums = if *window == Pool2d::AVERAGE.window {
            Sums::Around
        } else if *window == Pool2d::HALVING.window && results == size.map(|s| s.div_ceil(2)) {
            Sums::Squares
        } else {
            Sums::Window(reaching(window, size, results))
        };
        Self {
            sums,
            window: *window,
            count_padding,
            size,
            results,
        }
    }

    /// Positions in the mean of each row of results (0), or of each column (1).
    fn counts_along(&self, i: usize) -> Vec<usize> {
        let Window {
            kernel,
            stride,
            dilation,
            padding,
        } = self.window;
        let [before, behind] = padding.ends()[i];
        let counted = if self.count_padding {
            0..before + self.size[i] + behind
        } else {
            before..before + self.size[i]
        };
        let count = |result: usize| {
            let places = (0..kernel[i]).map(|tap| result * stride[i] + tap * dilation[i]);
            places.filter(|place| counted.contains(place)).count()
        };
        (0..self.results[i]).map(count).collect()
    }

    /// The number of positions in each mean, `[1, 1, rows, columns]`.
    fn counts(&self, like: &Tensor<4>) -> Tensor<4> {
        let [rows, columns] = [0, 1].map(|i| self.counts_along(i));
        let products = rows
            .iter()
            .flat_map(|row| columns.iter().map(move |column| row * column));
        let products: Vec<f64> = products.map(|count| count as f64).collect();
        let counts = TensorData::new(products, [1, 1, rows.len(), columns.len()]);
        Tensor::from_data(counts, (&like.device(), like.dtype()))
    }
}

impl Rule for AveragePool {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        let x = at.input(0);
        let counts = self.counts(&x);
        let sums = match &self.sums {
            Sums::Around => window_sums(x),
            Sums::Squares => square_sums(x),
            Sums::Window(window) => {
                let geometry = depthwise(window, &x, self.size);
                let ones = ones(&x, window);
                convolution(x, ones, geometry)
            }
        };
        sums / counts
    }

    /// Each position's part of the gradient.
    fn adjoint(&self, _at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        let share = gradient.clone() / self.counts(&gradient);
        vec![match &self.sums {
            Sums::Around => window_sums(share),
            Sums::Squares => spread(share, self.size),
            Sums::Window(window) => {
                let geometry = depthwise(window, &share, self.size);
                let ones = ones(&share, window);
                convolution_input_gradient(share, ones, geometry)
            }
        }]
    }
}

/// The window with as much padding behind as its results reach: of a last result that is not whole
/// more than the graph says.
pub(super) fn reaching(window: &Window, size: [usize; 2], results: [usize; 2]) -> Window {
    let mut window = *window;
    let [down, across] = [0, 1].map(|i| {
        let span = (window.kernel[i] - 1).saturating_mul(window.dilation[i]);
        let last = (results[i] - 1).saturating_mul(window.stride[i]);
        let reached = last.saturating_add(span).saturating_add(1);
        reached.saturating_sub(window.padding.ends()[i][0].saturating_add(size[i]))
    });
    (window.padding.bottom, window.padding.right) = (down, across);
    window
}

/// Sums over the 3x3 window around each position, zeros outside: a depthwise convolution.
fn window_sums(x: Tensor<4>) -> Tensor<4> {
    let [_, _, height, width] = x.dims();
    let window = Window::square(3, 1);
    let geometry = depthwise(&window, &x, [height, width]);
    let ones = ones(&x, &window);
    convolution(x, ones, geometry)
}

/// A weight that sums over the window in each channel.
fn ones(like: &Tensor<4>, window: &Window) -> Tensor<4> {
    let [_, channels, _, _] = like.dims();
    let [rows, columns] = window.kernel;
    let options = (&like.device(), like.dtype());
    Tensor::ones([channels, 1, rows, columns], options)
}

fn depthwise(window: &Window, like: &Tensor<4>, size: [usize; 2]) -> ConvGeometry {
    let [_, channels, _, _] = like.dims();
    ConvGeometry {
        stride: window.stride,
        groups: channels,
        kernel: window.kernel,
        dilation: window.dilation,
        padding: window.padding.ends(),
        size,
    }
}

/// Sums over each 2x2 square, zeros outside.
fn square_sums(x: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    let [down, across] = [height, width].map(|size| size.div_ceil(2));
    let missing = [2 * down - height, 2 * across - width];
    let x = if missing == [0, 0] {
        x
    } else {
        x.pad((0, missing[1], 0, missing[0]), 0.0)
    };
    let squares = x.reshape([batch, channels, down, 2, across, 2]);
    let sums = squares.sum_dims(&[3, 5]);
    sums.reshape([batch, channels, down, across])
}

/// Each number at all positions of its square, on a map of a size.
fn spread(share: Tensor<4>, [height, width]: [usize; 2]) -> Tensor<4> {
    let [batch, channels, down, across] = share.dims();
    let squares = share.reshape([batch, channels, down, 1, across, 1]);
    let squares = squares.expand([batch, channels, down, 2, across, 2]);
    let whole = squares.reshape([batch, channels, 2 * down, 2 * across]);
    whole.slice([0..batch, 0..channels, 0..height, 0..width])
}

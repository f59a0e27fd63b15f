//! What the machine allows: how long the products of the suite alone would take.

use std::time::{Duration, Instant};

use nbzero_benches::timed;
use nbzero_graph::{Conv2d, Graph, Op, Shape};
use nbzero_ops::{ConvShape, conv2d_vec};
use nbzero_proxy::Settings;

/// The old proxies' products in one suite, at the speed of a large one.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(crate) struct Limit {
    /// Multiply-adds of all sweeps, in billions: of dense 3x3 convolutions those that Winograd's algorithm
    /// leaves.
    pub(crate) products: f64,
    /// Seconds for them at the speed of the large product; transforms, norms and all else are free.
    pub(crate) seconds: f64,
}

impl Limit {
    /// That of a network, at `speed` multiply-adds a second.
    pub(crate) fn new(graph: &Graph, batch: usize, settings: &Settings, speed: f64) -> Self {
        let ntk = settings.ntk_images;
        // Forward, tangent, loss (two input gradients and the weights'), ones; for ntk forward, and both
        // gradients for each image's logits.
        let whole = 6 * batch + ntk + 2 * ntk * ntk;
        let repeats = 2 * settings.zen_batch * settings.zen_repeats as usize;
        let products =
            whole as f64 * of_image(graph) + repeats as f64 * of_image(&graph.without_shortcuts());
        Self {
            products: products / 1e9,
            seconds: products / speed,
        }
    }
}

/// Multiply-adds of a large pointwise convolution a second, the best of half a second of them.
pub(crate) fn speed() -> f64 {
    let shape = ConvShape::new(32, [512, 16, 16], 512, 1).expect("a valid shape");
    let (input, weight) = (vec![1.0; shape.input_len()], vec![1.0; shape.weight_len()]);
    let end = Instant::now() + Duration::from_millis(500);
    let mut least = f64::INFINITY;
    while Instant::now() < end {
        let (_, seconds) = timed(|| conv2d_vec::<f32>(&shape, &input, &weight));
        least = least.min(seconds);
    }
    (shape.output_len() * 512) as f64 / least
}

/// Multiply-adds of one image forward.
fn of_image(graph: &Graph) -> f64 {
    let convolutions = graph.nodes().iter().map(|node| match node.op() {
        Op::Conv2d(conv) => of_convolution(conv, node.shape()),
        _ => 0,
    });
    convolutions.sum::<usize>() as f64
}

fn of_convolution(conv: &Conv2d, output: Shape) -> usize {
    let Shape {
        channels,
        height,
        width,
    } = output;
    let inputs = conv.in_channels / conv.groups;
    let pairs = channels * inputs;
    let [rows, columns] = conv.window.kernel;
    let direct = pairs * height * width * rows * columns;
    // Of a tile of four by four results.
    let products = match conv.window.stride {
        [1, 1] => 36,
        [2, 2] => 81,
        _ => return direct,
    };
    let is_dense = conv.groups == 1 && [rows, columns] == [3, 3];
    let tiles = height.div_ceil(4) * width.div_ceil(4);
    if is_dense {
        direct.min(pairs * tiles * products)
    } else {
        direct
    }
}

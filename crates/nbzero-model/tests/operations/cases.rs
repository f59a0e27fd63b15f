//! A small network around each operation.

use nbzero_graph::{
    Axis, BatchNorm, Conv2d, Function, Graph, GraphBuilder, GraphError, LayerNorm, Linear, NodeId,
    Over, Padding, Parameter, Pool2d, PoolKind, Reduction, Shape, Slice, Window,
};

type Added = Result<NodeId, GraphError>;

/// Images of 3 x 6 x 5, a convolution with bias to eight channels, the operation, a convolution, the
/// mean, a linear layer.
pub(crate) fn around(add: impl FnOnce(&mut GraphBuilder, NodeId) -> Added) -> Graph {
    let mut b = Graph::builder_on(Shape::new(3, 6, 5));
    let stem = Conv2d::new("stem", 3, 8, 3, 1);
    // Without a bias a convolution moves by itself along its weight: both kinds come first here.
    let x = b.conv(b.input(), stem).unwrap();
    let x = add(&mut b, x).unwrap();
    let channels = b.shape(x).channels;
    let last = Conv2d::new("last", channels, 6, 1, 1).with_bias();
    let x = b.conv(x, last).unwrap();
    let x = b.function(x, Function::Tanh).unwrap();
    let x = b.global_average_pool(x);
    b.linear(x, "head", 4).unwrap();
    b.finish().unwrap()
}

fn parameter(name: &str, shape: Shape) -> Parameter {
    Parameter {
        name: name.to_owned(),
        shape,
        initial: 0.5,
    }
}

fn window(
    kernel: [usize; 2],
    stride: [usize; 2],
    dilation: [usize; 2],
    padding: [usize; 4],
) -> Window {
    let [top, left, bottom, right] = padding;
    Window {
        kernel,
        stride,
        dilation,
        padding: Padding {
            top,
            left,
            bottom,
            right,
        },
    }
}

fn lines(axis: Axis, start: usize, length: usize, step: usize) -> Slice {
    Slice {
        axis,
        start,
        length,
        step,
    }
}

/// Squeeze-excitation of the channels.
fn gate(b: &mut GraphBuilder, x: NodeId) -> Added {
    let s = b.global_average_pool(x);
    let s = b.linear(s, "reduce", 3)?;
    let s = b.function(s, Function::Silu)?;
    let s = b.conv(s, Conv2d::new("expand", 3, 8, 1, 1).with_bias())?;
    let s = b.function(s, Function::Sigmoid)?;
    b.multiply(x, s)
}

/// Split attention: two groups of channels, weighed by their softmax.
fn split_attention(b: &mut GraphBuilder, x: NodeId) -> Added {
    let s = b.global_average_pool(x);
    let s = b.linear(s, "attention", 8)?;
    let s = b.softmax(s, 2)?;
    let weighed = b.multiply(x, s)?;
    let left = b.channels(weighed, 0, 4)?;
    let right = b.channels(weighed, 4, 4)?;
    b.sum(left, right)
}

/// Global response normalisation of ConvNeXt V2.
fn response_norm(b: &mut GraphBuilder, x: NodeId) -> Added {
    let norm = b.reduce(x, Reduction::Norm, Over::Positions);
    let mean = b.reduce(norm, Reduction::Mean, Over::Channels);
    let shifted = b.function(
        mean,
        Function::Affine {
            scale: 1.0,
            shift: 1e-6,
        },
    )?;
    let inverse = b.function(shifted, Function::Power { exponent: -1.0 })?;
    let scale = b.multiply(norm, inverse)?;
    let response = b.multiply(x, scale)?;
    let weight = b.parameter(parameter("grn.weight", Shape::vector(8)))?;
    let response = b.multiply(response, weight)?;
    let bias = b.parameter(parameter("grn.bias", Shape::vector(8)))?;
    let response = b.sum(response, bias)?;
    b.addition(x, response)
}

fn max_pool(window: Window, ceil: bool) -> Pool2d {
    Pool2d {
        kind: PoolKind::Max,
        window,
        ceil,
    }
}

fn average_pool(window: Window, ceil: bool, count_padding: bool) -> Pool2d {
    Pool2d {
        kind: PoolKind::Average { count_padding },
        window,
        ceil,
    }
}

/// All functions that a graph knows.
fn functions() -> [Function; 18] {
    [
        Function::Relu,
        Function::RELU6,
        Function::Clip {
            low: -0.4,
            high: 0.3,
        },
        Function::Clip {
            low: -0.2,
            high: f64::INFINITY,
        },
        Function::LeakyRelu { slope: 0.1 },
        Function::Sigmoid,
        Function::HARD_SIGMOID,
        Function::Silu,
        Function::HardSwish,
        Function::Gelu,
        Function::GeluTanh,
        Function::Tanh,
        Function::Softplus,
        Function::Mish,
        Function::Elu { alpha: 0.7 },
        Function::Affine {
            scale: 1.7,
            shift: -0.3,
        },
        Function::Power { exponent: 2.0 },
        Function::Power { exponent: 3.0 },
    ]
}

/// Each operation, and some made of several.
#[allow(clippy::too_many_lines, reason = "a list")]
pub(crate) fn cases() -> Vec<(String, Graph)> {
    let mut cases: Vec<(String, Graph)> = Vec::new();
    let mut add = |name: &str, op: fn(&mut GraphBuilder, NodeId) -> Added| {
        cases.push((name.to_owned(), around(op)));
    };
    add("conv behind conv", |b, x| {
        b.conv(x, Conv2d::new("c", 8, 6, 3, 2))
    });
    add("conv with bias", |b, x| {
        b.conv(x, Conv2d::new("c", 8, 6, 3, 1).with_bias())
    });
    add("conv of two windows", |b, x| {
        let window = window([2, 4], [1, 2], [2, 1], [1, 0, 2, 3]);
        let conv = Conv2d::new("c", 8, 12, 1, 1).with_window(window);
        b.conv(x, conv.with_groups(4).with_bias())
    });
    add("depthwise conv", |b, x| {
        let window = window([3, 3], [2, 2], [1, 1], [0, 0, 1, 1]);
        b.conv(
            x,
            Conv2d::new("c", 8, 8, 3, 2).depthwise().with_window(window),
        )
    });
    add("linear on a map", |b, x| b.linear(x, "l", 5));
    add("linear without bias", |b, x| {
        let x = b.flatten(x)?;
        b.linear_layer(x, Linear::new("l", 240, 7).without_bias())
    });
    add("layer norm", |b, x| {
        b.layer_norm(
            x,
            LayerNorm {
                name: "ln".to_owned(),
                epsilon: 1e-6,
            },
        )
    });
    add("parametric ReLU", |b, x| {
        b.prelu(x, "slope.weight", Shape::vector(8))
    });
    add("softmax", |b, x| b.softmax(x, 8));
    add("gate", gate);
    add("split attention", split_attention);
    add("response norm", response_norm);
    add("product with itself", |b, x| b.multiply(x, x));
    add("product of a map of one channel", |b, x| {
        let mean = b.reduce(x, Reduction::Mean, Over::Channels);
        b.multiply(mean, x)
    });
    add("sum of a row of sizes", |b, x| {
        let y = b.reduce(x, Reduction::Max, Over::Channels);
        let z = b.reduce(x, Reduction::Sum, Over::Positions);
        let z = b.function(z, Function::Silu)?;
        let both = b.sum(y, z)?;
        let shift = b.parameter(parameter("shift", Shape::vector(8)))?;
        let both = b.sum(shift, both)?;
        let both = b.relu(both);
        b.sum(both, x)
    });
    add("residual addition", |b, x| {
        let y = b.conv(x, Conv2d::new("c", 8, 8, 3, 1).with_bias())?;
        let y = b.function(y, Function::Gelu)?;
        let sum = b.addition(x, y)?;
        Ok(b.relu(sum))
    });
    add("max pool", |b, x| {
        b.pool(x, max_pool(Window::square(3, 2), false))
    });
    add("max pool, ceil", |b, x| {
        b.pool(x, max_pool(window([3, 2], [2, 3], [1, 1], [0; 4]), true))
    });
    add("max pool of a window with gaps", |b, x| {
        b.pool(
            x,
            max_pool(window([2, 2], [1, 2], [2, 3], [1, 0, 0, 1]), false),
        )
    });
    add("average pool 3x3", |b, x| Ok(b.average_pool(x)));
    add("average pool 2x2", |b, x| Ok(b.halving_pool(x)));
    add("average pool, padding counted, ceil", |b, x| {
        b.pool(
            x,
            average_pool(window([3, 3], [2, 2], [1, 1], [1, 1, 1, 1]), true, true),
        )
    });
    add("average pool of any window", |b, x| {
        b.pool(
            x,
            average_pool(window([2, 3], [1, 2], [1, 1], [1, 0, 0, 2]), true, false),
        )
    });
    add("max over positions", |b, x| {
        Ok(b.reduce(x, Reduction::Max, Over::Positions))
    });
    add("norm over channels", |b, x| {
        Ok(b.reduce(x, Reduction::Norm, Over::Channels))
    });
    add("sum over channels", |b, x| {
        Ok(b.reduce(x, Reduction::Sum, Over::Channels))
    });
    add("concat", |b, x| {
        let y = b.conv(x, Conv2d::new("c", 8, 5, 1, 1))?;
        let y = b.function(y, Function::Silu)?;
        b.concat(&[x, y, x])
    });
    add("slices", |b, x| {
        let x = b.slice(x, lines(Axis::Channels, 1, 3, 2))?;
        let x = b.slice(x, lines(Axis::Height, 0, 3, 2))?;
        b.slice(x, lines(Axis::Width, 2, 3, 1))
    });
    add("padding", |b, x| {
        let x = b.pad(x, Axis::Channels, 1, 2)?;
        let x = b.pad(x, Axis::Height, 0, 2)?;
        b.pad(x, Axis::Width, 3, 0)
    });
    add("shuffle", |b, x| b.shuffle(x, 4));
    add("reshape", |b, x| b.reshape(x, Shape::new(5, 4, 12)));
    add("upsampling", |b, x| b.upsample(x, [2, 3]));
    add("zeros", |b, x| {
        let zeros = b.zeros(x);
        b.sum(x, zeros)
    });
    for function in functions() {
        let graph = around(|b, x| b.function(x, function));
        cases.push((format!("{function:?}"), graph));
    }
    cases
}

/// A network with batch norms, between which gates and concatenations stand.
pub(crate) fn with_batch_norms() -> Graph {
    let mut b = Graph::builder_on(Shape::new(2, 6, 5));
    let x = b.conv(b.input(), Conv2d::new("stem", 2, 8, 3, 1)).unwrap();
    let x = b
        .batch_norm_layer(x, BatchNorm::new("stem.bn").with_epsilon(1e-3))
        .unwrap();
    let x = b.function(x, Function::Silu).unwrap();
    let gated = gate(&mut b, x).unwrap();
    let normed = b
        .layer_norm(
            gated,
            LayerNorm {
                name: "ln".to_owned(),
                epsilon: 1e-6,
            },
        )
        .unwrap();
    let pooled = b
        .pool(normed, max_pool(Window::square(3, 1), false))
        .unwrap();
    let response = response_norm(&mut b, pooled).unwrap();
    let attended = split_attention(&mut b, response).unwrap();
    let slope = b.prelu(attended, "slope.weight", Shape::vector(4)).unwrap();
    let shuffled = b.shuffle(slope, 2).unwrap();
    let x = b.concat(&[shuffled, x]).unwrap();
    let conv =
        Conv2d::new("conv", 12, 6, 3, 2).with_window(window([2, 3], [2, 1], [1, 1], [0, 1, 1, 1]));
    let x = b.conv(x, conv.with_bias()).unwrap();
    let x = b.batch_norm(x, "bn").unwrap();
    let x = b.relu(x);
    let x = b.linear(x, "mix", 7).unwrap();
    let x = b.function(x, Function::Gelu).unwrap();
    let x = b.global_average_pool(x);
    b.linear(x, "head", 4).unwrap();
    b.finish().unwrap()
}

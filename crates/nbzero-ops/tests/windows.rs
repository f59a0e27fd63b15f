//! Windows with any padding, stride and gaps: all three directions against plain loops, on the device Flex.

#![expect(clippy::unwrap_used, reason = "unwrap in a test is an assertion")]

use burn::tensor::{DType, Device, Tensor, TensorData};
use nbzero_ops::{
    ConvGeometry, convolution, convolution_input_gradient, convolution_weight_gradient,
};
use proptest::prelude::*;

/// Numbers between -1 and 1.
fn numbers(shape: [usize; 4], seed: usize, device: &Device) -> Tensor<4> {
    let number = |i: usize| ((i * 7919 + seed * 104_729) % 2003) as f64 / 1001.0 - 1.0;
    let values: Vec<f64> = (0..shape.iter().product()).map(number).collect();
    Tensor::from_data(TensorData::new(values, shape), (device, DType::F64))
}

fn values(tensor: &Tensor<4>) -> Vec<f64> {
    tensor.clone().try_into_vec_as::<f64>().unwrap()
}

fn assert_near(what: &str, found: &Tensor<4>, expected: &Tensor<4>) {
    assert_eq!(found.dims(), expected.dims(), "{what}");
    for (a, b) in values(found).iter().zip(values(expected)) {
        assert!(
            (a - b).abs() < 1e-12 * (1.0 + b.abs()),
            "{what}: {a}, not {b}"
        );
    }
}

/// The output, and from a gradient of it those of input and weight.
fn plain_loops(
    geometry: ConvGeometry,
    [input, weight, gradient]: [&Tensor<4>; 3],
) -> [Tensor<4>; 3] {
    let ([_, c_in, height, width], [c_out, inner, rows, columns]) = (input.dims(), weight.dims());
    let [images, _, high, wide] = gradient.dims();
    let [x, w, g] = [input, weight, gradient].map(values);
    let [mut y, mut gx, mut gw] = [&g, &x, &w].map(|values| vec![0.0; values.len()]);
    for output in 0..g.len() {
        let (n, rest) = (
            output / (c_out * high * wide),
            output % (c_out * high * wide),
        );
        let (to, row, column) = (rest / (high * wide), rest / wide % high, rest % wide);
        for tap in 0..inner * rows * columns {
            let (from, down, across) =
                (tap / (rows * columns), tap / columns % rows, tap % columns);
            let at = |i: usize, place: usize, tap: usize| {
                let place = place * geometry.stride[i] + tap * geometry.dilation[i];
                place.checked_sub(geometry.padding[i][0])
            };
            let (Some(row), Some(column)) = (at(0, row, down), at(1, column, across)) else {
                continue;
            };
            if row >= height || column >= width {
                continue;
            }
            let from = to / (c_out / geometry.groups) * inner + from;
            let source = ((n * c_in + from) * height + row) * width + column;
            let tap = to * inner * rows * columns + tap;
            y[output] += x[source] * w[tap];
            gx[source] += g[output] * w[tap];
            gw[tap] += g[output] * x[source];
        }
    }
    assert_eq!(images * c_out * high * wide, y.len());
    let like = |values: Vec<f64>, like: &Tensor<4>| {
        let data = TensorData::new(values, like.dims());
        Tensor::from_data(data, (&like.device(), DType::F64))
    };
    [like(y, gradient), like(gx, input), like(gw, weight)]
}

fn check(geometry: ConvGeometry, channels: [usize; 2]) {
    let device = Device::flex();
    let [inner, outer] = channels.map(|channels| channels * geometry.groups);
    let [height, width] = geometry.size;
    let [rows, columns] = geometry.kernel;
    let input = numbers([2, inner, height, width], 1, &device);
    let weight = numbers([outer, channels[0], rows, columns], 2, &device);
    let output = convolution(input.clone(), weight.clone(), geometry);
    let gradients = [3, 4].map(|seed| numbers(output.dims(), seed, &device));
    let both = Tensor::cat(gradients.to_vec(), 0);
    let by_input = convolution_input_gradient(both.clone(), weight.clone(), geometry);
    let by_weight = convolution_weight_gradient(input.clone(), both, geometry);
    for (copy, gradient) in gradients.iter().enumerate() {
        let [y, gx, gw] = plain_loops(geometry, [&input, &weight, gradient]);
        assert_near("the output", &output, &y);
        let found = by_input.clone().narrow(0, 2 * copy, 2);
        assert_near("the input's gradient", &found, &gx);
        let found = by_weight.clone().narrow(0, outer * copy, outer);
        assert_near("the weight's gradient", &found, &gw);
    }
}

fn geometries() -> impl Strategy<Value = (ConvGeometry, [usize; 2])> {
    let pair = |range: std::ops::Range<usize>| [range.clone(), range];
    (
        pair(1..6),
        pair(1..4),
        pair(1..4),
        [pair(0..4), pair(0..4)],
        pair(0..8),
        pair(1..4),
        1..4_usize,
    )
        .prop_map(
            |(kernel, stride, dilation, padding, more, channels, groups)| {
                let geometry = ConvGeometry {
                    stride,
                    groups,
                    kernel,
                    dilation,
                    padding,
                    size: [1; 2],
                };
                let span = [0, 1].map(|i| (kernel[i] - 1) * dilation[i] + 1);
                let size = [0, 1].map(|i| {
                    let padding: usize = padding[i].iter().sum();
                    span[i].saturating_sub(padding).max(1) + more[i]
                });
                (ConvGeometry { size, ..geometry }, channels)
            },
        )
}

/// As deep and with the padding of a geometry, an odd square window without gaps.
fn of_the_kernels(geometry: ConvGeometry) -> ConvGeometry {
    let side = 2 * (geometry.kernel[0] / 2) + 1;
    let size = [0, 1].map(|i| {
        let padding: usize = geometry.padding[i].iter().sum();
        geometry.size[i].max(side.saturating_sub(padding))
    });
    ConvGeometry {
        stride: [geometry.stride[0]; 2],
        groups: 5 * geometry.groups,
        kernel: [side; 2],
        dilation: [1; 2],
        size,
        ..geometry
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_window_agrees_with_plain_loops((geometry, channels) in geometries()) {
        check(geometry, channels);
        check(geometry, [1, 1]);
        check(of_the_kernels(geometry), [1, 1]);
    }
}

//! One convolution of each shape class in each direction, on every instruction set of the machine.
//!
//! `cargo bench -p nbzero-benches --bench kernels`. Which kernel a class takes stands in docs/src/kernels.md.

#![allow(missing_docs, reason = "criterion's macros")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nbzero_ops::{ConvShape, Isa, conv2d_input_grad_with, conv2d_weight_grad_with, conv2d_with};

/// A class, and of one of its shapes batch, input and output channels, kernel, stride, groups, height and
/// width.
const CLASSES: [(&str, [usize; 7]); 10] = [
    ("image 3x3", [16, 3, 32, 3, 1, 1, 32]),
    ("wide 3x3", [16, 64, 64, 3, 1, 1, 32]),
    ("deep 3x3", [16, 256, 256, 3, 1, 1, 8]),
    ("strided 3x3", [16, 64, 128, 3, 2, 1, 32]),
    ("pointwise", [16, 64, 256, 1, 1, 1, 16]),
    ("pointwise on 4x4", [16, 512, 512, 1, 1, 1, 4]),
    ("strided pointwise", [16, 256, 512, 1, 2, 1, 8]),
    ("depthwise", [16, 96, 96, 3, 1, 96, 32]),
    ("depthwise on 8x8", [16, 288, 288, 3, 1, 288, 8]),
    ("strided depthwise", [16, 144, 144, 3, 2, 144, 16]),
];

fn numbers(len: usize) -> Vec<f32> {
    (0..len).map(|i| (i * 7 % 11) as f32 - 5.0).collect()
}

fn kernels(criterion: &mut Criterion) {
    for (class, [batch, inputs, outputs, kernel, stride, groups, size]) in CLASSES {
        let shape = ConvShape::new(batch, [inputs, size, size], outputs, kernel)
            .and_then(|shape| shape.with_stride(stride))
            .and_then(|shape| shape.with_groups(groups))
            .expect("a valid shape");
        let (input, weight) = (numbers(shape.input_len()), numbers(shape.weight_len()));
        let grad = numbers(shape.output_len());
        let [mut output, mut input_grad, mut weight_grad] =
            [grad.clone(), input.clone(), weight.clone()];
        let products = shape.output_len() * inputs / groups * kernel * kernel;
        let mut group = criterion.benchmark_group(class);
        group.sample_size(10);
        group.throughput(Throughput::Elements(2 * products as u64));
        for isa in Isa::available() {
            group.bench_function(BenchmarkId::new("forward", isa), |bencher| {
                bencher.iter(|| conv2d_with(isa, &shape, &input, &weight, black_box(&mut output)));
            });
            group.bench_function(BenchmarkId::new("input gradient", isa), |bencher| {
                let to = &mut input_grad;
                bencher.iter(|| conv2d_input_grad_with(isa, &shape, &grad, &weight, black_box(to)));
            });
            group.bench_function(BenchmarkId::new("weight gradient", isa), |bencher| {
                let to = &mut weight_grad;
                bencher.iter(|| conv2d_weight_grad_with(isa, &shape, &input, &grad, black_box(to)));
            });
        }
    }
}

criterion_group!(benches, kernels);
criterion_main!(benches);

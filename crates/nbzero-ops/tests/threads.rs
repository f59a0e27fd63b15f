//! Results are the same bits whatever the number of threads.

#![expect(clippy::unwrap_used, reason = "unwrap in a test is an assertion")]

use nbzero_ops::{
    Activation, BatchNorm, ConvShape, Statistics, conv2d_input_grad_vec, conv2d_vec,
    conv2d_weight_grad_vec,
};

fn numbers(len: usize) -> Vec<f32> {
    (0..len)
        .map(|i| (i * 7919 % 2003) as f32 / 1001.5 - 1.0)
        .collect()
}

fn in_pool<R: Send>(threads: usize, run: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
        .install(run)
}

fn same_for_any_pool(what: &str, run: impl Fn() -> Vec<f32> + Sync) {
    let bits = |threads| {
        in_pool(threads, || {
            run().iter().map(|x| x.to_bits()).collect::<Vec<_>>()
        })
    };
    let one = bits(1);
    for threads in [2, 3] {
        assert!(
            bits(threads) == one,
            "{what} differs with {threads} threads"
        );
    }
}

#[test]
fn convolutions() {
    for (n, c_in, c_out, k, s, groups, size) in [
        (33, 8, 8, 3, 1, 1, 16),
        (3, 40, 70, 3, 1, 1, 9),
        (16, 140, 70, 3, 1, 1, 4),
        (70, 40, 20, 3, 1, 1, 13),
        (20, 24, 48, 3, 2, 1, 8),
        (79, 48, 48, 3, 2, 1, 23),
        (48, 144, 64, 3, 2, 1, 15),
        (16, 64, 64, 1, 1, 1, 8),
        (5, 30, 20, 1, 2, 1, 7),
        (33, 24, 24, 3, 1, 24, 16),
        (9, 20, 20, 3, 2, 20, 8),
        (4, 16, 16, 3, 1, 2, 8),
    ] {
        let shape = ConvShape::new(n, [c_in, size, size], c_out, k).unwrap();
        let shape = shape.with_stride(s).unwrap().with_groups(groups).unwrap();
        let input = numbers(shape.input_len());
        let weight = numbers(shape.weight_len());
        let grad = numbers(shape.output_len());
        let what = |direction: &str| format!("{direction} of {shape:?}");
        same_for_any_pool(&what("forward"), || conv2d_vec(&shape, &input, &weight));
        same_for_any_pool(&what("input gradient"), || {
            conv2d_input_grad_vec(&shape, &grad, &weight)
        });
        same_for_any_pool(&what("weight gradient"), || {
            conv2d_weight_grad_vec(&shape, &input, &grad)
        });
    }
}

#[test]
fn batch_norms() {
    let (n, c, plane) = (65, 24, 100);
    let (input, grad) = (
        numbers(n * c * plane),
        numbers(n * c * plane + 1)[1..].to_vec(),
    );
    let (scale, bias) = (numbers(c), numbers(c));
    let norm = BatchNorm::new(&scale, &bias, 1e-5).with_activation(Activation::Relu6);
    same_for_any_pool("batch norm", || {
        let (mut all, moments) = norm.forward(&input, plane);
        let grads = norm.backward(&input, plane, &moments, &grad, Statistics::Batch);
        for more in [
            &moments.mean,
            &moments.variance,
            &grads.input,
            &grads.scale,
            &grads.bias,
        ] {
            all.extend(more);
        }
        all
    });
}

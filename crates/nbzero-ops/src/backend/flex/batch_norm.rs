//! Batch norm on Flex: the kernels, in float32 and float64.

use burn::backend::{Flex, TensorMetadata};
use burn::tensor::{DType, TensorData};

use super::{FlexTensor, elements};
use crate::{BatchNorm, Element, Moments, MovingGrad, Norm, NormBackend};

type Two = (FlexTensor, FlexTensor);
type Three = (FlexTensor, FlexTensor, FlexTensor);

/// Calls a function for the element type of a tensor.
macro_rules! by_type {
    ($input:ident, $function:ident($($argument:expr),*)) => {
        match $input.dtype() {
            DType::F32 => $function::<f32>($($argument),*),
            DType::F64 => $function::<f64>($($argument),*),
            other => panic!("batch norms are computed in float32 or float64, not in {other:?}"),
        }
    };
}

impl NormBackend for Flex {
    fn batch_norm_over_batch(
        input: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        norm: Norm,
        batches: usize,
    ) -> Three {
        by_type!(input, forward(&input, &gamma, &beta, norm, batches))
    }

    fn batch_norm_over_fixed(
        input: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        mean: FlexTensor,
        variance: FlexTensor,
        norm: Norm,
    ) -> FlexTensor {
        let channels = [gamma, beta, mean, variance];
        by_type!(input, forward_fixed(&input, channels, norm))
    }

    fn batch_norm_over_batch_backward(
        input: FlexTensor,
        gradient: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        mean: FlexTensor,
        variance: FlexTensor,
        norm: Norm,
    ) -> Three {
        let channels = [gamma, beta, mean, variance];
        by_type!(input, backward(&input, &gradient, channels, norm))
    }

    fn batch_norm_tangent(
        input: FlexTensor,
        moved: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        mean: FlexTensor,
        variance: FlexTensor,
        norm: Norm,
    ) -> FlexTensor {
        let channels = [gamma, beta, mean, variance];
        by_type!(input, tangent(&input, &moved, channels, norm))
    }

    fn batch_norm_backward_tangent(
        input: FlexTensor,
        moved: FlexTensor,
        gradient: FlexTensor,
        moved_gradient: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        mean: FlexTensor,
        variance: FlexTensor,
        norm: Norm,
    ) -> Two {
        let channels = [gamma, beta, mean, variance];
        let maps = [moved, gradient, moved_gradient];
        by_type!(input, backward_tangent(&input, maps, channels, norm))
    }
}

fn forward<T: Element + burn::tensor::Element + bytemuck::Pod>(
    input: &FlexTensor,
    gamma: &FlexTensor,
    beta: &FlexTensor,
    norm: Norm,
    batches: usize,
) -> Three {
    let dims: [usize; 4] = input.shape().dims();
    let (input, gamma, beta) = (
        input.to_contiguous(),
        gamma.to_contiguous(),
        beta.to_contiguous(),
    );
    let norm = BatchNorm::<T>::new(elements(&gamma), elements(&beta), norm.epsilon)
        .with_activation(norm.activation);
    let (output, moments) = norm.forward_batches(elements(&input), dims[2] * dims[3], batches);
    let output = FlexTensor::from_data(TensorData::new(output, dims));
    (output, vector(moments.mean), vector(moments.variance))
}

fn forward_fixed<T: Element + burn::tensor::Element + bytemuck::Pod>(
    input: &FlexTensor,
    channels: [FlexTensor; 4],
    norm: Norm,
) -> FlexTensor {
    let dims: [usize; 4] = input.shape().dims();
    let input = input.to_contiguous();
    let output = with_norm(channels, norm, |norm, moments: &Moments<T>| {
        norm.apply(elements(&input), dims[2] * dims[3], moments)
    });
    FlexTensor::from_data(TensorData::new(output, dims))
}

fn backward<T: Element + burn::tensor::Element + bytemuck::Pod>(
    input: &FlexTensor,
    gradient: &FlexTensor,
    channels: [FlexTensor; 4],
    norm: Norm,
) -> Three {
    let dims: [usize; 4] = gradient.shape().dims();
    let (input, gradient) = (input.to_contiguous(), gradient.to_contiguous());
    let gradients = with_norm(channels, norm, |norm_of, moments: &Moments<T>| {
        norm_of.backward(
            elements(&input),
            dims[2] * dims[3],
            moments,
            elements(&gradient),
            norm.statistics,
        )
    });
    let input = FlexTensor::from_data(TensorData::new(gradients.input, dims));
    (input, vector(gradients.scale), vector(gradients.bias))
}

fn tangent<T: Element + burn::tensor::Element + bytemuck::Pod>(
    input: &FlexTensor,
    moved: &FlexTensor,
    channels: [FlexTensor; 4],
    norm: Norm,
) -> FlexTensor {
    let dims: [usize; 4] = input.shape().dims();
    let (input, moved) = (input.to_contiguous(), moved.to_contiguous());
    let (input, moved) = (elements(&input), elements(&moved));
    let output = with_norm(channels, norm, |norm, moments: &Moments<T>| {
        norm.tangent(input, dims[2] * dims[3], moments, moved)
    });
    FlexTensor::from_data(TensorData::new(output, dims))
}

fn backward_tangent<T: Element + burn::tensor::Element + bytemuck::Pod>(
    input: &FlexTensor,
    maps: [FlexTensor; 3],
    channels: [FlexTensor; 4],
    norm: Norm,
) -> Two {
    let dims: [usize; 4] = input.shape().dims();
    let input = input.to_contiguous();
    let [moved, gradient, moved_gradient] = maps.map(|map| map.to_contiguous());
    let [gradient, moved] = with_norm(channels, norm, |norm, moments: &Moments<T>| {
        let output = MovingGrad {
            grad: elements(&gradient),
            moved: elements(&moved_gradient),
        };
        let plane = dims[2] * dims[3];
        norm.backward_tangent(elements(&input), plane, moments, elements(&moved), output)
    });
    let tensor = |values| FlexTensor::from_data(TensorData::new(values, dims));
    (tensor(gradient), tensor(moved))
}

/// Calls `run` with the norm and the statistics of a batch.
fn with_norm<T: Element + burn::tensor::Element + bytemuck::Pod, R>(
    channels: [FlexTensor; 4],
    norm: Norm,
    run: impl FnOnce(BatchNorm<'_, T>, &Moments<T>) -> R,
) -> R {
    let [gamma, beta, mean, variance] = channels.map(|vector| vector.to_contiguous());
    let moments = Moments {
        mean: elements(&mean).to_vec(),
        variance: elements(&variance).to_vec(),
    };
    let kernels = BatchNorm::new(elements(&gamma), elements(&beta), norm.epsilon);
    run(kernels.with_activation(norm.activation), &moments)
}

fn vector<T: burn::tensor::Element>(values: Vec<T>) -> FlexTensor {
    let len = values.len();
    FlexTensor::from_data(TensorData::new(values, [len]))
}

//! Batch norm on Flex: the kernels, in float32 and float64.

use burn::backend::{Flex, TensorMetadata};
use burn::tensor::{DType, TensorData};

use super::{FlexTensor, elements};
use crate::{BatchNorm, Element, Moments, NormBackend, Statistics};

type Three = (FlexTensor, FlexTensor, FlexTensor);

impl NormBackend for Flex {
    fn batch_norm_over_batch(
        input: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        epsilon: f64,
    ) -> Three {
        match input.dtype() {
            DType::F32 => forward::<f32>(&input, &gamma, &beta, epsilon),
            DType::F64 => forward::<f64>(&input, &gamma, &beta, epsilon),
            other => panic!("batch norms are computed in float32 or float64, not in {other:?}"),
        }
    }

    fn batch_norm_over_batch_backward(
        input: FlexTensor,
        gradient: FlexTensor,
        gamma: FlexTensor,
        mean: FlexTensor,
        variance: FlexTensor,
        epsilon: f64,
    ) -> Three {
        match input.dtype() {
            DType::F32 => backward::<f32>(&input, &gradient, &gamma, &mean, &variance, epsilon),
            DType::F64 => backward::<f64>(&input, &gradient, &gamma, &mean, &variance, epsilon),
            other => panic!("batch norms are computed in float32 or float64, not in {other:?}"),
        }
    }
}

fn forward<T: Element + burn::tensor::Element + bytemuck::Pod>(
    input: &FlexTensor,
    gamma: &FlexTensor,
    beta: &FlexTensor,
    epsilon: f64,
) -> Three {
    let dims: [usize; 4] = input.shape().dims();
    let (input, gamma, beta) = (
        input.to_contiguous(),
        gamma.to_contiguous(),
        beta.to_contiguous(),
    );
    let norm = BatchNorm::<T>::new(elements(&gamma), elements(&beta), epsilon);
    let (output, moments) = norm.forward(elements(&input), dims[2] * dims[3]);
    let output = FlexTensor::from_data(TensorData::new(output, dims));
    (output, vector(moments.mean), vector(moments.variance))
}

fn backward<T: Element + burn::tensor::Element + bytemuck::Pod>(
    input: &FlexTensor,
    gradient: &FlexTensor,
    gamma: &FlexTensor,
    mean: &FlexTensor,
    variance: &FlexTensor,
    epsilon: f64,
) -> Three {
    let dims: [usize; 4] = input.shape().dims();
    let plane = dims[2] * dims[3];
    let (input, gradient, gamma) = (
        input.to_contiguous(),
        gradient.to_contiguous(),
        gamma.to_contiguous(),
    );
    let moments = Moments {
        mean: elements::<T>(&mean.to_contiguous()).to_vec(),
        variance: elements::<T>(&variance.to_contiguous()).to_vec(),
    };
    // The shift has no part in any gradient.
    let gamma = elements(&gamma);
    let gradients = BatchNorm::<T>::new(gamma, gamma, epsilon).backward(
        elements(&input),
        plane,
        &moments,
        elements(&gradient),
        Statistics::Batch,
    );
    let input = FlexTensor::from_data(TensorData::new(gradients.input, dims));
    (input, vector(gradients.scale), vector(gradients.bias))
}

fn vector<T: burn::tensor::Element>(values: Vec<T>) -> FlexTensor {
    let len = values.len();
    FlexTensor::from_data(TensorData::new(values, [len]))
}

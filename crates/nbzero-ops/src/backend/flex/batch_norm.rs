//! Batch norm on Flex: the kernels in float32, Burn's primitives in other types.

use burn::backend::ops::{BatchNormTrain, BatchNormTrainBackward, ModuleOps};
use burn::backend::{Flex, TensorMetadata};
use burn::tensor::{DType, TensorData};

use super::FlexTensor;
use crate::NormBackend;
use crate::batch_norm::{ChannelStatistics, NormShape, batch_norm, batch_norm_backward};

impl NormBackend for Flex {
    fn batch_norm_over_batch(
        input: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        epsilon: f64,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        if input.dtype() != DType::F32 {
            let BatchNormTrain {
                output,
                mean,
                variance,
            } = Self::batch_norm_train(input, gamma, beta, epsilon);
            return (output, mean, variance);
        }
        let dims: [usize; 4] = input.shape().dims();
        let shape = norm_shape(dims);
        let mut output = vec![0.0; dims.iter().product()];
        let statistics = batch_norm(
            shape,
            slice(&input.to_contiguous()),
            slice(&gamma.to_contiguous()),
            slice(&beta.to_contiguous()),
            epsilon,
            &mut output,
        );
        (
            FlexTensor::from_data(TensorData::new(output, dims)),
            vector(statistics.mean),
            vector(statistics.variance),
        )
    }

    fn batch_norm_over_batch_backward(
        input: FlexTensor,
        gradient: FlexTensor,
        gamma: FlexTensor,
        mean: FlexTensor,
        variance: FlexTensor,
        epsilon: f64,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        if input.dtype() != DType::F32 {
            let BatchNormTrainBackward {
                x_grad,
                gamma_grad,
                beta_grad,
            } = Self::batch_norm_train_backward(input, gamma, mean, variance, epsilon, gradient);
            return (x_grad, gamma_grad, beta_grad);
        }
        let dims: [usize; 4] = input.shape().dims();
        let mut input_gradient = vec![0.0; dims.iter().product()];
        let statistics = ChannelStatistics {
            mean: slice(&mean.to_contiguous()).to_vec(),
            variance: slice(&variance.to_contiguous()).to_vec(),
        };
        let gradients = batch_norm_backward(
            norm_shape(dims),
            slice(&input.to_contiguous()),
            slice(&gradient.to_contiguous()),
            slice(&gamma.to_contiguous()),
            &statistics,
            epsilon,
            &mut input_gradient,
        );
        (
            FlexTensor::from_data(TensorData::new(input_gradient, dims)),
            vector(gradients.gamma),
            vector(gradients.beta),
        )
    }
}

fn norm_shape([n, channels, height, width]: [usize; 4]) -> NormShape {
    NormShape {
        n,
        channels,
        positions: height * width,
    }
}

fn slice(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().expect("a contiguous float32 tensor")
}

fn vector(values: Vec<f32>) -> FlexTensor {
    let len = values.len();
    FlexTensor::from_data(TensorData::new(values, [len]))
}

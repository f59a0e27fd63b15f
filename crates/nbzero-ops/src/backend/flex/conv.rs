//! Convolutions on Flex, in float32 and float64: the kernels for odd square windows with padding `kernel / 2`
//! and for depthwise ones with any; Burn's primitives for others.

use burn::backend::{Flex, TensorMetadata};
use burn::tensor::{DType, TensorData};
use rayon::prelude::*;

use super::super::conv_fallback;
use super::{FlexTensor, elements};
use crate::{
    ConvBackend, ConvGeometry, ConvShape, ShapeError, conv2d_input_grad_vec, conv2d_vec,
    conv2d_weight_grad,
};

impl ConvBackend for Flex {
    fn convolution(input: FlexTensor, weight: FlexTensor, geometry: ConvGeometry) -> FlexTensor {
        let [batch, c_in, _, _] = input.shape().dims();
        let [c_out, _, _, _] = weight.shape().dims();
        let Some(shape) = conv_shape(batch, c_in, c_out, geometry) else {
            return conv_fallback::forward::<Self>(input, weight, geometry);
        };
        let output = [batch, c_out, shape.out_h(), shape.out_w()];
        run(&shape, &input, &weight, output, conv2d_vec, conv2d_vec)
    }

    fn convolution_input_gradient(
        gradient: FlexTensor,
        weight: FlexTensor,
        geometry: ConvGeometry,
    ) -> FlexTensor {
        let [batch, _, _, _] = gradient.shape().dims();
        let [c_out, inner, _, _] = weight.shape().dims();
        let c_in = inner * geometry.groups;
        let Some(shape) = conv_shape(batch, c_in, c_out, geometry) else {
            return conv_fallback::input_gradient::<Self>(gradient, weight, geometry);
        };
        let [height, width] = geometry.size;
        let input = [batch, c_in, height, width];
        let kernels = (conv2d_input_grad_vec, conv2d_input_grad_vec);
        run(&shape, &gradient, &weight, input, kernels.0, kernels.1)
    }

    fn convolution_weight_gradient(
        input: FlexTensor,
        gradient: FlexTensor,
        geometry: ConvGeometry,
    ) -> FlexTensor {
        let [batch, c_in, _, _] = input.shape().dims();
        let [all, c_out, _, _] = gradient.shape().dims();
        let Some(shape) = conv_shape(batch, c_in, c_out, geometry) else {
            return conv_fallback::weight_gradients::<Self>(&input, &gradient, geometry);
        };
        let [rows, columns] = geometry.kernel;
        let copies = all / batch;
        let weight = [copies * c_out, c_in / geometry.groups, rows, columns];
        let kernels = (weight_gradients, weight_gradients);
        run(&shape, &input, &gradient, weight, kernels.0, kernels.1)
    }
}

/// The results of one gradient or several, one after another.
fn weight_gradients<T: crate::Element>(shape: &ConvShape, input: &[T], gradients: &[T]) -> Vec<T> {
    let copies = gradients.len() / shape.output_len();
    let mut results = vec![T::ZERO; copies * shape.weight_len()];
    let gradients = gradients.par_chunks_exact(shape.output_len());
    let each = gradients.zip(results.par_chunks_exact_mut(shape.weight_len()));
    each.for_each(|(gradient, result)| conv2d_weight_grad(shape, input, gradient, result));
    results
}

/// The kernels' own description of a convolution, if they compute it; they check every length against
/// it.
fn conv_shape(
    batch: usize,
    c_in: usize,
    c_out: usize,
    geometry: ConvGeometry,
) -> Option<ConvShape> {
    let [kernel, stride] = geometry.as_odd_square()?;
    let [height, width] = geometry.size;
    let shape = ConvShape::new(batch, [c_in, height, width], c_out, kernel)
        .and_then(|shape| shape.with_stride(stride))
        .and_then(|shape| shape.with_groups(geometry.groups))
        .and_then(|shape| shape.with_padding(geometry.padding));
    match shape {
        Err(ShapeError::Padding) => None,
        shape => Some(shape.unwrap_or_else(|error| panic!("{error}"))),
    }
}

/// Two operands to one result, in the type that they have.
fn run(
    shape: &ConvShape,
    left: &FlexTensor,
    right: &FlexTensor,
    result: [usize; 4],
    single: fn(&ConvShape, &[f32], &[f32]) -> Vec<f32>,
    double: fn(&ConvShape, &[f64], &[f64]) -> Vec<f64>,
) -> FlexTensor {
    let (left, right) = (left.to_contiguous(), right.to_contiguous());
    FlexTensor::from_data(match left.dtype() {
        DType::F32 => {
            let values = single(shape, elements(&left), elements(&right));
            TensorData::new(values, result)
        }
        DType::F64 => {
            let values = double(shape, elements(&left), elements(&right));
            TensorData::new(values, result)
        }
        other => panic!("convolutions are computed in float32 or float64, not in {other:?}"),
    })
}

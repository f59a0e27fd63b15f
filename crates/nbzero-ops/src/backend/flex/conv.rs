//! The kernels of this crate on Burn's CPU device.

use burn::backend::{Flex, TensorMetadata};
use burn::tensor::{DType, Element, TensorData};

use super::FlexTensor;
use crate::{ConvBackend, ConvGeometry, ConvShape, conv2d, conv2d_input_grad, conv2d_weight_grad};

/// A kernel: two operands in, one result out.
type Kernel<T> = fn(&ConvShape, &[T], &[T], &mut [T]);

impl ConvBackend for Flex {
    fn convolution(input: FlexTensor, weight: FlexTensor, geometry: ConvGeometry) -> FlexTensor {
        let shape = conv_shape(&input, &weight, geometry);
        let output = [shape.n(), shape.c_out(), shape.out_h(), shape.out_w()];
        dispatch(
            &shape,
            &input,
            &weight,
            output,
            conv2d::<f32>,
            conv2d::<f64>,
        )
    }

    fn convolution_input_gradient(
        gradient: FlexTensor,
        weight: FlexTensor,
        geometry: ConvGeometry,
    ) -> FlexTensor {
        let [batch, _, _, _] = gradient.shape().dims();
        let [c_out, inner, _, _] = weight.shape().dims();
        let shape = checked(batch, inner * geometry.groups, c_out, geometry);
        let input = [
            batch,
            shape.c_in(),
            geometry.resolution,
            geometry.resolution,
        ];
        dispatch(
            &shape,
            &gradient,
            &weight,
            input,
            conv2d_input_grad::<f32>,
            conv2d_input_grad::<f64>,
        )
    }

    fn convolution_weight_gradient(
        input: FlexTensor,
        gradient: FlexTensor,
        geometry: ConvGeometry,
    ) -> FlexTensor {
        let [batch, c_in, _, _] = input.shape().dims();
        let [_, c_out, _, _] = gradient.shape().dims();
        let shape = checked(batch, c_in, c_out, geometry);
        let weight = [
            c_out,
            c_in / geometry.groups,
            geometry.kernel,
            geometry.kernel,
        ];
        dispatch(
            &shape,
            &input,
            &gradient,
            weight,
            conv2d_weight_grad::<f32>,
            conv2d_weight_grad::<f64>,
        )
    }
}

fn conv_shape(input: &FlexTensor, weight: &FlexTensor, geometry: ConvGeometry) -> ConvShape {
    let [batch, c_in, _, _] = input.shape().dims();
    let [c_out, _, _, _] = weight.shape().dims();
    checked(batch, c_in, c_out, geometry)
}

/// The kernels' own description of a convolution; they check every length against it.
fn checked(batch: usize, c_in: usize, c_out: usize, geometry: ConvGeometry) -> ConvShape {
    let ConvGeometry {
        stride,
        groups,
        kernel,
        resolution,
    } = geometry;
    ConvShape::new(batch, [c_in, resolution, resolution], c_out, kernel)
        .and_then(|shape| shape.with_stride(stride))
        .and_then(|shape| shape.with_groups(groups))
        .unwrap_or_else(|error| panic!("{error}"))
}

fn dispatch(
    shape: &ConvShape,
    left: &FlexTensor,
    right: &FlexTensor,
    result: [usize; 4],
    single: Kernel<f32>,
    double: Kernel<f64>,
) -> FlexTensor {
    match left.dtype() {
        DType::F32 => run(shape, left, right, result, single),
        DType::F64 => run(shape, left, right, result, double),
        other => panic!("convolutions are computed in float32 or float64, not in {other:?}"),
    }
}

fn run<T: Element + Default + bytemuck::Pod>(
    shape: &ConvShape,
    left: &FlexTensor,
    right: &FlexTensor,
    result: [usize; 4],
    kernel: Kernel<T>,
) -> FlexTensor {
    let (left, right) = (left.to_contiguous(), right.to_contiguous());
    let mut output = vec![T::default(); result.iter().product()];
    let slice = |tensor| FlexTensor::as_slice::<T>(tensor);
    let (left, right) = (slice(&left), slice(&right));
    kernel(
        shape,
        left.expect("a contiguous tensor of this type"),
        right.expect("a contiguous tensor of this type"),
        &mut output,
    );
    FlexTensor::from_data(TensorData::new(output, result))
}

//! Activations on Flex: the kernels, in float32 and float64.

use burn::backend::{Flex, TensorMetadata};
use burn::tensor::{DType, TensorData};

use super::{FlexTensor, elements};
use crate::{Activation, ActivationBackend, Element};

impl ActivationBackend for Flex {
    fn sum_activated(left: FlexTensor, right: FlexTensor, activation: Activation) -> FlexTensor {
        let shape = left.shape();
        assert_eq!(shape, right.shape(), "summands of one shape");
        match left.dtype() {
            DType::F32 => run::<f32>(&left, &right, activation, crate::add_activated),
            DType::F64 => run::<f64>(&left, &right, activation, crate::add_activated),
            other => panic!("maps are summed in float32 or float64, not in {other:?}"),
        }
    }

    fn activation_gradient(
        output: FlexTensor,
        gradient: FlexTensor,
        activation: Activation,
    ) -> FlexTensor {
        match output.dtype() {
            DType::F32 => run::<f32>(&output, &gradient, activation, crate::activation_backward),
            DType::F64 => run::<f64>(&output, &gradient, activation, crate::activation_backward),
            other => panic!("gradients are float32 or float64, not {other:?}"),
        }
    }
}

/// A result of the second operand's shape.
fn run<T: Element + burn::tensor::Element + bytemuck::Pod>(
    first: &FlexTensor,
    second: &FlexTensor,
    activation: Activation,
    kernel: fn(&[T], &[T], Activation) -> Vec<T>,
) -> FlexTensor {
    let dims: [usize; 4] = second.shape().dims();
    let (first, second) = (first.to_contiguous(), second.to_contiguous());
    let values = kernel(elements(&first), elements(&second), activation);
    FlexTensor::from_data(TensorData::new(values, dims))
}

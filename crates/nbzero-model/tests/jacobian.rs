//! The derivatives of images' logits against differences of logits, in float64.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::cell::Cell;

use burn::tensor::{DType, Device, Tensor, TensorData};
use nbzero_graph::{Conv2d, Graph, Pool2d, PoolKind, Window};
use nbzero_model::sweep::{Jacobian, has_jacobian, jacobian};
use nbzero_model::{Network, Normals, ParameterChange};
use nbzero_space::Architecture;

/// Parameters in float64, scales and shifts away from where a value is exactly at an activation's kink
/// (behind a ReLU whole positions are 0), and a step added to the first number of one of them.
struct Moved {
    tensor: usize,
    step: f64,
    passed: Cell<usize>,
}

impl ParameterChange for Moved {
    fn apply<const D: usize>(&self, parameter: Tensor<D>) -> Tensor<D> {
        let here = self.passed.replace(self.passed.get() + 1) == self.tensor;
        let mut parameter = parameter.cast(DType::F64);
        if D == 1 {
            parameter = parameter.add_scalar(0.05);
        }
        if !here {
            return parameter;
        }
        let (shape, device) = (parameter.dims(), parameter.device());
        let mut numbers = parameter.try_into_vec_as::<f64>().unwrap();
        numbers[0] += self.step;
        Tensor::from_data(TensorData::new(numbers, shape), (&device, DType::F64))
    }
}

fn numbers<const D: usize>(tensor: &Tensor<D>) -> Vec<f64> {
    tensor.try_to_vec_as::<f64>().unwrap()
}

/// Biases, a max pool, parts of a map, and a layer on a flattened one.
fn other_operations() -> Graph {
    let mut b = Graph::builder(3, 8);
    let stem = Conv2d::new("stem", 3, 6, 3, 1).with_bias();
    let x = b.conv(b.input(), stem).unwrap();
    let x = b.relu(x);
    let pool = Pool2d {
        kind: PoolKind::Max,
        window: Window::square(3, 2),
        ceil: false,
    };
    let x = b.pool(x, pool).unwrap();
    let left = b.channels(x, 0, 3).unwrap();
    let right = b.channels(x, 3, 3).unwrap();
    let right = b.conv(right, Conv2d::new("right", 3, 3, 3, 1)).unwrap();
    let right = b.batch_norm(right, "norm").unwrap();
    let x = b.concat(&[left, right]).unwrap();
    let x = b.shuffle(x, 2).unwrap();
    let x = b.flatten(x).unwrap();
    b.linear(x, "head", 3).unwrap();
    b.finish().unwrap()
}

#[test]
fn derivatives_are_those_of_differences() {
    let device = Device::flex();
    let chains = [
        "r1:4:4x1s2,8x2s2,8x1s1",
        "mb:4:4x1s1,8x2s2",
        "nas-bench-macro:01210210",
    ];
    // Few classes and many: backwards from those, and forwards from the tensors.
    let chains = chains.into_iter().flat_map(|text| {
        let architecture: Architecture = text.parse().unwrap();
        [3, 40].map(|classes| (text, architecture.graph(classes, 8)))
    });
    for (text, graph) in chains.chain([("other operations", other_operations())]) {
        assert!(has_jacobian(&graph));
        let mut normals = Normals::new(3, 0);
        let network = Network::kaiming_normal(&graph, &mut normals, &device);
        let images: Tensor<4> = normals.tensor([2, 3, 8, 8], &device).cast(DType::F64);
        let moved = |tensor, step, most| -> Jacobian {
            let change = Moved {
                tensor,
                step,
                passed: Cell::new(0),
            };
            jacobian(
                &network.with_parameters(&change),
                &graph,
                images.clone(),
                most,
            )
        };
        let found = moved(usize::MAX, 0.0, usize::MAX);
        let [images, tensors, classes] = found.derivatives.dims();
        let derivatives = numbers(&found.derivatives);
        // Those of an activation's kink would be far off, so small a step meets none here.
        let step = 1e-6;
        for tensor in 0..tensors {
            let [above, below] = [step, -step].map(|step| numbers(&moved(tensor, step, 1).logits));
            for (logit, (above, below)) in above.iter().zip(&below).enumerate() {
                let (image, class) = (logit / classes, logit % classes);
                let difference = (above - below) / (2.0 * step);
                let derivative = derivatives[(image * tensors + tensor) * classes + class];
                let error = (difference - derivative).abs();
                assert!(
                    error < 1e-6 * (1.0 + derivative.abs()),
                    "{text}, tensor {tensor}, class {class}: {derivative}, not {difference}"
                );
            }
        }
        // The first ones alone are the same, forwards as they always are.
        let few = moved(usize::MAX, 0.0, 5);
        assert_eq!(few.derivatives.dims(), [images, 5, classes]);
        let few = numbers(&few.derivatives);
        for (few, all) in few
            .chunks_exact(5 * classes)
            .zip(derivatives.chunks_exact(tensors * classes))
        {
            for (few, all) in few.iter().zip(all) {
                assert!(
                    (few - all).abs() < 1e-12 * (1.0 + all.abs()),
                    "{text}: {few}, not {all}"
                );
            }
        }
    }
}

//! A network in training with its optimiser: one step at a time.

use burn::module::ParamGroup;
use burn::nn::loss::{CrossEntropyLoss, CrossEntropyLossConfig};
use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Int, Tensor, TensorData};
use nbzero_graph::Shape;
use nbzero_model::Network;

use crate::prepare::Prepared;
use crate::{Batch, Decayed, Recipe};

pub(crate) struct Learner {
    pub(crate) network: Network,
    optimizer: ModuleOptimizer,
    loss: CrossEntropyLoss,
    device: Device,
}

impl Learner {
    /// `network` is on the autodiff device `device`.
    pub(crate) fn new(network: Network, recipe: &Recipe, device: &Device) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "Burn takes it as float32")]
        let smoothing = recipe.label_smoothing as f32;
        Self {
            optimizer: optimizer(recipe, &network),
            network,
            loss: CrossEntropyLossConfig::new()
                .with_smoothing(Some(smoothing))
                .init(device),
            device: device.clone(),
        }
    }

    /// Learns from a batch; returns its loss.
    pub(crate) fn step(&mut self, prepared: Prepared, learning_rate: f64) -> f64 {
        let channels = self.network.graph().input_shape().channels;
        let (pixels, labels) = tensors(prepared.batch, channels, &self.device);
        let logits = self.network.forward(pixels);
        let loss = match prepared.targets {
            Some(targets) => {
                let targets = TensorData::new(targets, logits.dims());
                soft_cross_entropy(logits, Tensor::from_data(targets, &self.device))
            }
            None => self.loss.forward(logits, labels),
        };
        let value = loss.clone().into_scalar::<f64>();
        let gradients = GradientsParams::from_grads(loss.backward(), &self.network);
        let network = self.network.clone();
        self.network = self.optimizer.step(learning_rate, network, gradients);
        value
    }
}

/// SGD for the parameters of `network`.
fn optimizer(recipe: &Recipe, network: &Network) -> ModuleOptimizer {
    #[expect(clippy::cast_possible_truncation, reason = "Burn takes it as float32")]
    let decay = WeightDecayConfig::new(recipe.weight_decay as f32);
    let momentum = MomentumConfig::new()
        .with_momentum(recipe.momentum)
        .with_dampening(0.0)
        .with_nesterov(recipe.nesterov);
    let plain = SgdConfig::new().with_momentum(Some(momentum));
    let decaying = plain.clone().with_weight_decay(Some(decay)).init();
    match recipe.decayed {
        Decayed::All => decaying,
        Decayed::Weights => {
            let undecayed = ParamGroup::from_ids(network.biases_and_norms());
            decaying.with_group(undecayed, plain.build(), None)
        }
    }
}

/// Mean over the images of the cross-entropy against target probabilities.
fn soft_cross_entropy(logits: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
    (log_softmax(logits, 1) * targets).sum_dim(1).mean().neg()
}

/// The batch as tensors, without augmentation or loss in mind. A network of one channel sees the first of
/// grey images.
pub(crate) fn tensors(
    batch: Batch,
    channels: usize,
    device: &Device,
) -> (Tensor<4>, Tensor<1, Int>) {
    let Shape {
        channels: own,
        height,
        width,
    } = batch.image;
    let shape = [batch.size, own, height, width];
    let pixels: Tensor<4> = Tensor::from_data(TensorData::new(batch.pixels, shape), device);
    let pixels = pixels.narrow(1, 0, channels);
    let labels = Tensor::from_data(TensorData::new(batch.labels, [batch.size]), device);
    (pixels, labels)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use nbzero_model::Layer;

    use super::*;
    use crate::mixup::Mixup;
    use crate::trainer::untrained;

    /// Against mixed targets the loss is the mixture of the losses against both labels.
    #[test]
    fn mixed_targets_give_the_mixed_loss() {
        let device = Device::flex();
        let logits = Tensor::<2>::from_data(
            TensorData::from([[0.3_f32, -1.2, 2.0], [1.5, 0.1, -0.4], [-0.7, 0.2, 0.9]]),
            &device,
        );
        let labels = [0_i64, 2, 1];
        let mixup = Mixup {
            share: 0.7,
            partners: vec![2, 0, 1],
        };
        let targets = TensorData::new(mixup.targets(&labels, 3, 0.1), [3, 3]);
        let mixed = soft_cross_entropy(logits.clone(), Tensor::from_data(targets, &device));
        let loss = CrossEntropyLossConfig::new()
            .with_smoothing(Some(0.1))
            .init(&device);
        let hard = |labels: [i64; 3]| {
            let labels = Tensor::<1, Int>::from_data(TensorData::from(labels), &device);
            loss.forward(logits.clone(), labels).into_scalar::<f64>()
        };
        let partners = mixup.partners.iter().map(|&i| labels[i]);
        let partners: Vec<i64> = partners.collect();
        let expected = 0.7 * hard(labels) + 0.3 * hard(partners.try_into().unwrap());
        let mixed = mixed.into_scalar::<f64>();
        assert!((mixed - expected).abs() < 1e-6, "{mixed} {expected}");
    }

    /// Losses before each of six steps from the weights of `tests/golden/steps.py`, on its batch.
    fn losses(recipe: &Recipe, mixed: bool) -> Vec<f64> {
        let graph = "r1:4:8x1s2,8x1s2,8x1s2"
            .parse::<nbzero_space::Architecture>()
            .unwrap()
            .graph(4, 8);
        let device = Device::flex().autodiff();
        let mut learner = Learner::new(untrained(&graph, recipe, 0, &device), recipe, &device);
        let weights = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/steps.safetensors");
        learner.network = Network::load(&graph, &weights, &device).unwrap();
        let batch = Batch {
            pixels: (0..8 * 192_u32)
                .map(|i| f32::from(u8::try_from(i * i % 251).unwrap()) / 125.0 - 1.0)
                .collect(),
            labels: (0..8).map(|i| i % 4).collect(),
            size: 8,
            image: Shape::new(3, 8, 8),
        };
        let share = |image: usize, class: usize| match (class + 4 - image % 4) % 4 {
            0 => 0.5,
            1 => 0.3,
            _ => 0.1,
        };
        let targets = (0..8).flat_map(|image| (0..4).map(move |class| share(image, class)));
        let targets: Option<Vec<f32>> = mixed.then(|| targets.collect());
        let step = |step: u32| {
            let prepared = Prepared {
                epoch: 1,
                batch: batch.clone(),
                targets: targets.clone(),
            };
            learner.step(prepared, 0.1 / f64::from(step + 1))
        };
        (0..6).map(step).collect()
    }

    /// The furthest that losses are from a line of `tests/golden/steps.txt`.
    fn distance(line: &str, losses: &[f64]) -> f64 {
        let golden = include_str!("../tests/golden/steps.txt");
        let of = golden.lines().find_map(|text| text.strip_prefix(line));
        let of = of.unwrap().split_whitespace();
        let golden: Vec<f64> = of.map(|loss| loss.parse().unwrap()).collect();
        assert_eq!(golden.len(), losses.len());
        let apart = golden.iter().zip(losses).map(|(a, b)| (a - b).abs());
        apart.fold(0.0, f64::max)
    }

    /// What the first step does to the parameters of a network, by name.
    fn stepped(recipe: &Recipe) -> Vec<(String, Vec<f32>)> {
        let graph = "r1:4:8x1s2,8x1s2,8x1s2"
            .parse::<nbzero_space::Architecture>()
            .unwrap()
            .graph(4, 8);
        let device = Device::flex().autodiff();
        let mut learner = Learner::new(untrained(&graph, recipe, 0, &device), recipe, &device);
        let pixels = (0..8 * 192_u16).map(|i| f32::from(i % 97) / 50.0 - 1.0);
        let batch = Batch {
            pixels: pixels.collect(),
            labels: (0..8).map(|i| i % 4).collect(),
            size: 8,
            image: Shape::new(3, 8, 8),
        };
        let prepared = Prepared {
            epoch: 1,
            batch,
            targets: None,
        };
        learner.step(prepared, 0.1);
        let values = |tensor: Tensor<1>| tensor.into_data().try_to_vec().unwrap();
        let mut found = Vec::new();
        for (name, layer) in learner.network.layers() {
            let mut add = |of, values| found.push((format!("{name}.{of}"), values));
            match layer {
                Layer::Convolution(conv) => add("weight", values(conv.weight.val().flatten(0, 3))),
                Layer::BatchNorm(norm) => {
                    add("scale", values(norm.gamma.val()));
                    add("shift", values(norm.beta.val()));
                }
                Layer::Dense(dense) => {
                    add("weight", values(dense.weight.val().flatten(0, 1)));
                    add("bias", values(dense.bias.as_ref().unwrap().val()));
                }
                _ => unreachable!("no chain has other layers"),
            }
        }
        found
    }

    #[test]
    fn weights_alone_decay_where_a_recipe_says_so() {
        let recipe = |text: &str| text.parse::<Recipe>().unwrap();
        let without = stepped(&recipe("mini,weight-decay=0"));
        let weights = stepped(&recipe("mini,weight-decay=0.5,decay=weights"));
        let all = stepped(&recipe("mini,weight-decay=0.5"));
        for ((before, weights), all) in without.iter().zip(&weights).zip(&all) {
            let name = &before.0;
            assert_eq!(before == weights, !name.ends_with("weight"), "{name}");
            // A shift or bias of 0 has nothing to lose in the first step.
            let decays = name.ends_with("weight") || name.ends_with("scale") || name == "head.bias";
            assert_eq!(before != all, decays, "{name}");
            assert!(!name.ends_with("weight") || weights == all, "{name}");
        }
    }

    #[test]
    fn branches_start_at_zero_where_a_recipe_says_so() {
        let device = Device::flex().autodiff();
        let graph = "r1:4:8x1s2,8x1s2,8x1s2"
            .parse::<nbzero_space::Architecture>()
            .unwrap()
            .graph(4, 8);
        let scales = |recipe: &str| {
            let recipe = recipe.parse().unwrap();
            let learner = Learner::new(untrained(&graph, &recipe, 0, &device), &recipe, &device);
            let of = |(name, layer): (&str, &Layer)| match layer {
                Layer::BatchNorm(norm) => {
                    let sum = norm.gamma.val().sum().into_scalar::<f64>();
                    Some((name.to_owned(), sum))
                }
                _ => None,
            };
            let found: Vec<(String, f64)> = learner.network.layers().filter_map(of).collect();
            found
        };
        let (ones, zeros) = (scales("mini"), scales("short"));
        for ((name, one), (_, zero)) in ones.iter().zip(&zeros) {
            let ends_a_branch = name.ends_with("bn2");
            assert!(
                (zero - if ends_a_branch { 0.0 } else { *one }).abs() < 1e-6,
                "{name}"
            );
            assert!(*one > 3.0, "{name}");
        }
        // The scale learns: its gradient is not zero with it.
        let after = stepped(&"short".parse().unwrap());
        let end = after
            .iter()
            .find(|(name, _)| name == "stages.0.blocks.0.bn2.scale");
        assert!(end.unwrap().1.iter().all(|scale| *scale != 0.0));
    }

    #[test]
    fn steps_are_those_of_pytorch() {
        const CLOSE: f64 = 2e-5;
        let mut mini: Recipe = "mini".parse().unwrap();
        mini.weight_decay = 0.05;
        let apart = distance("nesterov", &losses(&mini, false));
        assert!(apart < CLOSE, "{apart}");
        let mut paper: Recipe = "paper".parse().unwrap();
        paper.weight_decay = 0.05;
        let apart = distance("mixed", &losses(&paper, true));
        assert!(apart < CLOSE, "{apart}");
        // Each setting matters: a step that ignored it would be found out.
        let changes: [fn(&mut Recipe); 4] = [
            |recipe| recipe.momentum = 0.8,
            |recipe| recipe.nesterov = false,
            |recipe| recipe.weight_decay = 0.04,
            |recipe| recipe.label_smoothing = 0.0,
        ];
        for change in changes {
            let mut other = mini;
            change(&mut other);
            let apart = distance("nesterov", &losses(&other, false));
            assert!(apart > 10.0 * CLOSE, "{other}: {apart}");
        }
    }
}

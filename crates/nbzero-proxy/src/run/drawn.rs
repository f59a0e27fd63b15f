//! The sweeps over networks and images that are drawn for them. A batch with a perturbation says that
//! everything is given: then they measure the network and the images that are there.

use std::ops::ControlFlow;

use burn::tensor::{Tensor, TensorData};
use nalgebra::DVector;
use nbzero_model::sweep::{self, Blocks};
use nbzero_model::{Network, Normals};

use super::Run;
use super::side_by_side::side_by_side;
use crate::patterns::Codes;
use crate::plan::{PlannedSweep, image_graph, initialisations_at_once, pattern_images};
use crate::spectrum::{Waiting, covariance, covariance_entropy};
use crate::{Patterns, Sweep};

/// Sequences of random numbers, far from those of zen's repeats, which count from 0.
const BLOCKS: u32 = 1 << 20;
const SIGNS: u32 = 2 << 20;
const JACOBIAN: u32 = 3 << 20;
const IMAGE: u32 = 4 << 20;
const INITIALISATIONS: u32 = 5 << 20;

/// A network and images to measure it on.
#[derive(Debug)]
pub(super) struct Subject {
    /// None where it is the one that is scored.
    network: Option<Network>,
    images: Tensor<4>,
}

impl<'a> Run<'a> {
    /// Kaiming weights over the fan-in, and so many standard normal images.
    fn drawn(&self, sequence: u32, images: usize) -> Subject {
        if self.batch.perturbation.is_some() {
            return Subject {
                network: None,
                images: self.batch.images.clone(),
            };
        }
        let (graph, device) = (self.network.graph(), self.network.device());
        let mut normals = Normals::new(self.settings.seed, sequence);
        let network = Network::kaiming_normal(graph, &mut normals, &device);
        let shape = graph.input_shape();
        let shape = [images, shape.channels, shape.height, shape.width];
        let precision = self.settings.precision;
        Subject {
            network: Some(precision.network(network)),
            images: precision.tensor(normals.tensor(shape, &device)),
        }
    }

    pub(super) fn subject_of_blocks(&self) -> Subject {
        self.drawn(BLOCKS, self.settings.az_images)
    }

    /// Leaves the blocks where their gradients are asked for.
    pub(super) fn blocks<'b>(
        &mut self,
        planned: &PlannedSweep,
        subject: &'b Subject,
        left: &mut Option<Blocks<'b>>,
    ) -> u128
    where
        'a: 'b,
    {
        let network: &'b Network = subject.network.as_ref().unwrap_or(self.network);
        let (graph, images) = (network.graph(), subject.images.clone());
        let keeping = !planned.feeds.is_empty();
        let mut waiting = Waiting::default();
        let blocks = Blocks::forward(network, graph, images, keeping, |value| {
            if !planned.proxies.is_empty() {
                self.show_entropies(waiting.add(covariance(value)));
            }
        });
        self.show_entropies(waiting.rest());
        self.expect(Sweep::Blocks, blocks.is_finite());
        let peak_bytes = blocks.peak_bytes();
        *left = keeping.then_some(blocks);
        peak_bytes
    }

    fn show_entropies(&mut self, spectra: Vec<Option<DVector<f64>>>) {
        for entropy in spectra.into_iter().map(covariance_entropy) {
            self.show(Sweep::Blocks, |proxy| proxy.block_entropy(entropy));
        }
    }

    pub(super) fn block_gradients(&mut self, left: &mut Option<Blocks<'_>>) -> u128 {
        let blocks = left.take().expect("the blocks sweep runs first");
        let (device, precision) = (self.network.device(), self.settings.precision);
        let mut normals = Normals::new(self.settings.seed, SIGNS);
        let signs = |shape: [usize; 4]| {
            let values = normals.draw(shape.iter().product()).into_iter();
            let signs = values.map(|value| 1.0_f32.copysign(value)).collect();
            precision.tensor(Tensor::from_data(TensorData::new(signs, shape), &device))
        };
        blocks.backward(signs, |gradient| {
            self.show(Sweep::BlockGradients, |proxy| {
                proxy.block_gradient(gradient);
            });
        })
    }

    pub(super) fn jacobian(&mut self) -> u128 {
        let subject = self.drawn(JACOBIAN, self.settings.vkdnw_images);
        let network = subject.network.as_ref().unwrap_or(self.network);
        let most = self.settings.vkdnw_tensors;
        let found = sweep::jacobian(network, network.graph(), subject.images, most);
        self.show(Sweep::Jacobian, |proxy| proxy.jacobian(&found));
        found.peak_bytes
    }

    pub(super) fn image(&mut self) -> u128 {
        let network = self.network;
        let graph = image_graph(network.graph(), self.batch.size());
        let graph = graph.expect("the sweep is left out where there is none");
        let image = if self.batch.perturbation.is_some() {
            self.batch.images.clone().narrow(0, 0, 1)
        } else {
            let shape = graph.input_shape();
            let shape = [1, shape.channels, shape.height, shape.width];
            let mut normals = Normals::new(self.settings.seed, IMAGE);
            let image = normals.tensor(shape, &network.device());
            self.settings.precision.tensor(image)
        };
        let end = sweep::outputs(network, &graph, image, |output| {
            self.show(Sweep::Image, |proxy| proxy.output(output));
        });
        self.expect(Sweep::Image, end.is_finite);
        end.peak_bytes
    }

    pub(super) fn initialisations(&mut self) -> u128 {
        let (graph, device, settings) =
            (self.network.graph(), self.network.device(), self.settings);
        let size = self.batch.size();
        let images = pattern_images(size, settings);
        let images = self.batch.images.clone().narrow(0, 0, images);
        if self.batch.perturbation.is_some() {
            let found = Found::patterns(self.network, images);
            self.show_patterns(&found);
            return found.peak_bytes;
        }
        let at_once = initialisations_at_once(graph, size, settings);
        let repeats: Vec<u32> = (0..settings.swap_repeats).collect();
        let make = |repeat: &u32| {
            let mut normals = Normals::new(settings.seed, INITIALISATIONS + repeat);
            let network = Network::standard_normal(graph, &mut normals, &device);
            Found::patterns(&settings.precision.network(network), images.clone())
        };
        let bytes = |found: &Found| found.peak_bytes;
        side_by_side(&repeats, at_once, make, bytes, |_, found| {
            self.show_patterns(found);
            ControlFlow::Continue(())
        })
    }

    fn show_patterns(&mut self, found: &Found) {
        self.expect(Sweep::Initialisations, found.is_finite);
        self.show(Sweep::Initialisations, |proxy| {
            proxy.patterns(&found.patterns);
        });
    }
}

/// What one initialisation shows.
#[derive(Debug)]
struct Found {
    patterns: Patterns,
    is_finite: bool,
    peak_bytes: u128,
}

impl Found {
    fn patterns(network: &Network, images: Tensor<4>) -> Self {
        let graph = network.graph();
        let [count, _, _, _] = images.dims();
        let mut codes = Codes::new(count);
        let end = sweep::forward_only(network, graph, images, 1, graph.features(), |step| {
            if step.is_relu {
                codes.add(step.value);
            }
        });
        Self {
            patterns: codes.count(),
            is_finite: end.is_finite,
            peak_bytes: end.peak_bytes,
        }
    }
}

//! Runs the sweeps of a plan on one network and shows what they find to the proxies.

mod batch;
mod drawn;
mod side_by_side;

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Instant;

use nbzero_model::Network;
use nbzero_model::sweep::{self, Activations, GradientsOf, LayerGradient, Tangents};

use side_by_side::side_by_side;

use crate::cost::Timed;
use crate::plan::{PlannedSweep, repeats_at_once};
use crate::{Batch, NoisePair, Proxy, Settings, Sweep, SweepCost};

/// One network's sweeps.
pub(crate) struct Run<'a> {
    pub(crate) network: &'a Network,
    pub(crate) batch: &'a Batch,
    pub(crate) settings: &'a Settings,
    /// Those that can run.
    pub(crate) sweeps: &'a [PlannedSweep],
    pub(crate) proxies: &'a mut [Timed],
    /// Those on which values left the range of floats: what their proxies saw means nothing.
    pub(crate) overflowed: &'a mut BTreeSet<Sweep>,
}

impl<'a> Run<'a> {
    /// Runs every sweep once, in order. All proxies have seen the graph.
    pub(crate) fn all(mut self) -> Vec<SweepCost> {
        let mut costs = Vec::new();
        // What one sweep leaves for another.
        let (mut activations, mut tangents) = (None, None);
        let subject = OnceCell::new();
        let mut blocks = None;
        for planned in self.sweeps {
            let start = Instant::now();
            let peak_bytes = match planned.sweep {
                Sweep::Graph => continue,
                Sweep::Weights => self.weights(),
                Sweep::Layers => self.layers(),
                Sweep::Forward => self.forward(planned, &mut activations),
                Sweep::Tangent => tangent(activations.as_ref(), &mut tangents),
                Sweep::Loss => self.loss(&mut activations, tangents.take()),
                Sweep::Ones => self.ones(&mut activations),
                Sweep::Halves => self.halves(),
                Sweep::Alone => self.alone(),
                Sweep::Synflow => self.synflow(),
                Sweep::PerImage => self.per_image(),
                Sweep::Blocks => {
                    let subject = subject.get_or_init(|| self.subject_of_blocks());
                    self.blocks(planned, subject, &mut blocks)
                }
                Sweep::BlockGradients => self.block_gradients(&mut blocks),
                Sweep::Jacobian => self.jacobian(),
                Sweep::Image => self.image(),
                Sweep::Initialisations => self.initialisations(),
                Sweep::Noise => self.noise(),
            };
            costs.push(SweepCost {
                sweep: planned.sweep,
                duration: start.elapsed(),
                peak_bytes,
            });
        }
        costs
    }

    /// Leaves activations where another sweep walks back on them.
    fn forward(&mut self, planned: &PlannedSweep, left: &mut Option<Activations<'a>>) -> u128 {
        let (network, graph) = (self.network, self.network.graph());
        let images = self.batch.images.clone();
        if planned.feeds.is_empty() {
            let output = sweep::forward_only(network, graph, images, 1, graph.output(), |step| {
                if step.is_relu {
                    self.show(Sweep::Forward, |proxy| proxy.activation(step.value));
                }
            });
            self.expect(Sweep::Forward, output.is_finite);
            return output.peak_bytes;
        }
        let activations = sweep::forward(network, graph, images);
        self.expect(Sweep::Forward, activations.is_finite());
        if !planned.proxies.is_empty() {
            for output in activations.relu_outputs() {
                self.show(Sweep::Forward, |proxy| proxy.activation(&output));
            }
        }
        let peak_bytes = activations.peak_bytes();
        *left = Some(activations);
        peak_bytes
    }

    /// Leaves the activations for the ones sweep.
    fn loss(&mut self, left: &mut Option<Activations<'a>>, tangents: Option<Tangents>) -> u128 {
        let activations = left.take().expect("the forward sweep runs first");
        let gradient =
            sweep::cross_entropy(activations.logits(), self.batch.targets.clone()).gradient;
        let ones = self
            .sweeps
            .iter()
            .any(|planned| planned.sweep == Sweep::Ones);
        let visit = |layer: LayerGradient<'_>| {
            self.show(Sweep::Loss, |proxy| proxy.layer(&layer));
        };
        let peak_bytes = match tangents {
            Some(tangents) => {
                let found = activations.backward_with_tangents(gradient, &tangents, visit);
                self.show(Sweep::Tangent, |proxy| proxy.curvature(found.value));
                found.peak_bytes
            }
            None if ones => {
                let weights = GradientsOf::Weights;
                let end = activations.backward_keeping(gradient, weights, visit);
                end.peak_bytes
            }
            None => {
                let end = activations.backward(gradient, GradientsOf::Weights, visit);
                return end.peak_bytes;
            }
        };
        if ones {
            *left = Some(activations);
        }
        peak_bytes
    }

    fn ones(&mut self, left: &mut Option<Activations<'a>>) -> u128 {
        let activations = left.take().expect("the forward sweep runs first");
        let ones = activations.logits().ones_like();
        let end = activations.backward(ones, GradientsOf::Images, |_| ());
        // A network whose output does not depend on the image has a gradient of zero.
        let zeros = || self.batch.images.zeros_like();
        let gradient = end.input_gradient.unwrap_or_else(zeros);
        let targets = &self.batch.targets;
        self.show(Sweep::Ones, |proxy| {
            proxy.targets(targets);
            proxy.input_gradient(&gradient);
        });
        end.peak_bytes
    }

    fn synflow(&mut self) -> u128 {
        sweep::flow(self.network, |layer| {
            self.show(Sweep::Synflow, |proxy| proxy.flow(&layer));
        })
    }

    fn per_image(&mut self) -> u128 {
        let (network, graph) = (self.network, self.network.graph());
        let [batch, _, _, _] = self.batch.images.dims();
        let count = self.settings.ntk_images.min(batch);
        let images = self.batch.images.clone().narrow(0, 0, count);
        let mode = self.settings.ntk_batch_norm;
        let gram = sweep::per_image_gram(network, graph, images, mode);
        self.expect(Sweep::PerImage, gram.is_finite);
        self.show(Sweep::PerImage, |proxy| proxy.gram(&gram));
        gram.peak_bytes
    }

    /// Shows each repeat to the proxies that are not yet precise enough, until all are.
    fn noise(&mut self) -> u128 {
        let graph = self.network.graph().without_shortcuts();
        if let Some(perturbation) = &self.batch.perturbation {
            let images = self.batch.images.clone();
            let pair = NoisePair::measure(self.network, &graph, images, perturbation.clone());
            self.show(Sweep::Noise, |proxy| proxy.noise(&pair));
            return pair.peak_bytes;
        }
        let precision = self.settings.zen_precision.unwrap_or(0.0);
        let (settings, device) = (self.settings, self.network.device());
        let repeats: Vec<u32> = (0..settings.zen_repeats).collect();
        let at_once = repeats_at_once(self.network.graph(), self.batch.size(), settings);
        side_by_side(
            &repeats,
            at_once,
            |repeat| NoisePair::draw(&graph, settings, *repeat, &device),
            |pair| pair.peak_bytes,
            |repeat, pair| {
                let mut next = ControlFlow::Break(());
                self.show(Sweep::Noise, |proxy| {
                    if *repeat < LEAST_REPEATS || !is_precise(proxy, precision) {
                        proxy.noise(pair);
                        next = ControlFlow::Continue(());
                    }
                });
                next
            },
        )
    }

    fn expect(&mut self, sweep: Sweep, is_finite: bool) {
        if !is_finite {
            self.overflowed.insert(sweep);
        }
    }

    /// Shows something to the proxies on a sweep.
    fn show(&mut self, sweep: Sweep, mut callback: impl FnMut(&mut dyn Proxy)) {
        let here = |timed: &&mut Timed| timed.proxy.definition().sweep == sweep;
        for timed in self.proxies.iter_mut().filter(here) {
            timed.run(&mut callback);
        }
    }
}

fn tangent(activations: Option<&Activations<'_>>, left: &mut Option<Tangents>) -> u128 {
    let activations = activations.expect("the forward sweep runs first");
    let tangents = activations.tangents();
    let peak_bytes = tangents.peak_bytes();
    *left = Some(tangents);
    peak_bytes
}

/// Repeats before an interval is believed.
const LEAST_REPEATS: u32 = 4;

fn is_precise(proxy: &dyn Proxy, precision: f64) -> bool {
    let interval = proxy.interval();
    interval.is_some_and(|interval| interval.half_width() < precision)
}

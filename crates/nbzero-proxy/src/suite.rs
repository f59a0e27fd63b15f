//! The suite: proxies grouped by sweep, each sweep run once.

use std::time::{Duration, Instant};

use burn::tensor::{DType, Tensor};
use nbzero_graph::Graph;
use nbzero_model::sweep::{Activations, WeightGradients, cross_entropy, forward};
use nbzero_model::{Network, ParameterChange};

use crate::proxies;
use crate::{Batch, Definition, Proxy, Score, Sweep};

/// Makes a proxy for one network.
pub type ProxyConstructor = fn() -> Box<dyn Proxy>;

/// A set of proxies that are scored together.
#[derive(Debug, Clone)]
pub struct Suite {
    constructors: Vec<ProxyConstructor>,
}

/// A score with the definition that it follows.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedScore {
    /// The proxy.
    pub definition: Definition,
    /// Its score.
    pub score: Score,
}

/// The scores of one network.
#[derive(Debug, Clone)]
pub struct Scores {
    /// One a proxy, in the suite's order.
    pub scores: Vec<NamedScore>,
    /// Wall time of each sweep that ran.
    pub durations: Vec<(Sweep, Duration)>,
}

/// A name that no proxy has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no proxy: there are {}", .known.join(", "))]
pub struct UnknownProxy {
    /// The name given.
    pub name: String,
    /// The names that exist.
    pub known: Vec<&'static str>,
}

impl Suite {
    /// Every proxy of this crate.
    pub fn all() -> Self {
        Self {
            constructors: proxies::ALL.to_vec(),
        }
    }

    /// The proxies of these names, in this order, each once.
    pub fn named(names: &[impl AsRef<str>]) -> Result<Self, UnknownProxy> {
        let mut suite = Self {
            constructors: Vec::new(),
        };
        for name in names.iter().map(AsRef::as_ref) {
            let named = |make: &&ProxyConstructor| make().definition().name == name;
            let found = proxies::ALL.iter().find(named);
            let make = found.ok_or_else(|| UnknownProxy {
                name: name.to_owned(),
                known: Self::all().definitions().map(|d| d.name).collect(),
            })?;
            if suite.definitions().all(|d| d.name != name) {
                suite.constructors.push(*make);
            }
        }
        Ok(suite)
    }

    /// The suite with one more proxy: a proxy of one's own goes in here.
    #[must_use]
    pub fn with(mut self, proxy: ProxyConstructor) -> Self {
        self.constructors.push(proxy);
        self
    }

    /// Definitions of its proxies, in order.
    pub fn definitions(&self) -> impl Iterator<Item = Definition> {
        self.constructors.iter().map(|make| make().definition())
    }

    /// Scores a network on a batch. The network is left as it is.
    pub fn score(&self, network: &Network, batch: &Batch) -> Scores {
        let mut proxies: Vec<_> = self.constructors.iter().map(|make| make()).collect();
        for proxy in &mut proxies {
            proxy.graph(network.graph());
        }
        let mut run = Run {
            proxies: &mut proxies,
            durations: Vec::new(),
        };
        run.batch_sweeps(network, batch);
        run.synflow(network);
        let durations = run.durations;
        let scores = proxies.iter_mut().map(|proxy| NamedScore {
            definition: proxy.definition(),
            score: proxy.score(),
        });
        Scores {
            scores: scores.collect(),
            durations,
        }
    }
}

/// One network's sweeps.
struct Run<'a> {
    proxies: &'a mut [Box<dyn Proxy>],
    durations: Vec<(Sweep, Duration)>,
}

impl Run<'_> {
    /// The loss sweep and the ones sweep, both on one forward pass (whose time is booked on the
    /// first of them that runs).
    fn batch_sweeps(&mut self, network: &Network, batch: &Batch) {
        let (loss, ones) = (self.wants(Sweep::Loss), self.wants(Sweep::Ones));
        if !loss && !ones {
            return;
        }
        let mut start = Instant::now();
        let activations = forward(network, network.graph(), batch.images.clone());
        if !loss {
            return self.ones(activations, start);
        }
        if ones {
            self.loss(activations.clone(), batch, start);
            start = Instant::now();
            self.ones(activations, start);
        } else {
            self.loss(activations, batch, start);
        }
    }

    fn loss(&mut self, activations: Activations<'_>, batch: &Batch, start: Instant) {
        let loss = cross_entropy(activations.logits(), batch.targets.clone());
        self.walk(Sweep::Loss, activations, loss.gradient);
        self.durations.push((Sweep::Loss, start.elapsed()));
    }

    fn ones(&mut self, activations: Activations<'_>, start: Instant) {
        let ones = activations.logits().ones_like();
        let gradient = activations.backward(ones, WeightGradients::Skip, |_| ());
        for proxy in self.on(Sweep::Ones) {
            proxy.input_gradient(&gradient.input_gradient);
        }
        self.durations.push((Sweep::Ones, start.elapsed()));
    }

    fn synflow(&mut self, network: &Network) {
        if !self.wants(Sweep::Synflow) {
            return;
        }
        let start = Instant::now();
        let linear = network.with_parameters(AbsoluteFloat64);
        let graph: Graph = network.graph().without_batch_norm();
        let shape = graph.input_shape();
        let image = [1, shape.channels, shape.resolution, shape.resolution];
        let ones = Tensor::ones(image, (&network.device(), DType::F64));
        let activations = forward(&linear, &graph, ones);
        let gradient = activations.logits().ones_like();
        self.walk(Sweep::Synflow, activations, gradient);
        self.durations.push((Sweep::Synflow, start.elapsed()));
    }

    /// Walks back with weight gradients and shows each layer to the proxies on `sweep`.
    fn walk(&mut self, sweep: Sweep, activations: Activations<'_>, gradient: Tensor<2>) {
        activations.backward(gradient, WeightGradients::Compute, |layer| {
            for proxy in self.on(sweep) {
                proxy.layer(&layer);
            }
        });
    }

    fn wants(&self, sweep: Sweep) -> bool {
        self.proxies.iter().any(|p| p.definition().sweep == sweep)
    }

    fn on(&mut self, sweep: Sweep) -> impl Iterator<Item = &mut Box<dyn Proxy>> {
        let here = move |p: &&mut Box<dyn Proxy>| p.definition().sweep == sweep;
        self.proxies.iter_mut().filter(here)
    }
}

/// |w| in float64: without batch norm the sums of a deep network leave float32's range.
struct AbsoluteFloat64;

impl ParameterChange for AbsoluteFloat64 {
    fn apply<const D: usize>(&self, parameter: Tensor<D>) -> Tensor<D> {
        parameter.cast(DType::F64).abs()
    }
}

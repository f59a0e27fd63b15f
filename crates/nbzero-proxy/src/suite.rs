//! The suite: proxies grouped by sweep, each sweep run once.

use std::collections::BTreeSet;
use std::time::Instant;

use nbzero_graph::Graph;
use nbzero_model::Network;

use crate::chosen::Chosen;
use crate::cost::{self, Timed};
use crate::plan::{self, PlannedSweep};
use crate::run::Run;
use crate::{
    Batch, BatchSize, Definition, Group, Interval, InvalidSettings, Proxy, ProxyCost, Score,
    Settings, Sweep, SweepCost, Undefined,
};

/// Makes a proxy for one network.
pub type ProxyConstructor = fn() -> Box<dyn Proxy>;

/// A set of proxies that are scored together.
#[derive(Debug, Clone)]
pub struct Suite {
    constructors: Vec<ProxyConstructor>,
    settings: Settings,
}

/// A score with the definition that it follows.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedScore {
    /// The proxy.
    pub definition: Definition,
    /// Its score.
    pub score: Score,
    /// Its 95% interval, where it is a mean over repeats.
    pub interval: Option<Interval>,
}

/// The scores of one network.
#[derive(Debug, Clone)]
pub struct Scores {
    /// One a proxy, in the suite's order.
    pub scores: Vec<NamedScore>,
    /// What each sweep took, in the order in which they ran.
    pub sweeps: Vec<SweepCost>,
    /// What each proxy took, in the suite's order.
    pub proxies: Vec<ProxyCost>,
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
        Self::of(Group::All)
    }

    /// The proxies of a group.
    pub fn of(group: Group) -> Self {
        Self {
            constructors: group.constructors().collect(),
            settings: Settings::default(),
        }
    }

    /// The proxies of these names, in this order, each once.
    pub fn named(names: &[impl AsRef<str>]) -> Result<Self, UnknownProxy> {
        let mut suite = Self {
            constructors: Vec::new(),
            settings: Settings::default(),
        };
        for name in names.iter().map(AsRef::as_ref) {
            let named = |make: &ProxyConstructor| make().definition().name == name;
            let found = Group::All.constructors().find(named);
            let make = found.ok_or_else(|| UnknownProxy {
                name: name.to_owned(),
                known: Self::all().definitions().map(|d| d.name).collect(),
            })?;
            if suite.definitions().all(|d| d.name != name) {
                suite.constructors.push(make);
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

    /// The suite with these settings, if they are in range.
    pub fn with_settings(mut self, settings: Settings) -> Result<Self, InvalidSettings> {
        settings.check()?;
        self.settings = settings;
        Ok(self)
    }

    /// Definitions of its proxies, in order.
    pub fn definitions(&self) -> impl Iterator<Item = Definition> {
        self.constructors.iter().map(|make| make().definition())
    }

    /// The sweeps that [`score`](Self::score) will run, in order, with the proxies on each.
    pub fn plan(&self) -> Vec<PlannedSweep> {
        plan::plan(self.definitions())
    }

    /// Bytes that scoring such a network on such a batch holds at most: of the sweeps that run under
    /// the memory limit.
    pub fn bytes(&self, graph: &Graph, batch: BatchSize) -> u128 {
        self.chosen(graph, batch)
            .bytes(graph, batch, &self.settings)
    }

    /// Scores a network on a batch. The network is left as it is.
    pub fn score(&self, network: &Network, batch: &Batch) -> Scores {
        let chosen = self.chosen(network.graph(), batch.size());
        // A parallel loop begun outside rayon's threads is handed to one of them and waited for,
        // and small layers have thousands.
        rayon::scope(|_| self.score_chosen(&chosen, network.graph(), Some((network, batch))))
    }

    /// Scores a network on a batch, both of which are made only if some sweep needs them: costs need
    /// neither, and nothing is made of a network that does not fit into memory.
    ///
    /// # Panics
    ///
    /// If the network is of another graph than `graph`, or the batch of another size than `size`.
    pub fn score_made<E>(
        &self,
        graph: &Graph,
        size: BatchSize,
        make: impl FnOnce() -> Result<(Network, Batch), E>,
    ) -> Result<Scores, E> {
        let chosen = self.chosen(graph, size);
        if !chosen.need_a_network() {
            return Ok(self.score_chosen(&chosen, graph, None));
        }
        let (network, batch) = make()?;
        assert!(
            network.graph() == graph && batch.size() == size,
            "the network and the batch are those that were announced"
        );
        Ok(rayon::scope(|_| {
            self.score_chosen(&chosen, graph, Some((&network, &batch)))
        }))
    }

    fn chosen(&self, graph: &Graph, size: BatchSize) -> Chosen {
        Chosen::of(&self.plan(), graph, size, &self.settings)
    }

    fn score_chosen(
        &self,
        chosen: &Chosen,
        graph: &Graph,
        subject: Option<(&Network, &Batch)>,
    ) -> Scores {
        let start = Instant::now();
        let made = |make: &ProxyConstructor| Timed::new(make());
        let mut proxies: Vec<_> = self.constructors.iter().map(made).collect();
        for timed in &mut proxies {
            timed.proxy.settings(&self.settings);
            timed.proxy.graph(graph);
        }
        let on_graph = |planned: &&PlannedSweep| planned.sweep == Sweep::Graph;
        let mut costs: Vec<SweepCost> = chosen
            .sweeps
            .iter()
            .filter(on_graph)
            .map(|planned| SweepCost {
                sweep: planned.sweep,
                duration: start.elapsed(),
                peak_bytes: 0,
            })
            .collect();
        let mut overflowed = BTreeSet::new();
        if let Some((network, batch)) = subject {
            let copies = self.settings.precision.copies(network, batch);
            let given = (network, batch);
            let (network, batch) = copies.as_ref().map_or(given, |(n, b)| (n, b));
            let run = Run {
                network,
                batch,
                settings: &self.settings,
                sweeps: &chosen.sweeps,
                proxies: &mut proxies,
                overflowed: &mut overflowed,
            };
            costs.extend(run.all());
        }
        let scores = proxies.iter_mut().map(|timed| {
            let definition = timed.proxy.definition();
            let sweep = definition.sweep;
            let left_out = chosen.left_out.get(&sweep).cloned();
            let before = sweep.needs();
            let broken = overflowed.contains(&sweep)
                || before.is_some_and(|before| overflowed.contains(&before));
            let reason = left_out.or(broken.then_some(Undefined::NotFinite));
            NamedScore {
                definition,
                score: reason.map_or_else(|| timed.score(), Err),
                interval: timed.proxy.interval(),
            }
        });
        Scores {
            scores: scores.collect(),
            proxies: cost::of_proxies(&proxies, &costs),
            sweeps: costs,
        }
    }
}

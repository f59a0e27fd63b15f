//! The suite: proxies grouped by sweep, each sweep run once.

use nbzero_model::Network;

use crate::plan::{self, PlannedSweep};
use crate::run::Run;
use crate::{
    Batch, Definition, Interval, InvalidSettings, Proxy, Score, Settings, SweepCost, proxies,
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

    /// Scores a network on a batch. The network is left as it is.
    pub fn score(&self, network: &Network, batch: &Batch) -> Scores {
        // A parallel loop begun outside rayon's threads is handed to one of them and waited for,
        // and small layers have thousands.
        rayon::scope(|_| self.score_in_pool(network, batch))
    }

    fn score_in_pool(&self, network: &Network, batch: &Batch) -> Scores {
        let mut proxies: Vec<_> = self.constructors.iter().map(|make| make()).collect();
        let run = Run {
            network,
            batch,
            settings: &self.settings,
            plan: &self.plan(),
            proxies: &mut proxies,
        };
        let outcome = run.all();
        let scores = proxies.iter_mut().map(|proxy| {
            let definition = proxy.definition();
            let left_out = outcome.left_out.get(&definition.sweep);
            NamedScore {
                definition,
                score: left_out.map_or_else(|| proxy.score(), |reason| Err(reason.clone())),
                interval: proxy.interval(),
            }
        });
        Scores {
            scores: scores.collect(),
            sweeps: outcome.costs,
        }
    }
}

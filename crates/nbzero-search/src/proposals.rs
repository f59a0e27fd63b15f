//! Where candidates come from: the random strategy, the evolution, and the descent into budgets that
//! hardly any network keeps to.

use std::collections::HashSet;

use nbzero_space::{Architecture, Space, Variation};

use crate::{Budgets, Resource};

/// A network's place in the order of excess: 0 keeps to all budgets.
pub(crate) type Excess = f64;

/// How many networks may be looked at for one that keeps to the budgets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Draws before budgets count as tight.
    draws: usize,
    /// Descents into tight budgets, and mutations that each may take.
    descents: usize,
    steps: usize,
    /// Children of a population that are made before one is drawn instead.
    children: usize,
}

impl Effort {
    /// Where costs follow from the graph, in microseconds.
    const COUNTED: Self = Self {
        draws: 200,
        descents: 8,
        steps: 400,
        children: 1_000,
    };

    /// Where each may have to be run, which takes a tenth of a second and more.
    const MEASURED: Self = Self {
        draws: 20,
        descents: 2,
        steps: 60,
        children: 50,
    };

    /// What these budgets allow.
    pub(crate) fn under(budgets: &Budgets) -> Self {
        match budgets.limit(Resource::Latency) {
            None => Self::COUNTED,
            Some(_) => Self::MEASURED,
        }
    }
}

/// Random networks, none of them twice.
#[derive(Debug)]
pub(crate) struct Proposals {
    effort: Effort,
    pub(crate) variation: Variation,
    seen: HashSet<Architecture>,
}

impl Proposals {
    pub(crate) fn new(space: Space, seed: u64, budgets: &Budgets) -> Self {
        Self {
            effort: Effort::under(budgets),
            variation: Variation::new(space, seed),
            seen: HashSet::new(),
        }
    }

    /// A network that was not proposed before and has no excess; `None` where none is found.
    pub(crate) fn draw<E>(
        &mut self,
        excess: &mut impl FnMut(&Architecture) -> Result<Excess, E>,
    ) -> Result<Option<Architecture>, E> {
        for _ in 0..self.effort.draws {
            let network = self.variation.draw();
            if let Some(network) = self.accept(network, excess)? {
                return Ok(Some(network));
            }
        }
        for _ in 0..self.effort.descents {
            let start = self.variation.draw();
            let descent = self.descend(start, excess)?;
            if let Some(network) = descent {
                return Ok(Some(network));
            }
        }
        Ok(None)
    }

    /// Mutates a network for as long as its excess does not grow, until it is gone and the network
    /// is new.
    fn descend<E>(
        &mut self,
        mut network: Architecture,
        excess: &mut impl FnMut(&Architecture) -> Result<Excess, E>,
    ) -> Result<Option<Architecture>, E> {
        let mut over = excess(&network)?;
        for _ in 0..self.effort.steps {
            if over <= 0.0 && !self.seen.contains(&network) {
                self.seen.insert(network.clone());
                return Ok(Some(network));
            }
            let Some(child) = self.variation.mutate(&network) else {
                return Ok(None);
            };
            let of_child = excess(&child)?;
            if of_child <= over {
                (network, over) = (child, of_child);
            }
        }
        Ok(None)
    }

    /// A child of parents that `select` gives: a mutation of one, every fourth of a crossover of two.
    /// `None` where none is new and without excess.
    pub(crate) fn child<E>(
        &mut self,
        mut select: impl FnMut(&mut Variation) -> Architecture,
        excess: &mut impl FnMut(&Architecture) -> Result<Excess, E>,
    ) -> Result<Option<Architecture>, E> {
        for _ in 0..self.effort.children {
            let mut parent = select(&mut self.variation);
            if self.variation.below(4) == 0 {
                let other = select(&mut self.variation);
                parent = self.variation.cross(&parent, &other).unwrap_or(parent);
            }
            let Some(child) = self.variation.mutate(&parent) else {
                continue;
            };
            if let Some(child) = self.accept(child, excess)? {
                return Ok(Some(child));
            }
        }
        Ok(None)
    }

    /// The network, if it is new and without excess.
    fn accept<E>(
        &mut self,
        network: Architecture,
        excess: &mut impl FnMut(&Architecture) -> Result<Excess, E>,
    ) -> Result<Option<Architecture>, E> {
        if self.seen.contains(&network) || excess(&network)? > 0.0 {
            return Ok(None);
        }
        self.seen.insert(network.clone());
        Ok(Some(network))
    }
}

//! The search for hyperparameters: L-BFGS with the line search of More and Thuente.

use std::cell::RefCell;

use argmin::core::{CostFunction, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;

use crate::likelihood::{Data, Hyper, Objective};
use crate::{Error, Result};

/// Steps after which the search ends in any case.
const STEPS: u64 = 60;
/// Pairs of steps that the approximation of the curvature remembers.
const MEMORY: usize = 10;
/// The search ends where a step gains less, by network.
const GAIN: f64 = 1e-6;

/// A point of the search with the objective's value and gradient.
type Evaluated = (Vec<f64>, f64, Vec<f64>);

/// An objective that remembers its last point: value and gradient come together.
struct Remembered<'a> {
    objective: &'a Objective<'a>,
    last: RefCell<Option<Evaluated>>,
}

impl Remembered<'_> {
    fn at(&self, point: &[f64]) -> Result<(f64, Vec<f64>), argmin::core::Error> {
        let mut last = self.last.borrow_mut();
        if let Some((at, value, gradient)) = last.as_ref()
            && at == point
        {
            return Ok((*value, gradient.clone()));
        }
        let found = self.objective.value(point);
        let (value, gradient) = found.ok_or_else(|| {
            argmin::core::Error::msg("the covariance is not positive definite there")
        })?;
        *last = Some((point.to_vec(), value, gradient.clone()));
        Ok((value, gradient))
    }
}

impl CostFunction for Remembered<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, point: &Vec<f64>) -> Result<f64, argmin::core::Error> {
        self.at(point).map(|(value, _)| value)
    }
}

impl Gradient for Remembered<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, point: &Vec<f64>) -> Result<Vec<f64>, argmin::core::Error> {
        self.at(point).map(|(_, gradient)| gradient)
    }
}

/// The hyperparameters of highest posterior density that the search finds.
pub(crate) fn fit(data: &Data) -> Result<Hyper> {
    let objective = Objective::new(data);
    let problem = Remembered {
        objective: &objective,
        last: RefCell::new(None),
    };
    let refused = |error: argmin::core::Error| Error::Optimiser {
        reason: error.to_string(),
    };
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY)
        .with_tolerance_cost(GAIN)
        .map_err(refused)?;
    let start = objective.start();
    let search = Executor::new(problem, solver)
        .configure(|state| state.param(start.clone()).max_iters(STEPS))
        .timer(false);
    let found = search.run().map_err(refused)?;
    let best = found.state.get_best_param().cloned().unwrap_or(start);
    Ok(objective.hyper(&best))
}

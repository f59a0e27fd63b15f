#![doc = include_str!("../README.md")]

mod budgets;
mod candidate;
mod error;
mod journal;
mod objective;
mod outcome;
mod plan;
mod proposals;
mod run;

pub use budgets::{Budgets, Costs, Resource};
pub use candidate::{Candidate, Measure};
pub use error::Error;
pub use journal::Journal;
pub use objective::{Member, Objective};
pub use outcome::{Outcome, Relaxed};
pub use plan::{Plan, Strategy};
pub use run::search;

#![doc = include_str!("../README.md")]

mod check;
mod draw;
mod error;
mod features;
mod fit;
mod kernel;
mod likelihood;
mod process;
mod surrogate;

pub use check::{Check, FOLDS, Intervals, cross_validate, hold_out};
pub use error::{Error, Result};
pub use features::Network;
pub use surrogate::{Prediction, Surrogate, Trained};

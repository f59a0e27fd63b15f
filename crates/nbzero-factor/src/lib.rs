#![doc = include_str!("../README.md")]

mod analysis;
mod attributes;
mod booster;
mod dump;
mod error;
mod folds;
mod importance;
mod parameters;
mod permutation;
mod table;
mod target;

pub use analysis::{Analysis, analyse};
pub use attributes::{Attributes, Feature};
pub use error::Error;
pub use importance::{FeatureImportance, Importance, Kind};
pub use parameters::Parameters;
pub use table::{TableAnalysis, analyse_table};

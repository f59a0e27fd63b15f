#![doc = include_str!("../README.md")]

mod build;
mod check;
mod dataset;
mod definition;
mod diverged;
mod error;
mod export;
mod file;
mod format;
pub mod import;
mod kind;
mod metadata;
mod outcome;
mod percent;
mod predicted;
mod query;
mod record;
mod rescore;
mod row;
mod runs;
#[cfg(test)]
mod sample;
mod score;
mod shard;
mod split;
mod summary;
mod table;
mod text;
mod wire;

pub use dataset::Dataset;
pub use definition::{Direction, ScoreDefinition};
pub use error::{Error, Result};
pub use format::{FORMAT_VERSION, HEADER_LEN, MAGIC, MAX_PAYLOAD};
pub use metadata::Metadata;
pub use outcome::Outcome;
pub use predicted::{Predicted, PredictedNetwork, PredictedSummary, Prediction};
pub use query::Query;
pub use record::{RECORD_VERSION, Record, Seconds, StageAttribute, StageAttributes};
pub use row::Row;
pub use runs::{Noise, Runs};
pub use score::Score;
pub use shard::{Shard, ShardWriter, append_record, read_shard};
pub use split::{Cost, Split};
pub use summary::{Accuracies, Range, Summary};
pub use table::Table;
pub use text::{plain_text, read_text};

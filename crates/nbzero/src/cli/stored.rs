//! What definitions and counts become in records and tables.

use anyhow::anyhow;
use nbzero_proxy::Definition;
use nbzero_table::{Direction, Score, ScoreDefinition};

use super::failure::Failure;

/// The definition as a table stores it; `settings` says how the scores were computed.
pub(crate) fn definition(definition: &Definition, settings: String) -> ScoreDefinition {
    ScoreDefinition {
        name: definition.name.to_owned(),
        version: definition.version,
        direction: match definition.direction {
            nbzero_proxy::Direction::Higher => Direction::Higher,
            nbzero_proxy::Direction::Lower => Direction::Lower,
        },
        settings,
    }
}

/// A proxy's score as records have it.
pub(crate) fn score(score: nbzero_proxy::Score) -> Score {
    match score {
        Ok(value) => Score::new(value),
        Err(reason) => Score::undefined(reason.to_string()),
    }
}

/// The reason of a stored score without sizes, as `Undefined::kind` of the proxy has it.
pub(crate) fn kind(reason: &str) -> &str {
    let memory = "out of memory";
    if reason.starts_with(memory) {
        memory
    } else {
        reason
    }
}

/// FLOPs or parameters as records have them.
pub(crate) fn cost(count: u128) -> Result<u64, Failure> {
    count.try_into().map_err(|_| {
        Failure::Input(anyhow!(
            "a network of {count} FLOPs or parameters is too large for a table: take a smaller \
             --resolution"
        ))
    })
}

/// A count as records have them.
pub(crate) fn narrow(value: usize) -> u32 {
    u32::try_from(value).expect("counts of a network fit 32 bits")
}

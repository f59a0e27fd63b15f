//! What a proxy's definition becomes in a table.

use nbzero_proxy::Definition;
use nbzero_table::{Direction, ScoreDefinition};

/// The definition as a table stores it; `settings` says how the scores were computed.
pub(crate) fn stored(definition: &Definition, settings: String) -> ScoreDefinition {
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

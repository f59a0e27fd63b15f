//! What definitions and architectures become in records and tables.

use nbzero_proxy::Definition;
use nbzero_space::Architecture;
use nbzero_table::{Direction, ScoreDefinition, StageAttributes};

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

/// The stages of an architecture as records have them.
pub(crate) fn stages(architecture: &Architecture) -> Vec<StageAttributes> {
    let stages = architecture.attributes().into_iter();
    let narrowed = stages.map(|stage| StageAttributes {
        input: narrow(stage.input),
        output: narrow(stage.output),
        stride: narrow(stage.stride),
        depth: narrow(stage.depth),
    });
    narrowed.collect()
}

/// A count as records have them.
pub(crate) fn narrow(value: usize) -> u32 {
    u32::try_from(value).expect("counts of a network fit 32 bits")
}

//! Cells of NAS-Bench-201 as other programs write them, without a network around them: refused
//! with the string that names the benchmark's network.

use super::{Cell, CellNetwork, CellOperation, Skeleton};
use crate::ArchitectureError;

/// What `NASLib`'s tuples call the operations 0 to 4.
const NASLIB_OPERATIONS: [CellOperation; 5] = [
    CellOperation::SkipConnect,
    CellOperation::None,
    CellOperation::Conv3x3,
    CellOperation::Conv1x1,
    CellOperation::AveragePool3x3,
];

/// Where each of [`Cell::EDGES`] stands in `NASLib`'s tuples, which go by the node that an edge
/// leaves.
const NASLIB_EDGES: [usize; 6] = [0, 1, 3, 2, 4, 5];

/// The error for a text that is a cell and nothing else; `None` for any other text.
pub(crate) fn refusal(text: &str) -> Option<ArchitectureError> {
    let cell = if text.starts_with('|') {
        match text.parse() {
            Ok(cell) => cell,
            Err(error) => return Some(error),
        }
    } else {
        of_naslib(text)?
    };
    let network = CellNetwork::new(Skeleton::NAS_BENCH_201, cell);
    Some(ArchitectureError::BareCell {
        text: text.to_owned(),
        network: network.to_string(),
    })
}

/// A cell as `NASLib` writes it: `(4, 0, 3, 1, 4, 3)`.
fn of_naslib(text: &str) -> Option<Cell> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    let operation = |number: &str| {
        let number: usize = number.trim().parse().ok()?;
        NASLIB_OPERATIONS.get(number).copied()
    };
    let written: Vec<CellOperation> = inner.split(',').map(operation).collect::<Option<_>>()?;
    let written: [CellOperation; 6] = written.try_into().ok()?;
    Some(Cell::new(NASLIB_EDGES.map(|edge| written[edge])))
}

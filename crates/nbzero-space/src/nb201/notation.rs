//! Cells of NAS-Bench-201 as other programs write them, without a network around them.

use std::str::FromStr;

use super::{Cell, CellNetwork, CellOperation, Skeleton};
use crate::ArchitectureError;

/// `NASLib`'s operations by their numbers.
const OPERATIONS: [CellOperation; 5] = [
    CellOperation::SkipConnect,
    CellOperation::None,
    CellOperation::Conv3x3,
    CellOperation::Conv1x1,
    CellOperation::AveragePool3x3,
];

/// Where `NASLib`'s edges, ordered by the node that they leave, stand among [`Cell::EDGES`].
const EDGES: [usize; 6] = [0, 1, 3, 2, 4, 5];

impl Cell {
    /// Reads a cell as NAS-Bench-201 writes it, or as `NASLib` does: six numbers in brackets or
    /// without, such as `(4, 0, 3, 1, 4, 3)`. They are the operations of the edges 0>1, 0>2, 0>3,
    /// 1>2, 1>3 and 2>3: 0 the identity, 1 nothing, 2 and 3 the convolutions of 3x3 and 1x1, 4 the
    /// average pool. All 15,625 cells of `NASLib`'s tables agree with their strings in this.
    ///
    /// ```
    /// use nbzero_space::Cell;
    ///
    /// let cell = Cell::from_any_notation("(4, 0, 3, 1, 4, 3)")?;
    /// let written = "|avg_pool_3x3~0|+|skip_connect~0|none~1|+|\
    ///                nor_conv_1x1~0|avg_pool_3x3~1|nor_conv_1x1~2|";
    /// assert_eq!(cell.to_string(), written);
    /// # Ok::<(), nbzero_space::ArchitectureError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it is neither.
    pub fn from_any_notation(text: &str) -> Result<Self, ArchitectureError> {
        let text = text.trim();
        match numbers(text) {
            None => Self::from_str(text),
            Some(numbers) => {
                let mut operations = [CellOperation::None; 6];
                for (number, edge) in numbers.into_iter().zip(EDGES) {
                    operations[edge] = OPERATIONS[number];
                }
                Ok(Self::new(operations))
            }
        }
    }
}

/// The error for a text that is a cell and nothing else, with the string that names the benchmark's
/// network; `None` for any other text.
pub(crate) fn refusal(text: &str) -> Option<ArchitectureError> {
    let cell = match Cell::from_any_notation(text) {
        Ok(cell) => cell,
        Err(error) => return text.starts_with('|').then_some(error),
    };
    let network = CellNetwork::new(Skeleton::NAS_BENCH_201, cell);
    Some(ArchitectureError::BareCell {
        text: text.to_owned(),
        network: network.to_string(),
    })
}

/// Six numbers of operations.
fn numbers(text: &str) -> Option<[usize; 6]> {
    let inner = [('(', ')'), ('[', ']')]
        .into_iter()
        .find_map(|(open, close)| {
            let inner = text.strip_prefix(open)?;
            inner.strip_suffix(close)
        });
    let number = |text: &str| {
        let number = text.trim().parse().ok();
        number.filter(|&number: &usize| number < OPERATIONS.len())
    };
    let numbers: Option<Vec<usize>> = inner.unwrap_or(text).split(',').map(number).collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_notations_of_a_cell_are_the_cell() {
        let written = "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|";
        let cell: Cell = written.parse().unwrap();
        for text in [
            written,
            "(4, 3, 3, 0, 0, 0)",
            " (4,3,3,0,0,0) ",
            "[4, 3, 3, 0, 0, 0]",
            "4, 3, 3, 0, 0, 0",
        ] {
            assert_eq!(Cell::from_any_notation(text), Ok(cell), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_no_cell() {
        for text in [
            "",
            "()",
            "(4, 3, 3, 0, 0)",
            "(4, 3, 3, 0, 0, 5)",
            "(4, 3, 3, 0, 0, -1)",
            "(4, 3, 3, 0, 0, 0",
        ] {
            assert!(Cell::from_any_notation(text).is_err(), "{text}");
        }
    }
}

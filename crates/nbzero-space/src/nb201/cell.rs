//! A cell: six edges between four nodes, each with one of five operations.

use std::fmt;
use std::str::FromStr;

use crate::ArchitectureError;
use crate::error::short;

/// What an edge does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CellOperation {
    /// Nothing comes through.
    None,
    /// The identity.
    SkipConnect,
    /// ReLU, 1x1 convolution, batch norm.
    Conv1x1,
    /// ReLU, 3x3 convolution, batch norm.
    Conv3x3,
    /// The mean over the 3x3 window around each position.
    AveragePool3x3,
}

impl CellOperation {
    /// Every operation, in the order of the benchmark's own programs.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::SkipConnect,
        Self::Conv1x1,
        Self::Conv3x3,
        Self::AveragePool3x3,
    ];

    /// The name in NAS-Bench-201's strings.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SkipConnect => "skip_connect",
            Self::Conv1x1 => "nor_conv_1x1",
            Self::Conv3x3 => "nor_conv_3x3",
            Self::AveragePool3x3 => "avg_pool_3x3",
        }
    }
}

/// A cell of NAS-Bench-201 (Dong and Yang 2020, figure 1): every node is the sum of what comes
/// through the edges from all nodes before it.
///
/// Written as there, e.g.
/// `|nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|none~2|`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    operations: [CellOperation; 6],
}

impl Cell {
    /// Number of cells.
    pub const COUNT: usize = 15_625;

    /// The edges in the order of the string, each from one node to another, the input being node 0.
    pub const EDGES: [(usize, usize); 6] = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)];

    /// The cell with these operations on its [`EDGES`](Self::EDGES).
    pub fn new(operations: [CellOperation; 6]) -> Self {
        Self { operations }
    }

    /// The `index`-th of all cells, counted in the base of the five operations.
    ///
    /// # Panics
    ///
    /// If there is none: there are [`COUNT`](Self::COUNT).
    pub fn nth(index: usize) -> Self {
        assert!(index < Self::COUNT, "there are {} cells", Self::COUNT);
        let base = CellOperation::ALL.len();
        let mut rest = index;
        let operations = [(); 6].map(|()| {
            let operation = CellOperation::ALL[rest % base];
            rest /= base;
            operation
        });
        Self { operations }
    }

    /// Its place among all cells: the inverse of [`nth`](Self::nth).
    pub fn index(&self) -> usize {
        let digits = self.operations.iter().rev();
        let base = CellOperation::ALL.len();
        digits.fold(0, |index, &digit| index * base + digit as usize)
    }

    /// The operations on its [`EDGES`](Self::EDGES).
    pub fn operations(&self) -> &[CellOperation; 6] {
        &self.operations
    }

    /// The operations of the edges to a node, with the nodes that they come from.
    pub(super) fn edges_to(&self, node: usize) -> impl Iterator<Item = (usize, CellOperation)> {
        let edges = Self::EDGES.into_iter().zip(self.operations);
        edges.filter_map(move |((from, to), op)| (to == node).then_some((from, op)))
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for node in 1..4 {
            f.write_str(if node == 1 { "|" } else { "+|" })?;
            for (from, operation) in self.edges_to(node) {
                write!(f, "{}~{from}|", operation.name())?;
            }
        }
        Ok(())
    }
}

impl FromStr for Cell {
    type Err = ArchitectureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = |problem: String| ArchitectureError::Cell {
            text: text.to_owned(),
            problem,
        };
        let written: Vec<&str> = text
            .split(['|', '+'])
            .filter(|part| !part.is_empty())
            .collect();
        if written.len() != Self::EDGES.len() {
            return Err(refused(format!("it has {} edges, not 6", written.len())));
        }
        let mut operations = [CellOperation::None; 6];
        for ((operation, written), (from, to)) in
            operations.iter_mut().zip(written).zip(Self::EDGES)
        {
            let found = CellOperation::ALL
                .into_iter()
                .find(|known| format!("{}~{from}", known.name()) == written);
            *operation = found.ok_or_else(|| {
                refused(format!(
                    "`{}` is no operation from node {from} to node {to}",
                    short(written)
                ))
            })?;
        }
        let cell = Self { operations };
        if cell.to_string() != text {
            return Err(refused(format!("it would be written {cell}")));
        }
        Ok(cell)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn all_cells_are_distinct_and_their_strings_round_trip() {
        let cells: Vec<Cell> = (0..Cell::COUNT).map(Cell::nth).collect();
        let distinct: HashSet<&Cell> = cells.iter().collect();
        assert_eq!(distinct.len(), Cell::COUNT);
        for cell in cells {
            assert_eq!(cell.to_string().parse(), Ok(cell));
        }
    }

    #[test]
    fn what_is_not_a_cell_is_refused() {
        for text in [
            "",
            "|none~0|+|none~0|none~1|",
            "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|+",
            "|none~1|+|none~0|none~1|+|none~0|none~1|none~2|",
            "|conv~0|+|none~0|none~1|+|none~0|none~1|none~2|",
            "none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
            "|none~0|none~1|+|none~0|+|none~0|none~1|none~2|",
        ] {
            assert!(text.parse::<Cell>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_cell_that_is_none_says_what_is_wrong() {
        let error = |text: &str| text.parse::<Cell>().unwrap_err().to_string();
        assert!(error("|none~0|").contains("it has 1 edges, not 6"));
        let text = "|none~0|+|none~0|conv~1|+|none~0|none~1|none~2|";
        assert!(error(text).contains("`conv~1` is no operation from node 1 to node 2"));
        let text = "|none~0|none~0|none~1|none~0|none~1|none~2|";
        assert!(error(text).contains("it would be written |none~0|+|none~0|none~1|+|"));
    }
}

//! Cells that are the same network in disguise.
//!
//! What comes through an edge is written as a sum of terms: the identity passes its terms on,
//! nothing comes of nothing, and sums do not depend on their order. Two cells with the same terms
//! at their last node compute the same as initialised, when the shifts of batch norms are zero.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Cell, CellOperation};

/// For each cell, by its index, the cell that stands for it.
static PLAIN: LazyLock<Vec<usize>> = LazyLock::new(|| {
    let mut cheapest: HashMap<String, (usize, usize)> = HashMap::new();
    let terms: Vec<String> = (0..Cell::COUNT).map(|i| Cell::nth(i).terms()).collect();
    for (index, terms) in terms.iter().enumerate() {
        let cost = Cell::nth(index).cost();
        let known = cheapest.entry(terms.clone()).or_insert((cost, index));
        *known = (*known).min((cost, index));
    }
    terms.iter().map(|terms| cheapest[terms].1).collect()
});

impl Cell {
    /// The cheapest cell that computes the same: 4,930 are left of the 15,625.
    pub(crate) fn plain(self) -> Self {
        Self::nth(PLAIN[self.index()])
    }

    /// What the last node is, as a sum of terms in alphabetical order; nothing where it is zero.
    fn terms(self) -> String {
        let mut nodes = vec![vec!["x".to_owned()]];
        for to in 1..=3 {
            let mut terms = Vec::new();
            for (from, operation) in self.edges_to(to) {
                let of: &[String] = &nodes[from];
                match operation {
                    _ if of.is_empty() => {}
                    CellOperation::None => {}
                    CellOperation::SkipConnect => terms.extend_from_slice(of),
                    layer => terms.push(format!("{}({})", layer.name(), of.join("+"))),
                }
            }
            terms.sort_unstable();
            nodes.push(terms);
        }
        nodes.pop().unwrap_or_default().join("+")
    }

    /// In the order of what the operations cost: weights first, then passes over the map.
    fn cost(self) -> usize {
        let each = self.operations().iter().map(|operation| match operation {
            CellOperation::None => 0,
            CellOperation::SkipConnect => 1,
            CellOperation::AveragePool3x3 => 10,
            CellOperation::Conv1x1 => 100,
            CellOperation::Conv3x3 => 1_000,
        });
        each.sum()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn plain(text: &str) -> String {
        let cell: Cell = text.parse().expect("a cell");
        cell.plain().to_string()
    }

    #[test]
    fn disguises_come_off() {
        // Nothing reaches node 1, so its edges are nothing.
        assert_eq!(
            plain(
                "|none~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|none~0|nor_conv_1x1~1|skip_connect~2|"
            ),
            plain("|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|"),
        );
        // Nothing leaves node 1.
        let dead = "|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|";
        assert_eq!(
            plain(dead),
            "|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"
        );
        // Another operation is another network.
        assert_ne!(
            plain("|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|"),
            plain("|none~0|+|none~0|none~1|+|nor_conv_1x1~0|none~1|none~2|"),
        );
    }

    #[test]
    fn a_plain_cell_is_its_own() {
        let plain: HashSet<Cell> = (0..Cell::COUNT).map(|i| Cell::nth(i).plain()).collect();
        assert_eq!(plain.len(), 4_930);
        assert!(plain.iter().all(|cell| cell.plain() == *cell));
    }
}

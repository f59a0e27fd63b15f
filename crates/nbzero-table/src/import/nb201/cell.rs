//! A cell of NAS-Bench-201: `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`.

/// The operations on the six edges.
const OPERATIONS: [&str; 5] = [
    "none",
    "skip_connect",
    "nor_conv_1x1",
    "nor_conv_3x3",
    "avg_pool_3x3",
];

/// Cells of the standard skeleton: three stages of five.
const CELLS: u32 = 15;

/// Outside the cells: the stem, two residual blocks of two convolutions, and the classifier.
const SKELETON: u32 = 1 + 2 * 2 + 1;

/// A cell, as far as its costs go.
pub(super) struct Cell {
    convolutions: u32,
}

impl Cell {
    /// Reads a cell; `None` where the text is not one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let nodes: Vec<&str> = text.split('+').collect();
        if nodes.len() != 3 {
            return None;
        }
        let mut convolutions = 0;
        for (node, edges) in nodes.into_iter().enumerate() {
            let edges = edges.strip_prefix('|')?.strip_suffix('|')?;
            let edges: Vec<&str> = edges.split('|').collect();
            if edges.len() != node + 1 {
                return None;
            }
            for (from, edge) in edges.into_iter().enumerate() {
                let operation = edge.strip_suffix(&format!("~{from}"))?;
                if !OPERATIONS.contains(&operation) {
                    return None;
                }
                convolutions += u32::from(operation.starts_with("nor_conv"));
            }
        }
        Some(Self { convolutions })
    }

    /// Convolutions and linear layers of the network, the residual blocks' projections not
    /// counted.
    pub(super) fn depth(&self) -> u32 {
        SKELETON + CELLS * self.convolutions
    }

    /// For errors: what a cell looks like.
    pub(super) fn expected() -> String {
        format!(
            "a cell |op~0|+|op~0|op~1|+|op~0|op~1|op~2| of {}",
            crate::error::list(OPERATIONS)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_the_convolutions_of_all_cells() {
        let depth = |text| Cell::parse(text).map(|cell| cell.depth());
        let none = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|";
        assert_eq!(depth(none), Some(6));
        let two = "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_3x3~0|none~1|none~2|";
        assert_eq!(depth(two), Some(36));
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
            assert!(Cell::parse(text).is_none(), "{text}");
        }
    }
}

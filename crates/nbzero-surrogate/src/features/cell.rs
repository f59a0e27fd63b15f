//! Cells of `nb201`: what each edge does, how often each operation occurs, and the skeleton.

use nbzero_space::{Architecture, Cell, CellOperation};

/// Nodes of a cell; the first is its input, the last its output.
const NODES: usize = 4;

/// For each edge and each operation whether it is that; the number of edges with each; the most
/// convolutions in a row; channels and cells of the skeleton. An edge that no path from input to
/// output takes is one that does nothing, because that is what it does.
pub(super) fn features(arch: &str) -> Option<Vec<f64>> {
    let Ok(Architecture::Cell(network)) = arch.parse() else {
        return None;
    };
    let edges = alive(*network.cell());
    let is = |edge: CellOperation, operation| f64::from(u8::from(edge == operation));
    let mut features = Vec::new();
    for edge in edges {
        features.extend(CellOperation::ALL.map(|operation| is(edge, operation)));
    }
    let count = |operation| edges.iter().map(|&edge| is(edge, operation)).sum::<f64>();
    features.extend(CellOperation::ALL.map(count));
    features.push(convolutions_in_a_row(edges));
    let skeleton = network.skeleton();
    let sizes = [skeleton.channels, skeleton.cells];
    features.extend(sizes.map(|size| (size.get() as f64).log2()));
    Some(features)
}

/// The operations of the edges, those on no path from input to output replaced by none.
fn alive(cell: Cell) -> [CellOperation; 6] {
    let mut operations = *cell.operations();
    let edges = Cell::EDGES.iter().zip(&operations);
    let open: Vec<(usize, usize)> = edges
        .filter(|(_, operation)| **operation != CellOperation::None)
        .map(|(edge, _)| *edge)
        .collect();
    // Edges come in the order of the nodes that they end at.
    let mut fed = [true, false, false, false];
    for &(from, to) in &open {
        fed[to] |= fed[from];
    }
    let mut read = [false, false, false, true];
    for &(from, to) in open.iter().rev() {
        read[from] |= read[to];
    }
    for (operation, (from, to)) in operations.iter_mut().zip(Cell::EDGES) {
        if !(fed[from] && read[to]) {
            *operation = CellOperation::None;
        }
    }
    operations
}

/// The most convolutions on a path from input to output; 0 where there is no path.
fn convolutions_in_a_row(operations: [CellOperation; 6]) -> f64 {
    let mut most = [Some(0_u32), None, None, None];
    for (operation, (from, to)) in operations.iter().zip(Cell::EDGES) {
        let step = match operation {
            CellOperation::None => continue,
            CellOperation::Conv1x1 | CellOperation::Conv3x3 => 1,
            CellOperation::SkipConnect | CellOperation::AveragePool3x3 => 0,
        };
        most[to] = most[to].max(most[from].map(|so_far| so_far + step));
    }
    f64::from(most[NODES - 1].unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell {
        text.parse().expect("a cell")
    }

    #[test]
    fn what_no_path_takes_does_nothing() {
        // Nothing leads to node 1, and nothing from node 2 to the output.
        let dead =
            cell("|none~0|+|nor_conv_3x3~0|skip_connect~1|+|nor_conv_1x1~0|avg_pool_3x3~1|none~2|");
        let same = cell("|none~0|+|none~0|none~1|+|nor_conv_1x1~0|none~1|none~2|");
        assert_eq!(alive(dead), *same.operations());
        let network = |cell: Cell| features(&format!("nb201:16x5:{cell}")).expect("a network");
        assert_eq!(network(dead), network(same));
    }

    #[test]
    fn convolutions_are_counted_along_the_longest_path() {
        for (text, count) in [
            (
                "|nor_conv_3x3~0|+|none~0|nor_conv_1x1~1|+|none~0|none~1|nor_conv_3x3~2|",
                3.0,
            ),
            (
                "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|nor_conv_1x1~0|none~1|none~2|",
                1.0,
            ),
            ("|none~0|+|none~0|none~1|+|none~0|none~1|none~2|", 0.0),
            (
                "|nor_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|nor_conv_3x3~2|",
                0.0,
            ),
        ] {
            let found = convolutions_in_a_row(*cell(text).operations());
            assert!((found - count).abs() < 1e-12, "{text}: {found}");
        }
    }
}

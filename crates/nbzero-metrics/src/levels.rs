//! Columns as small integers: all that an index of ranks needs to know of them.

/// The level of each value: how many *distinct* values are below it. -0 and +0 must not both occur.
pub(crate) fn levels(values: &[f64]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut levels = vec![0; values.len()];
    let equal = |a: &usize, b: &usize| values[*a].total_cmp(&values[*b]).is_eq();
    for (level, tied) in (0..).zip(order.chunk_by(equal)) {
        for &row in tied {
            levels[row] = level;
        }
    }
    levels
}

/// How many levels there are: one more than the highest.
pub(crate) fn level_count(levels: &[u32]) -> usize {
    levels.iter().max().map_or(0, |&top| top as usize + 1)
}

/// Twice the mean rank (from 1, lowest first) of each row, where row i stands for `weights[i]` equal
/// rows; doubled, the mean rank of a tie is an integer, and sums of ranks are exact.
pub(crate) fn doubled_ranks(levels: &[u32], weights: &[u32]) -> Vec<u32> {
    let mut table = vec![0; level_count(levels)];
    for (&level, &weight) in levels.iter().zip(weights) {
        table[level as usize] += weight;
    }
    let mut below = 0;
    for entry in &mut table {
        let tied = *entry;
        // The tied have ranks below + 1 to below + tied.
        *entry = 2 * below + tied + 1;
        below += tied;
    }
    levels.iter().map(|&level| table[level as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_of_ties_and_weights() {
        let levels = levels(&[0.5, f64::NEG_INFINITY, 7.0, 0.5]);
        assert_eq!(levels, [1, 0, 2, 1]);
        assert_eq!(doubled_ranks(&levels, &[1; 4]), [5, 2, 8, 5]);
        // The same with row 1 there three times: ranks 1 to 3, 4 and 5, 6.
        assert_eq!(doubled_ranks(&levels, &[1, 3, 1, 1]), [9, 4, 12, 9]);
    }
}

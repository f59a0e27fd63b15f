//! Which networks are held out together.

/// The fold of each of `rows` networks, from 0 to `folds` - 1: a random partition into parts whose
/// sizes differ by at most one, the same on every machine.
///
/// Networks are sorted by a hash of seed and row, and dealt out in turn.
pub(crate) fn folds(rows: usize, folds: usize, seed: u64) -> Vec<usize> {
    let mut fold = vec![0; rows];
    for (i, row) in shuffled(rows, seed).into_iter().enumerate() {
        fold[row] = i % folds;
    }
    fold
}

/// The numbers below `rows` in the order of a hash of seed and number.
pub(crate) fn shuffled(rows: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows).collect();
    order.sort_by_key(|&row| (hash(seed, row as u64), row));
    order
}

/// The `row`th number of `SplitMix64` (Steele, Lea and Flood 2014).
fn hash(seed: u64, row: u64) -> u64 {
    let mut z = seed.wrapping_add((row + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_are_even_and_depend_on_the_seed() {
        let found = folds(103, 5, 0);
        let size = |fold| found.iter().filter(|&&f| f == fold).count();
        assert_eq!([0, 1, 2, 3, 4].map(size), [21, 21, 21, 20, 20]);
        assert_eq!(found, folds(103, 5, 0));
        assert_ne!(found, folds(103, 5, 1));
    }

    #[test]
    fn hash_agrees_with_the_published_generator() {
        // Vigna's splitmix64.c with x = 1234567 prints these first.
        assert_eq!(hash(1_234_567, 0), 6_457_827_717_110_365_317);
        assert_eq!(hash(1_234_567, 1), 3_203_168_211_198_807_973);
    }
}

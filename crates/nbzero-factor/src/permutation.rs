//! Features with the values of one of them shuffled among the networks.

use crate::Feature;
use crate::folds::shuffled;

/// How often each feature is shuffled.
pub(crate) const SHUFFLES: u64 = 5;

/// The features, row by row, with one of them shuffled in [`SHUFFLES`] ways.
pub(crate) fn permuted(
    features: &[f32],
    feature: usize,
    seed: u64,
) -> impl Iterator<Item = Vec<f32>> {
    let rows = features.len() / Feature::COUNT;
    (0..SHUFFLES).map(move |shuffle| {
        // Other orders than that of the folds.
        let key = seed ^ (1 + shuffle + SHUFFLES * feature as u64) << 32;
        let mut found = features.to_vec();
        for (row, from) in shuffled(rows, key).into_iter().enumerate() {
            found[row * Feature::COUNT + feature] = features[from * Feature::COUNT + feature];
        }
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_feature_is_shuffled_and_the_others_stay() {
        let features: Vec<f32> = (0..20_u16)
            .flat_map(|row| [f32::from(row); Feature::COUNT])
            .collect();
        for found in permuted(&features, 3, 0) {
            let column = |of: &[f32], feature: usize| -> Vec<f32> {
                of.iter()
                    .skip(feature)
                    .step_by(Feature::COUNT)
                    .copied()
                    .collect()
            };
            assert_eq!(column(&found, 2), column(&features, 2));
            let mut shuffled = column(&found, 3);
            assert_ne!(shuffled, column(&features, 3));
            shuffled.sort_by(f32::total_cmp);
            assert_eq!(shuffled, column(&features, 3));
        }
    }
}

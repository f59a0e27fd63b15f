//! Layers that are one of a few kinds, such as the digits of NAS-Bench-Macro.

/// For each layer and each kind whether it is that, and the number of layers of each kind.
pub(super) fn features(layers: &str, kinds: &str) -> Option<Vec<f64>> {
    if layers.is_empty() || layers.chars().any(|layer| !kinds.contains(layer)) {
        return None;
    }
    let is = |layer: char, kind: char| f64::from(u8::from(layer == kind));
    let mut features: Vec<f64> = layers
        .chars()
        .flat_map(|layer| kinds.chars().map(move |kind| is(layer, kind)))
        .collect();
    let count = |kind| layers.chars().map(|layer| is(layer, kind)).sum::<f64>();
    features.extend(kinds.chars().map(count));
    Some(features)
}

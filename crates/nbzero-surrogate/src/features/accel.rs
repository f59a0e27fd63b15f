//! Networks of `accel-nasbench`: seven blocks, such as `e6k3l1` or `e4k5l2-se`.

/// The expansion, kernel and number of layers of each block, and whether it has squeeze-excitation.
pub(super) fn features(blocks: &str) -> Option<Vec<f64>> {
    let mut features = Vec::new();
    for block in blocks.split(',') {
        features.extend(of_block(block)?);
    }
    Some(features)
}

fn of_block(block: &str) -> Option<[f64; 4]> {
    let (sizes, squeeze) = match block.strip_suffix("-se") {
        Some(sizes) => (sizes, 1.0),
        None => (block, 0.0),
    };
    let (expansion, rest) = sizes.strip_prefix('e')?.split_once('k')?;
    let (kernel, layers) = rest.split_once('l')?;
    let number = |digits: &str| digits.parse::<u32>().ok().map(f64::from);
    Some([
        number(expansion)?,
        number(kernel)?,
        number(layers)?,
        squeeze,
    ])
}

//! Chains of `r1`, `r2` and `mb`: widths, depths and strides of the stages.

use nbzero_space::Architecture;

/// No chain has more stages than this.
const STAGES: usize = 12;

/// MobileNetV2's expansion, which a stage of `mb` has where it names no other.
const EXPANSION: usize = 6;

/// The stem's width, the number of stages, and of each stage its width, depth, stride and expansion.
/// A stage that a chain lacks is one of no blocks, which changes neither width nor resolution.
pub(super) fn features(arch: &str) -> Option<Vec<f64>> {
    let Ok(Architecture::Chain(chain)) = arch.parse() else {
        return None;
    };
    let stages = chain.stages();
    if stages.len() > STAGES {
        return None;
    }
    let log = |count: usize| (count as f64).log2();
    let mut features = vec![log(chain.stem()), stages.len() as f64];
    let mut width = chain.stem();
    for stage in 0..STAGES {
        let (depth, stride, expansion) = match stages.get(stage) {
            None => (0, 1, None),
            Some(stage) => {
                width = stage.width;
                (stage.depth, stage.stride, stage.expansion)
            }
        };
        let expansion = expansion.unwrap_or(EXPANSION);
        features.extend([width, 1 + depth, stride, expansion].map(log));
    }
    Some(features)
}

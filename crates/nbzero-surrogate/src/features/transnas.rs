//! Networks of `transnas-macro`: four to six modules, each of which may double the channels, halve
//! the resolution, or both.

/// The most modules of a network.
const MODULES: usize = 6;

/// The number of modules, and for each whether it doubles the channels, whether it halves the
/// resolution, and how often that has happened so far. A module that a network lacks does neither.
pub(super) fn features(digits: &str) -> Option<Vec<f64>> {
    let modules = digits.len();
    if modules == 0 || modules > MODULES {
        return None;
    }
    let mut features = vec![modules as f64];
    let (mut doublings, mut halvings) = (0.0, 0.0);
    for module in 0..MODULES {
        let (doubles, halves) = match digits.as_bytes().get(module) {
            None | Some(b'1') => (0.0, 0.0),
            Some(b'2') => (1.0, 0.0),
            Some(b'3') => (0.0, 1.0),
            Some(b'4') => (1.0, 1.0),
            Some(_) => return None,
        };
        doublings += doubles;
        halvings += halves;
        features.extend([doubles, halves, doublings, halvings]);
    }
    Some(features)
}

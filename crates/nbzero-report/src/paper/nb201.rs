//! What papers report of their own proxies on NAS-Bench-201, CIFAR-10.

use crate::Reported;

/// Row, Kendall's tau, Spearman's correlation, and the paper.
const REPORTED: [(&str, f64, f64, &str); 2] = [
    ("az_nas", 0.741, 0.913, "Lee and Ham 2024 (AZ-NAS)"),
    ("vkdnw_agg", 0.750, 0.919, "Tybl and Neumann 2025 (VKDNW)"),
];

/// What its paper reports of a row; `None` where it reports nothing, or nobody has looked it up.
pub fn nb201_row(name: &str) -> Option<Reported> {
    let found = REPORTED.iter().find(|row| row.0 == name);
    found.map(|&(_, tau, spearman, source)| Reported {
        tau,
        spearman,
        source: source.to_owned(),
    })
}

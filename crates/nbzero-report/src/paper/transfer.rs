//! The paper's Tables 2 and 3.

use nbzero_table::Dataset;
use serde::Serialize;

/// What the paper prints of one proxy on one dataset and space.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PaperPick {
    /// Name of the proxy as our tables and commands write it.
    pub name: &'static str,
    /// Mean best rank.
    pub mbr: f64,
    /// Accuracy in percent of the network that it picks without a budget.
    pub accuracy: f64,
}

/// The columns of both tables, in the paper's order.
const NAMES: [&str; 12] = [
    "fisher",
    "grad_norm",
    "snip",
    "grasp",
    "jacob_cov",
    "plain",
    "synflow",
    "ntk",
    "zen",
    "flops",
    "params",
    "oracle",
];

const fn row(mbr: [f64; 12], accuracy: [f64; 12]) -> [PaperPick; 12] {
    let mut picks = [PaperPick {
        name: "",
        mbr: 0.0,
        accuracy: 0.0,
    }; 12];
    let mut i = 0;
    while i < 12 {
        picks[i] = PaperPick {
            name: NAMES[i],
            mbr: mbr[i],
            accuracy: accuracy[i],
        };
        i += 1;
    }
    picks
}

/// R1 with CIFAR-100: a row of both tables.
const R1_CIFAR100: [PaperPick; 12] = row(
    [
        0.365, 0.282, 0.356, 0.683, 0.409, 0.675, 0.102, 0.796, 0.108, 0.157, 0.213, 0.0,
    ],
    [
        73.4, 75.0, 73.4, 71.5, 75.1, 74.3, 76.3, 71.5, 76.3, 76.8, 76.6, 79.1,
    ],
);

/// NAS-Bench-Zero, Table 2, as printed: R1 with CIFAR-10, CIFAR-100 and ImageNet-16-120.
pub const TABLE2: [(Dataset, [PaperPick; 12]); 3] = [
    (
        Dataset::Cifar10,
        row(
            [
                0.338, 0.488, 0.459, 0.893, 0.895, 0.249, 0.212, 0.482, 0.133, 0.142, 0.779, 0.0,
            ],
            [
                94.9, 94.2, 94.8, 92.6, 92.6, 95.1, 94.7, 94.9, 95.3, 95.5, 93.4, 95.7,
            ],
        ),
    ),
    (Dataset::Cifar100, R1_CIFAR100),
    (
        Dataset::ImageNet16,
        row(
            [
                0.312, 0.182, 0.175, 0.766, 0.705, 0.345, 0.093, 0.672, 0.093, 0.286, 0.277, 0.0,
            ],
            [
                50.2, 51.9, 51.0, 48.2, 45.7, 49.3, 51.9, 46.0, 51.9, 50.0, 51.3, 53.0,
            ],
        ),
    ),
];

/// NAS-Bench-Zero, Table 3, as printed: R1, R2 and MB with CIFAR-100.
pub const TABLE3: [(&str, [PaperPick; 12]); 3] = [
    ("r1", R1_CIFAR100),
    (
        "r2",
        row(
            [
                0.222, 0.269, 0.154, 0.475, 0.342, 0.226, 0.057, 0.934, 0.045, 0.132, 0.253, 0.0,
            ],
            [
                77.7, 78.0, 78.0, 78.9, 78.7, 78.5, 79.3, 71.8, 79.3, 78.0, 79.1, 80.0,
            ],
        ),
    ),
    (
        "mb",
        row(
            [
                0.14, 0.1, 0.142, 0.389, 0.11, 0.409, 0.125, 0.982, 0.125, 0.109, 0.251, 0.0,
            ],
            [
                73.4, 74.0, 73.9, 72.9, 74.6, 71.9, 74.3, 58.4, 74.3, 74.0, 74.3, 75.7,
            ],
        ),
    ),
];

/// What Table 2 prints of a proxy on a dataset; the small selection of ImageNet-16-120 is set beside
/// the whole of it.
///
/// ```
/// use nbzero_report::paper::table2_pick;
/// use nbzero_table::Dataset;
///
/// assert_eq!(table2_pick(Dataset::Cifar10, "zen").map(|pick| pick.mbr), Some(0.133));
/// assert!(table2_pick(Dataset::Cifar10, "naswot").is_none());
/// ```
pub fn table2_pick(dataset: Dataset, proxy: &str) -> Option<&'static PaperPick> {
    let dataset = match dataset {
        Dataset::ImageNet16Tiny => Dataset::ImageNet16,
        other => other,
    };
    let row = TABLE2.iter().find(|(known, _)| *known == dataset)?;
    row.1.iter().find(|pick| pick.name == proxy)
}

/// What Table 3 prints of a proxy on a space; a mini space is set beside the space that it is a
/// small version of.
///
/// ```
/// use nbzero_report::paper::table3_pick;
///
/// assert_eq!(table3_pick("mb-mini", "jacob_cov").map(|pick| pick.accuracy), Some(74.6));
/// assert!(table3_pick("nb201", "jacob_cov").is_none());
/// ```
pub fn table3_pick(space: &str, proxy: &str) -> Option<&'static PaperPick> {
    let space = space.strip_suffix("-mini").unwrap_or(space);
    let row = TABLE3.iter().find(|(known, _)| *known == space)?;
    row.1.iter().find(|pick| pick.name == proxy)
}

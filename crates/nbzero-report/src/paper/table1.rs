//! The paper's Table 1.

use serde::Serialize;

/// One row of the paper's Table 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PaperTable1Row {
    /// Name of the row as our tables and commands write it (`flops`, `grad_norm`, ...).
    pub name: &'static str,
    /// Pearson's correlation (LC).
    pub lc: f64,
    /// Kendall's tau (KD).
    pub kd: f64,
    /// Spearman's correlation (SR).
    pub sr: f64,
    /// Mean best rank under 20%, 40%, 60%, 80% and 100% of the FLOPs.
    pub mbr: f64,
    /// Accuracy in percent of the network picked under each of those budgets.
    pub accuracy: [f64; 5],
}

const fn row(name: &'static str, indices: [f64; 4], accuracy: [f64; 5]) -> PaperTable1Row {
    let [lc, kd, sr, mbr] = indices;
    PaperTable1Row {
        name,
        lc,
        kd,
        sr,
        mbr,
        accuracy,
    }
}

/// NAS-Bench-Zero, Table 1, rows of the benchmark "`NBZero`", in the paper's order and as printed.
///
/// Measured on the space R1 with CIFAR-100 after 360 epochs.
pub const TABLE1: [PaperTable1Row; 13] = [
    row(
        "oracle",
        [1.0, 1.0, 1.0, 0.0],
        [75.3, 77.1, 77.8, 78.6, 79.1],
    ),
    row(
        "flops",
        [0.79, 0.704, 0.881, 0.157],
        [72.2, 74.6, 76.1, 76.5, 76.8],
    ),
    row(
        "params",
        [0.626, 0.592, 0.77, 0.213],
        [71.7, 72.9, 76.6, 76.6, 76.6],
    ),
    row(
        "depth",
        [0.269, 0.195, 0.271, 0.498],
        [68.5, 73.2, 76.7, 77.3, 77.3],
    ),
    row(
        "fisher",
        [0.739, 0.599, 0.795, 0.365],
        [72.2, 74.5, 74.5, 75.3, 73.4],
    ),
    row(
        "grad_norm",
        [0.703, 0.498, 0.689, 0.282],
        [72.2, 74.1, 76.6, 75.0, 75.0],
    ),
    row(
        "snip",
        [0.789, 0.641, 0.83, 0.356],
        [72.2, 73.9, 75.5, 75.0, 73.4],
    ),
    row(
        "grasp",
        [-0.17, -0.138, -0.207, 0.683],
        [71.5, 71.5, 71.5, 71.5, 71.5],
    ),
    row(
        "jacob_cov",
        [0.261, 0.152, 0.228, 0.409],
        [65.2, 75.1, 75.1, 75.1, 75.1],
    ),
    row(
        "plain",
        [-0.034, -0.019, -0.029, 0.675],
        [62.2, 62.2, 74.3, 74.3, 74.3],
    ),
    row(
        "synflow",
        [0.507, 0.356, 0.514, 0.102],
        [73.3, 75.9, 75.5, 77.6, 76.3],
    ),
    row(
        "ntk",
        [-0.162, -0.12, -0.187, 0.796],
        [63.4, 71.5, 71.5, 71.5, 71.1],
    ),
    row(
        "zen",
        [0.596, 0.42, 0.598, 0.108],
        [73.1, 75.9, 75.5, 77.6, 76.3],
    ),
];

/// The row of that name in the paper's Table 1.
///
/// ```
/// use nbzero_report::paper::table1_row;
///
/// assert_eq!(table1_row("synflow").map(|row| row.mbr), Some(0.102));
/// assert!(table1_row("naswot").is_none());
/// ```
pub fn table1_row(name: &str) -> Option<&'static PaperTable1Row> {
    TABLE1.iter().find(|row| row.name == name)
}

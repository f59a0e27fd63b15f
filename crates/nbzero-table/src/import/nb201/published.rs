//! The published scores of NAS-Bench-201's cells.

use super::Part;
use crate::Dataset;
use crate::import::scores::{Published, naslib};

const SUITE_ZERO: &str = "NAS-Bench-Suite-Zero (Krishnakumar et al. 2022)";
const NASLIB: &str = "automl/NASLib";
const FREEREA: &str = "NiccoloCavagnero/FreeREA (Cavagnero et al. 2023)";
const BAYESWATCH: &str = "BayesWatch/nas-without-training";

/// NAS-Bench-Suite-Zero, 9,445 cells: those that are not another one in disguise. `zen` is left
/// out: where it is published, `NASLib`'s column of all cells has the same values.
const OF_SUITE_ZERO: [Published; 10] = [
    naslib::EPE_NAS.named("epe_nas_suitezero"),
    naslib::FISHER.named("fisher_suitezero"),
    naslib::GRAD_NORM.named("grad_norm_suitezero"),
    naslib::GRASP.named("grasp_suitezero"),
    naslib::JACOB_COV.named("jacov_suitezero"),
    naslib::L2_NORM.named("l2_norm_suitezero"),
    naslib::LOG_SYNFLOW.named("synflow_suitezero"),
    naslib::NASWOT.named("nwot_suitezero"),
    naslib::PLAIN.named("plain_suitezero"),
    naslib::SNIP.named("snip_suitezero"),
];

/// All cells.
const OF_NASLIB: [Published; 1] = [naslib::ZEN.named("zen")];

/// All cells, of another program: named after it where a proxy of ours has the name.
const OF_FREEREA: [Published; 3] = [
    Published::new(
        "logsynflow_freerea",
        "logsynflow_freerea",
        "synflow with the logarithm of each gradient, sum of w ln(1 + dR/dw); not the logarithm \
         of synflow",
    ),
    Published::new(
        "naswot_freerea",
        "naswot_freerea",
        "log determinant of the ReLU-code agreement kernel",
    ),
    Published::new(
        "synflow_freerea",
        "synflow_freerea",
        "sum of w dR/dw; its values are not those of Suite-Zero's synflow",
    ),
];

/// Those 15,284 cells that are connected.
const OF_BAYESWATCH: [Published; 1] = [Published::new(
    "jacob_cov_bayeswatch",
    "jacob_cov_bayeswatch",
    "correlation of the images' input gradients (Mellor et al. 2020)",
)];

/// The columns that a dataset has: score, prefix of the column's name, source.
pub(super) fn columns(
    part: &Part,
) -> impl Iterator<Item = (Published, &'static str, &'static str)> {
    let suite_zero = part.dataset != Dataset::Cifar100;
    let bayeswatch = part.dataset == Dataset::Cifar10;
    let prefix = part.prefix;
    let of = move |source, columns: &'static [Published]| {
        columns.iter().map(move |&column| (column, prefix, source))
    };
    of(NASLIB, &OF_NASLIB)
        .chain(of(FREEREA, &OF_FREEREA))
        .chain(of(
            SUITE_ZERO,
            if suite_zero { &OF_SUITE_ZERO } else { &[] },
        ))
        .chain(of(
            BAYESWATCH,
            if bayeswatch { &OF_BAYESWATCH } else { &[] },
        ))
}

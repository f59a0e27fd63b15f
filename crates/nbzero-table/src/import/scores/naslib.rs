//! The proxies of `NASLib`, which computed the scores of NAS-Bench-Suite-Zero: initialised networks,
//! one batch, `naslib/predictors/pruners/measures`.
//!
//! Names are those of our proxies where formula and layers are the same.

use super::Published;

/// Lopes et al. 2021.
pub(in crate::import) const EPE_NAS: Published = Published::new(
    "epe_nas",
    "epe_nas",
    "intra-class and inter-class correlation of the images' input gradients (Lopes et al. 2021)",
);
/// Our `fisher`.
pub(in crate::import) const FISHER: Published = Published::new("fisher", "fisher", SAME);
/// Our `grad_norm`.
pub(in crate::import) const GRAD_NORM: Published = Published::new("grad_norm", "grad_norm", SAME);
/// Our `grasp`.
pub(in crate::import) const GRASP: Published = Published::new("grasp", "grasp", SAME);
/// Our `jacob_cov`.
pub(in crate::import) const JACOB_COV: Published = Published::new("jacob_cov", "jacov", SAME);
/// The norms of the initial weights.
pub(in crate::import) const L2_NORM: Published = Published::new(
    "l2_norm",
    "l2_norm",
    "sum over layers of the 2-norm of the initial weights",
);
/// Our `log_synflow`.
pub(in crate::import) const LOG_SYNFLOW: Published = Published {
    logarithm: true,
    ..Published::new("log_synflow", "synflow", SAME)
};
/// Our `naswot`.
pub(in crate::import) const NASWOT: Published = Published::new("naswot", "nwot", SAME);
/// Our `plain`.
pub(in crate::import) const PLAIN: Published = Published::new("plain", "plain", SAME);
/// Our `snip`.
pub(in crate::import) const SNIP: Published = Published::new("snip", "snip", SAME);
/// Our `zen`, but for what it says.
pub(in crate::import) const ZEN: Published = Published::new(
    "zen",
    "zen",
    "Zen-score as NASLib computes it: unlike ours, skip connections stay in, batch norm's \
     variances are the running ones, and there is one repeat",
);

const SAME: &str = "the definition that nbzero's proxy of this name follows, as NASLib computes it";

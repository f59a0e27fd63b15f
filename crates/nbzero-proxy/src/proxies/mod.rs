//! The proxies, one file each; [`ALL`] is the order in which they are listed.

pub mod az_expressivity;
pub mod az_progressivity;
pub mod az_trainability;
pub mod depth;
pub mod epe_nas;
pub mod fisher;
pub mod flops;
pub mod free_rea_log_synflow;
pub mod grad_norm;
pub mod gradsign;
pub mod grasp;
pub mod jacob_cov;
pub mod l2_norm;
pub mod linear_regions;
pub mod log_synflow;
pub mod meco;
pub mod naswot;
pub mod near;
pub mod ntk;
pub mod params;
pub mod plain;
pub mod snip;
pub mod snr_snip;
pub mod snr_synflow;
pub mod swap;
pub mod swap_reg;
pub mod synflow;
pub mod vkdnw;
pub mod zen;
pub mod zico;
pub mod zico_bc;

use crate::{Proxy, ProxyConstructor};

/// Constructors of every proxy: the costs, the suite of NAS-Bench-Zero, and what came after it.
pub const ALL: &[ProxyConstructor] = &[
    make::<flops::Flops>,
    make::<params::Params>,
    make::<depth::Depth>,
    make::<grad_norm::GradNorm>,
    make::<snip::Snip>,
    make::<plain::Plain>,
    make::<grasp::Grasp>,
    make::<fisher::Fisher>,
    make::<jacob_cov::JacobCov>,
    make::<synflow::Synflow>,
    make::<log_synflow::LogSynflow>,
    make::<naswot::Naswot>,
    make::<ntk::Ntk>,
    make::<zen::Zen>,
    make::<l2_norm::L2Norm>,
    make::<snr_snip::SnrSnip>,
    make::<snr_synflow::SnrSynflow>,
    make::<free_rea_log_synflow::FreeReaLogSynflow>,
    make::<linear_regions::LinearRegions>,
    make::<epe_nas::EpeNas>,
    make::<gradsign::Gradsign>,
    make::<zico::Zico>,
    make::<zico_bc::ZicoBc>,
    make::<meco::Meco>,
    make::<near::Near>,
    make::<swap::Swap>,
    make::<swap_reg::SwapReg>,
    make::<az_expressivity::AzExpressivity>,
    make::<az_progressivity::AzProgressivity>,
    make::<az_trainability::AzTrainability>,
    make::<vkdnw::Vkdnw>,
];

/// How many of [`ALL`], from the first, are the costs and the suite of NAS-Bench-Zero, whose scores the tables hold.
pub const NAS_BENCH_ZERO: usize = 14;

/// The costs, and the proxies of which the rows of the leaderboard are made that no faster one equals: a test of
/// the command holds them to the committed table.
pub const DEFAULT: [&str; 6] = [
    "flops",
    "params",
    "depth",
    "jacob_cov",
    "log_synflow",
    "naswot",
];

fn make<P: Proxy + Default + 'static>() -> Box<dyn Proxy> {
    Box::new(P::default())
}

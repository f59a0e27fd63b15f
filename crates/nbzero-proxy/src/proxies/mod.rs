//! The proxies, one file each; [`ALL`] is the order in which they are listed.

pub mod depth;
pub mod fisher;
pub mod flops;
pub mod grad_norm;
pub mod grasp;
pub mod jacob_cov;
pub mod log_synflow;
pub mod naswot;
pub mod ntk;
pub mod params;
pub mod plain;
pub mod snip;
pub mod synflow;
pub mod zen;

use crate::{Proxy, ProxyConstructor};

/// Constructors of every proxy.
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
];

fn make<P: Proxy + Default + 'static>() -> Box<dyn Proxy> {
    Box::new(P::default())
}

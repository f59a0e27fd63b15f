//! Every operation of the graph in every sweep, in float64: values and gradients against Burn's
//! autodiff, derivatives along the weights against finite differences, flows against autodiff of the
//! absolute network and, far beyond float64, against what must not change; and what sweeps hold
//! against what was planned.

#![allow(clippy::unwrap_used, reason = "tests")]

mod cases;
mod common;
mod flow;
mod gradients;
mod memory;
mod windows;

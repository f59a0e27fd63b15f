//! The operations as nodes of Burn's autodiff graph.

mod batch_norm;
mod conv;

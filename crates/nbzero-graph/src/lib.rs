#![doc = include_str!("../README.md")]

mod builder;
mod cost;
mod error;
mod function;
mod graph;
mod layer;
mod op;
mod resolution;
mod shape;
mod transform;
mod window;

pub use builder::GraphBuilder;
pub use error::GraphError;
pub use function::Function;
pub use graph::{Graph, Node, NodeId};
pub use layer::{BatchNorm, Conv2d, LayerNorm, Linear, Parameter};
pub use op::{Op, Over, Pool2d, PoolKind, Reduction, Slice};
pub use resolution::{Resolution, ResolutionError};
pub use shape::{Axis, Shape};
pub use window::{Padding, Window};

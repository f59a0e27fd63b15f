#![doc = include_str!("../README.md")]

mod cost;
mod error;
mod graph;
mod op;
mod transform;

pub use error::GraphError;
pub use graph::{Graph, GraphBuilder, Node, NodeId, Shape};
pub use op::{Conv2d, Linear, Op};

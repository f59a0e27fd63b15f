#![doc = include_str!("../README.md")]

pub mod cli;

pub use nbzero_graph as graph;
pub use nbzero_metrics as metrics;
pub use nbzero_model as model;
pub use nbzero_onnx as onnx;
pub use nbzero_ops as ops;
pub use nbzero_proxy as proxy;
pub use nbzero_report as report;
pub use nbzero_search as search;
pub use nbzero_space as space;
pub use nbzero_surrogate as surrogate;
pub use nbzero_table as table;
pub use nbzero_train as train;

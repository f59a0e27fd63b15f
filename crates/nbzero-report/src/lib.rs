#![doc = include_str!("../README.md")]

mod error;
mod format;
mod grid;
mod number;
pub mod paper;
mod pool;
mod table1;
mod table1_render;

pub use error::{Error, Result};
pub use format::Format;
pub use table1::{About, MeasuredMbr, Table1, Table1Row, table1, table1_with};

//! The paper's own numbers, to stand beside the measured ones.

mod nb201;
mod table1;
mod transfer;

pub use nb201::nb201_row;
pub use table1::{PaperTable1Row, TABLE1, table1_row};
pub use transfer::{PaperPick, TABLE2, TABLE3, table2_pick, table3_pick};

//! The tables of the paper, one file each, and that by which the training was chosen.

mod ceiling;
mod recipes;
mod table1;
mod table2;
mod table3;
mod transfer;

pub use ceiling::NoiseCeiling;
pub use recipes::{RecipeRow, Recipes, recipes};
pub use table1::{MeasuredMbr, Table1, Table1Row, table1, table1_with};
pub use table2::{table2, table2_with};
pub use table3::{table3, table3_with};
pub(crate) use transfer::some_tables;
pub use transfer::{Transfer, TransferPart, TransferRow};

#![doc = include_str!("../README.md")]

mod about;
mod claims;
mod entrant;
mod error;
mod exhibit;
mod figures;
mod format;
mod grid;
mod html;
mod indices;
mod judge;
mod number;
mod own;
pub mod paper;
mod plot;
mod pool;
mod sheet;
mod tables;

pub use about::About;
pub use claims::{Claim, Claims, Judgement, Number, Reading, Rule, Ruling, claims, main_table};
pub use error::{Error, Result};
pub use exhibit::Exhibit;
pub use figures::*;
pub use format::Format;
pub use html::{Section, html_report};
pub use indices::{Estimate, ExpectedMbr, Judging};
pub use judge::{Judged, UnderBudget, Verdict};
pub use own::OwnScores;
pub use plot::Picture;
pub use sheet::Sheet;
pub use tables::*;

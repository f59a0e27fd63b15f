#![doc = include_str!("../README.md")]

/// Whether this build draws PNG files: its feature `png`, without which figures are SVG alone.
pub const DRAWS_PNG: bool = cfg!(feature = "png");

mod about;
mod claims;
mod columns;
mod entrant;
mod error;
mod exhibit;
mod figures;
mod files;
mod format;
mod formula;
mod grid;
mod html;
mod indices;
mod judge;
mod leaderboard;
mod lineup;
mod networks;
mod number;
mod own;
pub mod paper;
mod part;
mod plot;
mod pool;
mod report;
mod search;
mod sheet;
mod tables;

pub use about::About;
pub use claims::{Claim, Claims, Judgement, Number, Reading, Rule, Ruling, claims, main_table};
pub use columns::{JudgedColumn, PicksOfColumn, judge_columns};
pub use error::{Error, Result};
pub use exhibit::{Exhibit, Finding};
pub use figures::*;
pub use files::write_whole;
pub use format::Format;
pub use formula::{AGGREGATES, Formula};
pub use html::{Section, html_report};
pub use indices::{Estimate, ExpectedMbr, Judging};
pub use judge::{Judged, UnderBudget, Verdict};
pub use leaderboard::*;
pub use number::significant;
pub use own::OwnScores;
pub use part::Part;
pub use plot::Picture;
pub use report::{PAGE, Report, write_part, write_report};
pub use search::search_page;
pub use sheet::Sheet;
pub use tables::*;

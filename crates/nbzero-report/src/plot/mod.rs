//! How figures are drawn: one canvas in millimetres, one style, panels with axes.
//!
//! What belongs here: everything about ink. What is drawn, and from which numbers, is the
//! business of the figures.

mod axis;
mod canvas;
mod dots;
mod heat;
mod legend;
mod look;
mod panel;
mod picture;
#[cfg(feature = "png")]
mod png;

pub(crate) use axis::Axis;
pub(crate) use canvas::{Canvas, GREY, INK, LIGHT, Place, Stroke, Text};
pub(crate) use dots::{DotRow, dot_rows};
pub(crate) use heat::{Branch, HeatBlock, HeatMap, HeatRow};
pub(crate) use legend::legend;
pub(crate) use look::{Look, look};
pub(crate) use panel::{Grid, Panel};
pub use picture::Picture;

/// Width of one column of a journal page, in millimetres.
pub(crate) const COLUMN: f64 = 85.0;

/// Width of a whole journal page, in millimetres.
pub(crate) const PAGE: f64 = 174.0;

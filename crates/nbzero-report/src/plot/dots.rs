//! Values with their intervals, one row a name: what to compare stands below each other.

use super::canvas::{Canvas, GREY, Stroke, Text};
use super::{Look, Panel};
use crate::{Estimate, Result};

/// One row of a panel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DotRow<'a> {
    pub(crate) name: &'a str,
    pub(crate) look: Look,
    /// `None`: the panel has no such row, and says so.
    pub(crate) value: Option<Estimate>,
}

/// Draws the rows, the first one uppermost; the panel's y axis runs from 0 to their number.
pub(crate) fn dot_rows(
    canvas: &mut Canvas<'_>,
    panel: &Panel,
    rows: &[DotRow<'_>],
    names: bool,
) -> Result<()> {
    for (above, row) in rows.iter().enumerate() {
        let height = (rows.len() - above) as f64 - 0.5;
        let (_, y) = panel.at(0.0, height);
        if names {
            let place = (panel.corner.0 - 1.5, y);
            canvas.text(row.name, place, Text::label().right())?;
        }
        let Some(value) = row.value else {
            let middle = panel.corner.0 + panel.size.0 / 2.0;
            canvas.text("not in this table", (middle, y), Text::tick().colour(GREY))?;
            continue;
        };
        let stroke = Stroke::new(row.look.colour, 0.35);
        if let Some(interval) = value.interval {
            let ends = [interval.low, interval.high].map(|x| panel.at(x, height));
            canvas.line(&ends, stroke)?;
            for (x, y) in ends {
                canvas.line(&[(x, y - 0.7), (x, y + 0.7)], stroke)?;
            }
        }
        let place = panel.at(value.value, height);
        canvas.marker(row.look.marker, place, 1.0, row.look.colour)?;
    }
    Ok(())
}

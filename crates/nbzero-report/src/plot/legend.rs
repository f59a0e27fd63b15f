//! What lines and markers stand for.

use plotters::prelude::RGBColor;

use super::canvas::{Canvas, Place, Stroke, Text};
use super::look::Marker;
use crate::Result;

/// Length of the sample of a line, in millimetres.
const SAMPLE: f64 = 6.0;

/// A line, the marker on it, and what they stand for.
pub(crate) type Entry<'a> = (Stroke, Option<(Marker, RGBColor)>, &'a str);

/// One line of text with samples before each name; returns where it ends.
pub(crate) fn legend(canvas: &mut Canvas<'_>, start: Place, entries: &[Entry<'_>]) -> Result<f64> {
    let (mut x, y) = start;
    for (stroke, marker, name) in entries {
        canvas.line(&[(x, y), (x + SAMPLE, y)], *stroke)?;
        if let Some((marker, colour)) = marker {
            canvas.marker(*marker, (x + SAMPLE / 2.0, y), 0.9, *colour)?;
        }
        let look = Text::label().left();
        canvas.text(name, (x + SAMPLE + 1.2, y), look)?;
        x += SAMPLE + 1.2 + look.width(name) + 4.0;
    }
    Ok(x)
}

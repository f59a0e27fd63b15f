//! A plot area with its axes, and grids of many small ones.

use super::Axis;
use super::canvas::{Canvas, GREY, INK, LIGHT, Place, Stroke, Text};
use crate::Result;

/// Width of the frame and of ticks, in millimetres.
const FINE: f64 = 0.2;

/// A plot area.
#[derive(Debug, Clone)]
pub(crate) struct Panel {
    /// Left upper corner in millimetres.
    pub(crate) corner: Place,
    /// Width and height in millimetres.
    pub(crate) size: (f64, f64),
    pub(crate) x: Axis,
    pub(crate) y: Axis,
}

impl Panel {
    /// Where a pair of values lies on the page.
    pub(crate) fn at(&self, x: f64, y: f64) -> Place {
        (
            self.corner.0 + self.x.share(x) * self.size.0,
            self.corner.1 + (1.0 - self.y.share(y)) * self.size.1,
        )
    }

    /// Horizontal grid lines, frame and ticks; labels of ticks where asked.
    pub(crate) fn frame(
        &self,
        canvas: &mut Canvas<'_>,
        x_labels: bool,
        y_labels: bool,
    ) -> Result<()> {
        let ((left, top), (width, height)) = (self.corner, self.size);
        let (right, bottom) = (left + width, top + height);
        for (value, label) in &self.y.ticks {
            let y = bottom - self.y.share(*value) * height;
            canvas.line(&[(left, y), (right, y)], Stroke::new(LIGHT, FINE))?;
            canvas.line(&[(left - 0.8, y), (left, y)], Stroke::new(INK, FINE))?;
            if y_labels {
                canvas.text(label, (left - 1.3, y), Text::tick().right())?;
            }
        }
        for (value, label) in &self.x.ticks {
            let x = left + self.x.share(*value) * width;
            canvas.line(&[(x, bottom), (x, bottom + 0.8)], Stroke::new(INK, FINE))?;
            if x_labels {
                canvas.text(label, (x, bottom + 2.4), Text::tick())?;
            }
        }
        let frame = [(left, top), (left, bottom), (right, bottom)];
        canvas.line(&frame, Stroke::new(INK, FINE))
    }

    /// Vertical grid lines, for panels that are read along x.
    pub(crate) fn vertical_grid(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        for (value, _) in &self.x.ticks {
            let x = self.corner.0 + self.x.share(*value) * self.size.0;
            let ends = [(x, self.corner.1), (x, self.corner.1 + self.size.1)];
            canvas.line(&ends, Stroke::new(LIGHT, FINE))?;
        }
        Ok(())
    }

    /// The name of the x axis, below the labels of its ticks.
    pub(crate) fn x_name(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let middle = self.corner.0 + self.size.0 / 2.0;
        let below = self.corner.1 + self.size.1 + 5.6;
        canvas.text(&self.x.name, (middle, below), Text::label())
    }

    /// A title above the panel, at its left edge; where it is wider than the panel, as much as there is room for.
    pub(crate) fn title(&self, canvas: &mut Canvas<'_>, title: &str) -> Result<()> {
        let place = (self.corner.0, self.corner.1 - 2.0);
        let look = Text::title().left();
        canvas.text(&look.shortened(title, self.size.0), place, look)
    }

    /// A title, and a small remark beside it, which the title makes room for.
    pub(crate) fn title_and_remark(
        &self,
        canvas: &mut Canvas<'_>,
        title: &str,
        remark: &str,
    ) -> Result<()> {
        let room = self.size.0 - Text::tick().width(remark) - 1.0;
        self.title(canvas, &Text::title().shortened(title, room))?;
        self.remark(canvas, remark)
    }

    /// A small remark in the right upper corner, outside the plot area.
    pub(crate) fn remark(&self, canvas: &mut Canvas<'_>, remark: &str) -> Result<()> {
        let place = (self.corner.0 + self.size.0, self.corner.1 - 2.0);
        canvas.text(remark, place, Text::tick().right().colour(GREY))
    }
}

/// Many panels of one size in rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    /// Left upper corner of the whole.
    pub(crate) corner: Place,
    pub(crate) columns: usize,
    /// Size of a plot area.
    pub(crate) panel: (f64, f64),
    /// Between the corners of neighbours.
    pub(crate) pitch: (f64, f64),
}

impl Grid {
    /// As wide as the page: `left` for labels, then panels with `gap` between them, `below` and
    /// above them.
    pub(crate) fn fill(
        corner: Place,
        width: f64,
        columns: usize,
        height: f64,
        gap: (f64, f64),
    ) -> Self {
        let each = (width + gap.0) / columns as f64 - gap.0;
        Self {
            corner,
            columns,
            panel: (each, height),
            pitch: (each + gap.0, height + gap.1),
        }
    }

    pub(crate) fn corner(&self, index: usize) -> Place {
        let (row, column) = (index / self.columns, index % self.columns);
        (
            self.corner.0 + column as f64 * self.pitch.0,
            self.corner.1 + row as f64 * self.pitch.1,
        )
    }

    /// Number of rows that so many panels fill.
    pub(crate) fn rows(&self, panels: usize) -> usize {
        panels.div_ceil(self.columns)
    }

    /// Whether no panel lies under this one.
    pub(crate) fn is_lowest(&self, index: usize, panels: usize) -> bool {
        index + self.columns >= panels
    }

    /// Whether it is the first of its row.
    pub(crate) fn is_first(&self, index: usize) -> bool {
        index.is_multiple_of(self.columns)
    }

    /// Middle of the height of so many panels.
    pub(crate) fn middle(&self, panels: usize) -> f64 {
        let rows = self.rows(panels) as f64;
        self.corner.1 + f64::midpoint((rows - 1.0) * self.pitch.1, self.panel.1)
    }

    /// Bottom of the last row of so many panels.
    pub(crate) fn bottom(&self, panels: usize) -> f64 {
        let rows = self.rows(panels) as f64;
        self.corner.1 + (rows - 1.0) * self.pitch.1 + self.panel.1
    }
}

//! Numbers from -1 to 1 as coloured cells, rows with names on their left, columns with names above.

use plotters::prelude::RGBColor;

use super::canvas::{Canvas, INK, LIGHT, Place, Stroke, Text};
use super::{PAGE, Picture};
use crate::Result;
use crate::number::fixed;

/// Sizes in millimetres.
const ROW: f64 = 3.4;
const WIDEST: f64 = 8.0;
const BETWEEN: f64 = 2.5;
const BRANCHES: f64 = 18.0;
const EDGE: f64 = 1.0;
/// Where a page has none of the fonts of [`Picture`], its own may be wider.
const SPARE: f64 = 1.12;

/// Low, middle and high end of the colours, which readers with any colour vision tell apart.
const ENDS: [RGBColor; 3] = [
    RGBColor(0x21, 0x66, 0xac),
    RGBColor(0xf7, 0xf7, 0xf7),
    RGBColor(0xb2, 0x18, 0x2b),
];

/// A map of cells.
#[derive(Debug, Clone)]
pub(crate) struct HeatMap {
    /// From above, each with one value a column of all blocks.
    pub(crate) rows: Vec<HeatRow>,
    /// From the left.
    pub(crate) blocks: Vec<HeatBlock>,
    /// A tree on the right of the rows; may be empty.
    pub(crate) branches: Vec<Branch>,
    /// What the colours are.
    pub(crate) scale: String,
}

/// A row of cells.
#[derive(Debug, Clone)]
pub(crate) struct HeatRow {
    pub(crate) name: String,
    /// From -1 to 1; `None` leaves the cell grey.
    pub(crate) values: Vec<Option<f64>>,
}

/// Columns that stand together.
#[derive(Debug, Clone)]
pub(crate) struct HeatBlock {
    pub(crate) title: String,
    pub(crate) columns: Vec<String>,
}

/// Where two branches of a tree become one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Branch {
    /// Row (the first is 0) and height of both.
    pub(crate) ends: [(f64, f64); 2],
    /// Height at which they meet.
    pub(crate) height: f64,
}

/// Where everything is.
struct Layout {
    /// Left upper corner of the cells.
    corner: Place,
    /// Width and height of a cell.
    cell: (f64, f64),
    /// Left edge of each column, block by block.
    columns: Vec<Vec<f64>>,
    right: f64,
    bottom: f64,
}

impl HeatMap {
    /// Draws it as wide as a page.
    ///
    /// # Errors
    ///
    /// If the drawing fails, which none is known to.
    pub(crate) fn draw(&self) -> Result<Picture> {
        let layout = self.layout();
        Picture::draw(PAGE, layout.bottom + 8.5, |canvas| {
            self.cells(canvas, &layout)?;
            self.names(canvas, &layout)?;
            self.tree(canvas, &layout)?;
            self.legend(canvas, &layout)
        })
    }

    fn layout(&self) -> Layout {
        let widest = |texts: &mut dyn Iterator<Item = &String>| {
            let widths = texts.map(|text| Text::tick().width(text));
            SPARE * widths.fold(0.0, f64::max)
        };
        let left = EDGE + widest(&mut self.rows.iter().map(|row| &row.name)) + 1.2;
        let names = widest(&mut self.blocks.iter().flat_map(|block| &block.columns));
        let titles = self.blocks.iter().any(|block| !block.title.is_empty());
        let top = EDGE + if titles { 4.5 } else { 0.0 } + names + 1.2;
        let count: usize = self.blocks.iter().map(|block| block.columns.len()).sum();
        let tree = if self.branches.is_empty() {
            0.0
        } else {
            BRANCHES
        };
        let gaps = BETWEEN * (self.blocks.len().max(1) - 1) as f64;
        let width = (PAGE - left - gaps - tree - EDGE) / count.max(1) as f64;
        let width = width.min(WIDEST);
        let mut x = left;
        let mut columns = Vec::new();
        for block in &self.blocks {
            let edges = (0..block.columns.len()).map(|i| x + i as f64 * width);
            columns.push(edges.collect());
            x += block.columns.len() as f64 * width + BETWEEN;
        }
        Layout {
            corner: (left, top),
            cell: (width, ROW),
            columns,
            right: x - BETWEEN,
            bottom: top + self.rows.len() as f64 * ROW,
        }
    }

    fn cells(&self, canvas: &mut Canvas<'_>, layout: &Layout) -> Result<()> {
        let (width, height) = layout.cell;
        for (i, row) in self.rows.iter().enumerate() {
            let y = layout.corner.1 + i as f64 * height;
            for (&x, &value) in layout.columns.iter().flatten().zip(&row.values) {
                let fill = value.map_or(LIGHT, colour);
                canvas.rectangle((x, y), (x + width - 0.1, y + height - 0.1), fill, 1.0)?;
                let Some(value) = value else { continue };
                let text = short(value);
                if Text::tick().width(&text) <= width {
                    let look = Text::tick().colour(contrast(fill));
                    canvas.text(&text, (x + width / 2.0, y + height / 2.0), look)?;
                }
            }
        }
        Ok(())
    }

    fn names(&self, canvas: &mut Canvas<'_>, layout: &Layout) -> Result<()> {
        let ((left, top), (width, height)) = (layout.corner, layout.cell);
        for (i, row) in self.rows.iter().enumerate() {
            let y = top + (i as f64 + 0.5) * height;
            canvas.text(&row.name, (left - 1.0, y), Text::tick().right())?;
        }
        for (block, edges) in self.blocks.iter().zip(&layout.columns) {
            for (name, x) in block.columns.iter().zip(edges) {
                let place = (x + width / 2.0, top - 1.0);
                canvas.text(name, place, Text::tick().left().upwards())?;
            }
            if let Some(x) = edges.first() {
                canvas.text(&block.title, (*x, EDGE + 1.8), Text::title().left())?;
            }
        }
        Ok(())
    }

    fn tree(&self, canvas: &mut Canvas<'_>, layout: &Layout) -> Result<()> {
        let highest = self.branches.iter().map(|b| b.height).fold(0.0, f64::max);
        let place = |(row, height): (f64, f64)| {
            let share = if highest > 0.0 { height / highest } else { 0.0 };
            (
                layout.right + 0.8 + share * (BRANCHES - 1.6),
                layout.corner.1 + (row + 0.5) * layout.cell.1,
            )
        };
        for branch in &self.branches {
            let [first, second] = branch.ends;
            let at = |row: f64| place((row, branch.height));
            let path = [place(first), at(first.0), at(second.0), place(second)];
            canvas.line(&path, Stroke::new(INK, 0.2))?;
        }
        Ok(())
    }

    fn legend(&self, canvas: &mut Canvas<'_>, layout: &Layout) -> Result<()> {
        let (left, top, width, steps) = (layout.corner.0, layout.bottom + 2.0, 40.0, 80);
        let step = width / f64::from(steps);
        for i in 0..steps {
            let (x, share) = (
                left + f64::from(i) * step,
                f64::from(i) / f64::from(steps - 1),
            );
            canvas.rectangle(
                (x, top),
                (x + step, top + 2.0),
                colour(2.0 * share - 1.0),
                1.0,
            )?;
        }
        for (value, label) in [(-1.0, "-1"), (0.0, "0"), (1.0, "1")] {
            let x = left + width * f64::midpoint(value, 1.0);
            canvas.text(label, (x, top + 4.0), Text::tick())?;
        }
        let place = (left + width + 3.0, top + 1.0);
        canvas.text(&self.scale, place, Text::label().left())
    }
}

fn colour(value: f64) -> RGBColor {
    let value = value.clamp(-1.0, 1.0);
    let [low, middle, high] = ENDS;
    let end = if value < 0.0 { low } else { high };
    let mix = |from: u8, to: u8| {
        let mixed = f64::from(from) + value.abs() * (f64::from(to) - f64::from(from));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between two bytes"
        )]
        let byte = mixed.round() as u8;
        byte
    };
    RGBColor(
        mix(middle.0, end.0),
        mix(middle.1, end.1),
        mix(middle.2, end.2),
    )
}

/// Ink that can be read on a colour.
fn contrast(RGBColor(red, green, blue): RGBColor) -> RGBColor {
    let light = 0.3 * f64::from(red) + 0.59 * f64::from(green) + 0.11 * f64::from(blue);
    if light > 140.0 {
        INK
    } else {
        RGBColor(255, 255, 255)
    }
}

/// Two digits without the zero before the point: `.97`, `-.05`, `1.0`.
fn short(value: f64) -> String {
    let text = fixed(value, 2);
    match text.strip_prefix("0.").or_else(|| text.strip_prefix("-0.")) {
        Some(digits) => format!(
            "{}.{digits}",
            if value < 0.0 && text.starts_with('-') {
                "-"
            } else {
                ""
            }
        ),
        None => fixed(value, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(rows: usize, columns: usize) -> HeatMap {
        let name = |i: usize| format!("a_rather_long_name_{i}");
        HeatMap {
            rows: (0..rows)
                .map(|i| HeatRow {
                    name: name(i),
                    values: vec![Some(-0.25); columns],
                })
                .collect(),
            blocks: vec![HeatBlock {
                title: "title".to_owned(),
                columns: (0..columns).map(name).collect(),
            }],
            branches: Vec::new(),
            scale: "of a test".to_owned(),
        }
    }

    #[test]
    fn numbers_are_short() {
        let cases = [
            (0.974, ".97"),
            (-0.05, "-.05"),
            (1.0, "1.0"),
            (-1.0, "-1.0"),
            (0.0, ".00"),
            (-0.001, ".00"),
            (0.999, "1.0"),
        ];
        for (value, text) in cases {
            assert_eq!(short(value), text);
        }
    }

    #[test]
    fn nothing_overlaps() {
        for columns in [1, 5, 20, 36] {
            let map = map(40, columns);
            let layout = map.layout();
            assert!(layout.right <= PAGE, "{columns}");
            // Names of rows end before the cells, those of columns are as high as a line and below the
            // title.
            let name = Text::tick().width(&map.rows[39].name);
            assert!(layout.corner.0 - 1.0 - name >= 0.0);
            assert!(layout.cell.0 >= 2.1 && layout.cell.1 >= 2.1, "{columns}");
            assert!(layout.corner.1 - 1.0 - name >= EDGE + 1.8 + 1.3);
        }
    }
}

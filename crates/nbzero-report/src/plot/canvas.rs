//! A page in millimetres with the few shapes that figures are made of.

use plotters::prelude::{
    Color, DrawingBackend, FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, SVGBackend,
    ShapeStyle,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{IntoTextStyle, TextStyle};

use super::look::Marker;
use super::picture::FAMILY;
use crate::html::{escaped, push};
use crate::{Error, Result};

/// Drawing units a millimetre: coordinates are whole units, so this is the precision.
pub(super) const UNIT: f64 = 20.0;

/// Text, axes and the oracle.
pub(crate) const INK: RGBColor = RGBColor(0x1a, 0x1a, 0x1a);
/// What stands beside the point.
pub(crate) const GREY: RGBColor = RGBColor(0x76, 0x76, 0x76);
/// Grid lines.
pub(crate) const LIGHT: RGBColor = RGBColor(0xdd, 0xdd, 0xdd);

/// A place on the page: millimetres from the left and from the top.
pub(crate) type Place = (f64, f64);

/// How a line is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stroke {
    pub(crate) colour: RGBColor,
    /// In millimetres.
    pub(crate) width: f64,
    /// Length of the dashes in millimetres; none: a whole line.
    pub(crate) dash: Option<f64>,
}

impl Stroke {
    pub(crate) const fn new(colour: RGBColor, width: f64) -> Self {
        Self {
            colour,
            width,
            dash: None,
        }
    }

    pub(crate) const fn dashed(mut self, length: f64) -> Self {
        self.dash = Some(length);
        self
    }
}

/// How text is set; its place is its middle unless it says otherwise.
#[derive(Clone, Copy)]
pub(crate) struct Text {
    /// Height of the font in points.
    points: f64,
    bold: bool,
    colour: RGBColor,
    align: HPos,
    upwards: bool,
}

impl Text {
    /// Tick labels: 6 points.
    pub(crate) const fn tick() -> Self {
        Self {
            points: 6.0,
            bold: false,
            colour: INK,
            align: HPos::Center,
            upwards: false,
        }
    }

    /// Names of axes and series: 7 points.
    pub(crate) const fn label() -> Self {
        Self {
            points: 7.0,
            ..Self::tick()
        }
    }

    /// Titles of panels: 7 points, bold.
    pub(crate) const fn title() -> Self {
        Self {
            bold: true,
            ..Self::label()
        }
    }

    pub(crate) const fn left(mut self) -> Self {
        self.align = HPos::Left;
        self
    }

    pub(crate) const fn right(mut self) -> Self {
        self.align = HPos::Right;
        self
    }

    pub(crate) const fn upwards(mut self) -> Self {
        self.upwards = true;
        self
    }

    pub(crate) const fn colour(mut self, colour: RGBColor) -> Self {
        self.colour = colour;
        self
    }

    /// The text, or the beginning of it that is no wider than this, with an ellipsis.
    pub(crate) fn shortened(self, text: &str, width: f64) -> String {
        if self.width(text) <= width {
            return text.to_owned();
        }
        let mut shorter = text.to_owned();
        while shorter.pop().is_some() && self.width(&shorter) + self.width("m") > width {}
        shorter + "\u{2026}"
    }

    /// Width of a text in millimetres, rather too large than too small.
    pub(crate) fn width(self, text: &str) -> f64 {
        let em = |c: char| match c {
            'i' | 'l' | 'j' | '.' | ',' | ':' | '\'' | '|' | 'I' => 0.28,
            'f' | 't' | 'r' | ' ' | '(' | ')' | '-' => 0.34,
            'm' | 'w' | 'M' | 'W' | '%' => 0.86,
            c if c.is_uppercase() => 0.7,
            _ => 0.56,
        };
        let bold = if self.bold { 1.06 } else { 1.0 };
        text.chars().map(em).sum::<f64>() * self.points * MM_PER_POINT * bold
    }
}

const MM_PER_POINT: f64 = 25.4 / 72.0;

/// A page to draw on.
pub(crate) struct Canvas<'a> {
    backend: SVGBackend<'a>,
    /// SVG elements that the drawing library does not know; they lie above everything else.
    above: String,
}

/// Millimetres in drawing units.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a page is a few thousand units wide"
)]
pub(super) fn pixels(millimetres: f64) -> i32 {
    (millimetres * UNIT).round() as i32
}

fn coord((x, y): Place) -> (i32, i32) {
    (pixels(x), pixels(y))
}

/// Colour and width in millimetres as the drawing library takes them.
fn ink(colour: RGBColor, alpha: f64, width: f64) -> ShapeStyle {
    ShapeStyle {
        color: colour.mix(alpha),
        filled: true,
        stroke_width: pixels(width).unsigned_abs(),
    }
}

impl<'a> Canvas<'a> {
    /// A white page that is written to `text` when it is [finished](Self::finish).
    pub(super) fn new(text: &'a mut String, size: (f64, f64)) -> Result<Self> {
        let units = (pixels(size.0).unsigned_abs(), pixels(size.1).unsigned_abs());
        let backend = SVGBackend::with_string(text, units);
        let above = String::new();
        let mut canvas = Self { backend, above };
        canvas.rectangle((0.0, 0.0), size, RGBColor(255, 255, 255), 1.0)?;
        Ok(canvas)
    }

    /// Ends the page; returns what lies above it.
    pub(super) fn finish(mut self) -> Result<String> {
        self.backend.present().map_err(Error::drawing)?;
        Ok(self.above)
    }

    /// A line through the places.
    pub(crate) fn line(&mut self, places: &[Place], stroke: Stroke) -> Result<()> {
        let ink = ink(stroke.colour, 1.0, stroke.width);
        for part in dashes(places, stroke.dash) {
            let path = part.into_iter().map(coord);
            self.backend.draw_path(path, &ink).map_err(Error::drawing)?;
        }
        Ok(())
    }

    /// A filled shape; `alpha` from 0 (nothing) to 1 (opaque).
    pub(crate) fn polygon(&mut self, places: &[Place], colour: RGBColor, alpha: f64) -> Result<()> {
        let ink = ink(colour, alpha, 0.0);
        let path = places.iter().copied().map(coord);
        self.backend
            .fill_polygon(path, &ink)
            .map_err(Error::drawing)
    }

    /// A filled rectangle between two corners.
    pub(crate) fn rectangle(
        &mut self,
        corner: Place,
        opposite: Place,
        colour: RGBColor,
        alpha: f64,
    ) -> Result<()> {
        let ink = ink(colour, alpha, 0.0);
        // The library draws nothing from a lower corner to an upper one.
        let low = (corner.0.min(opposite.0), corner.1.min(opposite.1));
        let high = (corner.0.max(opposite.0), corner.1.max(opposite.1));
        self.backend
            .draw_rect(coord(low), coord(high), &ink, true)
            .map_err(Error::drawing)
    }

    /// A filled circle that says what it is where a pointer rests on it.
    pub(crate) fn point(
        &mut self,
        middle: Place,
        radius: f64,
        colour: RGBColor,
        alpha: f64,
        title: &str,
    ) {
        let ((x, y), radius) = (coord(middle), pixels(radius));
        let RGBColor(red, green, blue) = colour;
        push(
            &mut self.above,
            format_args!(
                "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" opacity=\"{alpha}\" \
                 fill=\"#{red:02X}{green:02X}{blue:02X}\"><title>{}</title></circle>\n",
                escaped(title)
            ),
        );
    }

    /// A marker of that radius; a hollow one is white inside.
    pub(crate) fn marker(
        &mut self,
        marker: Marker,
        middle: Place,
        radius: f64,
        colour: RGBColor,
    ) -> Result<()> {
        let outline: Vec<Place> = marker
            .outline()
            .map(|(x, y)| (middle.0 + radius * x, middle.1 + radius * y))
            .collect();
        let inside = if marker.hollow {
            RGBColor(255, 255, 255)
        } else {
            colour
        };
        self.polygon(&outline, inside, 1.0)?;
        let closed: Vec<Place> = outline.iter().chain(outline.first()).copied().collect();
        self.line(&closed, Stroke::new(colour, 0.2))
    }

    /// One line of text.
    pub(crate) fn text(&mut self, text: &str, place: Place, look: Text) -> Result<()> {
        let transform = if look.upwards {
            FontTransform::Rotate270
        } else {
            FontTransform::None
        };
        let style = if look.bold {
            FontStyle::Bold
        } else {
            FontStyle::Normal
        };
        // The library divides by 1.24 again.
        let size = look.points * MM_PER_POINT * UNIT * 1.24;
        let font = FontDesc::new(FontFamily::Name(FAMILY), size, style).transform(transform);
        let style: TextStyle<'_> = font.into_text_style(&(0, 0));
        let style = style
            .color(&look.colour)
            .pos(Pos::new(look.align, VPos::Center));
        self.backend
            .draw_text(text, &style, coord(place))
            .map_err(Error::drawing)
    }
}

/// The parts of a line that are drawn: all of it, or dashes with gaps as long.
fn dashes(places: &[Place], dash: Option<f64>) -> Vec<Vec<Place>> {
    let Some(length) = dash else {
        return vec![places.to_vec()];
    };
    let (mut parts, mut part) = (Vec::new(), Vec::new());
    let mut walked = 0.0;
    for ends in places.windows(2) {
        let ((x0, y0), (x1, y1)) = (ends[0], ends[1]);
        let distance = (x1 - x0).hypot(y1 - y0);
        let along = |at: f64| {
            let share = at / distance;
            (x0 + share * (x1 - x0), y0 + share * (y1 - y0))
        };
        let mut at = 0.0;
        while distance - at > 1e-9 {
            let phase: f64 = walked % (2.0 * length);
            let drawn = phase < length - 1e-9;
            let step = (if drawn { length } else { 2.0 * length } - phase).min(distance - at);
            if drawn {
                if part.is_empty() {
                    part.push(along(at));
                }
                part.push(along(at + step));
            }
            at += step;
            walked += step.max(1e-6);
            if !part.is_empty() && walked % (2.0 * length) >= length - 1e-9 {
                parts.push(std::mem::take(&mut part));
            }
        }
    }
    if part.len() > 1 {
        parts.push(part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_are_as_long_as_their_gaps() {
        let parts = dashes(&[(0.0, 0.0), (5.0, 0.0)], Some(1.0));
        assert_eq!(parts.len(), 3);
        for (i, part) in (0..).zip(&parts) {
            let start = f64::from(2 * i);
            assert!((part[0].0 - start).abs() < 1e-6);
            assert!((part[part.len() - 1].0 - start - 1.0).abs() < 1e-6);
        }
    }
}

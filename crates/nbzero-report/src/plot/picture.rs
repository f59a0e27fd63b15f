//! A finished figure as SVG and PNG.

use super::canvas::{Canvas, UNIT};
use crate::Result;

/// The family that the crate brings along, then what has its metrics.
pub(super) const FAMILY: &str = "Arimo, Arial, Helvetica, Liberation Sans, sans-serif";

/// A finished figure; [`svg`](Self::svg) and [`png`](Self::png) show the same drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    svg: String,
}

impl Picture {
    /// Draws on a white page of that size in millimetres.
    pub(crate) fn draw(
        width: f64,
        height: f64,
        drawing: impl FnOnce(&mut Canvas<'_>) -> Result<()>,
    ) -> Result<Self> {
        let mut text = String::new();
        let mut canvas = Canvas::new(&mut text, (width, height))?;
        drawing(&mut canvas)?;
        let above = canvas.finish()?;
        let svg = in_millimetres(&text, width, height);
        let body = svg.trim_end().strip_suffix("</svg>").unwrap_or(&svg);
        Ok(Self {
            svg: format!("{body}{above}</svg>\n"),
        })
    }

    /// A complete SVG document, its size in millimetres; it has no ids, scripts or links, so that
    /// many of them can stand in one HTML page.
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// A PNG file of 300 dots an inch. Text is drawn with a font of this crate, so the machine needs
    /// none.
    ///
    /// # Errors
    ///
    /// [`Error::NoPng`](crate::Error::NoPng) without this crate's feature `png`; else if the drawing cannot be
    /// rendered, which none is known to cause.
    pub fn png(&self) -> Result<Vec<u8>> {
        #[cfg(feature = "png")]
        return super::png::png(&self.svg);
        #[cfg(not(feature = "png"))]
        Err(crate::Error::NoPng)
    }
}

/// The drawing library writes its pixels as the size; a page has millimetres.
fn in_millimetres(svg: &str, width: f64, height: f64) -> String {
    let body = svg.split_once('>').map_or(svg, |(_, body)| body);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
         viewBox=\"0 0 {} {}\">{body}",
        width * UNIT,
        height * UNIT
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_its_size_in_millimetres() {
        let picture = Picture::draw(85.0, 40.0, |_| Ok(())).unwrap();
        assert!(picture.svg().contains("width=\"85mm\" height=\"40mm\""));
        assert!(!picture.svg().contains(" id="));
    }
}

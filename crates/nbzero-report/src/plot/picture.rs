//! A finished figure as SVG and PNG.

use std::sync::{Arc, OnceLock};

use resvg::{tiny_skia, usvg};

use super::canvas::{Canvas, UNIT};
use crate::{Error, Result};

/// Dots per inch of PNG files, what journals ask of figures with text.
const DPI: f64 = 300.0;

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
    /// If the drawing cannot be rendered, which none is known to cause.
    pub fn png(&self) -> Result<Vec<u8>> {
        let options = usvg::Options {
            fontdb: fonts(),
            ..usvg::Options::default()
        };
        let tree = usvg::Tree::from_str(&self.svg, &options).map_err(Error::drawing)?;
        // The library turns millimetres into pixels of 96 an inch.
        let scale = DPI / 96.0;
        let pixels = |length: f32| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a page is a few thousand pixels wide"
            )]
            let whole = (f64::from(length) * scale).round() as u32;
            whole
        };
        let size = tree.size();
        let mut map = tiny_skia::Pixmap::new(pixels(size.width()), pixels(size.height()))
            .ok_or_else(|| Error::drawing("the picture has no area"))?;
        #[expect(clippy::cast_possible_truncation, reason = "about 3")]
        let scale = scale as f32;
        let transform = tiny_skia::Transform::from_scale(scale, scale);
        resvg::render(&tree, transform, &mut map.as_mut());
        map.encode_png().map_err(Error::drawing)
    }
}

/// The fonts of this crate and no others, so that a picture is the same on every machine.
fn fonts() -> Arc<usvg::fontdb::Database> {
    static FONTS: OnceLock<Arc<usvg::fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = usvg::fontdb::Database::new();
        fonts.load_font_data(include_bytes!("../../fonts/Arimo-Regular.ttf").to_vec());
        fonts.load_font_data(include_bytes!("../../fonts/Arimo-Bold.ttf").to_vec());
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
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
    use crate::plot::{INK, Text};

    #[test]
    fn text_becomes_ink_without_any_font_installed() {
        let blank = Picture::draw(40.0, 10.0, |_| Ok(())).unwrap();
        let words = Picture::draw(40.0, 10.0, |canvas| {
            canvas.text("mean best rank", (20.0, 5.0), Text::label().colour(INK))
        })
        .unwrap();
        let dark = |picture: &Picture| {
            let map = tiny_skia::Pixmap::decode_png(&picture.png().unwrap()).unwrap();
            // 40 mm at 300 dots an inch.
            assert_eq!(map.width(), 472);
            map.pixels().iter().filter(|p| p.red() < 128).count()
        };
        assert_eq!(dark(&blank), 0);
        assert!(dark(&words) > 500, "{}", dark(&words));
    }

    #[test]
    fn a_page_has_its_size_in_millimetres() {
        let picture = Picture::draw(85.0, 40.0, |_| Ok(())).unwrap();
        assert!(picture.svg().contains("width=\"85mm\" height=\"40mm\""));
        assert!(!picture.svg().contains(" id="));
    }
}

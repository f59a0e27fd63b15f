//! The pixels of a drawing: what the feature `png` adds.

use std::sync::{Arc, OnceLock};

use resvg::{tiny_skia, usvg};

use crate::{Error, Result};

/// Dots per inch of PNG files, what journals ask of figures with text.
const DPI: f64 = 300.0;

/// A PNG file of an SVG document whose size is in millimetres.
pub(super) fn png(svg: &str) -> Result<Vec<u8>> {
    let options = usvg::Options {
        fontdb: fonts(),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options).map_err(Error::drawing)?;
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::Picture;
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
}

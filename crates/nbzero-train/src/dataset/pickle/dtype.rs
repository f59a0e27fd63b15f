//! The element types of `NumPy` arrays.

use super::text::Text;

/// Most of a type's code that a message repeats.
const SHOWN: usize = 20;

/// An element type by its code, such as `u1`, and the order of its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct DType<'a> {
    pub(super) code: Text<'a>,
    pub(super) big_endian: bool,
}

impl DType<'_> {
    /// Whether each element is a byte from 0 to 255.
    pub(super) fn is_byte(&self) -> bool {
        self.code.is("u1")
    }

    /// Its code, for messages.
    pub(super) fn shown(&self) -> String {
        self.code.shown(SHOWN)
    }

    /// The integers that the bytes of an array hold; `None` where the type is none of integers, the
    /// bytes are no whole number of them, or one is larger than any label.
    pub(super) fn integers(&self, raw: &[u8]) -> Option<Vec<i64>> {
        let (size, signed) = self.integer()?;
        let (elements, rest) = (raw.chunks_exact(size), raw.len() % size);
        if rest != 0 {
            return None;
        }
        elements.map(|bytes| self.number(bytes, signed)).collect()
    }

    /// The one integer that those bytes are.
    pub(super) fn scalar(&self, raw: &[u8]) -> Option<i64> {
        match self.integers(raw)?.as_slice() {
            &[only] => Some(only),
            _ => None,
        }
    }

    /// Bytes of an element, and whether it has a sign.
    fn integer(&self) -> Option<(usize, bool)> {
        [1, 2, 4, 8].into_iter().find_map(|size| {
            let is = |kind: char| self.code.is(&format!("{kind}{size}"));
            (is('i') || is('u')).then(|| (size, is('i')))
        })
    }

    fn number(&self, bytes: &[u8], signed: bool) -> Option<i64> {
        let mut wide = [0; 8];
        for (at, slot) in wide.iter_mut().enumerate().take(bytes.len()) {
            *slot = if self.big_endian {
                bytes[bytes.len() - 1 - at]
            } else {
                bytes[at]
            };
        }
        let number = u64::from_le_bytes(wide);
        let unused = 64 - 8 * u32::try_from(bytes.len()).ok()?;
        if signed {
            Some((number << unused).cast_signed() >> unused)
        } else {
            i64::try_from(number).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integers(code: &str, big_endian: bool, raw: &[u8]) -> Option<Vec<i64>> {
        let code = Text::Unicode(code);
        DType { code, big_endian }.integers(raw)
    }

    #[test]
    fn integers_of_every_width_sign_and_order() {
        for (code, big_endian, raw, expected) in [
            ("u1", false, &[1, 255][..], &[1, 255][..]),
            ("i1", false, &[1, 255], &[1, -1]),
            ("i2", false, &[1, 2, 255, 255], &[513, -1]),
            ("i2", true, &[1, 2, 255, 254], &[258, -2]),
            ("u4", true, &[0, 0, 1, 0], &[256]),
            ("i8", false, &[5, 0, 0, 0, 0, 0, 0, 0], &[5]),
            ("u8", true, &[0, 0, 0, 0, 0, 0, 0, 9], &[9]),
            ("i8", true, &[255; 8], &[-1]),
            ("i4", false, &[], &[]),
        ] {
            let found = integers(code, big_endian, raw);
            assert_eq!(found.as_deref(), Some(expected), "{code} {raw:?}");
        }
    }

    #[test]
    fn what_is_no_integer_is_none() {
        assert_eq!(integers("f4", false, &[0; 4]), None);
        assert_eq!(integers("i4", false, &[0; 6]), None);
        assert_eq!(integers("u8", false, &[255; 8]), None);
        let two = DType {
            code: Text::Unicode("i1"),
            big_endian: false,
        };
        assert_eq!((two.scalar(&[1, 2]), two.scalar(&[7])), (None, Some(7)));
    }
}

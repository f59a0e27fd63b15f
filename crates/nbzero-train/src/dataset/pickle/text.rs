//! Strings as they are written in the file, decoded only where somebody asks for them.
//!
//! A batch of images is one string, and how it is written depends on the protocol and on the
//! version of Python: raw bytes, bytes in quotes, or text whose code points are the bytes.

use std::borrow::Cow;

/// Most bytes that one character takes: `\U0000000a`.
const LONGEST_ESCAPE: usize = 10;

/// A string of any protocol.
#[derive(Clone, Copy, Debug)]
pub(super) enum Text<'a> {
    /// Bytes as they are.
    Bytes(&'a [u8]),
    /// Bytes between quotes, with the escapes of Python's `repr`: protocol 0 of Python 2.
    Quoted(&'a [u8]),
    /// Unicode, as UTF-8.
    Unicode(&'a str),
    /// Unicode, as Latin-1 with `\u` escapes: protocol 0.
    Escaped(&'a [u8]),
}

impl<'a> Text<'a> {
    fn written(self) -> &'a [u8] {
        match self {
            Self::Bytes(bytes) | Self::Quoted(bytes) | Self::Escaped(bytes) => bytes,
            Self::Unicode(text) => text.as_bytes(),
        }
    }

    /// Whether it is the name `name` (of ASCII), as text or as bytes.
    pub(super) fn is(self, name: &str) -> bool {
        // Not decoded where it is far longer than a name: it may be all images of the file.
        self.written().len() <= LONGEST_ESCAPE * name.len()
            && self.name().is_some_and(|own| *own == *name.as_bytes())
    }

    /// The bytes of a name: names are text or bytes, depending on the version of Python.
    fn name(self) -> Option<Cow<'a, [u8]>> {
        match self {
            Self::Unicode(text) => Some(text.as_bytes().into()),
            Self::Escaped(_) => self.latin1().map(Cow::Owned),
            Self::Bytes(_) | Self::Quoted(_) => self.bytes(),
        }
    }

    /// A name fit to print, cut where it is long.
    pub(super) fn shown(self, most: usize) -> String {
        let start = self.written();
        let start = &start[..start.len().min(most)];
        start.escape_ascii().to_string()
    }

    /// The bytes of a byte string; `None` where it is text, or an escape is wrong.
    pub(super) fn bytes(self) -> Option<Cow<'a, [u8]>> {
        match self {
            Self::Bytes(bytes) => Some(bytes.into()),
            Self::Quoted(written) => unquoted(written).map(Cow::Owned),
            Self::Unicode(_) | Self::Escaped(_) => None,
        }
    }

    /// The bytes whose values are the code points of a text; `None` where it is none, or has
    /// others.
    pub(super) fn latin1(self) -> Option<Vec<u8>> {
        match self {
            Self::Unicode(text) => text.chars().map(|point| u8::try_from(point).ok()).collect(),
            Self::Escaped(written) => unescaped(written),
            Self::Bytes(_) | Self::Quoted(_) => None,
        }
    }
}

/// The number that the first `digits` bytes of `rest` are in that base, and what follows them.
fn number(rest: &[u8], digits: usize, base: u32) -> Option<(u8, &[u8])> {
    let (digits, rest) = rest.split_at_checked(digits)?;
    let mut number: u32 = 0;
    for &digit in digits {
        number = number.checked_mul(base)? + char::from(digit).to_digit(base)?;
    }
    Some((u8::try_from(number).ok()?, rest))
}

/// What Python 2 reads between quotes.
fn unquoted(written: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(written.len());
    let mut rest = written;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let (&escape, behind) = rest.split_first()?;
        let simple = match escape {
            b'\\' | b'\'' | b'"' => Some(escape),
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            _ => None,
        };
        let (value, behind) = match (simple, escape) {
            (Some(value), _) => (value, behind),
            (None, b'x') => number(behind, 2, 16)?,
            (None, _) => number(rest, 3, 8)?,
        };
        bytes.push(value);
        rest = behind;
    }
    Some(bytes)
}

/// The code points of Latin-1 with `\u` escapes, as bytes.
fn unescaped(written: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(written.len());
    let mut rest = written;
    while let Some((&byte, behind)) = rest.split_first() {
        let escaped = match rest {
            [b'\\', b'u', digits @ ..] => Some(number(digits, 4, 16)?),
            [b'\\', b'U', digits @ ..] => Some(number(digits, 8, 16)?),
            _ => None,
        };
        let (value, behind) = escaped.unwrap_or((byte, behind));
        bytes.push(value);
        rest = behind;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_name_is_the_name() {
        for text in [
            Text::Bytes(b"data"),
            Text::Quoted(b"d\\x61t\\141"),
            Text::Unicode("data"),
            Text::Escaped(b"d\\u0061t\\U00000061"),
        ] {
            assert!(text.is("data") && !text.is("dat") && !text.is("label"));
        }
        assert!(!Text::Quoted(b"data\\").is("data"));
    }

    #[test]
    fn bytes_survive_quotes_and_escapes() {
        let quoted = Text::Quoted(b"\\x00\\n\\r\\t\\\\\\'\\\"a\xff");
        let bytes = b"\0\n\r\t\\'\"a\xff";
        assert_eq!(quoted.bytes().unwrap(), &bytes[..]);
        assert!(quoted.latin1().is_none());
        let escaped = Text::Escaped(b"\\u0000\\u000a\\u005c\xff");
        assert_eq!(escaped.latin1().unwrap(), b"\0\n\\\xff");
        assert!(escaped.bytes().is_none());
        assert_eq!(Text::Unicode("\0\u{ff}").latin1().unwrap(), b"\0\xff");
    }

    #[test]
    fn wrong_escapes_and_wide_characters_are_no_bytes() {
        for wrong in [&b"\\"[..], b"\\x", b"\\x1", b"\\xgg", b"\\400", b"\\q"] {
            assert!(Text::Quoted(wrong).bytes().is_none(), "{wrong:?}");
        }
        for wrong in [&b"\\u00"[..], b"\\u0100", b"\\U000000ag"] {
            assert!(Text::Escaped(wrong).latin1().is_none(), "{wrong:?}");
        }
        assert!(Text::Unicode("\u{100}").latin1().is_none());
    }
}

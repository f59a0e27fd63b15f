//! Reading forward through a file's bytes, never past their end.

use crate::dataset::pickle::Fault;

/// Longest part of a name from the file that a message repeats.
const SHOWN: usize = 60;

#[derive(Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    fn end<T>(&self) -> Result<T, Fault> {
        Err(Fault {
            position: self.position,
            what: format!(
                "the file ends too early (it has {} bytes)",
                self.bytes.len()
            ),
        })
    }

    /// The next `len` bytes.
    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8], Fault> {
        let Some(taken) = self.bytes[self.position..].get(..len) else {
            return self.end();
        };
        self.position += len;
        Ok(taken)
    }

    /// The next `N` bytes as an array.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let Some(taken) = self.bytes[self.position..].first_chunk() else {
            return self.end();
        };
        self.position += N;
        Ok(*taken)
    }

    /// The next byte.
    pub(super) fn byte(&mut self) -> Result<u8, Fault> {
        self.array().map(|[byte]| byte)
    }

    /// A little-endian length of four bytes.
    pub(super) fn length(&mut self) -> Result<usize, Fault> {
        let length = u32::from_le_bytes(self.array()?);
        // Where `usize` is smaller, a length that does not fit is past the end in any case.
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// A little-endian length of eight bytes.
    pub(super) fn long_length(&mut self) -> Result<usize, Fault> {
        let length = u64::from_le_bytes(self.array()?);
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// The next `len` bytes as UTF-8.
    pub(super) fn text(&mut self, len: usize) -> Result<&'a str, Fault> {
        let position = self.position;
        utf8(self.take(len)?, position)
    }

    /// The bytes up to a line feed, which is skipped.
    pub(super) fn raw_line(&mut self) -> Result<&'a [u8], Fault> {
        let rest = &self.bytes[self.position..];
        let Some(len) = rest.iter().position(|&byte| byte == b'\n') else {
            return self.end();
        };
        self.position += len + 1;
        Ok(&rest[..len])
    }

    /// The bytes up to a line feed, which is skipped, as UTF-8.
    pub(super) fn line(&mut self) -> Result<&'a str, Fault> {
        let position = self.position;
        utf8(self.raw_line()?, position)
    }
}

fn utf8(bytes: &[u8], position: usize) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|_| Fault {
        position,
        what: "a string that is no UTF-8".to_owned(),
    })
}

/// The beginning of a name from the file, fit to print.
pub(super) fn shown(name: &str) -> String {
    name.chars()
        .take(SHOWN)
        .flat_map(char::escape_default)
        .collect()
}

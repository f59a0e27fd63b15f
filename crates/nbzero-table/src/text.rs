//! Text files in whatever dress people have them: compressed with gzip, with a byte order mark, or
//! no text at all.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use nbzero_files::kind_of;

use crate::{Error, Result};

/// The most bytes that a text file may have, decompressed: far more than any published table.
const MOST: u64 = 512 << 20;

/// How every gzip file begins (RFC 1952). The name of a file says nothing about its content.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The byte order mark of UTF-8, with which spreadsheets and editors of Windows begin a file.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a text file, plain or compressed with gzip, and leaves out a byte order mark.
///
/// # Errors
///
/// If the file cannot be read, is damaged, is larger than any such file, or is of another kind: a
/// zip archive, say. The error says what it is and what to do.
pub fn read_text(path: impl AsRef<Path>) -> Result<Vec<u8>> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|error| Error::io("open", path, error))?;
    let bytes = limited(file, path)?.map_err(|error| Error::io("read", path, error))?;
    plain_text(bytes, path)
}

/// The text that the bytes of a file hold, as [`read_text`] gives it; `origin` names the file in
/// errors.
///
/// # Errors
///
/// As [`read_text`].
pub fn plain_text(bytes: Vec<u8>, origin: &Path) -> Result<Vec<u8>> {
    let mut text = decompressed(bytes, origin)?;
    if let Some(kind) = kind_of(&text) {
        return Err(Error::NotText {
            path: origin.into(),
            what: kind.what(),
            remedy: kind.remedy("save what it holds as text, and give that file"),
        });
    }
    if text.starts_with(MARK) {
        text.drain(..MARK.len());
    }
    Ok(with_plain_ends(text))
}

/// The text with `\n` in the place of `\r\n`, as Windows ends lines: whoever counts lines counts the same.
fn with_plain_ends(text: Vec<u8>) -> Vec<u8> {
    if !text.contains(&b'\r') {
        return text;
    }
    let is_mark = |at: usize| text[at] == b'\r' && text.get(at + 1) == Some(&b'\n');
    let kept = (0..text.len()).filter(|&at| !is_mark(at));
    kept.map(|at| text[at]).collect()
}

/// Undoes gzip, where that is what the bytes are.
pub(crate) fn decompressed(bytes: Vec<u8>, origin: &Path) -> Result<Vec<u8>> {
    if !is_gzip(&bytes) {
        return Ok(bytes);
    }
    limited(MultiGzDecoder::new(bytes.as_slice()), origin)?.map_err(|error| Error::Gzip {
        path: origin.into(),
        reason: error.to_string(),
    })
}

/// Whether a file is compressed with gzip.
pub(crate) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&GZIP)
}

/// A text without its byte order mark.
pub(crate) fn unmarked(text: &[u8]) -> &[u8] {
    text.strip_prefix(MARK).unwrap_or(text)
}

/// All that comes, unless it is more than [`MOST`] bytes.
pub(crate) fn limited(source: impl Read, origin: &Path) -> Result<std::io::Result<Vec<u8>>> {
    let mut bytes = Vec::new();
    let read = source.take(MOST + 1).read_to_end(&mut bytes);
    if bytes.len() as u64 > MOST {
        return Err(Error::TextTooLarge {
            path: origin.into(),
            limit: MOST,
        });
    }
    Ok(read.map(|_| bytes))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("in memory");
        encoder.finish().expect("in memory")
    }

    fn plain(bytes: &[u8]) -> Result<Vec<u8>> {
        plain_text(bytes.to_vec(), Path::new("file"))
    }

    #[test]
    fn every_dress_comes_off() {
        let marked = [MARK, b"a,b\n"].concat();
        for bytes in [&b"a,b\n"[..], &gzip(b"a,b\n"), &marked, &gzip(&marked)] {
            assert_eq!(plain(bytes).expect("text"), b"a,b\n");
        }
        assert_eq!(plain(b"").expect("text"), b"");
    }

    #[test]
    fn a_part_of_a_compressed_file_is_damaged() {
        let whole = gzip(b"a,b\n");
        for length in 2..whole.len() {
            let cut = plain(&whole[..length]);
            assert!(matches!(cut, Err(Error::Gzip { .. })), "{length}");
        }
    }

    #[test]
    fn what_is_no_text_is_named_with_a_remedy() {
        for (bytes, part) in [
            (&b"PK\x03\x04rest"[..], "zip archive"),
            (b"\xff\xfea\0", "UTF-16"),
            (b"NBZTABLE", "nbzero export"),
            (&gzip(b"PK\x03\x04rest"), "zip archive"),
        ] {
            let error = plain(bytes).expect_err("no text").to_string();
            assert!(
                error.starts_with("file is ") && error.contains(part),
                "{error}"
            );
        }
    }

    #[test]
    fn a_folder_is_named_as_one() {
        let error = read_text(env!("CARGO_MANIFEST_DIR")).expect_err("a folder");
        assert!(matches!(error, Error::Folder { .. }), "{error}");
    }
}

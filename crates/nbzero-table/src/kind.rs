//! What a file is, by its first bytes: for messages to who gave one of another kind.

/// A kind of file.
#[derive(Debug)]
pub(crate) struct Kind {
    start: &'static [u8],
    /// What the file is, behind "it is".
    pub(crate) what: &'static str,
    /// What to do where text was expected.
    pub(crate) remedy: &'static str,
}

const fn of(start: &'static [u8], what: &'static str, remedy: &'static str) -> Kind {
    Kind {
        start,
        what,
        remedy,
    }
}

const SAVE: &str = "save what it holds as text, and give that file";
const DECOMPRESS: &str = "decompress it";

static KINDS: [Kind; 15] = [
    of(
        &crate::MAGIC,
        "a table of nbzero",
        "`nbzero query` and `nbzero export` read it",
    ),
    of(
        b"PK\x03\x04",
        "a zip archive, as .npz, .xlsx and PyTorch's files are",
        SAVE,
    ),
    of(b"PAR1", "a Parquet file", "save it as CSV"),
    of(b"\x80\x02", "a Python pickle", SAVE),
    of(b"\x80\x03", "a Python pickle", SAVE),
    of(b"\x80\x04", "a Python pickle", SAVE),
    of(b"\x80\x05", "a Python pickle", SAVE),
    of(b"\x93NUMPY", "an array of NumPy (.npy)", SAVE),
    of(b"\x28\xb5\x2f\xfd", "compressed with zstd", DECOMPRESS),
    of(b"BZh", "compressed with bzip2", DECOMPRESS),
    of(b"\xfd7zXZ", "compressed with xz", DECOMPRESS),
    of(b"\xff\xfe", "text in UTF-16", "save it as UTF-8"),
    of(b"\xfe\xff", "text in UTF-16", "save it as UTF-8"),
    of(b"<!", "a web page", "download the file itself"),
    of(
        b"version https://git-lfs",
        "a pointer of Git LFS",
        "fetch the file with `git lfs pull`",
    ),
];

/// Where a tar archive says that it is one.
const TAR_AT: usize = 257;

static TAR: Kind = of(b"ustar", "a tar archive", "unpack it with `tar xf`");

/// What the file of these bytes is, where it is known, and not text of one of ours.
pub(crate) fn kind(bytes: &[u8]) -> Option<&'static Kind> {
    let tar = bytes
        .get(TAR_AT..)
        .filter(|rest| rest.starts_with(TAR.start));
    match tar {
        Some(_) => Some(&TAR),
        None => KINDS.iter().find(|kind| bytes.starts_with(kind.start)),
    }
}

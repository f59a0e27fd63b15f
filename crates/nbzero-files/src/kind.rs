//! What a file is, by its first bytes: for messages to who gave one of another kind.

/// A kind of file.
#[derive(Debug)]
pub struct Kind {
    start: &'static [u8],
    what: &'static str,
    remedy: Option<&'static str>,
}

impl Kind {
    /// What the file is, behind "it is": `a zip archive, as .npz, .xlsx and PyTorch's files are`.
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// What to do about it, whatever was expected; `otherwise` where that depends on what was.
    pub fn remedy(&self, otherwise: &'static str) -> &'static str {
        self.remedy.unwrap_or(otherwise)
    }

    /// Whether it is a pickle of Python, of a protocol that says so.
    pub fn is_pickle(&self) -> bool {
        self.what == PICKLE
    }
}

const PICKLE: &str = "a Python pickle";
const PICTURE: &str = "a single picture";
const DECOMPRESS: Option<&str> = Some("decompress it");
const DOWNLOAD: Option<&str> = Some("download the file itself");
const UTF8: Option<&str> = Some("save it as UTF-8");

const fn of(start: &'static [u8], what: &'static str, remedy: Option<&'static str>) -> Kind {
    Kind {
        start,
        what,
        remedy,
    }
}

/// The longer beginning first where one begins like another.
static KINDS: [Kind; 22] = [
    of(
        b"NBZTABLE",
        "a table of nbzero",
        Some("`nbzero query` and `nbzero export` read it"),
    ),
    of(
        b"PK\x03\x04",
        "a zip archive, as .npz, .xlsx and PyTorch's files are",
        None,
    ),
    of(b"PAR1", "a Parquet file", None),
    of(b"\x89HDF", "an HDF5 file", None),
    of(b"\x80\x02", PICKLE, None),
    of(b"\x80\x03", PICKLE, None),
    of(b"\x80\x04", PICKLE, None),
    of(b"\x80\x05", PICKLE, None),
    of(b"\x93NUMPY", "an array of NumPy (.npy)", None),
    of(b"\x89PNG", PICTURE, None),
    of(b"\xff\xd8\xff", PICTURE, None),
    of(b"\x1f\x8b", "compressed with gzip", DECOMPRESS),
    of(b"\x28\xb5\x2f\xfd", "compressed with zstd", DECOMPRESS),
    of(b"BZh", "compressed with bzip2", DECOMPRESS),
    of(b"\xfd7zXZ", "compressed with xz", DECOMPRESS),
    of(b"\xff\xfe\x00\x00", "text in UTF-32", UTF8),
    of(b"\x00\x00\xfe\xff", "text in UTF-32", UTF8),
    of(b"\xff\xfe", "text in UTF-16", UTF8),
    of(b"\xfe\xff", "text in UTF-16", UTF8),
    of(b"<!", "a web page", DOWNLOAD),
    of(b"<html", "a web page", DOWNLOAD),
    of(
        b"version https://git-lfs",
        "a pointer of Git LFS",
        Some("fetch the file with `git lfs pull`"),
    ),
];

/// Where a tar archive says that it is one.
const TAR_AT: usize = 257;

static TAR: Kind = of(b"ustar", "a tar archive", Some("unpack it with `tar xf`"));

/// What the file of these bytes is, where that is known.
///
/// ```
/// let kind = nbzero_files::kind_of(b"PK\x03\x04...").unwrap();
/// assert!(kind.what().starts_with("a zip archive"));
/// assert_eq!(kind.remedy("give CSV"), "give CSV");
/// assert!(nbzero_files::kind_of(b"a,b").is_none());
/// ```
pub fn kind_of(bytes: &[u8]) -> Option<&'static Kind> {
    let tar = bytes
        .get(TAR_AT..)
        .filter(|rest| rest.starts_with(TAR.start));
    match tar {
        Some(_) => Some(&TAR),
        None => KINDS.iter().find(|kind| bytes.starts_with(kind.start)),
    }
}

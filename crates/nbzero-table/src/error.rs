//! Everything that can go wrong, one named variant per defect.

use std::io;
use std::path::{Path, PathBuf};

use crate::Record;

/// The result of this crate's fallible functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What was wrong, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file does not exist.
    #[error("{} does not exist: check the path", path.display())]
    NotFound {
        /// The file asked for.
        path: PathBuf,
    },
    /// The operating system refused to read or write; its answer is the error's source.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried: "open", "read", "write", ...
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The file does not begin with the magic bytes.
    #[error(
        "{} is not an nbzero table ({what}): give a .nbz file made by `nbzero merge` or `nbzero import`",
        path.display()
    )]
    NotATable {
        /// The file.
        path: PathBuf,
        /// What it is, as far as that is known.
        what: String,
    },
    /// A folder was given where a file belongs.
    #[error("{} is a folder: give a file in it", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// A file that begins as gzip does, and does not go on so.
    #[error(
        "{} is compressed with gzip and damaged or cut short ({reason}): copy or download it again",
        path.display()
    )]
    Gzip {
        /// The file.
        path: PathBuf,
        /// What the decompressor says.
        reason: String,
    },
    /// A file of another kind where text belongs.
    #[error("{} is {what}, where text was expected: {remedy}", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// More text than any file of ours has.
    #[error(
        "{} holds more than the {limit} bytes that a text file may have: give a smaller one",
        path.display()
    )]
    TextTooLarge {
        /// The file.
        path: PathBuf,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The file is sound, but of a format this version does not know.
    #[error(
        "{} was written by a newer nbzero (format {found}, this one reads up to {supported}): update nbzero",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The format the file declares.
        found: u32,
        /// The newest format that this version reads.
        supported: u32,
    },
    /// The file ends too early.
    #[error(
        "{} is truncated: it should have {expected} bytes and has {actual}; copy or download it again",
        path.display()
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Its length according to its header (or the header's own length).
        expected: u64,
        /// Its length.
        actual: u64,
    },
    /// The file goes on after its end.
    #[error(
        "{} has {} bytes after its end (it should have {expected} and has {actual}): copy or download it again",
        path.display(), actual - expected
    )]
    TrailingBytes {
        /// The file.
        path: PathBuf,
        /// Its length according to its header.
        expected: u64,
        /// Its length.
        actual: u64,
    },
    /// The checksum does not hold.
    #[error(
        "{} is damaged: its checksum is {actual:08x} where its header (byte 20) says {expected:08x}; copy or download it again",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The checksum in the header.
        expected: u32,
        /// The checksum of what is there.
        actual: u32,
    },
    /// More data than a table may hold.
    #[error(
        "{} holds more than the {limit} bytes a table may have: split it into several tables",
        path.display()
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The checksum holds, but the payload is not that of a table.
    #[error(
        "{} cannot be decoded ({reason}) although its checksum holds, so it was written wrongly: build it again with `nbzero merge`",
        path.display()
    )]
    Undecodable {
        /// The file.
        path: PathBuf,
        /// What the decoder says.
        reason: String,
    },
    /// The payload decodes to a table that breaks a rule.
    #[error(
        "{} contradicts itself ({what}), so it was written wrongly: build it again with `nbzero merge`",
        path.display()
    )]
    Inconsistent {
        /// The file.
        path: PathBuf,
        /// The rule that is broken, and where.
        what: String,
    },
    /// A table could not be made, because its parts break a rule.
    #[error("no table can be made of this: {what}")]
    Invalid {
        /// The rule that is broken, and where.
        what: String,
    },
    /// A table needs at least one record.
    #[error("there are no records to make a table of: give at least one shard with a whole line")]
    NoRecords,
    /// A record holds a value that no record may hold.
    #[error("the record of {arch} with seed {seed} is not valid: {reason}")]
    BadRecord {
        /// The architecture string.
        arch: String,
        /// The seed.
        seed: u64,
        /// What is wrong.
        reason: String,
    },
    /// Records, or a record and the metadata, differ where they have to agree.
    #[error(
        "{first} and {second} disagree in {field} ({first_value} against {second_value}): merge only records of one collection"
    )]
    Disagree {
        /// What they disagree in.
        field: String,
        /// The one side.
        first: String,
        /// Its value.
        first_value: String,
        /// The other side.
        second: String,
        /// Its value.
        second_value: String,
    },
    /// Two records of the same architecture and seed have different results.
    #[error(
        "two records of {arch} with seed {seed} conflict in {field} ({first} against {second}): remove one of them"
    )]
    Conflict {
        /// The architecture string.
        arch: String,
        /// The seed.
        seed: u64,
        /// What they conflict in.
        field: String,
        /// The one value.
        first: String,
        /// The other value.
        second: String,
    },
    /// A compressed shard that does not decompress.
    #[error("{} is a damaged zstd file ({reason}): copy or download it again", path.display())]
    Zstd {
        /// The shard.
        path: PathBuf,
        /// What the decoder says.
        reason: String,
    },
    /// A shard compressed with gzip, or no shard at all, where records are to be appended.
    #[error(
        "{} {what}, so nothing can be appended to it: give another file (or another --shard), or move it away",
        path.display()
    )]
    NotAppendable {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// A compressed shard that holds more than one may.
    #[error(
        "{} holds more than the {limit} bytes a compressed shard may have: split it into several",
        path.display()
    )]
    ShardTooLarge {
        /// The shard.
        path: PathBuf,
        /// The limit, in bytes.
        limit: u64,
    },
    /// A line of a shard is not a record.
    #[error("{}, line {line}: {reason}; remove or repair the line", path.display())]
    BadLine {
        /// The shard.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// A line of a shard was written by a newer nbzero.
    #[error(
        "{}, line {line} was written by a newer nbzero (record version {found}, this one reads up to {supported}): update nbzero",
        path.display()
    )]
    NewerRecord {
        /// The shard.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The version that the line declares.
        found: u64,
        /// The newest version that this one reads.
        supported: u32,
    },
    /// A table could not be brought into another format.
    #[error("the table cannot be exported to {format}: {reason}")]
    Export {
        /// The format.
        format: &'static str,
        /// What its writer says.
        reason: String,
    },
    /// Another process is appending to the shard.
    #[error(
        "{} is being written by another process: wait for it, or give this one another --out or --shard",
        path.display()
    )]
    InUse {
        /// The shard.
        path: PathBuf,
    },
    /// A shard that was moved, removed or replaced while it was written.
    #[error(
        "{} was moved, removed or replaced while it was being written, so the record was not added: put it back, or begin a new one",
        path.display()
    )]
    Replaced {
        /// Where the shard was.
        path: PathBuf,
    },
    /// No such dataset.
    #[error("there is no dataset {name:?}: choose one of {known}")]
    UnknownDataset {
        /// The name asked for.
        name: String,
        /// What exists.
        known: String,
    },
    /// No such split.
    #[error("there is no split {name:?}: choose one of {known}")]
    UnknownSplit {
        /// The name asked for.
        name: String,
        /// What exists.
        known: String,
    },
    /// No such cost.
    #[error("there is no cost {name:?}: choose one of {known}")]
    UnknownCost {
        /// The name asked for.
        name: String,
        /// What exists.
        known: String,
    },
    /// The table has no scores of that name.
    #[error("the table has no scores of {name:?}: it has {known}")]
    UnknownProxy {
        /// The name asked for.
        name: String,
        /// What exists.
        known: String,
    },
    /// The table has no accuracies of that seed.
    #[error("the table has no accuracies of seed {seed}: it has the seeds {known}")]
    UnknownSeed {
        /// The seed asked for.
        seed: u64,
        /// What exists.
        known: String,
    },
}

impl Error {
    /// Whether the error names this record, so that who knows where it was read can say so.
    pub fn is_about(&self, record: &Record) -> bool {
        match self {
            Self::BadRecord { arch, seed, .. } | Self::Conflict { arch, seed, .. } => {
                (arch, seed) == (&record.arch, &record.seed)
            }
            Self::Disagree { first, second, .. } => [first, second].contains(&&record.describe()),
            _ => false,
        }
    }

    /// Names the action and the file of a system error; a missing file and a folder get their own
    /// variants.
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::NotFound if action == "open" => Self::NotFound { path },
            io::ErrorKind::IsADirectory if action != "write" => Self::Folder { path },
            _ => Self::Io {
                action,
                path,
                source,
            },
        }
    }
}

/// `a, b and c`, for errors that list what exists; `nothing` for an empty list.
pub(crate) fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.split_last() {
        None => "nothing".into(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

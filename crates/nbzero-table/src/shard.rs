//! Shards: files of JSON lines that grow by one record a job.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use same_file::Handle;
use serde::Deserialize;

use crate::format::{MAX_PAYLOAD, decompressed};
use crate::record::RECORD_VERSION;
use crate::text::{is_gzip, plain_text, unmarked};
use crate::{Error, Record, Result};
use nbzero_files::{folder_of, sync_folder};

/// How every zstd frame begins (RFC 8878).
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The records of a shard.
#[derive(Debug, Clone, PartialEq)]
pub struct Shard {
    /// The records of all whole lines, in order.
    pub records: Vec<Record>,
    /// Whether the file ends in a line without its end, which is left out here: the mark of a
    /// process that was killed while it wrote.
    pub torn: bool,
}

/// Reads a shard, plain or compressed with zstd or gzip, whatever its name.
///
/// # Errors
///
/// If the file cannot be read or decompressed, or a whole line is not a record; the error names
/// file and line.
pub fn read_shard(path: impl AsRef<Path>) -> Result<Shard> {
    let path = path.as_ref();
    let mut file = File::open(path).map_err(|error| Error::io("open", path, error))?;
    let bytes = contents(&mut file, path)?;
    if bytes.starts_with(&ZSTD) {
        return Ok(parse(&decompress(&bytes, path)?, path)?.0);
    }
    if bytes.is_empty() && path.extension().is_some_and(|name| name == "zst") {
        let reason = "it is empty".into();
        return Err(Error::Zstd {
            path: path.into(),
            reason,
        });
    }
    Ok(parse(&plain_text(bytes, path)?, path)?.0)
}

/// Appends one record to a shard, as [`ShardWriter::append`] does, after removing a torn line.
///
/// # Errors
///
/// As [`ShardWriter::open`] and [`ShardWriter::append`].
pub fn append_record(path: impl AsRef<Path>, record: &Record) -> Result<()> {
    ShardWriter::open(path)?.0.append(record)
}

/// Appends records to a shard. Holds the file's lock, so that two processes cannot mix lines.
#[derive(Debug)]
pub struct ShardWriter {
    file: File,
    path: PathBuf,
    /// Where the last whole line ends.
    end: u64,
}

impl ShardWriter {
    /// Opens a shard to go on with it, or makes a new one, and returns what it holds.
    ///
    /// A torn last line is cut off; [`Shard::torn`] tells that there was one.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened, another writer has it, it is compressed, or it holds something
    /// that is not a record: nothing is cut off then.
    pub fn open(path: impl AsRef<Path>) -> Result<(Self, Shard)> {
        let path = path.as_ref();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|error| Error::io("open", path, error))?;
        lock(&file, path)?;
        let bytes = contents(&mut file, path)?;
        let not_appendable = |what| Error::NotAppendable {
            path: path.into(),
            what,
        };
        if bytes.starts_with(&ZSTD) || is_gzip(&bytes) {
            return Err(not_appendable("is compressed"));
        }
        let (shard, end) = parse(&bytes, path)?;
        if !may_be_cut(&bytes[end..]) {
            return Err(not_appendable("does not end in a record"));
        }
        let writer = Self {
            file,
            path: path.into(),
            end: end as u64,
        };
        writer.require_in_place()?;
        if shard.torn {
            writer.cut()?;
        }
        sync_folder(folder_of(path));
        Ok((writer, shard))
    }

    /// Writes one whole line, and returns when it is on the disk.
    ///
    /// # Errors
    ///
    /// If the record is not valid, the system refuses, or the path no longer names the file that was
    /// opened; the shard is then as it was before.
    pub fn append(&mut self, record: &Record) -> Result<()> {
        record.check()?;
        self.require_in_place()?;
        let mut line = serde_json::to_vec(record)
            .map_err(|error| Error::io("write", &self.path, error.into()))?;
        line.push(b'\n');
        if let Err(error) = self.write_line(&line) {
            // If this fails too, the torn line is cut off when the shard is next opened.
            let _ = self.cut();
            return Err(Error::io("write", &self.path, error));
        }
        self.end += line.len() as u64;
        Ok(())
    }

    /// Refuses to write where nobody would find it: a shard may be moved, compressed or replaced
    /// while it is open.
    fn require_in_place(&self) -> Result<()> {
        let ours = self.file.try_clone().and_then(Handle::from_file);
        let ours = ours.map_err(|error| Error::io("look at", &self.path, error))?;
        match Handle::from_path(&self.path) {
            Ok(there) if there == ours => Ok(()),
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Error::io("look at", &self.path, error))
            }
            _ => Err(Error::Replaced {
                path: self.path.clone(),
            }),
        }
    }

    fn write_line(&mut self, line: &[u8]) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(line)?;
        self.file.sync_data()
    }

    /// Removes everything after the last whole line.
    fn cut(&self) -> Result<()> {
        self.file
            .set_len(self.end)
            .and_then(|()| self.file.sync_data())
            .map_err(|error| Error::io("cut the torn last line of", &self.path, error))
    }
}

/// Whether a last line is what a killed writer leaves, the beginning of a record, or what a power
/// failure does: nothing but zero bytes.
fn may_be_cut(torn: &[u8]) -> bool {
    let mut beginning = torn.iter().zip(b"{\"");
    beginning.all(|(found, record)| found == record) || torn.iter().all(|&byte| byte == 0)
}

/// Takes the file's lock; on file systems without locks there is none to take.
fn lock(file: &File, path: &Path) -> Result<()> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(Error::InUse { path: path.into() }),
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => Ok(()),
        Err(TryLockError::Error(error)) => Err(Error::io("lock", path, error)),
    }
}

fn contents(file: &mut File, path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)
        .map_err(|error| Error::io("read", path, error))?;
    Ok(bytes)
}

fn decompress(bytes: &[u8], path: &Path) -> Result<Vec<u8>> {
    let raw = decompressed(bytes).map_err(|error| Error::Zstd {
        path: path.into(),
        reason: error.to_string(),
    })?;
    raw.ok_or_else(|| Error::ShardTooLarge {
        path: path.into(),
        limit: MAX_PAYLOAD as u64,
    })
}

/// The records of a file, and where its last whole line ends. A byte order mark may stand before
/// the first.
fn parse(bytes: &[u8], path: &Path) -> Result<(Shard, usize)> {
    let end = bytes
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |at| at + 1);
    let lines = bytes[..end].split_inclusive(|&byte| byte == b'\n');
    let records = lines.enumerate().map(|(index, line)| {
        let line = if index == 0 { unmarked(line) } else { line };
        parse_line(line.trim_ascii_end(), path, index + 1)
    });
    let shard = Shard {
        records: records.collect::<Result<_>>()?,
        torn: end < bytes.len(),
    };
    Ok((shard, end))
}

/// The part of a line that all versions share.
#[derive(Deserialize)]
struct Version {
    version: u64,
}

fn parse_line(text: &[u8], path: &Path, line: usize) -> Result<Record> {
    let bad = |reason: String| Error::BadLine {
        path: path.into(),
        line,
        reason,
    };
    let Version { version: found } = serde_json::from_slice(text)
        .map_err(|error| bad(format!("this is not a record ({})", at_column(&error))))?;
    if found > u64::from(RECORD_VERSION) {
        let supported = RECORD_VERSION;
        return Err(Error::NewerRecord {
            path: path.into(),
            line,
            found,
            supported,
        });
    }
    let record: Record = serde_json::from_slice(text).map_err(|error| {
        bad(format!(
            "this is not a whole record ({})",
            at_column(&error)
        ))
    })?;
    match record.defect() {
        None => Ok(record),
        Some(reason) => Err(bad(format!("the record is not valid: {reason}"))),
    }
}

/// The message without its line, which is always 1: the shard's line is named elsewhere.
fn at_column(error: &serde_json::Error) -> String {
    error
        .to_string()
        .replace(" at line 1 column ", " at column ")
}

#[cfg(test)]
mod page;
#[cfg(test)]
mod tests;

//! Shards: files of JSON lines that grow by one record a job.

use std::path::Path;

use serde::Deserialize;

use crate::lines::{Line, LineWriter, Lines, read_lines};
use crate::record::RECORD_VERSION;
use crate::{Error, Record, Result};

/// The records of a shard.
#[derive(Debug, Clone, PartialEq)]
pub struct Shard {
    /// The records of all whole lines, in order.
    pub records: Vec<Record>,
    /// Whether the file ends in a line without its end, which is left out here: the mark of a
    /// process that was killed while it wrote.
    pub torn: bool,
}

impl From<Lines<Record>> for Shard {
    fn from(lines: Lines<Record>) -> Self {
        Self {
            records: lines.items,
            torn: lines.torn,
        }
    }
}

/// Reads a shard, plain or compressed with zstd or gzip, whatever its name.
///
/// # Errors
///
/// If the file cannot be read or decompressed, or a whole line is not a record; the error names
/// file and line.
pub fn read_shard(path: impl AsRef<Path>) -> Result<Shard> {
    read_lines(path, record).map(Shard::from)
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
pub struct ShardWriter(LineWriter);

impl ShardWriter {
    /// Opens a shard to go on with it, or makes a new one, and returns what it holds.
    ///
    /// A torn last line is cut off; [`Shard::torn`] tells that there was one.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened, another writer has it, it is compressed with gzip, or it holds
    /// something that is not a record: nothing is cut off then.
    pub fn open(path: impl AsRef<Path>) -> Result<(Self, Shard)> {
        let (writer, lines) = LineWriter::open(path, record)?;
        Ok((Self(writer), lines.into()))
    }

    /// Writes one whole line, and returns when it is on the disk.
    ///
    /// # Errors
    ///
    /// If the record is not valid, the system refuses, or the path no longer names the file that was
    /// opened; the shard is then as it was before.
    pub fn append(&mut self, record: &Record) -> Result<()> {
        record.check()?;
        self.0.append(record)
    }
}

/// The part of a line that all versions share.
#[derive(Deserialize)]
struct Version {
    version: u64,
}

fn record(line: Line<'_>) -> Result<Record> {
    let Version { version: found } = line.object("a record")?;
    if found > u64::from(RECORD_VERSION) {
        let supported = RECORD_VERSION;
        return Err(Error::NewerRecord {
            path: line.path.into(),
            line: line.number,
            found,
            supported,
        });
    }
    let record: Record = line.object("a whole record")?;
    match record.defect() {
        None => Ok(record),
        Some(reason) => Err(line.bad(format!("the record is not valid: {reason}"))),
    }
}

#[cfg(test)]
mod page;
#[cfg(test)]
mod tests;

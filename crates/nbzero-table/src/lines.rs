//! Files of JSON objects, one a line, that grow by a line at a time: shards, score files, journals.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use nbzero_files::{existing_folder_of, folder_of, sync_folder};
use same_file::Handle;
use serde::Serialize;

use crate::format::MAX_PAYLOAD;
use crate::packed::{END, MAGIC, Packer, Unpacked, unpack};
use crate::text::{is_gzip, limited, plain_text, unmarked};
use crate::{Error, Result};

/// What the lines of a file hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines<T> {
    /// One of each whole line, in order.
    pub items: Vec<T>,
    /// Whether the file ends in a line without its end, which is left out here: the mark of a
    /// process that was killed while it wrote.
    pub torn: bool,
}

/// A whole line of a file, without its end.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Its bytes.
    pub text: &'a [u8],
    /// The file.
    pub path: &'a Path,
    /// Its number, from 1; of a compressed file that in its text.
    pub number: usize,
}

impl Line<'_> {
    /// The error for a line that is not what it should be.
    pub fn bad(&self, reason: impl Into<String>) -> Error {
        Error::BadLine {
            path: self.path.into(),
            line: self.number,
            reason: reason.into(),
        }
    }

    /// The object of the line.
    ///
    /// # Errors
    ///
    /// If it is none: the error says that this is not `what`, and where it stops being one.
    pub fn object<T: serde::de::DeserializeOwned>(&self, what: &str) -> Result<T> {
        serde_json::from_slice(self.text)
            .map_err(|error| self.bad(format!("this is not {what} ({})", at_column(&error))))
    }
}

/// Reads a file, plain or compressed with zstd or gzip, whatever its name.
///
/// # Errors
///
/// If the file cannot be read or decompressed, or `parse` refuses a line.
pub fn read_lines<T>(
    path: impl AsRef<Path>,
    parse: impl FnMut(Line<'_>) -> Result<T>,
) -> Result<Lines<T>> {
    let path = path.as_ref();
    let mut file = File::open(path).map_err(|error| Error::io("open", path, error))?;
    let bytes = contents(&mut file, path)?;
    if bytes.starts_with(&MAGIC) {
        let unpacked = decompress(&bytes, path)?;
        let mut lines = parse_all(&unpacked.text, path, parse)?.0;
        lines.torn |= unpacked.open || unpacked.end < bytes.len();
        return Ok(lines);
    }
    if bytes.is_empty() && is_named_zstd(path) {
        let reason = "it is empty".into();
        return Err(Error::Zstd {
            path: path.into(),
            reason,
        });
    }
    Ok(parse_all(&plain_text(bytes, path)?, path, parse)?.0)
}

/// Appends lines to a file. Holds the file's lock, so that two processes cannot mix lines.
#[derive(Debug)]
pub struct LineWriter {
    file: File,
    path: PathBuf,
    /// Where the last whole line ends.
    end: u64,
    /// Of a compressed file.
    packer: Option<Packer>,
    /// Bytes that stand behind the last line: the end of its frame, where it lies in one that grows.
    closing: &'static [u8],
    /// Whether something else stands there, which has to go before the next line comes.
    torn: bool,
}

impl LineWriter {
    /// Opens a file to go on with it, or makes a new one, and returns what it holds. A new one whose
    /// name ends in `.zst` is compressed with zstd, and so is what comes behind compressed lines.
    ///
    /// A torn last line is cut off; [`Lines::torn`] tells that there was one.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened, another writer has it, it is compressed with gzip, or `parse`
    /// refuses a line: nothing is cut off then.
    pub fn open<T>(
        path: impl AsRef<Path>,
        parse: impl FnMut(Line<'_>) -> Result<T>,
    ) -> Result<(Self, Lines<T>)> {
        let path = path.as_ref();
        existing_folder_of(path).map_err(|error| Error::io("write", path, error))?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|error| Error::io("open", path, error))?;
        let not_appendable = |what| Error::NotAppendable {
            path: path.into(),
            what,
        };
        let about = file.metadata();
        if !about
            .map_err(|error| Error::io("open", path, error))?
            .is_file()
        {
            return Err(not_appendable("is no plain file"));
        }
        lock(&file, path)?;
        let bytes = contents(&mut file, path)?;
        if is_gzip(&bytes) {
            return Err(not_appendable("is compressed with gzip"));
        }
        let is_packed =
            bytes.starts_with(&MAGIC) || is_named_zstd(path) && !bytes.starts_with(b"{");
        let (lines, end, closing, packer) = if is_packed {
            let unpacked = decompress(&bytes, path)?;
            let (mut lines, end) = parse_all(&unpacked.text, path, parse)?;
            if end < unpacked.text.len() {
                return Err(not_appendable("does not end in a record"));
            }
            lines.torn = unpacked.open || unpacked.end < bytes.len();
            let closing = if unpacked.open { &END[..] } else { &[] };
            let packer = packer(unpacked.text.len(), path)?;
            (lines, unpacked.end, closing, Some(packer))
        } else {
            let (lines, end) = parse_all(&bytes, path, parse)?;
            if !may_be_cut(&bytes[end..]) {
                return Err(not_appendable("does not end in a record"));
            }
            (lines, end, &[][..], None)
        };
        let mut writer = Self {
            file,
            path: path.into(),
            end: end as u64,
            packer,
            closing,
            torn: lines.torn,
        };
        writer.require_in_place()?;
        writer.cut()?;
        sync_folder(folder_of(path));
        Ok((writer, lines))
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes one whole line, and returns when it is on the disk.
    ///
    /// # Errors
    ///
    /// If the system refuses, or the path no longer names the file that was opened; the file is then
    /// as it was before.
    pub fn append(&mut self, object: &impl Serialize) -> Result<()> {
        self.require_in_place()?;
        self.cut()?;
        let mut line = serde_json::to_vec(object)
            .map_err(|error| Error::io("write", &self.path, error.into()))?;
        line.push(b'\n');
        let mut closing: &'static [u8] = &[];
        if let Some(packer) = &mut self.packer {
            let packed = packer.pack(&line).map_err(|error| {
                self.torn = true;
                Error::io("compress", &self.path, error)
            });
            line = packed?.ok_or_else(|| too_large(&self.path))?;
            closing = &END;
        }
        let length = line.len() as u64;
        line.extend_from_slice(closing);
        if let Err(error) = self.write(&line) {
            self.torn = true;
            // If this fails too, the torn line is cut off when the file is next opened.
            let _ = self.cut();
            return Err(Error::io("write", &self.path, error));
        }
        self.end += length;
        self.closing = closing;
        Ok(())
    }

    /// Refuses to write where nobody would find it: a file may be moved, compressed or replaced
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

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(bytes)?;
        self.file.sync_data()
    }

    /// Removes what is torn behind the last whole line. The frame in which that lies ends there, and what
    /// is written later begins another.
    fn cut(&mut self) -> Result<()> {
        if !self.torn {
            return Ok(());
        }
        let closing = self.closing;
        let cut = self.file.set_len(self.end);
        cut.and_then(|()| self.write(closing))
            .map_err(|error| Error::io("cut the torn last line of", &self.path, error))?;
        if let Some(packer) = &mut self.packer {
            let again = packer.again();
            *packer = again.map_err(|error| Error::io("compress", &self.path, error))?;
        }
        self.end += closing.len() as u64;
        self.closing = &[];
        self.torn = false;
        Ok(())
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
    limited(file, path)?.map_err(|error| Error::io("read", path, error))
}

fn decompress(bytes: &[u8], path: &Path) -> Result<Unpacked> {
    let unpacked = unpack(bytes).map_err(|error| Error::Zstd {
        path: path.into(),
        reason: error.to_string(),
    })?;
    unpacked.ok_or_else(|| too_large(path))
}

fn packer(known: usize, path: &Path) -> Result<Packer> {
    Packer::new(known).map_err(|error| Error::io("compress", path, error))
}

fn too_large(path: &Path) -> Error {
    Error::ShardTooLarge {
        path: path.into(),
        limit: MAX_PAYLOAD as u64,
    }
}

fn is_named_zstd(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "zst")
}

/// The items of a file, and where its last whole line ends. A byte order mark may stand before the
/// first.
fn parse_all<T>(
    bytes: &[u8],
    path: &Path,
    mut parse: impl FnMut(Line<'_>) -> Result<T>,
) -> Result<(Lines<T>, usize)> {
    let end = bytes
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |at| at + 1);
    let lines = bytes[..end].split_inclusive(|&byte| byte == b'\n');
    let items = lines.enumerate().map(|(index, line)| {
        let line = if index == 0 { unmarked(line) } else { line };
        parse(Line {
            text: line.trim_ascii_end(),
            path,
            number: index + 1,
        })
    });
    let lines = Lines {
        items: items.collect::<Result<_>>()?,
        torn: end < bytes.len(),
    };
    Ok((lines, end))
}

/// The message without its line, which is always 1: the file's line is named elsewhere.
fn at_column(error: &serde_json::Error) -> String {
    error
        .to_string()
        .replace(" at line 1 column ", " at column ")
}

//! A table as bytes: header, checksum, compressed payload. See `docs/src/table-format.md`.

use std::fmt;
use std::io::Read;
use std::path::Path;

use nbzero_files::kind_of;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::diverged::Diverged;
use crate::predicted::Predicted;
use crate::wire::{Extension, Wire, width};
use crate::{Error, Result, Table};

/// The first bytes of every table file.
pub const MAGIC: [u8; 8] = *b"NBZTABLE";

/// The newest format that this crate reads, in which it writes tables of scores alone.
pub const FORMAT_VERSION: u32 = 7;

/// The format of predictions with joint draws.
const DRAWN: u32 = 6;

/// The format of other tables of images that are not square.
const WIDE: u32 = 5;

/// The format of other tables of spaces from a file, and of networks of which not all is known.
const EXTENDED: u32 = 4;

/// The format of other tables of measured accuracies: who reads those need not know of later ones.
const MEASURED: u32 = 2;

/// The format of other tables of predictions.
const PREDICTED: u32 = 3;

/// The length of the header: magic, version, payload length, checksum.
pub const HEADER_LEN: usize = 24;

/// The most bytes a payload may have, compressed and decompressed: 64 MiB.
pub const MAX_PAYLOAD: usize = 64 << 20;

/// The most bytes that decoding may claim: integers count in full, however short on disk.
const MAX_DECODED: usize = 2 * MAX_PAYLOAD;

/// zstd's level: the size hardly shrinks beyond it.
const LEVEL: i32 = 9;

/// The header without the magic.
struct Header {
    version: u32,
    payload_len: u64,
    checksum: u32,
}

impl Table {
    /// The table as the bytes of a file. The same table gives the same bytes.
    ///
    /// # Errors
    ///
    /// If the table is too large to be opened again; `origin` names the file in the error.
    pub fn to_bytes(&self, origin: &Path) -> Result<Vec<u8>> {
        let wire = Wire::from(self);
        let (extension, more) = Extension::of(self);
        let diverged = &self.diverged;
        let (version, raw) = match (width(self), &self.predicted) {
            (width, None) if self.is_of_scores_alone() => {
                (FORMAT_VERSION, encode((wire, diverged, extension, width)))
            }
            (width, Some(Predicted { draws, .. })) if !draws.is_empty() => {
                (DRAWN, encode((wire, diverged, extension, width, draws)))
            }
            (Some(width), _) => (WIDE, encode((wire, diverged, extension, width))),
            _ if more => (EXTENDED, encode((wire, diverged, extension))),
            (None, None) => (MEASURED, encode((wire, diverged))),
            (None, Some(predicted)) => (PREDICTED, encode((wire, diverged, predicted))),
        };
        let raw = raw.map_err(|error| undecodable(origin, error))?;
        if raw.len() > MAX_PAYLOAD {
            return Err(too_large(origin));
        }
        let payload = zstd::bulk::compress(&raw, LEVEL)
            .map_err(|error| Error::io("compress", origin, error))?;
        let bytes = pack(version, &payload);
        // What is written can be read: decoding counts in another way than encoding.
        Self::from_bytes(&bytes, origin)?;
        Ok(bytes)
    }

    /// Reads and checks the bytes of a file; `origin` names the file in errors.
    ///
    /// # Errors
    ///
    /// One named error for each defect, as [`Table::open`].
    pub fn from_bytes(bytes: &[u8], origin: &Path) -> Result<Self> {
        read(bytes, bytes.len() as u64, origin)
    }
}

fn encode(content: impl Serialize) -> Result<Vec<u8>, bincode::error::EncodeError> {
    bincode::serde::encode_to_vec(content, bincode::config::standard())
}

/// Puts the header before a payload.
fn pack(version: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_LEN + payload.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&version.to_le_bytes());
    bytes.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    let checksum = checksum(&bytes, payload);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// CRC-32 of everything but the checksum itself.
fn checksum(before: &[u8], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(before);
    hasher.update(payload);
    hasher.finalize()
}

/// Reads a table of `total` bytes. Reads no payload before the header has been found sound.
pub(crate) fn read(mut source: impl Read, total: u64, origin: &Path) -> Result<Table> {
    let io = |error| Error::io("read", origin, error);
    let mut head = Vec::with_capacity(HEADER_LEN);
    source
        .by_ref()
        .take(HEADER_LEN as u64)
        .read_to_end(&mut head)
        .map_err(io)?;
    let header = header(&head, total, origin)?;
    let mut payload = Vec::new();
    source
        .take(header.payload_len)
        .read_to_end(&mut payload)
        .map_err(io)?;
    let actual = (head.len() + payload.len()) as u64;
    if actual < total {
        return Err(Error::Truncated {
            path: origin.into(),
            expected: total,
            actual,
        });
    }
    let actual = checksum(&head[..20], &payload);
    if actual != header.checksum {
        let expected = header.checksum;
        return Err(Error::Damaged {
            path: origin.into(),
            expected,
            actual,
        });
    }
    if header.version > FORMAT_VERSION {
        let (found, supported) = (header.version, FORMAT_VERSION);
        return Err(Error::Newer {
            path: origin.into(),
            found,
            supported,
        });
    }
    if header.version == 0 {
        return Err(undecodable(origin, "there is no format 0"));
    }
    decode(header.version, &payload, origin)
}

/// Checks magic and lengths. All versions of the format share the header.
fn header(head: &[u8], total: u64, origin: &Path) -> Result<Header> {
    let path = || origin.to_path_buf();
    let magic = &head[..head.len().min(MAGIC.len())];
    if !MAGIC.starts_with(magic) {
        let what = match kind_of(head) {
            Some(kind) => match kind.remedy("") {
                "" => format!("it is {}", kind.what()),
                remedy => format!("it is {}: {remedy}", kind.what()),
            },
            None => "its first bytes are not \"NBZTABLE\"".into(),
        };
        return Err(Error::NotATable { path: path(), what });
    }
    let Ok(head) = <&[u8; HEADER_LEN]>::try_from(head) else {
        let (expected, actual) = (HEADER_LEN as u64, head.len() as u64);
        return Err(Error::Truncated {
            path: path(),
            expected,
            actual,
        });
    };
    let [
        ..,
        v0,
        v1,
        v2,
        v3,
        l0,
        l1,
        l2,
        l3,
        l4,
        l5,
        l6,
        l7,
        c0,
        c1,
        c2,
        c3,
    ] = *head;
    let payload_len = u64::from_le_bytes([l0, l1, l2, l3, l4, l5, l6, l7]);
    let expected = payload_len.saturating_add(HEADER_LEN as u64);
    if total < expected {
        return Err(Error::Truncated {
            path: path(),
            expected,
            actual: total,
        });
    }
    if total > expected {
        return Err(Error::TrailingBytes {
            path: path(),
            expected,
            actual: total,
        });
    }
    if payload_len > MAX_PAYLOAD as u64 {
        return Err(too_large(origin));
    }
    let version = u32::from_le_bytes([v0, v1, v2, v3]);
    Ok(Header {
        version,
        payload_len,
        checksum: u32::from_le_bytes([c0, c1, c2, c3]),
    })
}

/// What zstd frames hold; `None` if that is more than [`MAX_PAYLOAD`].
pub(crate) fn decompressed(frames: &[u8]) -> std::io::Result<Option<Vec<u8>>> {
    let mut raw = Vec::new();
    zstd::Decoder::with_buffer(frames)?
        .take(MAX_PAYLOAD as u64 + 1)
        .read_to_end(&mut raw)?;
    Ok((raw.len() <= MAX_PAYLOAD).then_some(raw))
}

/// From the compressed payload to a checked table.
fn decode(version: u32, payload: &[u8], origin: &Path) -> Result<Table> {
    let raw = decompressed(payload)
        .map_err(|error| undecodable(origin, format!("zstd: {error}")))?
        .ok_or_else(|| too_large(origin))?;
    let mut width = None;
    let mut draws = Vec::new();
    let (wire, diverged, extension, used) = match version {
        1 => {
            let (wire, used) = decoded::<Wire>(&raw, origin)?;
            (wire, Vec::new(), Extension::default(), used)
        }
        MEASURED => {
            let ((wire, diverged), used) = decoded::<(Wire, Vec<Diverged>)>(&raw, origin)?;
            (wire, diverged, Extension::default(), used)
        }
        PREDICTED => {
            let (content, used) = decoded::<(Wire, Vec<Diverged>, Predicted)>(&raw, origin)?;
            let (wire, diverged, predicted) = content;
            (wire, diverged, Extension::from(predicted), used)
        }
        EXTENDED => {
            let (content, used) = decoded::<(Wire, Vec<Diverged>, Extension)>(&raw, origin)?;
            let (wire, diverged, extension) = content;
            (wire, diverged, extension, used)
        }
        WIDE => {
            let (content, used) = decoded::<(Wire, Vec<Diverged>, Extension, u32)>(&raw, origin)?;
            let (wire, diverged, extension, found) = content;
            width = Some(found);
            (wire, diverged, extension, used)
        }
        DRAWN => {
            let (content, used) = decoded::<Drawn>(&raw, origin)?;
            let (wire, diverged, extension, found, drawn) = content;
            (width, draws) = (found, drawn);
            (wire, diverged, extension, used)
        }
        _ => {
            let (content, used) = decoded::<Scored>(&raw, origin)?;
            let (wire, diverged, extension, found) = content;
            width = found;
            (wire, diverged, extension, used)
        }
    };
    if used != raw.len() {
        return Err(undecodable(
            origin,
            format!("{} bytes are left over", raw.len() - used),
        ));
    }
    let extension = extension.with_draws(draws);
    extension
        .and_then(|extension| wire.into_table(diverged, extension, width))
        .map_err(|what| Error::Inconsistent {
            path: origin.into(),
            what,
        })
}

/// The content of a file of format 6.
type Drawn = (Wire, Vec<Diverged>, Extension, Option<u32>, Vec<Vec<i16>>);

/// The content of a file of format 7.
type Scored = (Wire, Vec<Diverged>, Extension, Option<u32>);

/// What the beginning of a payload says, and how many bytes that takes.
fn decoded<T: DeserializeOwned>(raw: &[u8], origin: &Path) -> Result<(T, usize)> {
    let config = bincode::config::standard().with_limit::<MAX_DECODED>();
    bincode::serde::decode_from_slice(raw, config).map_err(|error| match error {
        bincode::error::DecodeError::LimitExceeded => too_large(origin),
        error => undecodable(origin, format!("bincode: {error}")),
    })
}

fn undecodable(origin: &Path, reason: impl fmt::Display) -> Error {
    Error::Undecodable {
        path: origin.into(),
        reason: reason.to_string(),
    }
}

fn too_large(origin: &Path) -> Error {
    Error::TooLarge {
        path: origin.into(),
        limit: MAX_PAYLOAD as u64,
    }
}

#[cfg(test)]
mod tests;

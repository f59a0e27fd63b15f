//! Lines compressed with zstd as they come: each is whole on the disk before the next one is written,
//! and is still compressed with the help of those before it.
//!
//! A process writes one frame. Each line ends a block, and behind the last one stands an empty block that
//! ends the frame: the next line is written over it. So the file is a whole one at any time, for any
//! program that reads zstd, and what a killed process leaves is at worst a frame without its last
//! block. A frame a line would be simpler, and twice as large.

use std::fmt;
use std::io::{self, Write};

use zstd::stream::write::Encoder;
use zstd::zstd_safe::find_frame_compressed_size;

use crate::format::{MAX_PAYLOAD, decompressed};

/// How every frame begins (RFC 8878).
pub(crate) const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// How a frame of ours begins: a window, and neither the length of the content nor a checksum, which could
/// only be known at its end. One byte more says how large the window is.
const OURS: [u8; 5] = [0x28, 0xb5, 0x2f, 0xfd, 0x00];
const HEADER: usize = OURS.len() + 1;

/// An empty block, the last of its frame.
pub(crate) const END: [u8; 3] = [0x01, 0x00, 0x00];

/// zstd's default level.
const LEVEL: i32 = 3;

/// Compresses lines into one frame.
pub(crate) struct Packer {
    encoder: Encoder<'static, Vec<u8>>,
    /// How much text the file may still take before nobody could read it.
    room: usize,
}

impl fmt::Debug for Packer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Packer");
        debug.field("room", &self.room).finish_non_exhaustive()
    }
}

impl Packer {
    /// For a file that holds `known` bytes of text.
    pub(crate) fn new(known: usize) -> io::Result<Self> {
        Ok(Self {
            encoder: Encoder::new(Vec::new(), LEVEL)?,
            room: MAX_PAYLOAD.saturating_sub(known),
        })
    }

    /// For the same file, where this frame has to end.
    pub(crate) fn again(&self) -> io::Result<Self> {
        Self::new(MAX_PAYLOAD - self.room)
    }

    /// The blocks of a text, which come behind those before; `None` if the file has no room for it.
    pub(crate) fn pack(&mut self, text: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let Some(room) = self.room.checked_sub(text.len()) else {
            return Ok(None);
        };
        self.encoder.write_all(text)?;
        self.encoder.flush()?;
        self.room = room;
        Ok(Some(std::mem::take(self.encoder.get_mut())))
    }
}

/// What a compressed file holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unpacked {
    pub(crate) text: Vec<u8>,
    /// Where the last whole line ends in the file.
    pub(crate) end: usize,
    /// Whether the frame that it lies in lacks its end.
    pub(crate) open: bool,
}

/// What is in frames. Of a last frame of ours without its end, what a killed process leaves, all whole
/// lines; of text beyond [`MAX_PAYLOAD`] bytes nothing.
///
/// # Errors
///
/// If it is no zstd, or damaged elsewhere.
pub(crate) fn unpack(bytes: &[u8]) -> io::Result<Option<Unpacked>> {
    let mut whole = 0;
    while let Some(length) = first_frame(&bytes[whole..]) {
        whole += length;
    }
    let rest = &bytes[whole..];
    if !may_be_cut(rest) {
        return unpacked(bytes, false);
    }
    let mut failed = None;
    for end in ends_of_blocks(rest).into_iter().rev() {
        match unpacked(&bytes[..whole + end], true) {
            Ok(None) => return Ok(None),
            Ok(Some(found)) if found.text.ends_with(b"\n") => return Ok(Some(found)),
            // A line of several blocks.
            Ok(Some(_)) => {}
            // The last block may be what a power failure made of it, no other.
            Err(error) => match failed.replace(error) {
                None => {}
                Some(error) => return Err(error),
            },
        }
    }
    unpacked(&bytes[..whole], false)
}

/// What is in whole frames; in the last one without its end, where that is open.
fn unpacked(frames: &[u8], open: bool) -> io::Result<Option<Unpacked>> {
    let end = frames.len();
    let text = match (end, open) {
        (0, _) => Some(Vec::new()),
        (_, false) => decompressed(frames)?,
        (_, true) => decompressed(&[frames, &END].concat())?,
    };
    Ok(text.map(|text| Unpacked { text, end, open }))
}

/// The length of the whole frame at the beginning, if there is one.
fn first_frame(bytes: &[u8]) -> Option<usize> {
    let length = find_frame_compressed_size(bytes).ok()?;
    (1..=bytes.len()).contains(&length).then_some(length)
}

/// Whether the end of a file is the beginning of a frame of ours, or the zero bytes of a power failure.
fn may_be_cut(rest: &[u8]) -> bool {
    let mut beginning = rest.iter().zip(OURS);
    beginning.all(|(&found, ours)| found == ours) || rest.iter().all(|&byte| byte == 0)
}

/// Where the whole blocks of a frame end that has no end itself, if it is one of ours. Empty ones, which the
/// zero bytes of a power failure look like, do not count.
fn ends_of_blocks(frame: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut at = if frame.starts_with(&OURS) {
        HEADER
    } else {
        frame.len()
    };
    while let Some(&[low, middle, high]) = frame.get(at..at + END.len()) {
        let header = u32::from_le_bytes([low, middle, high, 0]);
        let (kind, size) = ((header >> 1) & 3, (header >> 3) as usize);
        // One byte that is repeated.
        let stored = if kind == 1 { 1 } else { size };
        at += END.len() + stored;
        if at > frame.len() {
            break;
        }
        if stored > 0 {
            ends.push(at);
        }
    }
    ends
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// A file of some lines, and where each ends in it.
    fn file(lines: &[String]) -> (Vec<u8>, Vec<usize>) {
        let mut packer = Packer::new(0).unwrap();
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for line in lines {
            bytes.extend(packer.pack(line.as_bytes()).unwrap().unwrap());
            ends.push(bytes.len());
        }
        bytes.extend(END);
        (bytes, ends)
    }

    fn lines() -> Vec<String> {
        let line = |i: u64| {
            let (flops, naswot) = (i * i * 7919 % 1000, (i as f64).sqrt());
            format!(
                "{{\"network\":{{\"arch\":\"nas-bench-macro:{i:08}\",\"scores\":{{\"depth\":22.0,\
                 \"flops\":{flops}.0,\"naswot\":{naswot}}}}}}}\n"
            )
        };
        (0..40).map(line).collect()
    }

    #[test]
    fn any_reader_of_zstd_reads_it_and_it_is_small() {
        let (bytes, _) = file(&lines());
        let text = lines().concat().into_bytes();
        assert_eq!(zstd::decode_all(bytes.as_slice()).unwrap(), text);
        assert!(2 * bytes.len() < text.len(), "{}", bytes.len());
        let end = bytes.len();
        let open = false;
        assert_eq!(unpack(&bytes).unwrap(), Some(Unpacked { text, end, open }));
    }

    /// Wherever it is cut, and whatever lies before it, all lines that were whole are there.
    #[test]
    fn a_cut_file_loses_no_whole_line() {
        let lines = lines();
        let (bytes, ends) = file(&lines);
        let before = zstd::bulk::compress(b"first\n", 3).unwrap();
        for begin in [&[][..], &before] {
            for length in 0..bytes.len() {
                let whole = ends.iter().filter(|&&end| end <= length).count();
                let cut = [begin, &bytes[..length]].concat();
                let found = unpack(&cut).unwrap().unwrap();
                let first = if begin.is_empty() { "" } else { "first\n" };
                let expected = format!("{first}{}", lines[..whole].concat());
                assert_eq!(String::from_utf8(found.text).unwrap(), expected, "{length}");
                let end = if whole == 0 { 0 } else { ends[whole - 1] };
                assert_eq!((found.end, found.open), (begin.len() + end, whole > 0));
            }
        }
    }

    #[test]
    fn the_last_block_alone_may_be_damaged() {
        let lines = lines();
        let (bytes, ends) = file(&lines);
        for from in ends[38]..ends[39] {
            let mut zeros = bytes.clone();
            zeros[from..].fill(0);
            let found = unpack(&zeros).unwrap().unwrap();
            assert_eq!(found.text, lines[..39].concat().into_bytes(), "{from}");
            assert_eq!(found.end, ends[38]);
        }
        let mut early = bytes[..ends[39]].to_vec();
        early[ends[9] + 3..ends[10]].fill(0xff);
        assert!(unpack(&early).is_err());
    }

    #[test]
    fn a_line_of_several_blocks_is_whole_or_not_there() {
        let number = |i: u64| format!("{:x}", i.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let long: Vec<String> = (0..60_000).map(number).collect();
        let lines = ["short\n".to_owned(), long.concat() + "\n"];
        let (bytes, ends) = file(&lines);
        assert!(ends_of_blocks(&bytes).len() > 3);
        for length in (ends[0]..ends[1]).step_by(40_000) {
            let found = unpack(&bytes[..length]).unwrap().unwrap();
            assert_eq!(found.text, b"short\n", "{length}");
        }
    }

    #[test]
    fn there_is_room_for_what_can_be_read() {
        let mut packer = Packer::new(MAX_PAYLOAD - 5).unwrap();
        assert!(packer.pack(b"line\n").unwrap().is_some());
        assert!(packer.pack(b"\n").unwrap().is_none());
    }
}

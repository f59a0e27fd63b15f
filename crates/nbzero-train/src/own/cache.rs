//! Decoded images on disk, so that the second run starts at once.
//!
//! A file holds the training and the test set of one folder at one resolution, under a name that changes
//! with the names, sizes and times of the pictures, all of which it repeats. It begins with a CRC-32 of the
//! rest: what does not match is decoded again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nbzero_graph::Resolution;

use super::set::Set;

/// Changes with the layout, and with how pictures are decoded and scaled.
const VERSION: u32 = 2;

/// The place of one folder's images.
#[derive(Debug)]
pub(super) struct Cache {
    file: PathBuf,
    key: String,
}

impl Cache {
    /// Of pictures that `identity` tells from others, decoded at a size.
    pub(super) fn new(folder: &Path, identity: &str, size: Resolution) -> Self {
        let key = format!("{VERSION} {size}\n{identity}");
        let name = format!("{:08x}.images", crc32fast::hash(key.as_bytes()));
        Self {
            file: folder.join(name),
            key,
        }
    }

    /// The sets, if they are there and whole.
    pub(super) fn read(&self) -> Option<[Set; 2]> {
        let bytes = fs::read(&self.file).ok()?;
        let (crc, rest) = bytes.split_at_checked(4)?;
        if crc != crc32fast::hash(rest).to_le_bytes() {
            return None;
        }
        let config = bincode::config::standard();
        let (found, _) = bincode::serde::decode_from_slice(rest, config).ok()?;
        let (key, sets): (String, _) = found;
        // Names may coincide, keys do not.
        (key == self.key).then_some(sets)
    }

    /// Keeps the sets; the file appears whole or not at all.
    pub(super) fn write(&self, sets: &[Set; 2]) -> io::Result<()> {
        fs::create_dir_all(nbzero_files::folder_of(&self.file))?;
        let config = bincode::config::standard();
        let bytes =
            bincode::serde::encode_to_vec((&self.key, sets), config).map_err(io::Error::other)?;
        let crc = crc32fast::hash(&bytes).to_le_bytes();
        nbzero_files::write_whole(&self.file, &[&crc[..], &bytes].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_damaged_is_not_there() {
        let folder = tempfile::TempDir::new().unwrap();
        let cache = Cache::new(folder.path(), "pictures", 1.into());
        assert!(cache.read().is_none());
        let set = Set {
            pixels: vec![1, 2, 3],
            labels: vec![4],
            unreadable: vec![("a.png".to_owned(), "cut".to_owned())],
        };
        let sets = [set, Set::default()];
        cache.write(&sets).unwrap();
        assert_eq!(cache.read().unwrap(), sets);
        assert!(
            Cache::new(folder.path(), "pictures", 2.into())
                .read()
                .is_none()
        );
        let whole = fs::read(&cache.file).unwrap();
        for place in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[place] ^= 1;
            fs::write(&cache.file, &damaged).unwrap();
            assert!(cache.read().is_none(), "{place}");
            fs::write(&cache.file, &whole[..place]).unwrap();
            assert!(cache.read().is_none(), "{place}");
        }
    }
}

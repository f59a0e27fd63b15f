//! Numbers of tensors in files beside the ONNX file.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;

use crate::OnnxError;
use crate::proto::TensorProto;
use crate::tensor::{Kind, count, shape};

/// `data_location` of a tensor that is in another file.
const EXTERNAL: i32 = 1;

/// The folder of an ONNX file, out of which nothing is read.
#[derive(Debug)]
pub(crate) struct Folder {
    /// `None` where the network comes from memory.
    path: Option<PathBuf>,
    /// Bytes read so far, and the bytes of all files they came from.
    read: u64,
    there: Vec<(PathBuf, u64)>,
}

impl Folder {
    pub(crate) fn new(path: Option<&Path>) -> Self {
        Self {
            path: path.map(Path::to_owned),
            read: 0,
            there: Vec::new(),
        }
    }

    /// The bytes of a tensor that says that they are elsewhere.
    pub(crate) fn bytes(&mut self, proto: &TensorProto) -> Result<Option<Bytes>, OnnxError> {
        if proto.data_location != EXTERNAL {
            return Ok(None);
        }
        let entry = |key: &str| {
            let mut entries = proto.external_data.iter();
            let entry = entries.find(|entry| entry.key == key)?;
            Some(entry.value.as_str())
        };
        let location = entry("location").unwrap_or_default();
        let found = self.read(proto, location, entry("offset"), entry("length"));
        found.map(Some).map_err(|defect| OnnxError::External {
            tensor: proto.name.clone(),
            location: location.to_owned(),
            defect,
        })
    }

    fn read(
        &mut self,
        proto: &TensorProto,
        location: &str,
        offset: Option<&str>,
        length: Option<&str>,
    ) -> Result<Bytes, String> {
        let number = |text: Option<&str>, what| match text {
            None => Ok(None),
            Some(text) => match text.parse::<u64>() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(format!("its {what} is `{text}`, which is no number")),
            },
        };
        let offset = number(offset, "offset")?.unwrap_or(0);
        let size = Kind::of(proto.data_type)?.size();
        let numbers = count(&shape(proto)?).and_then(|count| count.checked_mul(size));
        let needed = numbers.ok_or("it is too large for any machine")? as u64;
        if let Some(length) = number(length, "length")?.filter(|length| *length != needed) {
            return Err(format!("it has {length} bytes there, but needs {needed}"));
        }
        let path = self.inside(location)?;
        let mut file = File::open(&path).map_err(|error| error.to_string())?;
        let there = file.metadata().map_err(|error| error.to_string())?.len();
        let ends = offset.checked_add(needed);
        if ends.is_none_or(|end| end > there) {
            return Err(format!(
                "it ends {needed} bytes behind byte {offset}, but the file has {there}"
            ));
        }
        self.account(path, there, needed)?;
        let mut bytes = Vec::new();
        let read = file
            .seek(SeekFrom::Start(offset))
            .and_then(|_| file.take(needed).read_to_end(&mut bytes));
        match read {
            Ok(read) if read as u64 == needed => Ok(bytes.into()),
            Ok(_) => Err("the file is shorter than it was".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Refuses to read more than there is: a file of a few bytes cannot ask for the same gigabyte
    /// again and again.
    fn account(&mut self, path: PathBuf, size: u64, needed: u64) -> Result<(), String> {
        if !self.there.iter().any(|(known, _)| *known == path) {
            self.there.push((path, size));
        }
        let there: u64 = self.there.iter().map(|(_, size)| size).sum();
        self.read = self.read.saturating_add(needed);
        if self.read > there {
            return Err(format!(
                "the tensors take {} bytes of files that have {there}",
                self.read
            ));
        }
        Ok(())
    }

    /// The file, which must be inside the folder, links followed.
    fn inside(&self, location: &str) -> Result<PathBuf, String> {
        let outside = || "only files in the folder of the ONNX file are read".to_owned();
        let folder = self.path.as_ref().ok_or_else(outside)?;
        let named = Path::new(location);
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        if location.is_empty() || !named.components().all(plain) {
            return Err(outside());
        }
        let resolved = |path: &Path| path.canonicalize().map_err(|error| error.to_string());
        let (folder, path) = (resolved(folder)?, resolved(&folder.join(named))?);
        if !path.starts_with(&folder) {
            return Err(outside());
        }
        if !path.is_file() {
            return Err("it is no file".to_owned());
        }
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::proto::StringStringEntryProto;

    fn tensor(entries: &[(&str, &str)]) -> TensorProto {
        let entry = |&(key, value): &(&str, &str)| StringStringEntryProto {
            key: key.to_owned(),
            value: value.to_owned(),
        };
        TensorProto {
            dims: vec![2],
            data_type: 1,
            name: "w".to_owned(),
            external_data: entries.iter().map(entry).collect(),
            data_location: EXTERNAL,
            ..TensorProto::default()
        }
    }

    #[test]
    fn bytes_are_read_from_inside_the_folder_alone() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("model");
        fs::create_dir(&inner).unwrap();
        fs::write(outer.path().join("secret"), [0; 64]).unwrap();
        fs::write(inner.join("data"), (0..12).collect::<Vec<u8>>()).unwrap();
        let read = |entries: &[(&str, &str)]| {
            let mut folder = Folder::new(Some(&inner));
            folder.bytes(&tensor(entries))
        };
        let bytes = read(&[("location", "data"), ("offset", "4"), ("length", "8")]);
        assert_eq!(bytes.unwrap().unwrap().as_ref(), [4, 5, 6, 7, 8, 9, 10, 11]);
        let absolute = outer.path().join("secret");
        for location in [
            "../secret",
            absolute.to_str().unwrap(),
            "",
            ".",
            "./../secret",
            "gone",
        ] {
            assert!(read(&[("location", location)]).is_err(), "{location}");
        }
        for (offset, length) in [
            ("8", "8"),
            ("0", "12"),
            ("-1", "8"),
            ("18446744073709551615", "8"),
        ] {
            let entries = [("location", "data"), ("offset", offset), ("length", length)];
            assert!(read(&entries).is_err(), "{offset} {length}");
        }
        assert!(
            Folder::new(None)
                .bytes(&tensor(&[("location", "data")]))
                .is_err()
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_is_not_followed() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("model");
        fs::create_dir(&inner).unwrap();
        fs::write(outer.path().join("secret"), [0; 64]).unwrap();
        std::os::unix::fs::symlink(outer.path().join("secret"), inner.join("data")).unwrap();
        let mut folder = Folder::new(Some(&inner));
        assert!(folder.bytes(&tensor(&[("location", "data")])).is_err());
    }

    #[test]
    fn the_same_bytes_are_not_read_again_and_again() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("data"), [0; 12]).unwrap();
        let mut folder = Folder::new(Some(folder.path()));
        let tensor = tensor(&[("location", "data")]);
        assert!(folder.bytes(&tensor).is_ok());
        assert!(folder.bytes(&tensor).is_err());
    }
}

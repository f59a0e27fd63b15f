//! A JSON file of architectures: `{"KEY": {"COLUMN": VALUE, ...}, ...}`.

use std::fmt;
use std::path::Path;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::Value;

use super::draft::Run;
use super::{ImportError, ImportResult};

/// An architecture of the file.
pub(super) struct Entry<'a> {
    path: &'a Path,
    key: String,
    value: Value,
}

/// The entries in their order. A map would keep one of two equal keys, and say nothing.
pub(super) fn entries<'a>(
    path: &'a Path,
    table: &'static str,
    bytes: &[u8],
) -> ImportResult<Vec<Entry<'a>>> {
    struct Entries;

    impl<'de> Visitor<'de> for Entries {
        type Value = Vec<(String, Value)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of architectures")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = map.next_entry()? {
                entries.push(entry);
            }
            Ok(entries)
        }
    }

    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = reader.deserialize_map(Entries);
    let read = read.and_then(|entries| reader.end().map(|()| entries));
    let read = read.map_err(|error| ImportError::Malformed {
        path: path.into(),
        table,
        format: "JSON",
        reason: error.to_string(),
    });
    let entry = |(key, value)| Entry { path, key, value };
    Ok(read?.into_iter().map(entry).collect())
}

impl Entry<'_> {
    /// The architecture's key.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Where the entry stands: `entry "KEY"`.
    pub(super) fn place(&self) -> String {
        format!("entry {:?}", self.key)
    }

    /// The test accuracies of three training runs.
    pub(super) fn three_runs(&self, column: &str) -> ImportResult<Vec<Run>> {
        const RUNS: usize = 3;
        let run = |accuracy: &Value| {
            let test = accuracy.as_f64()?;
            (0.0..=100.0).contains(&test).then_some(Run {
                test,
                nas_validation: None,
            })
        };
        let accuracies = self.value.get(column).and_then(Value::as_array);
        let runs = accuracies.and_then(|of| of.iter().map(run).collect::<Option<Vec<_>>>());
        let runs = runs.filter(|runs| runs.len() == RUNS);
        runs.ok_or_else(|| self.bad(column, "three numbers from 0 to 100"))
    }

    /// Refuses a published cost that is not the architecture's.
    pub(super) fn agree(&self, column: &str, computed: u64) -> ImportResult<()> {
        let published = self.value.get(column).and_then(Value::as_u64);
        if published == Some(computed) {
            return Ok(());
        }
        let expected = format!("{computed}, which the architecture determines");
        Err(self.bad(column, expected))
    }

    /// The error for a key that names no architecture.
    pub(super) fn bad_key(&self, expected: &str) -> ImportError {
        ImportError::BadValue {
            path: self.path.into(),
            place: self.place(),
            column: "key".into(),
            expected: expected.into(),
            found: format!("{:?}", self.key),
        }
    }

    fn bad(&self, column: &str, expected: impl Into<String>) -> ImportError {
        ImportError::BadValue {
            path: self.path.into(),
            place: self.place(),
            column: column.into(),
            expected: expected.into(),
            found: match self.value.get(column) {
                None => "nothing".into(),
                Some(value) => value.to_string(),
            },
        }
    }
}

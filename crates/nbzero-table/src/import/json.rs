//! A JSON file of architectures: `{"KEY": {"COLUMN": VALUE, ...}, ...}`.

use std::fmt;
use std::marker::PhantomData;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::draft::Run;
use super::{ImportError, ImportResult};

/// An architecture of the file.
pub(super) struct Entry<'a> {
    path: &'a Path,
    key: String,
    fields: Vec<(String, Value)>,
}

/// An object's keys and values in their order. A map would keep one of two equal keys, and say
/// nothing.
struct Object<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Vec<(String, T)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }

        deserializer.deserialize_map(Entries(PhantomData)).map(Self)
    }
}

/// The entries of a text in their order.
pub(super) fn entries<'a>(
    path: &'a Path,
    table: &'static str,
    text: &[u8],
) -> ImportResult<Vec<Entry<'a>>> {
    let malformed = |reason: String| ImportError::Malformed {
        path: path.into(),
        table,
        format: "JSON",
        reason,
    };
    if text.trim_ascii().is_empty() {
        return Err(malformed("it is empty".into()));
    }
    let read: Result<Object<Object<Value>>, _> = serde_json::from_slice(text);
    let Object(read) = read.map_err(|error| malformed(error.to_string()))?;
    let entry = |(key, Object(fields))| Entry { path, key, fields };
    Ok(read.into_iter().map(entry).collect())
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

    /// A field, if it is there, and once.
    fn field(&self, name: &str) -> ImportResult<Option<&Value>> {
        let mut found = self.fields.iter().filter(|(known, _)| known == name);
        let first = found.next().map(|(_, value)| value);
        match found.next() {
            None => Ok(first),
            Some(_) => Err(ImportError::ColumnTwice {
                path: self.path.into(),
                column: format!("{name} of {}", self.key),
            }),
        }
    }

    /// The test accuracies of three training runs, of which the entry may hold the mean and the standard
    /// deviation as well, whose square divides by the runs or by one fewer.
    pub(super) fn three_runs(&self, column: &str, mean: &str) -> ImportResult<Vec<Run>> {
        const RUNS: usize = 3;
        let run = |accuracy: &Value| {
            let test = accuracy.as_f64()?;
            (0.0..=100.0).contains(&test).then_some(Run {
                test,
                nas_validation: None,
            })
        };
        let field = self.field(column)?;
        let accuracies = field.and_then(Value::as_array);
        let runs = accuracies.and_then(|of| of.iter().map(run).collect::<Option<Vec<_>>>());
        let runs = runs.filter(|runs| runs.len() == RUNS);
        let runs = runs.ok_or_else(|| self.bad(column, field, "three numbers from 0 to 100"))?;
        let average = |of: &dyn Fn(f64) -> f64| {
            runs.iter().map(|run| of(run.test)).sum::<f64>() / RUNS as f64
        };
        let center = average(&|test| test);
        let deviation = average(&|test| (test - center).powi(2)).sqrt();
        let of_a_sample = deviation * (RUNS as f64 / (RUNS - 1) as f64).sqrt();
        self.agree_with_runs(mean, &[center], column)?;
        self.agree_with_runs("std", &[deviation, of_a_sample], column)?;
        Ok(runs)
    }

    /// Refuses a number that does not follow from the runs beside it.
    fn agree_with_runs(&self, column: &str, computed: &[f64], runs: &str) -> ImportResult<()> {
        // Some round to a tenth.
        const ROUNDING: f64 = 0.05;
        let Some(field) = self.field(column)? else {
            return Ok(());
        };
        let published = field.as_f64();
        let agrees = |one: &f64| published.is_some_and(|value| (value - one).abs() <= ROUNDING);
        if computed.iter().any(agrees) {
            return Ok(());
        }
        let computed: Vec<String> = computed.iter().map(|one| format!("{one:.4}")).collect();
        let expected = format!("{}, which {runs} makes", computed.join(" or "));
        Err(self.bad(column, Some(field), expected))
    }

    /// Refuses a published cost that is not the architecture's.
    pub(super) fn agree(&self, column: &str, computed: u64) -> ImportResult<()> {
        let field = self.field(column)?;
        let published = field.and_then(Value::as_f64);
        if published.is_some_and(|published| (published - computed as f64).abs() < 0.01) {
            return Ok(());
        }
        let expected = format!("{computed}, which the architecture determines");
        Err(self.bad(column, field, expected))
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

    fn bad(&self, column: &str, found: Option<&Value>, expected: impl Into<String>) -> ImportError {
        ImportError::BadValue {
            path: self.path.into(),
            place: self.place(),
            column: column.into(),
            expected: expected.into(),
            found: found.map_or_else(|| "nothing".into(), Value::to_string),
        }
    }
}

//! Values of a TOML document that know their key and their line.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{SpaceFileError, SpaceProblem};

/// Keys that are spelt no more alike than this are others.
const ALIKE: f64 = 0.7;

/// A table of a document.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub(super) text: &'a str,
    /// In words: `of a space`, `of at_most`.
    pub(super) place: &'a str,
    pub(super) keys: &'a DeTable<'a>,
}

/// A value of a key, or one in its list.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    text: &'a str,
    pub(super) key: &'a str,
    found: &'a Spanned<DeValue<'a>>,
}

/// The error for what stands at these bytes of a text.
pub(super) fn at(text: &str, span: &Range<usize>, problem: SpaceProblem) -> SpaceFileError {
    let before = &text.as_bytes()[..span.start.min(text.len())];
    let line = before.split(|&byte| byte == b'\n').count();
    SpaceFileError { line, problem }
}

impl<'a> Table<'a> {
    /// Refuses the first key that is none of these.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), SpaceFileError> {
        let unknown = self.keys.keys();
        let unknown = unknown.filter(|key| !known.contains(&key.get_ref().as_ref()));
        let Some(key) = unknown.min_by_key(|key| key.span().start) else {
            return Ok(());
        };
        let alike = |other: &&&str| strsim::jaro_winkler(key.get_ref(), other);
        let nearest = known.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)));
        let nearest = nearest.filter(|nearest| alike(nearest) >= ALIKE);
        let known: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
        let problem = SpaceProblem::UnknownKey {
            key: crate::error::short(key.get_ref()),
            place: self.place.to_owned(),
            nearest: nearest.map(|&near| near.to_owned()),
            known: known.join(", "),
        };
        Err(at(self.text, &key.span(), problem))
    }

    /// The value of a key, if it is there.
    pub(super) fn find(&self, key: &'a str) -> Option<Value<'a>> {
        let found = self.keys.get(key)?;
        let text = self.text;
        Some(Value { text, key, found })
    }

    /// The value of a key.
    pub(super) fn get(
        &self,
        key: &'static str,
        remedy: &'static str,
    ) -> Result<Value<'a>, SpaceFileError> {
        let missing = SpaceProblem::Missing { key, remedy };
        self.find(key)
            .ok_or_else(|| at(self.text, &(0..0), missing))
    }
}

impl<'a> Value<'a> {
    /// The error for this value.
    pub(super) fn wrong(&self, problem: SpaceProblem) -> SpaceFileError {
        at(self.text, &self.found.span(), problem)
    }

    fn kind(&self, expected: &'static str) -> SpaceFileError {
        self.wrong(SpaceProblem::Kind {
            key: self.key.to_owned(),
            expected,
            found: self.found.get_ref().type_str(),
        })
    }

    /// A string.
    pub(super) fn string(&self) -> Result<&'a str, SpaceFileError> {
        let text = self.found.get_ref().as_str();
        text.ok_or_else(|| self.kind("a string"))
    }

    /// A table, called so.
    pub(super) fn table(&self, place: &'a str) -> Result<Table<'a>, SpaceFileError> {
        let table = self.found.get_ref().as_table();
        Ok(Table {
            text: self.text,
            place,
            keys: table.ok_or_else(|| self.kind("a table"))?,
        })
    }

    /// A whole number.
    pub(super) fn number(&self, least: u64, most: u64) -> Result<u64, SpaceFileError> {
        let integer = self.found.get_ref().as_integer();
        let integer = integer.ok_or_else(|| self.kind("a whole number"))?;
        let value = u64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let value = value.filter(|value| (least..=most).contains(value));
        value.ok_or_else(|| {
            self.wrong(SpaceProblem::Range {
                key: self.key.to_owned(),
                value: crate::error::short(integer.as_str()),
                least,
                most,
            })
        })
    }

    /// The same, that counts something.
    pub(super) fn count(&self, most: usize) -> Result<usize, SpaceFileError> {
        let value = self.number(1, most as u64)?;
        Ok(usize::try_from(value).expect("at most a count"))
    }

    /// The values of a list of 1 to `most`.
    pub(super) fn list(
        &self,
        expected: &'static str,
        most: usize,
    ) -> Result<Vec<Value<'a>>, SpaceFileError> {
        let list = self.found.get_ref().as_array();
        let list = list.ok_or_else(|| self.kind(expected))?;
        if !(1..=most).contains(&list.len()) {
            return Err(self.wrong(SpaceProblem::Length {
                key: self.key.to_owned(),
                found: list.len(),
                most,
            }));
        }
        let Self { text, key, .. } = *self;
        Ok(list
            .iter()
            .map(|found| Value { text, key, found })
            .collect())
    }

    /// A list of ascending numbers, each from 1 to `most` and accepted by `check`.
    pub(super) fn ascending(
        &self,
        most: usize,
        check: impl Fn(usize) -> Result<(), SpaceProblem>,
    ) -> Result<Vec<usize>, SpaceFileError> {
        let mut numbers: Vec<usize> = Vec::new();
        for value in self.list("a list of whole numbers", super::MOST_VALUES)? {
            let number = value.count(most)?;
            check(number).map_err(|problem| value.wrong(problem))?;
            if let Some(&before) = numbers.last().filter(|&&before| before >= number) {
                return Err(value.wrong(SpaceProblem::Order {
                    key: self.key.to_owned(),
                    value: number,
                    before,
                }));
            }
            numbers.push(number);
        }
        Ok(numbers)
    }
}

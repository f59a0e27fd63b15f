//! Space files: the rules of a space of chains in TOML, read and written.

mod error;
mod value;

use std::fmt::Write;

use toml::de::DeTable;

use super::DRAWN;
use super::caps::{Cap, Caps};
use super::reach::Unreachable;
use super::rules::ChainRules;
use crate::Family;
use crate::chain::parse::{MAX_DEPTH, MAX_EXPANSION, MAX_STAGES, MAX_WIDTH};
pub use error::{SpaceFileError, SpaceProblem};
use value::{Table, Value, at};

/// The most bytes of a file.
const MOST_BYTES: usize = 1 << 20;
/// The most values of a list.
const MOST_VALUES: usize = 1_000;
/// The most classes, pixels and letters of a name.
const MOST_SIZE: usize = 1 << 16;
const MOST_LETTERS: usize = 40;
/// The largest number that TOML has.
const LARGEST: u64 = i64::MAX as u64;

/// The keys of a file, and those of its two tables.
const KEYS: [&str; 12] = [
    "name",
    "family",
    "population",
    "classes",
    "resolution",
    "stems",
    "widths",
    "depths",
    "expansions",
    "strides",
    AT_LEAST,
    AT_MOST,
];
const AT_LEAST: &str = "at_least";
const AT_MOST: &str = "at_most";

impl ChainRules {
    /// The rules that a text states, whose name must not be `taken` by others.
    pub(crate) fn read(
        text: &str,
        taken: impl FnOnce(&Self) -> bool,
    ) -> Result<Self, SpaceFileError> {
        if text.len() > MOST_BYTES {
            let (found, most) = (text.len(), MOST_BYTES);
            return Err(at(text, &(0..0), SpaceProblem::TooLong { found, most }));
        }
        let document = DeTable::parse(text).map_err(|error| {
            let reason = error.message().replace('\n', ", ");
            at(
                text,
                &error.span().unwrap_or_default(),
                SpaceProblem::Toml { reason },
            )
        })?;
        let file = Table {
            text,
            place: "of a space",
            keys: document.get_ref(),
        };
        file.only(&KEYS)?;
        let family = family(file.get("family", "write such as family = \"r1\"")?)?;
        let sizes = "write such as classes = 100 and resolution = 32, at which caps hold";
        let named = file.get("name", "write such as name = \"my-space\"")?;
        let rules = Self {
            name: name(named)?,
            family,
            population: match file.find("population") {
                None => None,
                Some(value) => Some(value.count(DRAWN)?),
            },
            classes: file.get("classes", sizes)?.count(MOST_SIZE)?,
            resolution: file.get("resolution", sizes)?.count(MOST_SIZE)?,
            stems: {
                let value = file.get("stems", "write such as stems = [16, 32]")?;
                value.ascending(MAX_WIDTH, |_| Ok(()))?
            },
            widths: {
                let value = file.get("widths", "write such as widths = [16, 32, 64]")?;
                value.ascending(MAX_WIDTH, |width| divides(family, width))?
            },
            depths: {
                let value = file.get("depths", "write such as depths = [1, 2, 3]")?;
                value.ascending(MAX_DEPTH, |_| Ok(()))?
            },
            expansions: expansions(file.find("expansions"), family)?,
            strides: strides(file.get(
                "strides",
                "write such as strides = [[2, 2, 2], [1, 2, 2, 2]], the strides of all stages",
            )?)?,
            caps: caps(file)?,
        };
        if taken(&rules) {
            let name = rules.name;
            return Err(named.wrong(SpaceProblem::Taken { name }));
        }
        rules.require_network(file)?;
        Ok(rules)
    }

    /// Refuses caps that no network keeps to.
    fn require_network(&self, file: Table<'_>) -> Result<(), SpaceFileError> {
        let place = |table, key| {
            let keys = file.find(table)?.table(table).ok()?;
            keys.find(key)
        };
        let (key, problem) = match self.within() {
            Ok(_) => return Ok(()),
            Err(Unreachable::Together) => (None, SpaceProblem::UnreachableTogether),
            Err(Unreachable::Alone(cost, nearest)) => {
                let cap = self.caps.all()[cost];
                let (cost, above) = (Cap::NAMES[cost], cap.most.filter(|&most| nearest > most));
                let (table, side, cap) = match above {
                    Some(most) => (AT_MOST, "at most", most),
                    None => (AT_LEAST, "at least", cap.least),
                };
                let problem = SpaceProblem::Unreachable {
                    side,
                    cap,
                    cost,
                    nearest,
                };
                (place(table, cost), problem)
            }
        };
        let key = key
            .or_else(|| file.find(AT_MOST))
            .or_else(|| file.find(AT_LEAST));
        Err(match key {
            Some(value) => value.wrong(problem),
            None => at(file.text, &(0..0), problem),
        })
    }

    /// The rules as a file, which is read as the same rules; `population` is no rule.
    pub(crate) fn text(&self, with_population: bool) -> String {
        let mut text = format!("name = \"{}\"\nfamily = \"{}\"\n", self.name, self.family);
        let mut line = |key: &str, value: &dyn std::fmt::Display| {
            // A string takes whatever is written.
            let _ = writeln!(text, "{key} = {value}");
        };
        if let Some(population) = self.population.filter(|_| with_population) {
            line("population", &population);
        }
        line("classes", &self.classes);
        line("resolution", &self.resolution);
        line("stems", &list(&self.stems));
        line("widths", &list(&self.widths));
        line("depths", &list(&self.depths));
        if !self.expansions.is_empty() {
            line("expansions", &list(&self.expansions));
        }
        let strides: Vec<String> = self.strides.iter().map(|strides| list(strides)).collect();
        line("strides", &format!("[{}]", strides.join(", ")));
        let caps = Cap::NAMES.into_iter().zip(self.caps.all());
        let least = caps
            .clone()
            .map(|(cost, cap)| (cost, Some(cap.least).filter(|&l| l > 0)));
        text += &table(AT_LEAST, least);
        text += &table(AT_MOST, caps.map(|(cost, cap)| (cost, cap.most)));
        text
    }
}

fn list(numbers: &[usize]) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("[{}]", numbers.join(", "))
}

/// A table of those caps that there are.
fn table(name: &str, caps: impl Iterator<Item = (&'static str, Option<u64>)>) -> String {
    let lines = caps.filter_map(|(cost, cap)| Some(format!("{cost} = {}\n", cap?)));
    let lines: String = lines.collect();
    if lines.is_empty() {
        return lines;
    }
    format!("\n[{name}]\n{lines}")
}

fn name(value: Value<'_>) -> Result<String, SpaceFileError> {
    let name = value.string()?;
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
    let some = name.bytes().any(|byte| byte.is_ascii_alphanumeric());
    if some && name.len() <= MOST_LETTERS && name.bytes().all(allowed) {
        return Ok(name.to_owned());
    }
    let name = crate::error::short(name);
    Err(value.wrong(SpaceProblem::Name { name }))
}

fn family(value: Value<'_>) -> Result<Family, SpaceFileError> {
    let name = value.string()?;
    name.parse().map_err(|_| {
        let name = crate::error::short(name);
        value.wrong(SpaceProblem::Family { name })
    })
}

fn divides(family: Family, width: usize) -> Result<(), SpaceProblem> {
    let divisor = family.width_divisor();
    if width.is_multiple_of(divisor) {
        return Ok(());
    }
    Err(SpaceProblem::Width {
        width,
        family,
        divisor,
    })
}

fn expansions(value: Option<Value<'_>>, family: Family) -> Result<Vec<usize>, SpaceFileError> {
    match value {
        None => Ok(Vec::new()),
        Some(value) if family.expansion().is_none() => {
            Err(value.wrong(SpaceProblem::Expansions { family }))
        }
        Some(value) => value.ascending(MAX_EXPANSION, |_| Ok(())),
    }
}

fn strides(value: Value<'_>) -> Result<Vec<Vec<usize>>, SpaceFileError> {
    let mut all: Vec<Vec<usize>> = Vec::new();
    for stages in value.list("a list of lists of strides", MOST_VALUES)? {
        let strides = stages.list("a list of lists of strides", MAX_STAGES)?;
        let strides = strides.iter().map(|stride| stride.count(2));
        let strides = strides.collect::<Result<Vec<usize>, _>>()?;
        if all.contains(&strides) {
            return Err(stages.wrong(SpaceProblem::Twice));
        }
        all.push(strides);
    }
    Ok(all)
}

fn caps(file: Table<'_>) -> Result<Caps, SpaceFileError> {
    let mut caps = Caps::default();
    for (name, place) in [(AT_LEAST, "of `at_least`"), (AT_MOST, "of `at_most`")] {
        let Some(table) = file.find(name) else {
            continue;
        };
        let table = table.table(place)?;
        table.only(&Cap::NAMES)?;
        for (cost, cap) in Cap::NAMES.into_iter().zip(caps.all_mut()) {
            let Some(value) = table.find(cost) else {
                continue;
            };
            let limit = value.number(0, LARGEST)?;
            if name == AT_LEAST {
                cap.least = limit;
                continue;
            }
            cap.most = Some(limit);
            if limit < cap.least {
                return Err(value.wrong(SpaceProblem::Contradiction {
                    cost,
                    least: cap.least,
                    most: limit,
                }));
            }
        }
    }
    Ok(caps)
}

#[cfg(test)]
mod tests;

//! What the project has committed for the leaderboard: scores of benchmarks (`data/scores/leaderboard`), of
//! several seeds and batches (`data/scores/stability`), and seconds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nbzero_metrics::{Direction, Scores};
use nbzero_report::{Relations, ScoreColumns, Stability, StabilityRun};
use nbzero_table::import::Sheet;
use nbzero_table::{Score, ScoreDefinition, read_text};
use serde::Deserialize;

use super::benchmarks::PUBLISHED;
use crate::failure::Failure;
use crate::scores::ScoreTable;

/// Scores of benchmarks: `SPACE.csv.gz` as `nbzero merge` writes it, `SPACE.json` with what they mean, and
/// `seconds.csv`.
const LEADERBOARD: &str = "data/scores/leaderboard";

/// Scores of one list of networks, `SEED-BATCH.csv.gz`.
const STABILITY: &str = "data/scores/stability";

/// Scores of a benchmark, with what they mean.
pub(super) struct Scored {
    pub(super) path: PathBuf,
    pub(super) table: ScoreTable,
    /// One for each column.
    pub(super) definitions: Vec<ScoreDefinition>,
}

/// The first line of a score file.
#[derive(Deserialize)]
struct FirstLine {
    definitions: Vec<ScoreDefinition>,
}

impl Scored {
    /// The scores of a space; where a file is missing, what to say.
    pub(super) fn open(root: &Path, space: &str) -> Result<Result<Self, String>> {
        let folder = root.join(LEADERBOARD);
        let path = folder.join(format!("{space}.csv.gz"));
        let meaning = folder.join(format!("{space}.json"));
        for missing in [&path, &meaning] {
            if !missing.exists() {
                return Ok(Err(format!(
                    "without {space}: there is no {}: make it as {LEADERBOARD}/README.md says",
                    missing.display()
                )));
            }
        }
        let table = ScoreTable::read(&path)?.shared();
        let first: FirstLine =
            serde_json::from_slice(&read_text(&meaning)?).with_context(|| {
                format!(
                    "{} is not the first line of a score file",
                    meaning.display()
                )
            })?;
        let definitions = table.proxies.iter().map(|proxy| {
            let mut known = first.definitions.iter();
            let found = known.find(|definition| definition.name == *proxy);
            found
                .cloned()
                .with_context(|| format!("{} does not say what `{proxy}` means", meaning.display()))
        });
        Ok(Ok(Self {
            definitions: definitions.collect::<Result<_>>()?,
            path,
            table,
        }))
    }

    fn columns(&self, space: &str) -> ScoreColumns {
        let column = |(place, definition): (usize, &ScoreDefinition)| {
            let direction = match definition.direction {
                nbzero_table::Direction::Higher => Direction::Higher,
                nbzero_table::Direction::Lower => Direction::Lower,
            };
            let values = self.table.networks.values().map(|scores| &scores[place]);
            (definition.name.clone(), oriented(values, direction))
        };
        ScoreColumns {
            name: space.to_owned(),
            proxies: self.definitions.iter().enumerate().map(column).collect(),
        }
    }
}

fn oriented<'a>(scores: impl Iterator<Item = &'a Score>, direction: Direction) -> Scores {
    let values: Vec<f64> = scores
        .map(|score| score.value().unwrap_or(f64::NAN))
        .collect();
    Scores::new(&values, direction)
}

/// Seconds a network by space and proxy, or what to say where nobody has measured them.
pub(crate) type AllSeconds = BTreeMap<String, BTreeMap<String, f64>>;

pub(crate) fn seconds(root: &Path) -> Result<(AllSeconds, Option<String>)> {
    let path = root.join(LEADERBOARD).join("seconds.csv");
    let mut all = AllSeconds::new();
    if !path.exists() {
        let lack = format!(
            "without seconds: there is no {}: make it as {LEADERBOARD}/README.md says",
            path.display()
        );
        return Ok((all, Some(lack)));
    }
    let text = read_text(&path)?;
    let sheet = Sheet::read(&path, "seconds", &text)?;
    let [space, proxy, seconds] = ["space", "proxy", "seconds"].map(|name| sheet.column(name));
    let (space, proxy, seconds) = (space?, proxy?, seconds?);
    for line in sheet.lines() {
        let value = line.float(&seconds).filter(|value| value.is_finite());
        let value = value.ok_or_else(|| line.bad(&seconds, "a number"))?;
        let of = all.entry(line.text(&space).to_owned()).or_default();
        of.insert(line.text(&proxy).to_owned(), value);
    }
    Ok((all, None))
}

/// Which proxies say the same, on the networks of all benchmarks that are scored.
pub(crate) fn relations(root: &Path) -> Result<Relations, Failure> {
    let mut spaces = Vec::new();
    for published in &PUBLISHED {
        let scored = Scored::open(root, published.name()).map_err(Failure::Input)?;
        spaces.extend(scored.ok().map(|scored| scored.columns(published.name())));
    }
    Ok(nbzero_report::relations(&spaces)?)
}

/// How stable proxies are between seeds and batches.
pub(crate) fn stability(root: &Path) -> Result<Stability, Failure> {
    let runs = runs(&root.join(STABILITY)).map_err(Failure::Input)?;
    Ok(nbzero_report::stability(&runs)?)
}

/// The runs of a folder, on the networks that all of them have scored.
fn runs(folder: &Path) -> Result<Vec<StabilityRun>> {
    let mut tables = Vec::new();
    if folder.exists() {
        let read = || format!("cannot read the folder {}", folder.display());
        for entry in folder.read_dir().with_context(read)? {
            let path = entry.with_context(read)?.path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            let Some(stem) = name.strip_suffix(".csv.gz") else {
                continue;
            };
            let numbers = stem.split_once('-');
            let numbers = numbers.and_then(|(s, b)| Some((s.parse().ok()?, b.parse().ok()?)));
            let Some((seed, batch)) = numbers else {
                bail!("{} is not called SEED-BATCH.csv.gz", path.display());
            };
            tables.push(((seed, batch), ScoreTable::read(&path)?));
        }
    }
    tables.sort_by_key(|(run, _)| *run);
    let networks = |table: &ScoreTable| table.networks.keys().cloned().collect::<BTreeSet<_>>();
    let common = tables
        .iter()
        .map(|(_, table)| networks(table))
        .reduce(|a, b| &a & &b);
    let common = common.unwrap_or_default();
    let space = common
        .first()
        .map_or("", |arch| arch.split(':').next().unwrap_or_default());
    let run = |((seed, batch), table): &((u64, u32), ScoreTable)| StabilityRun {
        seed: *seed,
        batch: *batch,
        scores: ScoreColumns {
            name: space.to_owned(),
            proxies: table
                .proxies
                .iter()
                .enumerate()
                .map(|(place, proxy)| {
                    let values = common.iter().map(|arch| &table.networks[arch][place]);
                    // A proxy is compared with itself: either direction says the same.
                    (proxy.clone(), oriented(values, Direction::Higher))
                })
                .collect(),
        },
    };
    Ok(tables.iter().map(run).collect())
}

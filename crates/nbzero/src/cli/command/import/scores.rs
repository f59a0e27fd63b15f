//! Scores as `nbzero score --format csv` prints them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use nbzero_proxy::{Suite, Sweep};
use nbzero_table::{Score, ScoreDefinition};

use crate::cli::stored;

/// The column of architecture strings.
const ARCH: &str = "arch";

/// A column of scores.
struct Column {
    index: usize,
    definition: ScoreDefinition,
}

/// What a file holds.
pub(super) struct OwnScores {
    /// What the columns mean.
    pub(super) definitions: Vec<ScoreDefinition>,
    /// The scores of each architecture, in the order of the columns.
    pub(super) scores: BTreeMap<String, Vec<Score>>,
}

pub(super) fn read(path: &Path) -> Result<OwnScores> {
    let name = path.display();
    let mut reader =
        csv::Reader::from_path(path).with_context(|| format!("cannot read the scores {name}"))?;
    let header = reader
        .headers()
        .with_context(|| format!("cannot read the header of {name}"))?;
    if header.get(0) != Some(ARCH) {
        bail!(
            "{name} does not begin with a column `{ARCH}`: give what `nbzero score --format csv` printed"
        );
    }
    let columns = columns(path, header)?;
    let mut scores = BTreeMap::new();
    for record in reader.records() {
        let record = record.with_context(|| format!("cannot read the scores {name}"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let of = columns.iter().map(|column| {
            let cell = &record[column.index];
            let proxy = &column.definition.name;
            score(cell).with_context(|| {
                format!("{name}, line {line}, {proxy}: {cell:?} is no finite number; leave the cell empty where the score is undefined")
            })
        });
        let of = of.collect::<Result<_>>()?;
        if scores.insert(record[0].to_owned(), of).is_some() {
            bail!(
                "{name}, line {line}: {} is there twice; remove one of the lines",
                &record[0]
            );
        }
    }
    if scores.is_empty() {
        bail!("{name} has no scores: give at least one line");
    }
    let definitions = columns.into_iter().map(|column| column.definition);
    Ok(OwnScores {
        definitions: definitions.collect(),
        scores,
    })
}

/// The columns of proxies. Costs are left to the table, whose conventions may be others.
fn columns(path: &Path, header: &csv::StringRecord) -> Result<Vec<Column>> {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let settings = format!("computed by nbzero score, read from {file}");
    let mut columns = Vec::new();
    for (index, name) in header.iter().enumerate().skip(1) {
        if name.contains('+') {
            bail!(
                "{} has a column `{name}`: the ranks of a hybrid hold among the networks they were voted on; leave it out",
                path.display()
            );
        }
        let suite =
            Suite::named(&[name]).with_context(|| format!("the header of {}", path.display()))?;
        let twice = |column: &Column| column.definition.name == name;
        if columns.iter().any(twice) {
            bail!("{} has two columns `{name}`: leave one out", path.display());
        }
        let proxies = suite.definitions().filter(|d| d.sweep != Sweep::Graph);
        columns.extend(proxies.map(|definition| Column {
            index,
            definition: stored::definition(&definition, settings.clone()),
        }));
    }
    if columns.is_empty() {
        bail!(
            "{} has no column of a proxy's scores: give what `nbzero score --format csv` printed",
            path.display()
        );
    }
    Ok(columns)
}

/// An empty cell is an undefined score.
fn score(cell: &str) -> Option<Score> {
    if cell.is_empty() {
        return Some(Score::undefined("undefined when it was scored"));
    }
    let value: f64 = cell.parse().ok()?;
    value.is_finite().then(|| Score::new(value))
}

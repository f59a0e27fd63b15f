//! Scores as `nbzero score --format csv` prints them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use nbzero_proxy::{Suite, Sweep};
use nbzero_table::import::{Column, Line, Sheet};
use nbzero_table::{Score, ScoreDefinition, read_text};

use crate::cli::stored;

/// The column of architecture strings.
const ARCH: &str = "arch";

/// The column of reasons for undefined scores, whose cells are empty.
const UNDEFINED: &str = "undefined";

/// A column of scores.
struct ScoreColumn {
    column: Column,
    definition: ScoreDefinition,
}

/// What a file holds.
pub(crate) struct OwnScores {
    /// What the columns mean.
    pub(crate) definitions: Vec<ScoreDefinition>,
    /// The scores of each architecture, in the order of the columns.
    pub(crate) scores: BTreeMap<String, Vec<Score>>,
}

pub(crate) fn read(path: &Path) -> Result<OwnScores> {
    let name = path.display();
    let text = read_text(path)?;
    let sheet = Sheet::read(path, "scores", &text)?;
    let arch = sheet.find(ARCH).with_context(|| {
        format!("{name} has no column `{ARCH}`: give what `nbzero score --format csv` printed")
    })?;
    let columns = columns(path, &sheet)?;
    let reasons = sheet.find(UNDEFINED);
    let mut scores = BTreeMap::new();
    for line in sheet.lines() {
        let reasons = reasons.as_ref().map_or("", |reasons| line.text(reasons));
        let of = columns
            .iter()
            .map(|column| score(line, &column.column, reasons));
        let of = of.collect::<Result<_>>()?;
        let network = line.text(&arch);
        if scores.insert(network.to_owned(), of).is_some() {
            bail!(
                "{name}, {}: {network} is there twice; remove one of the lines",
                line.place()
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
fn columns(path: &Path, sheet: &Sheet<'_>) -> Result<Vec<ScoreColumn>> {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let settings = format!("computed by nbzero score, read from {file}");
    let mut columns = Vec::new();
    let is_score = |name: &str| name != ARCH && name != UNDEFINED;
    for column in sheet.columns().filter(|column| is_score(column.name())) {
        let name = column.name();
        if name.contains('+') || name.starts_with("log(") {
            bail!(
                "{} has a column `{name}`: the ranks of a hybrid hold among the networks they were voted on; leave it out",
                path.display()
            );
        }
        let suite =
            Suite::named(&[name]).with_context(|| format!("the header of {}", path.display()))?;
        let proxies = suite.definitions().filter(|d| d.sweep != Sweep::Graph);
        columns.extend(proxies.map(|definition| ScoreColumn {
            column: column.clone(),
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

/// An empty cell is an undefined score, for the reason that the column of reasons gives.
fn score(line: Line<'_>, column: &Column, reasons: &str) -> Result<Score> {
    let reason = reason_of(column.name(), reasons);
    if line.text(column).is_empty() {
        return Ok(Score::undefined(
            reason.unwrap_or("undefined when it was scored"),
        ));
    }
    let value = line.float(column).filter(|value| value.is_finite());
    let value = value
        .ok_or_else(|| line.bad(column, "a finite number, or nothing where it is undefined"))?;
    if let Some(reason) = reason {
        bail!(
            "{}: {} is {value}, and undefined ({reason}): leave out one of them",
            line.place(),
            column.name()
        );
    }
    Ok(Score::new(value))
}

/// What `nbzero score` says of a proxy: `zen: REASON; ntk: REASON`.
fn reason_of<'a>(proxy: &str, reasons: &'a str) -> Option<&'a str> {
    let mut each = reasons.split("; ").filter_map(|part| part.split_once(": "));
    each.find(|(name, _)| *name == proxy)
        .map(|(_, reason)| reason)
}

#[cfg(test)]
mod tests {
    use super::reason_of;

    #[test]
    fn each_proxy_has_its_own_reason() {
        let reasons =
            "zen: out of memory: the noise sweep needs 2 GiB, 1 GiB are allowed; ntk: singular";
        assert_eq!(reason_of("ntk", reasons), Some("singular"));
        assert!(
            reason_of("zen", reasons)
                .unwrap_or_default()
                .starts_with("out of memory: ")
        );
        assert_eq!(reason_of("snip", reasons), None);
    }
}

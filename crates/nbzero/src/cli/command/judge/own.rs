//! Scores of one's own, matched with the networks of a table.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use nbzero_metrics::Direction;
use nbzero_proxy::Suite;
use nbzero_report::OwnScores;
use nbzero_table::{Cost, Score, Table};

use super::file::{ARCH, Cell, Cells, Row, read as read_file};
use crate::cli::command::name_in;

/// The column in which `nbzero score` gives the reasons of undefined scores.
const REASONS: &str = "undefined";

/// What the files hold for the table.
pub(super) struct Own {
    pub(super) columns: Vec<OwnScores>,
    /// What a person should know, one line each.
    pub(super) remarks: Vec<String>,
}

pub(super) fn read(paths: &[PathBuf], lower: &[String], table: &Table) -> Result<Own> {
    let mut own = Own {
        columns: Vec::new(),
        remarks: Vec::new(),
    };
    let mut lower_left: Vec<&str> = lower.iter().map(|name| name.trim()).collect();
    for path in paths {
        let cells = read_file(path)?;
        let rows = rows(path, &cells, table, &mut own.remarks)?;
        let start = own.columns.len();
        for (index, header) in cells.names.iter().enumerate() {
            let (name, given) = split(header);
            if name == REASONS {
                continue;
            }
            if Cost::named(name).is_some() {
                own.remarks.push(format!(
                    "note: {name} of {} is left out: the table has that cost itself",
                    path.display()
                ));
                continue;
            }
            if name.is_empty() {
                let holds_some = |row: &Row| {
                    row.cells
                        .get(index)
                        .is_some_and(|cell| *cell != Cell::Nothing)
                };
                if cells.rows.iter().any(holds_some) {
                    own.remarks.push(format!(
                        "note: a column of {} has no name and is left out, as the one in which pandas \
                         counts rows",
                        path.display()
                    ));
                }
                continue;
            }
            if table.scores(name).is_ok() {
                bail!(
                    "{} has a column `{name}`, and so has the table: give it another name, such as \
                     my_{name}",
                    path.display()
                );
            }
            if own.columns.iter().any(|known| known.name == name) {
                bail!("{} has `{name}` for the second time", path.display());
            }
            let listed = lower_left.contains(&name);
            lower_left.retain(|other| *other != name);
            let direction = match given {
                Some(Direction::Higher) if listed => {
                    bail!("`{header}` is called higher in its header and lower with --lower")
                }
                Some(given) => given,
                None if listed => Direction::Lower,
                None => known_direction(name),
            };
            own.columns.push(OwnScores {
                name: name.to_owned(),
                direction,
                scores: scores(path, &cells, index, &rows, table)?,
            });
        }
        let added = &own.columns[start..];
        if added.is_empty() {
            bail!(
                "{} has no column of scores beside `{ARCH}`: give one for each proxy",
                path.display()
            );
        }
        own.remarks.extend(added.iter().flat_map(unscored));
    }
    if let Some(name) = lower_left.first() {
        let known: Vec<&str> = own.columns.iter().map(|own| own.name.as_str()).collect();
        bail!(
            "--lower names `{name}`, which no file has; the columns are {}",
            known.join(", ")
        );
    }
    Ok(own)
}

/// A name and the direction that its header gives.
fn split(header: &str) -> (&str, Option<Direction>) {
    let given = header.rsplit_once(':').and_then(|(name, direction)| {
        let direction = match direction.trim().to_lowercase().as_str() {
            "lower" => Direction::Lower,
            "higher" => Direction::Higher,
            _ => return None,
        };
        Some((name, direction))
    });
    given.map_or((header.trim(), None), |(name, direction)| {
        (name.trim(), Some(direction))
    })
}

/// That of the proxy of this name, or else higher.
fn known_direction(name: &str) -> Direction {
    let suite = Suite::named(&[name]).ok();
    let known = suite.and_then(|suite| suite.definitions().next().map(|d| d.direction));
    match known {
        Some(nbzero_proxy::Direction::Lower) => Direction::Lower,
        _ => Direction::Higher,
    }
}

/// For each row of the file the network of the table, if the table has it.
fn rows(
    path: &Path,
    cells: &Cells,
    table: &Table,
    remarks: &mut Vec<String>,
) -> Result<Vec<Option<usize>>> {
    let architectures = table.architectures().iter().enumerate();
    let known: HashMap<&str, usize> = architectures.map(|(i, arch)| (arch.as_str(), i)).collect();
    let mut seen: HashMap<String, &str> = HashMap::new();
    let mut unknown = Vec::new();
    let mut rows = Vec::with_capacity(cells.rows.len());
    for row in &cells.rows {
        let arch = name_in(table, row.arch.trim());
        let found = known.get(arch.as_str()).copied();
        if let Some(first) = seen.insert(arch.clone(), &row.place) {
            bail!(
                "{}, {}: {arch} is there twice, first in {first}; remove one of them",
                path.display(),
                row.place
            );
        }
        if found.is_none() {
            unknown.push(row);
        }
        rows.push(found);
    }
    let Some(first) = unknown.first() else {
        if rows.is_empty() {
            bail!("{} has no scores: give at least one line", path.display());
        }
        return Ok(rows);
    };
    let example = table.architectures().first();
    if unknown.len() == rows.len() {
        bail!(
            "the table has none of the {} architectures of {}: it has such as {}, and {} of the file \
             has {:?}",
            rows.len(),
            path.display(),
            example.map_or("none", String::as_str),
            first.place,
            first.arch
        );
    }
    remarks.push(format!(
        "warning: {} of the {} architectures of {} are not in the table and are left out; the first is \
         {} ({})",
        unknown.len(),
        rows.len(),
        path.display(),
        first.arch,
        first.place
    ));
    Ok(rows)
}

/// The scores of a column by network of the table. An empty cell is a score that turned out undefined; of a
/// network without a line nothing is known.
fn scores(
    path: &Path,
    cells: &Cells,
    index: usize,
    rows: &[Option<usize>],
    table: &Table,
) -> Result<Vec<Score>> {
    let mut scores = vec![Score::missing(); table.len()];
    for (row, network) in cells.rows.iter().zip(rows) {
        let score = match row.cells.get(index) {
            None | Some(Cell::Nothing) => Score::undefined("an empty cell"),
            Some(Cell::Number(value)) if value.is_finite() => Score::new(*value),
            Some(found) => {
                let found = match found {
                    Cell::Other(text) => format!("{text:?}"),
                    Cell::Number(value) => value.to_string(),
                    Cell::Nothing => String::new(),
                };
                bail!(
                    "{}, {}, {}: {found} is no finite number; leave the cell empty where the score is \
                     undefined",
                    path.display(),
                    row.place,
                    cells.names[index]
                );
            }
        };
        if let Some(network) = network {
            scores[*network] = score;
        }
    }
    Ok(scores)
}

/// How many networks have no score, and what becomes of them.
fn unscored(own: &OwnScores) -> Vec<String> {
    let count = |of: fn(&Score) -> bool| own.scores.iter().filter(|score| of(score)).count();
    let absent = count(Score::is_missing);
    let undefined = count(|score| score.value().is_none()) - absent;
    let fates = [
        (
            absent,
            "are not in the file: they are left out of the whole table",
        ),
        (undefined, "have an empty cell there: they rank last"),
    ];
    let (name, all) = (&own.name, own.scores.len());
    let some = fates.into_iter().filter(|(count, _)| *count > 0);
    some.map(|(count, fate)| {
        format!("note: of {name}, {count} of the table's {all} networks {fate}")
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_follows_the_last_colon_of_a_header() {
        assert_eq!(split("mine"), ("mine", None));
        assert_eq!(split(" mine:lower "), ("mine", Some(Direction::Lower)));
        assert_eq!(split("mine: LOWER"), ("mine", Some(Direction::Lower)));
        assert_eq!(split("a:b:higher"), ("a:b", Some(Direction::Higher)));
        assert_eq!(split("loss:val"), ("loss:val", None));
    }

    #[test]
    fn proxies_of_nbzero_keep_their_direction() {
        assert_eq!(known_direction("ntk"), Direction::Lower);
        assert_eq!(known_direction("zen"), Direction::Higher);
        assert_eq!(known_direction("mine"), Direction::Higher);
    }
}

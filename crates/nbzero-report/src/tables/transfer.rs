//! What Tables 2 and 3 share: the same proxies on several datasets or spaces.

use nbzero_metrics::Bootstrap;
use nbzero_table::{Cost, Table};
use serde::Serialize;

use crate::entrant::{entrants, union};
use crate::exhibit::{Exhibit, document};
use crate::indices::EXPECTED;
use crate::judge::{Ground, against_flops};
use crate::paper::PaperPick;
use crate::pool::Pool;
use crate::sheet::{Column, Field, Sheet};
use crate::{About, Error, Judged, Result};

/// Proxies on several tables.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Transfer {
    #[serde(skip)]
    pub(super) name: &'static str,
    #[serde(skip)]
    pub(super) title: &'static str,
    #[serde(skip)]
    pub(super) paper_note: &'static str,
    /// One for each table, in the order given.
    pub parts: Vec<TransferPart>,
}

/// Proxies on one table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TransferPart {
    /// What it was measured on.
    pub about: About,
    /// Oracle, FLOPs, params, depth, then the table's proxies: those of the paper in its order, then
    /// the others by name.
    pub rows: Vec<TransferRow>,
}

/// One proxy on one table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TransferRow {
    /// What was measured; the last budget is the whole pool.
    #[serde(flatten)]
    pub judged: Judged,
    /// What the paper prints, where it does.
    pub paper: Option<&'static PaperPick>,
}

/// Judges every proxy under FLOPs budgets on one table.
pub(super) fn part(
    table: &Table,
    bootstrap: Bootstrap,
    paper: impl Fn(&str) -> Option<&'static PaperPick>,
) -> Result<TransferPart> {
    let pool = Pool::new(table)?;
    let ground = Ground {
        accuracies: &pool.accuracies,
        costs: &pool.costs(Cost::Flops)?,
        judging: bootstrap.into(),
    };
    let row = |judged: Judged| TransferRow {
        paper: paper(&judged.name),
        judged,
    };
    let judged = ground.judge(&entrants(&pool)?)?;
    Ok(TransferPart {
        about: About::new(&pool, bootstrap)?,
        rows: judged.into_iter().map(row).collect(),
    })
}

/// Refuses an empty list.
pub(crate) fn some_tables(tables: &[&Table], report: &'static str) -> Result<()> {
    if tables.is_empty() {
        return Err(Error::NoTables { report });
    }
    Ok(())
}

impl TransferPart {
    fn row(&self, name: &str) -> Option<&TransferRow> {
        self.rows.iter().find(|row| row.judged.name == name)
    }
}

impl Exhibit for Transfer {
    fn name(&self) -> &'static str {
        self.name
    }

    fn sheet(&self) -> Sheet {
        let mut columns = vec![Column::plain("proxy", "Proxy")];
        for part in &self.parts {
            // Two lines keep the columns of a terminal narrow.
            let heading = |above: &str, what: &str| format!("{above}\n{what} 95%");
            let about = &part.about;
            let (key, space, dataset) = (about.key(), &about.space, about.accuracies());
            let expected = part.rows.first().map(|row| row.judged.expected);
            let expected = expected.map_or(String::new(), |expected| expected.name());
            columns.extend([
                Column::hidden(format!("{key}_coverage")),
                Column::estimate(format!("{key}_mbr"), heading(&dataset, "mBR")),
                Column::measured(
                    format!("{key}_{}", expected.to_lowercase()),
                    heading(space, &expected),
                ),
                Column::paper(format!("{key}_accuracy"), "\nAcc"),
                Column::range(format!("{key}_accuracy"), "").only_in_csv(),
            ]);
        }
        let rows = self.parts.iter().flat_map(|part| &part.rows);
        let names = union(rows.map(|row| row.judged.name.as_str()));
        Sheet {
            title: self.title.to_owned(),
            columns,
            rows: names.into_iter().map(|name| self.fields(name)).collect(),
            notes: self.all_notes(),
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }
}

impl Transfer {
    fn fields(&self, name: &str) -> Vec<Field> {
        let mut fields = vec![Field::proxy(name)];
        for part in &self.parts {
            let row = part.row(name);
            let paper = |number: fn(&PaperPick) -> f64| row.and_then(|r| r.paper.map(number));
            let judged = row.map(|row| &row.judged);
            let mbr = judged.map(|judged| judged.mbr);
            let accuracy = judged.and_then(|judged| Some(judged.budgets.last()?.accuracy));
            fields.extend([
                Field::Number(judged.map(|judged| judged.coverage), 2),
                Field::Estimate(mbr, paper(|p| p.mbr), 3),
                Field::Measured(judged.map(|judged| judged.expected.estimate), 3),
                accuracy.map_or(Field::Absent, |acc| {
                    Field::Paper(Some(acc.value), paper(|p| p.accuracy), 1)
                }),
                Field::Range(accuracy.and_then(|accuracy| accuracy.interval), 1),
            ]);
        }
        fields
    }

    fn all_notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.parts.iter().map(|p| p.about.measured()).collect();
        if let Some(part) = self.parts.first() {
            notes.push(format!(
                "mBR is the mean best rank over {} under five FLOPs budgets (0 is the oracle's, \
                 lower is better); {EXPECTED}; Acc is the accuracy of the network picked without a \
                 budget (CSV and JSON have its interval). Intervals are 95% bootstrap intervals ({} \
                 resamples). Undefined scores rank last.",
                part.about.rank_divisor(),
                part.about.resamples,
            ));
        }
        notes.extend(self.parts.iter().map(|part| {
            let judged: Vec<Judged> = part.rows.iter().map(|row| row.judged.clone()).collect();
            against_flops(&judged, &part.about.name())
        }));
        notes.push(self.paper_note.to_owned());
        notes
    }
}

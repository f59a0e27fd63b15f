//! The leaderboard as tables: one of all benchmarks, and one of each.

use std::collections::{BTreeMap, BTreeSet};

use super::elsewhere::mean;
use super::{Board, ELSEWHERE, FIXED, Fixed, Kind, Leaderboard, Reported, Standing, picked_on};
use crate::entrant::label;
use crate::exhibit::{Exhibit, document};
use crate::number::{counted, fixed};
use crate::plot::{HeatBlock, HeatMap, HeatRow};
use crate::sheet::{Column, Field, Sheet};
use crate::{Estimate, Picture, Result};

/// Decimals of an index.
const DECIMALS: usize = 3;

/// A row over all boards.
pub(super) struct Line<'a> {
    pub(super) name: &'a str,
    /// Mean tau over the published benchmarks that it was not picked on, each family counting once; none where
    /// one of them lacks it.
    pub(super) mean: Option<f64>,
    /// One for each board.
    pub(super) taus: Vec<Option<f64>>,
}

impl Leaderboard {
    /// All rows, that of highest mean tau first, those without one last.
    pub(super) fn lines(&self) -> Vec<Line<'_>> {
        let mut names: Vec<&str> = Vec::new();
        for standing in self.boards.iter().flat_map(|board| &board.standings) {
            if !names.contains(&standing.name.as_str()) {
                names.push(&standing.name);
            }
        }
        let mut lines: Vec<Line<'_>> = names.into_iter().map(|name| self.line(name)).collect();
        lines.sort_by(|a, b| {
            let key = |line: &Line<'_>| line.mean.unwrap_or(f64::NEG_INFINITY);
            key(b).total_cmp(&key(a))
        });
        lines
    }

    fn line<'a>(&self, name: &'a str) -> Line<'a> {
        let tau = |board: &Board| board.tau(name);
        Line {
            name,
            mean: self.mean(&Vec::from_iter(picked_on(name)), tau),
            taus: self.boards.iter().map(tau).collect(),
        }
    }

    /// The mean over the benchmarks with published accuracies but those of some families, each family counting
    /// once; none where one of them has none.
    pub(super) fn mean(
        &self,
        left_out: &[&str],
        of: impl Fn(&Board) -> Option<f64>,
    ) -> Option<f64> {
        let mut families: BTreeMap<&str, Vec<Option<f64>>> = BTreeMap::new();
        for board in self.published() {
            if !left_out.contains(&board.family.as_str()) {
                families.entry(&board.family).or_default().push(of(board));
            }
        }
        mean(families.into_values().map(|all| mean(all.into_iter())))
    }

    fn published(&self) -> impl Iterator<Item = &Board> {
        let all = self.boards.iter();
        all.filter(|board| board.kind == Kind::Benchmark)
    }

    /// The benchmarks with published accuracies, as families.
    fn families(&self) -> BTreeSet<&str> {
        self.published()
            .map(|board| board.family.as_str())
            .collect()
    }

    /// Who leads on average, and what choosing elsewhere is worth.
    fn findings(&self) -> Option<String> {
        let families = self.families();
        let is_picked = |name: &str| picked_on(name).is_some_and(|on| families.contains(on));
        let lines = self.lines();
        let of = |name: &str| lines.iter().find(|line| line.name == name)?.mean;
        let mut chosen_by_nobody = lines
            .iter()
            .filter(|line| line.name != ELSEWHERE && !is_picked(line.name));
        let highest = chosen_by_nobody.next()?;
        let tau = |value: f64| fixed(value, DECIMALS);
        let mut sentences = vec![format!(
            "On average over {} with published accuracies the highest tau of a proxy, cost or published aggregate \
             is {}, of {}.",
            counted(families.len(), "benchmark"),
            tau(highest.mean?),
            label(highest.name)
        )];
        sentences.extend(of("flops").map(|flops| format!("FLOPs alone have {}.", tau(flops))));
        sentences.extend(of(ELSEWHERE).map(|elsewhere| {
            format!(
                "The combination of two or three that is best on the other benchmarks has {}.",
                tau(elsewhere)
            )
        }));
        let picked = FIXED.iter().filter(|fixed| is_picked(fixed.formula));
        sentences.extend(picked.filter_map(|fixed| self.picked(fixed, of(fixed.formula)?)));
        Some(sentences.join(" "))
    }

    /// A row that was picked on a benchmark, beside the others on the other benchmarks.
    fn picked(&self, row: &Fixed, mean: f64) -> Option<String> {
        let tau = |name: &str| self.mean(&[row.picked_on], |board| board.tau(name));
        let lines = self.lines();
        let names = lines.iter().map(|line| line.name);
        let others = names.filter(|name| *name != ELSEWHERE && picked_on(name).is_none());
        let (best, highest) = others
            .filter_map(|name| Some((name, tau(name)?)))
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(format!(
            "{} was picked by others' scores on {} and has {} on the other {} (the highest of the rest there: \
             {}, of {}).",
            row.formula,
            row.picked_on,
            fixed(mean, DECIMALS),
            self.families().len() - 1,
            fixed(highest, DECIMALS),
            label(best)
        ))
    }
}

impl Exhibit for Leaderboard {
    fn name(&self) -> &'static str {
        "leaderboard"
    }

    fn sheet(&self) -> Sheet {
        let mut columns = vec![Column::plain("row", "Row"), Column::plain("mean", "Mean")];
        columns.extend(self.boards.iter().map(|b| Column::plain(&b.name, &b.name)));
        let row = |line: &Line<'_>| {
            let number = |tau: Option<f64>| match tau {
                Some(_) => Field::Number(tau, DECIMALS),
                None => Field::Absent,
            };
            let cells = std::iter::once(line.mean).chain(line.taus.iter().copied());
            let row = std::iter::once(Field::proxy(line.name)).chain(cells.map(number));
            row.collect()
        };
        let mut notes: Vec<String> = self.findings().into_iter().collect();
        notes.extend(self.boards.iter().filter_map(Board::sources));
        notes.extend([
            "Kendall's tau-b with the accuracies. A dash: not scored there, or the same score for all. The \
             mean is over the benchmarks with published accuracies, those of one space counting once; tables \
             of this project and published scores stand beside them."
                .to_owned(),
            format!(
                "\"{ELSEWHERE}\" is the vote or log-rank sum of two or three costs and proxies that has the \
                 highest mean tau on the benchmarks of the other spaces, tau being fixed as the index before \
                 any was looked at; each board says which combination it is. We chose nothing on the networks that \
                 it is judged on: the mean of a combination that was picked on a benchmark leaves that out. Papers \
                 developed most proxies on NAS-Bench-201."
            ),
        ]);
        Sheet {
            title: "Leaderboard: Kendall's tau of every proxy on every benchmark".to_owned(),
            columns,
            rows: self.lines().iter().map(row).collect(),
            notes,
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }

    fn picture(&self) -> Result<Option<Picture>> {
        let lines = self.lines();
        let row = |line: &Line<'_>| HeatRow {
            name: label(line.name).to_owned(),
            values: std::iter::once(line.mean)
                .chain(line.taus.iter().copied())
                .collect(),
        };
        let block = |title: &str, names: Vec<String>| HeatBlock {
            title: title.to_owned(),
            columns: names,
        };
        let mut blocks = vec![block("", vec!["mean".to_owned()])];
        for kind in self.boards.chunk_by(|a, b| a.kind == b.kind) {
            let names = kind.iter().map(|board| board.name.clone());
            blocks.push(block(kind[0].kind.title(), names.collect()));
        }
        let map = HeatMap {
            rows: lines.iter().map(row).collect(),
            blocks,
            branches: Vec::new(),
            scale: "Kendall's tau".to_owned(),
        };
        map.draw().map(Some)
    }
}

impl Board {
    /// The rows, with the columns that only the file has in front.
    pub(super) fn rows(&self) -> Vec<Vec<Field>> {
        let text = |text: &str| Field::text(text);
        let row = |standing: &Standing| {
            let mut row = vec![
                text(&self.name),
                text(&self.family),
                text(self.kind.name()),
                text(&self.scored),
                Field::Count(self.networks),
                Field::Count(standing.resamples()),
                standing
                    .paper
                    .as_ref()
                    .map_or(Field::Absent, |p| text(&p.source)),
            ];
            row.extend(standing.cells());
            row
        };
        self.standings.iter().map(row).collect()
    }

    /// What papers report of their own proxies, beside what was measured.
    fn sources(&self) -> Option<String> {
        let reported = self.standings.iter().filter_map(|row| {
            let Reported {
                tau,
                spearman,
                source,
            } = row.paper.as_ref()?;
            let [ours, our_spearman] =
                [row.tau?, row.spearman?].map(|estimate| fixed(estimate.value, DECIMALS));
            Some(format!(
                "{} has tau {ours} and Spearman {our_spearman} here, {tau:.3} and {spearman:.3} in {source}",
                label(&row.name)
            ))
        });
        let reported: Vec<String> = reported.collect();
        (!reported.is_empty()).then(|| {
            format!(
                "On {} a proxy's own paper reports, in parentheses: {}. Their networks, images and initial weights \
                 are others.",
                self.name,
                reported.join("; ")
            )
        })
    }
}

/// The columns of [`Board::rows`].
pub(super) fn columns() -> Vec<Column> {
    let hidden = [
        "benchmark",
        "family",
        "kind",
        "scored",
        "networks",
        "resamples",
        "paper",
    ];
    let mut columns: Vec<Column> = hidden.into_iter().map(Column::hidden).collect();
    columns.extend([
        Column::plain("row", "Row"),
        Column::plain("formula", "Formula"),
        Column::estimate("tau", "tau"),
        Column::estimate("spearman", "Spearman"),
        Column::measured("mbr", "mBR"),
        Column::measured("mbr10", "mBR10"),
        Column::measured("top_tau", "tau of the\ntop tenth"),
        Column::plain("seconds", "Seconds a\nnetwork"),
        Column::plain("defined", "Defined"),
    ]);
    columns
}

impl Standing {
    /// Resamples in which each of its indices is defined.
    fn resamples(&self) -> usize {
        let all = [self.tau, self.spearman, self.mbr, self.mbr10, self.top_tau];
        let intervals = all
            .into_iter()
            .flatten()
            .filter_map(|e: Estimate| e.interval);
        intervals
            .map(|interval| interval.defined)
            .min()
            .unwrap_or(0)
    }

    fn cells(&self) -> Vec<Field> {
        let paper = |of: fn(&Reported) -> f64| self.paper.as_ref().map(of);
        let formula = self
            .formula
            .as_ref()
            .filter(|formula| **formula != self.name);
        vec![
            Field::proxy(&self.name),
            formula.map_or(Field::Absent, Field::text),
            Field::Estimate(self.tau, paper(|p| p.tau), DECIMALS),
            Field::Estimate(self.spearman, paper(|p| p.spearman), DECIMALS),
            Field::Measured(self.mbr, DECIMALS),
            Field::Measured(self.mbr10, DECIMALS),
            Field::Measured(self.top_tau, DECIMALS),
            match self.seconds {
                Some(_) => Field::Number(self.seconds, 4),
                None => Field::Absent,
            },
            Field::Number(Some(self.defined), DECIMALS),
        ]
    }
}

impl Exhibit for Board {
    fn name(&self) -> &'static str {
        "board"
    }

    fn sheet(&self) -> Sheet {
        let mut notes = vec![format!(
            "{} networks. Scored: {}. tau, Spearman and the tau among the tenth of highest accuracy: higher \
             is better. mBR under five FLOPs budgets, and mBR10, expected of a search that sees ten \
             candidates (chance 0.45): lower is better. In brackets 95% bootstrap intervals over networks.",
            self.networks, self.scored
        )];
        notes.extend(self.sources());
        Sheet {
            title: self.name.clone(),
            columns: columns(),
            rows: self.rows(),
            notes,
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }
}

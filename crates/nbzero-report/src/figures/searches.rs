//! What searches find on published accuracies: the pick under each budget, beside chance, FLOPs and the
//! best there is.

use serde::Serialize;

use crate::exhibit::{Exhibit, document};
use crate::number::fixed;
use crate::plot::{Axis, Canvas, Grid, INK, PAGE, Panel, Stroke, Text, legend, look};
use crate::sheet::{Column, Field, Sheet};
use crate::{Picture, Result};

/// What searches found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Searches {
    /// One for each benchmark.
    pub parts: Vec<SearchesPart>,
    /// What was searched and how, in paragraphs.
    pub notes: Vec<String>,
}

/// On one benchmark.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SearchesPart {
    /// The benchmark.
    pub name: String,
    /// The budgets, ascending.
    pub budgets: Vec<SearchBudget>,
}

/// Under one budget.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SearchBudget {
    /// The most FLOPs that a network may have.
    pub flops: f64,
    /// Networks of the benchmark within it.
    pub networks: usize,
    /// Mean accuracy of all of them: what a pick at random has.
    pub chance: f64,
    /// The highest accuracy.
    pub best: f64,
    /// What each searcher found.
    pub found: Vec<Found>,
}

/// What one searcher found over its seeds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// The searcher.
    pub searcher: String,
    /// Mean accuracy of its picks.
    pub accuracy: f64,
    /// Standard deviation of the accuracy over the seeds.
    pub deviation: f64,
    /// Median over the seeds of the part of the networks within the budget that are better, in percent.
    pub rank: f64,
    /// Median seconds of a search, scores not counted.
    pub seconds: f64,
}

/// Colour and marker of a searcher, by its place.
const LOOKS: [&str; 4] = ["naswot", "synflow", "snip", "flops"];

impl Searches {
    fn draw(&self) -> Result<Picture> {
        let (left, height, gap) = (13.0, 42.0, (14.0, 14.0));
        let grid = Grid::fill((left, 10.0), PAGE - left - 3.0, 2, height, gap);
        let count = 2 * self.parts.len();
        Picture::draw(PAGE, grid.bottom(count) + 15.0, |canvas| {
            for (row, part) in self.parts.iter().enumerate() {
                part.accuracies(canvas, grid, 2 * row)?;
                part.ranks(canvas, grid, 2 * row + 1)?;
            }
            let searchers = self.parts.first().and_then(|part| part.budgets.first());
            let searchers = searchers.map_or(&[][..], |budget| &budget.found);
            let best = Stroke::new(INK, 0.25).dashed(0.9);
            let mut entries = vec![(best, None, "best there is")];
            entries.extend(searchers.iter().zip(LOOKS).map(|(found, name)| {
                let look = look(name);
                let marker = Some((look.marker, look.colour));
                (
                    Stroke::new(look.colour, 0.3),
                    marker,
                    found.searcher.as_str(),
                )
            }));
            legend(canvas, (left, grid.bottom(count) + 11.0), &entries)?;
            Ok(())
        })
    }
}

impl SearchesPart {
    fn x(&self) -> Axis {
        let flops = self.budgets.iter().map(|budget| budget.flops / 1e6);
        Axis::around(flops, "FLOPs at most, in millions")
    }

    fn line(&self, value: impl Fn(&SearchBudget) -> f64) -> Vec<(f64, f64)> {
        let points = self.budgets.iter();
        points
            .map(|budget| (budget.flops / 1e6, value(budget)))
            .collect()
    }

    fn accuracies(&self, canvas: &mut Canvas<'_>, grid: Grid, place: usize) -> Result<()> {
        let found =
            |budget: &SearchBudget| budget.found.iter().map(|f| f.accuracy).collect::<Vec<_>>();
        let all = self
            .budgets
            .iter()
            .flat_map(|budget| [vec![budget.best], found(budget)].concat());
        let panel = self.panel(
            canvas,
            grid,
            place,
            Axis::around(all, "accuracy of the pick (%)"),
        )?;
        panel.title(canvas, &self.name)?;
        let best = self.line(|budget| budget.best);
        stroke(canvas, &panel, &best, Stroke::new(INK, 0.25).dashed(0.9))?;
        self.searchers(canvas, &panel, |found| found.accuracy)
    }

    fn ranks(&self, canvas: &mut Canvas<'_>, grid: Grid, place: usize) -> Result<()> {
        let found = self.budgets.iter().flat_map(|budget| &budget.found);
        let y = Axis::from_zero(
            found.map(|f| f.rank),
            "better networks within the budget (%)",
        );
        let panel = self.panel(canvas, grid, place, y)?;
        self.searchers(canvas, &panel, |found| found.rank)
    }

    fn panel(&self, canvas: &mut Canvas<'_>, grid: Grid, place: usize, y: Axis) -> Result<Panel> {
        let panel = Panel {
            corner: grid.corner(place),
            size: grid.panel,
            x: self.x(),
            y,
        };
        panel.frame(canvas, true, true)?;
        panel.x_name(canvas)?;
        let middle = panel.corner.1 + panel.size.1 / 2.0;
        canvas.text(
            &panel.y.name,
            (panel.corner.0 - 9.5, middle),
            Text::label().upwards(),
        )?;
        Ok(panel)
    }

    fn searchers(
        &self,
        canvas: &mut Canvas<'_>,
        panel: &Panel,
        value: impl Fn(&Found) -> f64,
    ) -> Result<()> {
        for (i, name) in LOOKS.iter().enumerate() {
            let of = |budget: &SearchBudget| budget.found.get(i).map(&value);
            let points = self
                .budgets
                .iter()
                .filter_map(|b| Some((b.flops / 1e6, of(b)?)));
            let points: Vec<(f64, f64)> = points.collect();
            let look = look(name);
            stroke(canvas, panel, &points, Stroke::new(look.colour, 0.3))?;
            for (x, y) in points {
                canvas.marker(look.marker, panel.at(x, y), 0.9, look.colour)?;
            }
        }
        Ok(())
    }
}

fn stroke(
    canvas: &mut Canvas<'_>,
    panel: &Panel,
    points: &[(f64, f64)],
    stroke: Stroke,
) -> Result<()> {
    let places: Vec<_> = points.iter().map(|&(x, y)| panel.at(x, y)).collect();
    canvas.line(&places, stroke)
}

impl Exhibit for Searches {
    fn name(&self) -> &'static str {
        "searches"
    }

    fn sheet(&self) -> Sheet {
        let columns = vec![
            Column::plain("space", "Space"),
            Column::plain("flops", "FLOPs at most"),
            Column::plain("networks", "Networks"),
            Column::plain("searcher", "Searcher"),
            Column::plain("accuracy", "Accuracy"),
            Column::plain("deviation", "+-"),
            Column::plain("rank", "Better ones (%)"),
            Column::plain("seconds", "Seconds"),
        ];
        let mut rows = Vec::new();
        for part in &self.parts {
            for budget in &part.budgets {
                let row = |searcher: &str, numbers: [Field; 4]| {
                    let head = [
                        Field::text(&part.name),
                        Field::Metric(budget.flops),
                        Field::Count(budget.networks),
                        Field::text(searcher),
                    ];
                    head.into_iter().chain(numbers).collect::<Vec<_>>()
                };
                let accuracy = |value| Field::Number(Some(value), 2);
                rows.extend(budget.found.iter().map(|found| {
                    let numbers = [
                        accuracy(found.accuracy),
                        Field::Number(Some(found.deviation), 2),
                        Field::Number(Some(found.rank), 2),
                        Field::Number(Some(found.seconds), 3),
                    ];
                    row(&found.searcher, numbers)
                }));
                let alone = |value| [accuracy(value), Field::Absent, Field::Absent, Field::Absent];
                rows.push(row("one at random", alone(budget.chance)));
                rows.push(row("best there is", alone(budget.best)));
            }
        }
        let mut notes = self.notes.clone();
        notes.extend(self.parts.iter().map(SearchesPart::in_words));
        Sheet {
            title: "Searches on published accuracies".to_owned(),
            columns,
            rows,
            notes,
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }

    fn picture(&self) -> Result<Option<Picture>> {
        self.draw().map(Some)
    }
}

impl SearchesPart {
    /// Each searcher's mean accuracy over the budgets, and its worst median rank.
    fn in_words(&self) -> String {
        let searchers = self.budgets.first().map_or(0, |budget| budget.found.len());
        let each = (0..searchers).map(|i| {
            let found: Vec<&Found> = self.budgets.iter().map(|budget| &budget.found[i]).collect();
            let mean = found.iter().map(|f| f.accuracy).sum::<f64>() / found.len() as f64;
            let worst = found.iter().map(|f| f.rank).fold(0.0, f64::max);
            format!(
                "{} {}% and {}%",
                found[0].searcher,
                fixed(mean, 2),
                fixed(worst, 2)
            )
        });
        let best = self.line(|budget| budget.best);
        let best = best.iter().map(|(_, best)| best).sum::<f64>() / best.len() as f64;
        format!(
            "{}: mean accuracy over the budgets, and the highest median part of better networks: {}; the \
             best there is {}%.",
            self.name,
            each.collect::<Vec<_>>().join(", "),
            fixed(best, 2)
        )
    }
}

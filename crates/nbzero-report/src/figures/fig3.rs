//! Figure 3 of the paper: each proxy's score against the accuracy.

use nbzero_metrics::{Bootstrap, Direction, spearman};
use nbzero_table::{Cost, Table};
use serde::Serialize;

use crate::entrant::{entrants, label, union};
use crate::exhibit::{Exhibit, document};
use crate::number::fixed;
use crate::plot::{Axis, Canvas, Grid, PAGE, Panel, Text, look};
use crate::pool::Pool;
use crate::sheet::{Column, Field, Sheet};
use crate::tables::some_tables;
use crate::{About, Estimate, Picture, Result};

/// Most points that one panel draws: more would only hide each other.
const MOST_POINTS: usize = 400;

/// Scores against accuracies on several tables, such as one of cells and one of chains.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fig3 {
    /// One for each table, in the order given.
    pub parts: Vec<Fig3Part>,
}

/// Scores against accuracies on one table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fig3Part {
    /// What it was measured on.
    pub about: About,
    /// One for each cost and proxy.
    pub clouds: Vec<Cloud>,
}

/// One proxy's scores against the accuracies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cloud {
    /// Name as tables and commands write it.
    pub name: String,
    /// Whether a lower score promises a higher accuracy.
    pub lower_is_better: bool,
    /// Fraction of the networks for which the proxy is defined, from 0 to 1.
    pub coverage: f64,
    /// Spearman's correlation, positive where the proxy ranks as it should, undefined scores last;
    /// `None` where it is undefined.
    pub spearman: Option<Estimate>,
    /// Networks with a score, at most 400, evenly chosen.
    pub points: Vec<Point>,
}

/// One network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// The network.
    pub arch: String,
    /// Its score.
    pub score: f64,
    /// Its test accuracy in percent.
    pub accuracy: f64,
}

/// Measures Figure 3 on each of the tables.
///
/// # Errors
///
/// If there is no table, or one of them has no test accuracy.
pub fn fig3(tables: &[&Table], bootstrap: Bootstrap) -> Result<Fig3> {
    some_tables(tables, "fig3")?;
    Ok(Fig3 {
        parts: tables
            .iter()
            .map(|table| part(table, bootstrap))
            .collect::<Result<_>>()?,
    })
}

fn part(table: &Table, bootstrap: Bootstrap) -> Result<Fig3Part> {
    let pool = Pool::new(table)?;
    let mut clouds = Vec::new();
    for entrant in entrants(&pool)?.into_iter().skip(1) {
        let is_cost = Cost::named(&entrant.name).is_some();
        let lower_is_better = !is_cost && pool.direction(&entrant.name)? == Direction::Lower;
        let scores = &entrant.scores;
        let value = spearman(scores, &pool.accuracies)?.value;
        let interval = bootstrap.interval(pool.len(), |resample| {
            let accuracies = pool.accuracies.resampled(resample);
            spearman(&scores.select(resample.rows), &accuracies)
                .ok()?
                .value
        });
        let sign = if lower_is_better { -1.0 } else { 1.0 };
        let accuracies = pool.accuracies.values();
        let point = |row| {
            Some(Point {
                score: sign * scores.oriented(row)?,
                accuracy: accuracies[row],
                arch: pool.row(row)?.arch().to_owned(),
            })
        };
        let all = (0..pool.len()).filter_map(point);
        let step = scores.defined().div_ceil(MOST_POINTS).max(1);
        clouds.push(Cloud {
            lower_is_better,
            coverage: scores.coverage(),
            spearman: value.map(|value| Estimate { value, interval }),
            points: all.step_by(step).collect(),
            name: entrant.name,
        });
    }
    Ok(Fig3Part {
        about: About::new(&pool, bootstrap)?,
        clouds,
    })
}

impl Cloud {
    /// Powers of ten where positive scores span more than three of them; else linear, leaving out
    /// the outermost hundredth at either end, which would squeeze the others together.
    fn axis(&self) -> Axis {
        let mut scores: Vec<f64> = self.points.iter().map(|point| point.score).collect();
        scores.sort_unstable_by(f64::total_cmp);
        let cut = scores.len() / 50;
        let (Some(low), Some(high)) = (scores.first(), scores.last()) else {
            return Axis::exact(0.0, 1.0, "");
        };
        if *low > 0.0 && high / low > 1e3 {
            return Axis::logarithmic([*low, *high], "");
        }
        Axis::around(scores[cut..scores.len() - cut].iter().copied(), "").at_most_ticks(3)
    }

    fn draw(&self, canvas: &mut Canvas<'_>, panel: &Panel, y_labels: bool) -> Result<()> {
        panel.frame(canvas, true, y_labels)?;
        for point in self.points.iter().filter(|p| panel.x.shows(p.score)) {
            let place = panel.at(point.score, point.accuracy);
            let accuracy = fixed(point.accuracy, 1);
            let title = format!("{}: {accuracy}%, score {}", point.arch, point.score);
            canvas.point(place, 0.35, look(&self.name).colour, 0.55, &title);
        }
        let arrow = if self.lower_is_better {
            " \u{2190}"
        } else {
            ""
        };
        let sr = self.spearman.map_or_else(
            || "no SR".to_owned(),
            |sr| format!("SR {}", fixed(sr.value, 2)),
        );
        panel.title_and_remark(canvas, &format!("{}{arrow}", label(&self.name)), &sr)
    }
}

impl Fig3 {
    fn draw(&self) -> Result<Picture> {
        let (left, columns, height, gap) = (12.0, 5, 19.0, (4.5, 9.5));
        let width = PAGE - left - 3.0;
        let block = |part: &Fig3Part| {
            let rows = part.clouds.len().div_ceil(columns) as f64;
            9.5 + rows * (height + gap.1) - gap.1 + 8.0
        };
        let total: f64 = self.parts.iter().map(block).sum();
        Picture::draw(PAGE, total, |canvas| {
            let mut top = 0.0;
            for part in &self.parts {
                let grid = Grid::fill((left, top + 9.5), width, columns, height, gap);
                let title = format!("{}: {} networks", part.about.name(), part.about.networks);
                canvas.text(&title, (left, top + 3.0), Text::title().left())?;
                let accuracies = part.clouds.iter().flat_map(|cloud| &cloud.points);
                let y = Axis::around(accuracies.map(|point| point.accuracy), "test accuracy (%)");
                for (i, cloud) in part.clouds.iter().enumerate() {
                    let panel = Panel {
                        corner: grid.corner(i),
                        size: grid.panel,
                        x: cloud.axis(),
                        y: y.clone(),
                    };
                    cloud.draw(canvas, &panel, grid.is_first(i))?;
                }
                let middle = grid.middle(part.clouds.len());
                canvas.text(&y.name, (2.5, middle), Text::label().upwards())?;
                // A single row may be short.
                let used = part.clouds.len().min(columns) as f64;
                let middle = left + (used * grid.pitch.0 - gap.0) / 2.0;
                let below = (middle, grid.bottom(part.clouds.len()) + 5.6);
                canvas.text("score", below, Text::label())?;
                top += block(part);
            }
            Ok(())
        })
    }
}

impl Exhibit for Fig3 {
    fn name(&self) -> &'static str {
        "fig3"
    }

    fn sheet(&self) -> Sheet {
        let mut columns = vec![Column::plain("proxy", "Proxy")];
        for part in &self.parts {
            let about = &part.about;
            let (key, space, dataset) = (about.key(), &about.space, about.accuracies());
            columns.extend([
                Column::plain(format!("{key}_coverage"), format!("{space}\ndefined")),
                Column::estimate(format!("{key}_sr"), format!("{dataset}\nSR 95%")),
            ]);
        }
        let clouds = self.parts.iter().flat_map(|part| &part.clouds);
        let fields = |name: &str| {
            let mut fields = vec![Field::proxy(name)];
            for part in &self.parts {
                let cloud = part.clouds.iter().find(|cloud| cloud.name == name);
                fields.extend([
                    Field::Number(cloud.map(|cloud| cloud.coverage), 2),
                    Field::Estimate(cloud.and_then(|cloud| cloud.spearman), None, 3),
                ]);
            }
            fields
        };
        let names = union(clouds.map(|cloud| cloud.name.as_str()));
        let mut notes = vec![
            "What to see: each point is a network (on the page its name shows where the pointer \
             rests); a good proxy's points rise to the right (fall, where \
             lower is better), and most of all its rightmost ones are the highest."
                .to_owned(),
        ];
        notes.extend(self.parts.iter().map(|part| part.about.measured()));
        notes.push(
            "SR is Spearman's correlation of score and accuracy with its 95% bootstrap interval, \
             positive where the proxy ranks as it should; an arrow to the left marks scores that are \
             better when lower. A panel draws at most 400 networks, evenly chosen, and leaves out \
             the outermost scores where they would squeeze the others together."
                .to_owned(),
        );
        notes.push(
            "The paper says: on its own spaces there are four groups of one shape each: fisher, \
             grad_norm and snip; grasp and plain; jacob_cov and ntk; synflow and zen."
                .to_owned(),
        );
        Sheet {
            title: "Figure 3: score against accuracy".to_owned(),
            columns,
            rows: names.into_iter().map(fields).collect(),
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

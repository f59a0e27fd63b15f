//! Expected mBR over the number of candidates that a search sees: how the index depends on it.

use nbzero_metrics::{Bootstrap, Interval, Pool as Voters, RankScale, Scores, Subset};
use nbzero_table::{Cost, Table};
use serde::Serialize;

use crate::entrant::{entrants, label};
use crate::exhibit::{Exhibit, document};
use crate::indices::BUDGETS;
use crate::plot::{Axis, Canvas, GREY, Grid, PAGE, Panel, Stroke, Text, legend, look};
use crate::pool::Pool;
use crate::sheet::{Column, Field, Sheet};
use crate::{About, Estimate, Picture, Result};

/// Numbers of candidates: round ones, a little less than twice to three times apart.
const ROUND: [usize; 13] = [
    2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000,
];

/// Expected mBR of every proxy for several numbers of candidates seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Draws {
    /// What it was measured on.
    pub about: About,
    /// Numbers of candidates that a search sees under each budget; the last is the whole pool, with
    /// which expected mBR is mBR.
    pub draws: Vec<usize>,
    /// FLOPs, params, depth, then the table's proxies.
    pub lines: Vec<DrawsLine>,
}

/// One proxy's line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DrawsLine {
    /// Name as tables and commands write it.
    pub name: String,
    /// Expected mBR for each number of candidates.
    pub values: Vec<Estimate>,
}

/// Measures expected mBR under FLOPs budgets for round numbers of candidates up to all of them.
///
/// # Errors
///
/// If no network has a test accuracy.
pub fn draws(table: &Table, bootstrap: Bootstrap) -> Result<Draws> {
    let pool = Pool::new(table)?;
    let costs = pool.costs(Cost::Flops)?;
    let below = ROUND.into_iter().filter(|draws| *draws < pool.len());
    let draws: Vec<usize> = below.chain([pool.len()]).collect();
    let entrants = entrants(&pool)?;
    let mut lines = Vec::new();
    // The oracle, the first, has 0 throughout. As many at a time as vote in one pool.
    for some in entrants[1..].chunks(Subset::MOST_MEMBERS) {
        let scores: Vec<&Scores> = some.iter().map(|entrant| &entrant.scores).collect();
        let scale = RankScale::default();
        let voters = Voters::new(&scores, &pool.accuracies, &costs, BUDGETS, scale)?;
        let alone = (0..some.len()).map(|place| Subset::new(&[place]));
        let alone = alone.collect::<Result<Vec<_>, _>>()?;
        let values = voters.expected_mean_best_ranks(&alone, &draws)?;
        let resampled = voters.resampled_expected(&alone, &draws, &bootstrap)?;
        let estimate = |place: usize| Estimate {
            value: values[place],
            interval: Interval::of(resampled.iter().map(|all| Some(all[place]))),
        };
        lines.extend(some.iter().enumerate().map(|(line, entrant)| {
            let start = line * draws.len();
            DrawsLine {
                name: entrant.name.clone(),
                values: (start..start + draws.len()).map(estimate).collect(),
            }
        }));
    }
    Ok(Draws {
        about: About::new(&pool, bootstrap)?,
        draws,
        lines,
    })
}

/// What a proxy has that ranks at random.
fn chance(draws: usize) -> f64 {
    (draws as f64 - 1.0) / (2.0 * draws as f64)
}

impl Draws {
    fn draw(&self) -> Result<Picture> {
        let (left, height, gap, columns) = (12.0, 19.0, (3.5, 6.5), 6);
        let count = self.lines.len();
        let columns = columns.min(count.max(1));
        let grid = Grid::fill((left, 11.0), PAGE - left - 3.0, columns, height, gap);
        let total = grid.bottom(count) + 14.0;
        let ends = self.lines.iter().flat_map(|line| &line.values);
        let ends = ends.map(|e| e.interval.map_or(e.value, |i| i.high.max(e.value)));
        let y = Axis::from_zero(ends.chain([0.5]), "expected mBR, lower is better");
        let x = Axis::logarithmic(self.draws.iter().map(|m| *m as f64), "");
        Picture::draw(PAGE, total, |canvas| {
            let title = format!("{}: {} networks", self.about.name(), self.about.networks);
            canvas.text(&title, (left, 3.5), Text::title().left())?;
            for (i, line) in self.lines.iter().enumerate() {
                let panel = Panel {
                    corner: grid.corner(i),
                    size: grid.panel,
                    x: x.clone(),
                    y: y.clone(),
                };
                panel.frame(canvas, grid.is_lowest(i, count), grid.is_first(i))?;
                self.panel(canvas, &panel, line)?;
            }
            let middle = grid.middle(count);
            canvas.text(&y.name, (2.5, middle), Text::label().upwards())?;
            let below = (left + (PAGE - left - 3.0) / 2.0, grid.bottom(count) + 5.6);
            let name = "candidates that the search sees under each budget";
            canvas.text(name, below, Text::label())?;
            let flops = look("flops").colour;
            let names = [
                (Stroke::new(GREY, 0.25).dashed(0.9), None, "chance"),
                (Stroke::new(flops, 0.25), None, "FLOPs"),
            ];
            let height = grid.bottom(count) + 10.5;
            let end = legend(canvas, (left, height), &names)?;
            let note =
                "band: 95% bootstrap interval; rightmost: all candidates, the mBR of Table 1";
            canvas.text(note, (end, height), Text::label().left())
        })
    }

    fn panel(&self, canvas: &mut Canvas<'_>, panel: &Panel, line: &DrawsLine) -> Result<()> {
        let at = |values: &[f64]| -> Vec<(f64, f64)> {
            let pairs = self.draws.iter().zip(values);
            pairs.map(|(m, y)| panel.at(*m as f64, *y)).collect()
        };
        let values = |line: &DrawsLine| line.values.iter().map(|e| e.value).collect::<Vec<_>>();
        let colour = look(&line.name).colour;
        let intervals: Vec<Interval> = line.values.iter().filter_map(|e| e.interval).collect();
        if intervals.len() == self.draws.len() && intervals.len() > 1 {
            let mut outline = at(&intervals.iter().map(|i| i.high).collect::<Vec<_>>());
            let low = at(&intervals.iter().map(|i| i.low).collect::<Vec<_>>());
            outline.extend(low.into_iter().rev());
            canvas.polygon(&outline, colour, 0.2)?;
        }
        let chances: Vec<f64> = self.draws.iter().map(|m| chance(*m)).collect();
        canvas.line(&at(&chances), Stroke::new(GREY, 0.25).dashed(0.9))?;
        if let Some(flops) = self.lines.iter().find(|line| line.name == "flops") {
            let stroke = Stroke::new(look("flops").colour, 0.25);
            canvas.line(&at(&values(flops)), stroke)?;
        }
        let places = at(&values(line));
        canvas.line(&places, Stroke::new(colour, 0.3))?;
        for place in places {
            canvas.marker(look(&line.name).marker, place, 0.7, colour)?;
        }
        panel.title(canvas, label(&line.name))
    }
}

impl Exhibit for Draws {
    fn name(&self) -> &'static str {
        "draws"
    }

    fn sheet(&self) -> Sheet {
        let mut columns = vec![Column::plain("proxy", "Proxy")];
        columns.extend(
            self.draws
                .iter()
                .map(|m| Column::measured(format!("mbr{m}"), format!("m={m}"))),
        );
        let row = |line: &DrawsLine| {
            let values = line.values.iter().map(|e| Field::Measured(Some(*e), 3));
            std::iter::once(Field::proxy(&line.name))
                .chain(values)
                .collect()
        };
        Sheet {
            title: "Expected mBR over the number of candidates that a search sees".to_owned(),
            columns,
            rows: self.lines.iter().map(row).collect(),
            notes: vec![
                "What to see: whether a proxy's place depends on how many networks a search looks at. \
                 A line that falls to the right belongs to a proxy whose very best scores are right; \
                 one that rises towards chance, to a proxy that sorts networks roughly but whose very \
                 best scores mislead. Where the band widens, the index rests on single networks."
                    .to_owned(),
                self.about.measured(),
                format!(
                    "A search draws m random candidates under each of five FLOPs budgets and picks the best \
                     score; the rank of the pick among the m is divided by m, and the value is the \
                     exact mean over all draws and budgets, with its 95% bootstrap interval ({} \
                     resamples). 0 is the oracle's, lower is better; chance is (m - 1) / 2m, the dashed \
                     line. With all candidates, m = {}, it is the paper's mBR; the tables have m = 10.",
                    self.about.resamples,
                    self.about.networks
                ),
            ],
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }

    fn picture(&self) -> Result<Option<Picture>> {
        self.draw().map(Some)
    }
}

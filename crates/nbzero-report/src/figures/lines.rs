//! Small panels, one a proxy: rank and accuracy of the pick from budget to budget.

use crate::indices::BUDGETS;
use crate::plot::{Axis, Canvas, Grid, Look, PAGE, Panel, Stroke, Text, legend, look};
use crate::{Estimate, Judged, Picture, Result};

/// A line through the budgets.
#[derive(Debug, Clone)]
pub(super) struct Band<'a> {
    pub(super) judged: &'a Judged,
    pub(super) look: Look,
    /// Length of the dashes in millimetres.
    dash: Option<f64>,
}

/// Dashes that tell a line from another of the same colour, in millimetres.
pub(super) const DASH: f64 = 0.6;

/// All panels of a figure.
#[derive(Debug, Clone)]
pub(super) struct Bands<'a> {
    pub(super) x_name: String,
    pub(super) title: String,
    /// In every panel, behind the others: the oracle, then FLOPs.
    pub(super) background: Vec<Band<'a>>,
    /// Names, looks and dashes of the lines that every panel has beside its first.
    pub(super) beside: Vec<(&'static str, Look, Option<f64>)>,
    /// Title and lines; the first line has its interval.
    pub(super) panels: Vec<(String, Vec<Band<'a>>)>,
}

impl<'a> Band<'a> {
    pub(super) fn new(judged: &'a Judged, name: &str) -> Self {
        Self {
            judged,
            look: look(name),
            dash: None,
        }
    }

    pub(super) fn dashed(mut self) -> Self {
        self.dash = Some(DASH);
        self
    }

    fn estimates(&self, quantity: Quantity) -> impl Iterator<Item = (f64, Estimate)> {
        let budgets = self.judged.budgets.iter().enumerate();
        budgets.map(move |(i, budget)| {
            let estimate = match quantity {
                Quantity::Rank => budget.rank,
                Quantity::Accuracy => budget.accuracy,
            };
            (100.0 * (i + 1) as f64 / BUDGETS as f64, estimate)
        })
    }

    /// The interval as a pale band.
    fn interval(&self, canvas: &mut Canvas<'_>, panel: &Panel, quantity: Quantity) -> Result<()> {
        let ends = |end: fn(nbzero_metrics::Interval) -> f64| {
            let estimates = self.estimates(quantity);
            estimates.filter_map(move |(x, e)| Some((x, end(e.interval?))))
        };
        let high: Vec<_> = ends(|i| i.high).collect();
        let low = ends(|i| i.low).collect::<Vec<_>>().into_iter().rev();
        let outline: Vec<_> = high
            .into_iter()
            .chain(low)
            .map(|(x, y)| panel.at(x, y))
            .collect();
        if outline.len() < 3 {
            return Ok(());
        }
        canvas.polygon(&outline, self.look.colour, 0.2)
    }

    fn line(
        &self,
        canvas: &mut Canvas<'_>,
        panel: &Panel,
        quantity: Quantity,
        stroke: Stroke,
        markers: bool,
    ) -> Result<()> {
        let places: Vec<_> = self
            .estimates(quantity)
            .map(|(x, estimate)| panel.at(x, estimate.value))
            .collect();
        canvas.line(&places, stroke)?;
        if markers {
            for place in places {
                canvas.marker(self.look.marker, place, 0.75, self.look.colour)?;
            }
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantity {
    Rank,
    Accuracy,
}

/// The style of a panel's own line.
fn own(look: Look, dash: Option<f64>) -> Stroke {
    Stroke {
        dash,
        ..Stroke::new(look.colour, 0.3)
    }
}

/// Line styles of the background: the oracle is dashed, FLOPs grey.
fn behind(place: usize, band: &Band<'_>) -> Stroke {
    let stroke = Stroke::new(band.look.colour, 0.25);
    if place == 0 {
        stroke.dashed(0.9)
    } else {
        stroke
    }
}

impl Bands<'_> {
    pub(super) fn draw(&self) -> Result<Picture> {
        let (left, height, gap) = (12.0, 17.0, (3.5, 6.5));
        let columns = self.panels.len().clamp(1, 7);
        let width = PAGE - left - 3.0;
        let rows = self.panels.len().div_ceil(columns) as f64;
        let block = rows * (height + gap.1) + 9.5;
        Picture::draw(PAGE, 5.0 + 2.0 * block + 4.0, |canvas| {
            canvas.text(&self.title, (left, 3.0), Text::title().left())?;
            for (i, quantity) in [Quantity::Rank, Quantity::Accuracy].into_iter().enumerate() {
                let top = 9.5 + i as f64 * block;
                let grid = Grid::fill((left, top), width, columns, height, gap);
                self.block(canvas, grid, quantity)?;
            }
            let names = self.background.iter().enumerate().map(|(i, band)| {
                let name = if i == 0 { "Oracle" } else { "FLOPs" };
                (behind(i, band), None, name)
            });
            let height = 5.0 + 2.0 * block + 1.0;
            let end = {
                let beside = self.beside.iter().map(|(name, look, dash)| {
                    let marker = (look.marker, look.colour);
                    (own(*look, *dash), Some(marker), *name)
                });
                legend(
                    canvas,
                    (left, height),
                    &names.chain(beside).collect::<Vec<_>>(),
                )?
            };
            let note = "band: 95% bootstrap interval";
            canvas.text(note, (end, height), Text::label().left())
        })
    }

    fn block(&self, canvas: &mut Canvas<'_>, grid: Grid, quantity: Quantity) -> Result<()> {
        let y = self.y(quantity);
        let percents = (1..=BUDGETS).map(|i| 100 * i / BUDGETS);
        let x = Axis::exact(14.0, 106.0, "").ticks(
            percents
                .filter(|p| p % 40 == 20)
                .map(|p| (p as f64, p.to_string())),
        );
        let count = self.panels.len();
        for (i, (title, bands)) in self.panels.iter().enumerate() {
            let panel = Panel {
                corner: grid.corner(i),
                size: grid.panel,
                x: x.clone(),
                y: y.clone(),
            };
            panel.frame(canvas, grid.is_lowest(i, count), grid.is_first(i))?;
            if let Some(first) = bands.first() {
                first.interval(canvas, &panel, quantity)?;
            }
            for (place, band) in self.background.iter().enumerate() {
                band.line(canvas, &panel, quantity, behind(place, band), false)?;
            }
            // The first, which the panel is about, on top.
            for band in bands.iter().rev() {
                let stroke = own(band.look, band.dash);
                band.line(canvas, &panel, quantity, stroke, true)?;
            }
            panel.title(canvas, title)?;
        }
        let middle = grid.middle(count);
        canvas.text(&y.name, (2.5, middle), Text::label().upwards())?;
        let below = (
            grid.corner.0 + (PAGE - grid.corner.0) / 2.0,
            grid.bottom(count) + 5.6,
        );
        canvas.text(&self.x_name, below, Text::label())
    }

    /// Wide enough for every line and every band that is drawn.
    fn y(&self, quantity: Quantity) -> Axis {
        let lines = self.panels.iter().flat_map(|(_, bands)| bands);
        let lines = lines.chain(&self.background);
        let ends = lines.flat_map(|band| {
            band.estimates(quantity).flat_map(|(_, estimate)| {
                let interval = estimate.interval;
                [
                    estimate.value,
                    interval.map_or(estimate.value, |i| i.low),
                    interval.map_or(estimate.value, |i| i.high),
                ]
            })
        });
        match quantity {
            Quantity::Rank => Axis::from_zero(ends, "BR, lower is better"),
            Quantity::Accuracy => Axis::around(ends, "test accuracy of the pick (%)"),
        }
    }
}

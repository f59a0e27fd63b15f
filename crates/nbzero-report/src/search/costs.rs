//! Where the candidates of a search lie: how good they are against what they cost.

use nbzero_search::Resource;

use super::course::{stairs, y_name};
use super::{Search, in_words, section};
use crate::plot::{Axis, Canvas, GREY, Grid, INK, PAGE, Panel, Place, Stroke, legend, look};
use crate::sheet::{Column, Field};
use crate::{Picture, Result, Section};

/// How candidates within the budgets look, and those that only more of one allows.
const WITHIN: &str = "synflow";
const BEYOND: &str = "naswot";

impl Search<'_> {
    /// Where the candidates lie.
    pub(super) fn costs(self) -> Result<Section> {
        let title = "Where the candidates lie";
        let mut caption = vec![
            "The front has each candidate within the budgets that is better than all that cost as much or \
             less. Rest on a point to read its name and costs."
                .to_owned(),
        ];
        if self.plan.budgets.iter().next().is_none() {
            caption
                .push("The search had no budgets; these are its candidates by FLOPs.".to_owned());
        }
        let mut columns = vec![Column::plain("front", "Front against")];
        columns.extend(self.columns());
        let rows = self.axes().into_iter().flat_map(|resource| {
            let front = self.outcome.front(resource).into_iter();
            front.map(move |candidate| {
                let mut row = vec![Field::text(resource.unit())];
                row.extend(self.fields(Some(candidate)));
                row
            })
        });
        Ok(Section {
            picture: Some(self.draw_costs()?),
            ..section(title, columns, rows.collect(), caption)
        })
    }

    /// The costs to look at: those with a budget, FLOPs where there is none.
    fn axes(self) -> Vec<Resource> {
        let limited = self.plan.budgets.iter().map(|(resource, _)| resource);
        let limited: Vec<Resource> = limited.collect();
        if limited.is_empty() {
            vec![Resource::Flops]
        } else {
            limited
        }
    }

    fn draw_costs(self) -> Result<Picture> {
        let axes = self.axes();
        let (left, height, gap) = (16.0, 52.0, (18.0, 14.0));
        let grid = Grid::fill((left, 6.0), PAGE - left - 4.0, 2, height, gap);
        let below = grid.bottom(axes.len()) + 11.0;
        Picture::draw(PAGE, below + 4.0, |canvas| {
            for (place, &resource) in axes.iter().enumerate() {
                self.draw_panel(canvas, grid, place, resource)?;
            }
            let none = Stroke::new(GREY, 0.0);
            let marked = |name| Some((look(WITHIN).marker, look(name).colour));
            let entries = [
                (none, marked(WITHIN), "candidate"),
                (none, marked(BEYOND), "only with 10% more of a budget"),
                (Stroke::new(INK, 0.35), None, "front"),
                (Stroke::new(GREY, 0.3).dashed(0.9), None, "budget"),
            ];
            let limited = self.plan.budgets.iter().next().is_some();
            let shown: Vec<_> = entries
                .into_iter()
                .filter(|(.., name)| limited || !name.contains("budget"))
                .collect();
            legend(canvas, (left, below), &shown)?;
            Ok(())
        })
    }

    fn draw_panel(
        self,
        canvas: &mut Canvas<'_>,
        grid: Grid,
        place: usize,
        resource: Resource,
    ) -> Result<()> {
        let points = (0..self.outcome.candidates.len()).filter_map(|candidate| {
            let cost = self.outcome.candidates[candidate].cost(resource)?;
            Some((candidate, cost, self.value(candidate)?))
        });
        let points: Vec<(usize, f64, f64)> = points.collect();
        let limit = self.plan.budgets.limit(resource);
        let costs = points.iter().map(|&(_, cost, _)| cost).chain(limit);
        let panel = Panel {
            corner: grid.corner(place),
            size: grid.panel,
            x: Axis::around(costs, resource.unit()).at_most_ticks(6),
            y: value_axis(
                points.iter().map(|&(.., value)| value),
                self.plan.objective.name_of_value(),
            ),
        };
        panel.frame(canvas, true, true)?;
        panel.x_name(canvas)?;
        y_name(canvas, &panel)?;
        if let Some(limit) = limit {
            let (x, _) = panel.at(limit, 0.0);
            let ends = [(x, panel.corner.1), (x, panel.corner.1 + panel.size.1)];
            canvas.line(&ends, Stroke::new(GREY, 0.3).dashed(0.9))?;
            panel.remark(canvas, &format!("at most {}", in_words(resource, limit)))?;
        }
        canvas.line(&self.front_line(&panel, resource), Stroke::new(INK, 0.35))?;
        for (candidate, cost, value) in points {
            let is_within = candidate < self.outcome.within();
            let name = if is_within { WITHIN } else { BEYOND };
            let place = panel.at(cost, value);
            canvas.point(place, 0.5, look(name).colour, 0.55, &self.told(candidate));
        }
        Ok(())
    }

    /// Steps from one network of the front to the next.
    fn front_line(self, panel: &Panel, resource: Resource) -> Vec<Place> {
        let front = self.outcome.front(resource).into_iter();
        stairs(front.filter_map(|candidate| {
            let cost = self.outcome.candidates[candidate].cost(resource)?;
            Some(panel.at(cost, self.value(candidate)?))
        }))
    }
}

/// The axis of how good candidates are: powers of ten where scores span more than three of them.
pub(super) fn value_axis(values: impl Iterator<Item = f64> + Clone, name: String) -> Axis {
    let least = values.clone().fold(f64::INFINITY, f64::min);
    let most = values.clone().fold(f64::NEG_INFINITY, f64::max);
    if least > 0.0 && most / least > 1e3 {
        Axis::logarithmic(values, name)
    } else {
        Axis::around(values, name)
    }
}

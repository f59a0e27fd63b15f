//! How a search went: every candidate in the order of the search, and the best so far.

use super::costs::value_axis;
use super::{Search, section};
use crate::plot::{Axis, Canvas, INK, PAGE, Panel, Place, Stroke, Text, look};
use crate::sheet::{Column, Field};
use crate::{Picture, Result, Section};

impl Search<'_> {
    /// How the search went.
    pub(super) fn course(self) -> Result<Section> {
        let title = "How the search went";
        let records = self.records();
        let last = records.last().map(|&last| {
            let (number, within) = (last + 1, self.outcome.within());
            format!("The best is candidate {number} of {within}; nothing better came after it.")
        });
        let mut caption = vec![
            "Points are candidates in the order of the search, the line is the best so far. Rest on a point to \
             read its name and costs."
                .to_owned(),
        ];
        if self.plan.objective.members().len() > 1 {
            caption
                .push("Ranks are those among all candidates at the end of the search.".to_owned());
        }
        caption.extend(last);
        caption.extend(self.undefined());
        let mut columns = vec![Column::plain("candidate", "Candidate")];
        columns.extend(self.columns());
        let rows = records.iter().map(|&record| {
            let mut row = vec![Field::Count(record + 1)];
            row.extend(self.fields(Some(record)));
            row
        });
        Ok(Section {
            picture: Some(self.draw_course(&records)?),
            ..section(title, columns, rows.collect(), caption)
        })
    }

    /// The candidates within the budgets that are better than all before them.
    fn records(self) -> Vec<usize> {
        let mut records = Vec::new();
        let mut best = f64::NEG_INFINITY;
        for candidate in 0..self.outcome.within() {
            if let Some(value) = self.value(candidate).filter(|&value| value > best) {
                best = value;
                records.push(candidate);
            }
        }
        records
    }

    /// How many candidates have no value, and so no place in the figures.
    fn undefined(self) -> Option<String> {
        let judged = self.outcome.judged.iter();
        match judged.filter(|value| value.is_none()).count() {
            0 => None,
            1 => Some("One candidate has no score and is not drawn.".to_owned()),
            count => Some(format!(
                "{count} candidates have no score and are not drawn."
            )),
        }
    }

    fn draw_course(self, records: &[usize]) -> Result<Picture> {
        let within = self.outcome.within();
        let values = (0..within).filter_map(|candidate| self.value(candidate));
        let panel = Panel {
            corner: (16.0, 6.0),
            size: (PAGE - 20.0, 52.0),
            x: Axis::exact(0.0, within as f64, "candidates scored"),
            y: value_axis(values, self.plan.objective.name_of_value()),
        };
        Picture::draw(PAGE, 68.0, |canvas| {
            panel.frame(canvas, true, true)?;
            panel.x_name(canvas)?;
            y_name(canvas, &panel)?;
            canvas.line(&self.best_so_far(&panel, records), Stroke::new(INK, 0.35))?;
            for candidate in 0..within {
                if let Some(value) = self.value(candidate) {
                    let place = panel.at(candidate as f64 + 1.0, value);
                    let colour = look("synflow").colour;
                    let title = format!("candidate {}, {}", candidate + 1, self.told(candidate));
                    canvas.point(place, 0.5, colour, 0.5, &title);
                }
            }
            Ok(())
        })
    }

    /// Steps from record to record, and on to the end.
    fn best_so_far(self, panel: &Panel, records: &[usize]) -> Vec<Place> {
        let places = records.iter().filter_map(|&record| {
            let value = self.value(record)?;
            Some(panel.at(record as f64 + 1.0, value))
        });
        let mut places = stairs(places);
        if let Some(&(_, y)) = places.last() {
            places.push((panel.corner.0 + panel.size.0, y));
        }
        places
    }
}

/// Through each place: on at its height, then up.
pub(super) fn stairs(places: impl Iterator<Item = Place>) -> Vec<Place> {
    let mut steps: Vec<Place> = Vec::new();
    for place in places {
        if let Some(&(_, before)) = steps.last() {
            steps.push((place.0, before));
        }
        steps.push(place);
    }
    steps
}

/// The name of the y axis, left of its ticks.
pub(super) fn y_name(canvas: &mut Canvas<'_>, panel: &Panel) -> Result<()> {
    let middle = panel.corner.1 + panel.size.1 / 2.0;
    let place = (panel.corner.0 - 12.5, middle);
    canvas.text(&panel.y.name, place, Text::label().upwards())
}

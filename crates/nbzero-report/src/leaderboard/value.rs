//! What a row's tau costs: the rows that no faster one equals.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde::Serialize;

use super::{Board, ELSEWHERE, Leaderboard, RANDOM, picked_on};
use crate::entrant::label;
use crate::exhibit::{Exhibit, document};
use crate::number::fixed;
use crate::plot::{Axis, Canvas, GREY, INK, PAGE, Panel, Place, Stroke, Text, look};
use crate::sheet::{Column, Field, Sheet};
use crate::{Formula, Picture, Result};

/// Decimals of a tau.
const DECIMALS: usize = 3;
/// Decimals of seconds.
const OF_SECONDS: usize = 4;
/// Radius of a marker, in millimetres.
const MARKER: f64 = 1.0;

/// Mean tau and mean seconds of the rows that were fixed before looking and are judged on every benchmark with
/// published accuracies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Value {
    /// The fastest first.
    pub rows: Vec<ValueRow>,
}

/// One row of the leaderboard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ValueRow {
    /// A cost, a proxy or an aggregate.
    pub name: String,
    /// Itself, or what is combined.
    pub members: Vec<String>,
    /// The mean over the benchmarks that it was not picked on, those of one family counting once.
    pub tau: f64,
    /// Seconds a network, the same mean.
    pub seconds: f64,
    /// Whether every row that takes no longer has a lower tau, on the benchmarks that neither was picked on.
    pub is_on_front: bool,
}

fn seconds(row: &str) -> impl Fn(&Board) -> Option<f64> {
    move |board| board.standing(row)?.seconds
}

impl Leaderboard {
    /// What each row's tau costs.
    pub fn value(&self) -> Value {
        let rows = self.lines().into_iter().filter_map(|line| {
            if [RANDOM, ELSEWHERE].contains(&line.name) {
                return None;
            }
            Some(ValueRow {
                name: line.name.to_owned(),
                members: Formula::parse(line.name).ok()?.members().to_vec(),
                tau: line.mean?,
                seconds: self.mean(&Vec::from_iter(picked_on(line.name)), seconds(line.name))?,
                is_on_front: false,
            })
        });
        let mut rows: Vec<ValueRow> = rows.collect();
        rows.sort_by(|a, b| {
            let faster = a.seconds.total_cmp(&b.seconds);
            faster.then(b.tau.total_cmp(&a.tau))
        });
        let is_on_front = |place: usize| {
            let mut others = (0..rows.len()).filter(|other| *other != place);
            !others.any(|other| {
                let (tau, seconds) = self.compared(&rows[place].name, &rows[other].name);
                seconds.is_ge() && (tau.is_lt() || tau.is_eq() && other < place)
            })
        };
        let front: Vec<bool> = (0..rows.len()).map(is_on_front).collect();
        for (row, is_on_front) in rows.iter_mut().zip(front) {
            row.is_on_front = is_on_front;
        }
        Value { rows }
    }

    /// Mean tau and mean seconds of one row beside those of another, on the benchmarks that neither was picked on.
    fn compared(&self, one: &str, other: &str) -> (Ordering, Ordering) {
        let left_out: Vec<&str> = [one, other].into_iter().filter_map(picked_on).collect();
        let tau = |name| {
            let mean = self.mean(&left_out, |board| board.tau(name));
            mean.unwrap_or(f64::NAN)
        };
        let seconds = |name| self.mean(&left_out, seconds(name)).unwrap_or(f64::NAN);
        (
            tau(one).total_cmp(&tau(other)),
            seconds(one).total_cmp(&seconds(other)),
        )
    }
}

impl Value {
    /// Every cost and proxy that a row of the front is made of.
    pub fn members_of_front(&self) -> BTreeSet<&str> {
        let front = self.front();
        front
            .flat_map(|row| row.members.iter().map(String::as_str))
            .collect()
    }

    fn front(&self) -> impl Iterator<Item = &ValueRow> {
        self.rows.iter().filter(|row| row.is_on_front)
    }

    /// What a plot has for rows that take no time.
    fn least(&self) -> f64 {
        let some = self.rows.iter().map(|row| row.seconds);
        some.filter(|s| *s > 0.0).fold(1.0, f64::min) / 3.0
    }

    fn draw(&self, canvas: &mut Canvas<'_>, panel: &Panel) -> Result<()> {
        panel.frame(canvas, true, true)?;
        panel.x_name(canvas)?;
        canvas.text(&panel.y.name, (panel.corner.0, 4.0), Text::label().left())?;
        let at = |row: &ValueRow| panel.at(row.seconds.max(self.least()), row.tau);
        let mut steps: Vec<Place> = Vec::new();
        for place in self.front().map(at) {
            let level = steps.last().map(|last| (place.0, last.1));
            steps.extend(level);
            steps.push(place);
        }
        canvas.line(&steps, Stroke::new(GREY, 0.4))?;
        let mut taken: Vec<Room> = Vec::new();
        for row in &self.rows {
            let (place, look) = (at(row), look(&row.name));
            canvas.marker(look.marker, place, MARKER, look.colour)?;
            taken.push(Room::around(place, MARKER, MARKER));
        }
        let others = self.rows.iter().filter(|row| !row.is_on_front);
        for row in self.front().chain(others) {
            let name = label(&row.name);
            let colour = if row.is_on_front { INK } else { GREY };
            let look = Text::tick().colour(colour);
            // A name that would cover another or a marker is in the table alone.
            let mut rooms = Room::beside(at(row), look.width(name)).into_iter();
            let free = |room: &Room| room.is_in(panel) && !taken.iter().any(|t| t.covers(room));
            if let Some(room) = rooms.find(free) {
                canvas.text(name, room.middle, look)?;
                taken.push(room);
            }
        }
        Ok(())
    }
}

/// A rectangle of the page.
#[derive(Debug, Clone, Copy)]
struct Room {
    middle: Place,
    /// Half of its width and height.
    half: (f64, f64),
}

impl Room {
    fn around(middle: Place, wide: f64, high: f64) -> Self {
        Self {
            middle,
            half: (wide, high),
        }
    }

    /// For a name of that width: above a marker, right of it, left of it, below.
    fn beside((x, y): Place, width: f64) -> [Self; 4] {
        let aside = MARKER + 0.6 + width / 2.0;
        let places = [(x, y - 3.0), (x + aside, y), (x - aside, y), (x, y + 3.0)];
        places.map(|middle| Self::around(middle, width / 2.0, 1.2))
    }

    fn covers(&self, other: &Self) -> bool {
        (self.middle.0 - other.middle.0).abs() < self.half.0 + other.half.0
            && (self.middle.1 - other.middle.1).abs() < self.half.1 + other.half.1
    }

    fn is_in(&self, panel: &Panel) -> bool {
        let (left, right) = (self.middle.0 - self.half.0, self.middle.0 + self.half.0);
        panel.corner.0 <= left && right <= panel.corner.0 + panel.size.0
    }
}

impl Exhibit for Value {
    fn name(&self) -> &'static str {
        "value"
    }

    fn sheet(&self) -> Sheet {
        let columns = vec![
            Column::plain("row", "Row"),
            Column::plain("tau", "Mean tau"),
            Column::plain("seconds", "Seconds a network"),
            Column::plain("front", "On the front"),
        ];
        let row = |row: &ValueRow| {
            vec![
                Field::proxy(&row.name),
                Field::Number(Some(row.tau), DECIMALS),
                Field::Number(Some(row.seconds), OF_SECONDS),
                if row.is_on_front {
                    Field::text("yes")
                } else {
                    Field::Absent
                },
            ]
        };
        let front = self.front().map(|row| {
            let [tau, seconds] = [(row.tau, DECIMALS), (row.seconds, 2)].map(|(x, d)| fixed(x, d));
            format!("{} ({tau} in {seconds} s)", label(&row.name))
        });
        let front: Vec<String> = front.collect();
        Sheet {
            title: "What a tau costs".to_owned(),
            columns,
            rows: self.rows.iter().map(row).collect(),
            notes: vec![
                format!(
                    "On the front is a row where every row that takes no longer has a lower mean tau: {}.",
                    front.join(", ")
                ),
                "Rows that were fixed before looking and are judged on all benchmarks with published accuracies; \
                 means over these, those of one space counting once. A combination that was picked on one of \
                 them is judged, and compared with others, on the rest. Costs are counted and take no time. Of a \
                 combination the sum of its members' seconds, which share sweeps: at most that."
                    .to_owned(),
            ],
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }

    fn picture(&self) -> Result<Option<Picture>> {
        if self.rows.is_empty() {
            return Ok(None);
        }
        let seconds = self.rows.iter().map(|row| row.seconds.max(self.least()));
        let panel = Panel {
            corner: (12.0, 8.0),
            size: (PAGE - 14.0, 84.0),
            x: Axis::logarithmic(
                seconds,
                "Seconds a network (costs, which take none, at the left)",
            ),
            y: Axis::around(self.rows.iter().map(|row| row.tau), "Mean tau"),
        };
        Picture::draw(PAGE, 102.0, |canvas| self.draw(canvas, &panel)).map(Some)
    }
}

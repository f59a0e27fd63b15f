//! Figure 8 of the paper: the architectures that proxies pick, drawn.

use nbzero_metrics::{Accuracies, Bootstrap};
use nbzero_table::{Cost, StageAttributes, Table};
use serde::Serialize;

use crate::entrant::{Entrant, label};
use crate::exhibit::{Exhibit, document};
use crate::lineup::Lineup;
use crate::networks::Networks;
use crate::number::fixed;
use crate::plot::{Canvas, GREY, Grid, INK, PAGE, Stroke, Text, look};
use crate::sheet::{Column, Field, Sheet};
use crate::{About, Error, Picture, Result};

/// The network that each proxy picks without a budget.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fig8 {
    /// What it was measured on.
    pub about: About,
    /// Oracle, where there are accuracies, costs, then the table's proxies.
    pub picks: Vec<Pick>,
}

/// The network that one proxy picks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pick {
    /// Name as tables and commands write it.
    pub name: String,
    /// The network; of several with the best score, the first of the table.
    pub arch: String,
    /// Number of networks that share the best score.
    pub tied: usize,
    /// Number of networks of higher accuracy, the mean over the tied; none in a table of scores alone.
    pub rank: Option<f64>,
    /// Test accuracy of the drawn network in percent; none in a table of scores alone.
    pub accuracy: Option<f64>,
    /// Its FLOPs, parameters and depth.
    pub costs: [u64; 3],
    /// Its stages, first to last.
    pub stages: Vec<StageAttributes>,
}

/// Finds what every proxy picks from the whole table, which may be one of
/// [scores alone](Table::is_of_scores_alone).
///
/// # Errors
///
/// If there are accuracies and no network has one, or the networks have no stages to draw.
pub fn fig8(table: &Table) -> Result<Fig8> {
    let none = Bootstrap {
        resamples: 0,
        seed: 0,
    };
    let Lineup {
        about,
        networks,
        entrants,
        accuracies,
    } = Lineup::of(table, none)?;
    // A pick is shown with all of its costs.
    for cost in Cost::ALL {
        networks.costs(cost)?;
    }
    let picks = entrants.iter();
    let accuracies = accuracies.as_ref().map(Accuracies::values);
    let picks = picks.filter_map(|entrant| pick(&networks, entrant, accuracies));
    let picks: Vec<Pick> = picks.collect();
    if picks.iter().any(|pick| pick.stages.is_empty()) {
        return Err(Error::NoStages {
            report: "fig8",
            space: networks.table().metadata().space.clone(),
        });
    }
    Ok(Fig8 { about, picks })
}

/// The first network of the best score; `None` where no score is defined.
fn pick(networks: &Networks<'_>, entrant: &Entrant, accuracies: Option<&[f64]>) -> Option<Pick> {
    let score = |place: &usize| entrant.scores.oriented(*place);
    let places = 0..networks.len();
    let most = places.clone().filter_map(|place| score(&place));
    let most = most.max_by(f64::total_cmp)?;
    let tied: Vec<usize> = places.filter(|place| score(place) == Some(most)).collect();
    let row = networks.row(*tied.first()?)?;
    let better = |accuracies: &[f64], than: usize| {
        let better = accuracies.iter().filter(|a| **a > accuracies[than]);
        better.count() as f64
    };
    let rank = |accuracies| {
        let each = tied.iter().map(|&place| better(accuracies, place));
        each.sum::<f64>() / tied.len() as f64
    };
    Some(Pick {
        name: entrant.name.clone(),
        arch: row.arch().to_owned(),
        tied: tied.len(),
        rank: accuracies.map(rank),
        accuracy: accuracies.map(|all| all[tied[0]]),
        costs: Cost::ALL.map(|cost| row.cost(cost).unwrap_or_default()),
        stages: row.stages().to_vec(),
    })
}

impl Pick {
    /// The longest block with which the stages fit into that width.
    fn block_within(&self, width: f64) -> f64 {
        let gaps = BETWEEN * self.stages.len().saturating_sub(1) as f64;
        let lengths = |block| {
            slots(&self.stages, block)
                .map(|slot| slot.length)
                .sum::<f64>()
        };
        let (mut fits, mut too_long) = (LEAST_BLOCK, width);
        // Halved until a thousandth of a millimetre does not matter.
        for _ in 0..20 {
            let block = f64::midpoint(fits, too_long);
            if lengths(block) + gaps <= width {
                fits = block;
            } else {
                too_long = block;
            }
        }
        fits
    }

    /// Blocks from left to right, as high as they have channels.
    fn draw(&self, canvas: &mut Canvas<'_>, frame: Frame, scale: Scale) -> Result<()> {
        let (left, top) = frame.corner;
        let name = label(&self.name);
        canvas.text(name, (left, top + 1.5), Text::title().left())?;
        if let Some(accuracy) = self.accuracy {
            let accuracy = format!("{}%", fixed(accuracy, 1));
            let right = Text::tick().right().colour(GREY);
            canvas.text(&accuracy, (left + frame.width, top + 1.5), right)?;
        }
        let axis = top + 4.0 + frame.height / 2.0;
        let ends = [(left, axis), (left + frame.width, axis)];
        canvas.line(&ends, Stroke::new(GREY, 0.15))?;
        let mut start = left;
        for slot in slots(&self.stages, scale.block) {
            let half = f64::from(slot.stage.output) * scale.channel / 2.0;
            let blocks = f64::from(slot.stage.depth) * scale.block;
            let mut x = start + (slot.length - blocks) / 2.0;
            for _ in 0..slot.stage.depth {
                let (from, to) = ((x + 0.1, axis - half), (x + scale.block - 0.1, axis + half));
                canvas.rectangle(from, to, look(&self.name).colour, 1.0)?;
                x += scale.block;
            }
            if let Some(number) = &slot.number {
                let below = (start + slot.length / 2.0, top + 4.0 + frame.height + 1.8);
                canvas.text(number, below, Text::tick().colour(INK))?;
            }
            start += slot.length + BETWEEN;
        }
        Ok(())
    }
}

/// Where one network is drawn.
#[derive(Debug, Clone, Copy)]
struct Frame {
    corner: (f64, f64),
    width: f64,
    height: f64,
}

/// Millimetres for a channel and for a block, the same for all networks of a figure.
#[derive(Debug, Clone, Copy)]
struct Scale {
    channel: f64,
    block: f64,
}

/// Between stages, in millimetres.
const BETWEEN: f64 = 1.0;

/// Longest block, in millimetres: shallow networks need not fill their frame.
const MOST_BLOCK: f64 = 4.0;

/// Least length of a block that can still be seen, in millimetres.
const LEAST_BLOCK: f64 = 0.4;

/// A stage with its length in millimetres.
struct Slot<'a> {
    stage: &'a StageAttributes,
    /// Its blocks, and no less than its number needs.
    length: f64,
    /// Its channels, where they are not those of the stage before.
    number: Option<String>,
}

fn slots(stages: &[StageAttributes], block: f64) -> impl Iterator<Item = Slot<'_>> {
    let mut before = None;
    stages.iter().map(move |stage| {
        let is_new = before.replace(stage.output) != Some(stage.output);
        let number = is_new.then(|| stage.output.to_string());
        let least = number
            .as_ref()
            .map_or(0.0, |number| Text::tick().width(number));
        Slot {
            stage,
            length: least.max(f64::from(stage.depth) * block),
            number,
        }
    })
}

impl Fig8 {
    /// Whether accuracies are known.
    fn is_judged(&self) -> bool {
        self.picks.iter().any(|pick| pick.accuracy.is_some())
    }

    fn draw(&self) -> Result<Picture> {
        let (columns, height) = (5, 14.0);
        let grid = Grid::fill((4.0, 9.0), PAGE - 8.0, columns, height + 8.0, (6.0, 3.0));
        let stages = || self.picks.iter().flat_map(|pick| &pick.stages);
        let widest = stages().map(|stage| stage.output).max().unwrap_or(1);
        let room = |pick: &Pick| pick.block_within(grid.panel.0);
        let scale = Scale {
            channel: height / f64::from(widest),
            block: self.picks.iter().map(room).fold(MOST_BLOCK, f64::min),
        };
        let total = grid.bottom(self.picks.len()) + 7.0;
        Picture::draw(PAGE, total, |canvas| {
            let title = format!("{}: {} networks", self.about.name(), self.about.networks);
            canvas.text(&title, (4.0, 3.5), Text::title().left())?;
            for (i, pick) in self.picks.iter().enumerate() {
                let frame = Frame {
                    corner: grid.corner(i),
                    width: grid.panel.0,
                    height,
                };
                pick.draw(canvas, frame, scale)?;
            }
            let accuracy = if self.is_judged() {
                "; accuracy of the pick on the right"
            } else {
                ""
            };
            let reading = format!(
                "each bar a block, as high as it has channels (numbers, where they change){accuracy}"
            );
            canvas.text(&reading, (4.0, total - 3.0), Text::label().left())
        })
    }
}

impl Exhibit for Fig8 {
    fn name(&self) -> &'static str {
        "fig8"
    }

    fn sheet(&self) -> Sheet {
        let plain = |(key, heading): (&str, &str)| Column::plain(key, heading);
        let columns = [
            ("proxy", "Proxy"),
            ("arch", "Architecture"),
            ("accuracy", "Accuracy"),
            ("rank", "Rank"),
            ("tied", "Tied"),
            ("flops", "FLOPs"),
            ("params", "Params"),
            ("depth", "Depth"),
        ];
        let number = |value: Option<f64>, digits| {
            value.map_or(Field::Absent, |v| Field::Number(Some(v), digits))
        };
        let row = |pick: &Pick| {
            let [flops, params, depth] = pick.costs.map(|cost| cost as f64);
            vec![
                Field::proxy(&pick.name),
                Field::text(&pick.arch),
                number(pick.accuracy, 1),
                number(pick.rank, 0),
                Field::Count(pick.tied),
                Field::Metric(flops),
                Field::Metric(params),
                Field::Metric(depth),
            ]
        };
        Sheet {
            title: "Figure 8: the architecture that each proxy picks".to_owned(),
            columns: columns.map(plain).into(),
            rows: self.picks.iter().map(row).collect(),
            notes: vec![
                format!(
                    "What to see: whether proxies prefer wide networks (high bars) or deep ones (many bars){}.",
                    if self.is_judged() {
                        ", and how far their picks are from the oracle's in shape and accuracy"
                    } else {
                        ""
                    }
                ),
                self.about.measured(),
                format!(
                    "Picked from all {} networks without a budget;{} of several with the best score the first is \
                     drawn. One pick is one network: it says what a proxy prefers here, not how surely.",
                    self.about.networks,
                    if self.is_judged() {
                        " rank counts the networks of higher accuracy (0 is the best);"
                    } else {
                        ""
                    }
                ),
                "The paper says: snip prefers wide and grasp narrow networks, and zen's is neither \
                 too wide nor too deep, growing in depth from stage to stage."
                    .to_owned(),
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

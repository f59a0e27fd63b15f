//! Figure 7 of the paper: what drives each proxy's score and the accuracy, as radar charts.

use nbzero_metrics::{Accuracies, Direction, Scores, spearman};
use nbzero_table::{StageAttribute, Table};
use serde::Serialize;

use crate::entrant::label;
use crate::exhibit::{Exhibit, document};
use crate::number::fixed;
use crate::plot::{Canvas, GREY, Grid, INK, LIGHT, PAGE, Stroke, Text, look};
use crate::sheet::{Column, Field, Sheet};
use crate::{Error, Estimate, Picture, Result};

/// How much the number of stages and each attribute of each stage matter for one quantity.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Factors {
    /// A proxy by name, or `oracle` for the accuracy.
    pub name: String,
    /// Share of the number of stages, from 0 to 1.
    pub stages: f64,
    /// For each stage the shares of its attributes, in the order of [`StageAttribute::ALL`]; each from 0
    /// to 1, together with that of the number of stages 1.
    pub shares: [[f64; 4]; 4],
    /// Permutation importance of the number of stages, then of the attributes stage by stage: how much
    /// of R2 is lost where it is shuffled among networks that the model has not seen.
    pub permutation: Vec<f64>,
    /// Cross-validated R2 of the model that the shares come from: near 0 or below, they mean
    /// nothing.
    pub r2: Estimate,
    /// Number of networks behind it.
    pub networks: usize,
}

/// A quantity without importances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// A proxy by name, or `oracle` for the accuracy.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// The factor analysis of a table.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct FactorAnalysis {
    /// One for each quantity that was analysed.
    pub factors: Vec<Factors>,
    /// The quantities that were not.
    pub left_out: Vec<LeftOut>,
}

/// Importances of the stage attributes for several proxies and for the accuracy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fig7 {
    /// What the importances are of and how they were measured, for the notes.
    pub measured: String,
    /// Of each quantity, in the order drawn.
    #[serde(flatten)]
    pub analysis: FactorAnalysis,
}

/// Arranges the importances that a factor analysis of the table has found.
///
/// # Errors
///
/// If it has found none; the error says why for each quantity.
pub fn fig7(table: &Table, analysis: FactorAnalysis) -> Result<Fig7> {
    if analysis.factors.is_empty() {
        let reasons = analysis.left_out.iter().map(LeftOut::words);
        return Err(Error::NothingToExplain {
            reasons: reasons.collect::<Vec<_>>().join("; "),
        });
    }
    let metadata = table.metadata();
    Ok(Fig7 {
        measured: format!(
            "Measured: shares of XGBoost's gain, of ranks, on the up to {} networks of {} on {} that \
             have the quantity; R2 is of five folds.",
            table.len(),
            metadata.space,
            metadata.dataset
        ),
        analysis,
    })
}

/// Radius of a chart in millimetres.
const RADIUS: f64 = 11.5;

/// Below this R2 a model has not learned what it explains.
pub(crate) const LEAST_R2: f64 = 0.5;

impl LeftOut {
    fn words(&self) -> String {
        format!("{} ({})", title(&self.name), self.reason)
    }
}

/// The accuracy is no proxy.
fn title(name: &str) -> &str {
    match name {
        "oracle" => "accuracy",
        name => label(name),
    }
}

impl Factors {
    /// From importances in the order of the features: the number of stages, then stage by stage.
    /// `None` where there are not 17 of each.
    pub fn new(
        name: impl Into<String>,
        networks: usize,
        r2: Estimate,
        gain: &[f64],
        permutation: Vec<f64>,
    ) -> Option<Self> {
        let (stages, of_stages) = gain.split_first()?;
        let shares: Vec<[f64; 4]> = of_stages.as_chunks().0.to_vec();
        let complete = of_stages.len() == 16 && permutation.len() == gain.len();
        Some(Self {
            name: name.into(),
            stages: *stages,
            shares: shares.try_into().ok().filter(|_| complete)?,
            permutation,
            r2,
            networks,
        })
    }

    /// How far gain and permutation put the features into the same order, by Spearman's correlation.
    fn agreement(&self) -> Option<f64> {
        let gain: Vec<f64> = std::iter::once(&self.stages)
            .chain(self.shares.iter().flatten())
            .copied()
            .collect();
        let scores = Scores::new(&gain, Direction::Higher);
        let permutation = Accuracies::new(&self.permutation).ok()?;
        spearman(&scores, &permutation).ok()?.value
    }

    /// Shares clockwise from the top: the number of stages, then all stages' inputs, then outputs, strides and depths, so that
    /// a quantity driven by depth leans to the left and one driven by width to the right.
    fn spokes(&self) -> impl Iterator<Item = (String, f64)> {
        let of_stages =
            StageAttribute::ALL
                .into_iter()
                .enumerate()
                .flat_map(move |(place, attribute)| {
                    let spoke = move |(stage, shares): (usize, &[f64; 4])| {
                        (
                            format!("S{}{}", stage + 1, attribute.suffix()),
                            shares[place],
                        )
                    };
                    self.shares.iter().enumerate().map(spoke)
                });
        std::iter::once(("stages".to_owned(), self.stages)).chain(of_stages)
    }

    /// Share of the depths, and of the widths (input and output channels).
    pub(crate) fn depth_and_width(&self) -> (f64, f64) {
        let sum = |places: &[usize]| {
            let stages = self.shares.iter();
            stages.flat_map(|s| places.iter().map(|p| s[*p])).sum()
        };
        (sum(&[3]), sum(&[0, 1]))
    }

    /// Whether gain and permutation have the same first feature.
    fn leads_the_same(&self) -> bool {
        let first = |values: &mut dyn Iterator<Item = f64>| {
            values
                .enumerate()
                .max_by(|a, b| a.1.total_cmp(&b.1))
                .map(|(place, _)| place)
        };
        let mut gain = std::iter::once(self.stages).chain(self.shares.iter().flatten().copied());
        first(&mut gain) == first(&mut self.permutation.iter().copied())
    }

    fn draw(&self, canvas: &mut Canvas<'_>, middle: (f64, f64), most: f64) -> Result<()> {
        let spokes: Vec<(String, f64)> = self.spokes().collect();
        let place = |spoke: usize, radius: f64| {
            let angle = std::f64::consts::TAU * spoke as f64 / spokes.len() as f64;
            (
                middle.0 + radius * angle.sin(),
                middle.1 - radius * angle.cos(),
            )
        };
        let ring = |radius: f64| {
            let around = (0..=spokes.len()).map(|spoke| place(spoke, radius));
            around.collect::<Vec<_>>()
        };
        for share in [0.5, 1.0] {
            canvas.line(&ring(share * RADIUS), Stroke::new(LIGHT, 0.2))?;
        }
        for (spoke, (name, _)) in spokes.iter().enumerate() {
            canvas.line(&[middle, place(spoke, RADIUS)], Stroke::new(LIGHT, 0.15))?;
            canvas.text(name, place(spoke, RADIUS + 2.6), Text::tick().colour(INK))?;
        }
        let colour = look(&self.name).colour;
        let values = spokes.iter().enumerate();
        let mut outline: Vec<_> = values
            .map(|(spoke, (_, share))| place(spoke, RADIUS * share / most))
            .collect();
        canvas.polygon(&outline, colour, 0.3)?;
        outline.extend(outline.first().copied());
        canvas.line(&outline, Stroke::new(colour, 0.35))
    }

    fn title(&self) -> &str {
        title(&self.name)
    }
}

impl Fig7 {
    fn draw(&self) -> Result<Picture> {
        let columns = 5;
        let (top, row) = (2.0, 2.0 * RADIUS + 16.0);
        let grid = Grid::fill((1.0, top), PAGE - 2.0, columns, row, (1.0, 1.0));
        let count = self.analysis.factors.len();
        let total = grid.bottom(count) + 6.0;
        Picture::draw(PAGE, total, |canvas| {
            for (i, factors) in self.analysis.factors.iter().enumerate() {
                let (left, top) = grid.corner(i);
                let largest = factors.spokes().map(|(_, share)| share).fold(0.0, f64::max);
                // A round share for the outer ring, and at least a little of it.
                let most = (largest * 20.0).ceil().max(1.0) / 20.0;
                let middle = (left + grid.panel.0 / 2.0, top + RADIUS + 9.0);
                canvas.text(
                    factors.title(),
                    (left + 1.5, top + 2.0),
                    Text::title().left(),
                )?;
                let r2 = format!("R\u{b2} {}", fixed(factors.r2.value, 2));
                let right = (left + grid.panel.0 - 1.5, top + 2.0);
                canvas.text(&r2, right, Text::tick().right().colour(GREY))?;
                factors.draw(canvas, middle, most)?;
                let ring = format!("outer ring {}%", fixed(100.0 * most, 0));
                let below = (middle.0, middle.1 + RADIUS + 5.6);
                canvas.text(&ring, below, Text::tick().colour(GREY))?;
            }
            let reading = "stages: their number; S1 to S4: stages; in, out: channels; s: stride; L: depth \
                           (blocks)";
            canvas.text(reading, (3.0, total - 2.5), Text::label().left())
        })
    }

    /// What is not in the figure.
    fn left_out(&self) -> Option<String> {
        let words = self.analysis.left_out.iter().map(LeftOut::words);
        let words: Vec<String> = words.collect();
        (!words.is_empty()).then(|| format!("Left out: {}.", words.join("; ")))
    }

    /// What permutation importance says of the shares.
    fn checked(&self) -> Option<String> {
        let readable = || {
            self.analysis
                .factors
                .iter()
                .filter(|f| f.r2.value >= LEAST_R2)
        };
        let agreements: Vec<f64> = readable().filter_map(Factors::agreement).collect();
        let least = agreements.iter().copied().reduce(f64::min)?;
        let most = agreements.iter().copied().reduce(f64::max)?;
        let same = readable()
            .filter(|factors| factors.leads_the_same())
            .count();
        Some(format!(
            "Checked by permutation importance (what is lost of R2 where an attribute is shuffled \
             among networks that the model has not seen), where R2 is at least {LEAST_R2}: \
             Spearman's correlation of both orders is {} to {}, and the first is the same for {same} \
             of {} quantities. JSON has the numbers.",
            fixed(least, 2),
            fixed(most, 2),
            agreements.len()
        ))
    }

    /// Which quantities cannot be read because their model explains too little.
    fn unexplained(&self) -> Option<String> {
        let poor = self
            .analysis
            .factors
            .iter()
            .filter(|f| f.r2.value < LEAST_R2);
        let names: Vec<&str> = poor.map(Factors::title).collect();
        (!names.is_empty()).then(|| {
            format!(
                "R2 is below {LEAST_R2} for {}: their importances cannot be relied on.",
                names.join(", ")
            )
        })
    }
}

impl Exhibit for Fig7 {
    fn name(&self) -> &'static str {
        "fig7"
    }

    fn sheet(&self) -> Sheet {
        let mut columns = vec![
            Column::plain("quantity", "Quantity"),
            Column::plain("networks", "Networks"),
            Column::estimate("r2", "R2 95%"),
            Column::plain("depth", "All depths"),
            Column::plain("width", "All widths"),
        ];
        // The largest are named for people; CSV has all.
        columns.push(Column::plain("largest", "Largest"));
        let spokes = self
            .analysis
            .factors
            .first()
            .map_or_else(Vec::new, |f| f.spokes().collect());
        columns.extend(spokes.into_iter().map(|(name, _)| Column::hidden(name)));
        let row = |factors: &Factors| {
            let (depth, width) = factors.depth_and_width();
            let mut sorted: Vec<(String, f64)> = factors.spokes().collect();
            sorted.sort_by(|a, b| b.1.total_cmp(&a.1));
            let largest = sorted.iter().take(4).map(|(name, _)| name.as_str());
            let mut fields = vec![
                Field::text(factors.title()),
                Field::Count(factors.networks),
                Field::estimate(factors.r2, 2),
                Field::Number(Some(depth), 2),
                Field::Number(Some(width), 2),
                Field::text(largest.collect::<Vec<_>>().join(" ")),
            ];
            fields.extend(
                factors
                    .spokes()
                    .map(|(_, share)| Field::Number(Some(share), 3)),
            );
            fields
        };
        let mut notes = vec![
            self.measured.clone(),
            "Shares of the importance of the number of stages and of each stage's input and output \
             channels, stride and depth; all together are 1. A stage that a network does not have \
             counts as the one before it, so that its absence is told by the number of stages alone."
                .to_owned(),
        ];
        notes.extend(self.left_out());
        notes.extend(self.checked());
        notes.extend(self.unexplained());
        notes.push(
            "The paper says: depths (S1L to S4L) drive all scores but fisher's, which channels \
             drive; accuracy is driven by S2out, S3out, S4out and S4L, mostly widths."
                .to_owned(),
        );
        Sheet {
            title: "Figure 7: importance of the stage attributes".to_owned(),
            columns,
            rows: self.analysis.factors.iter().map(row).collect(),
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

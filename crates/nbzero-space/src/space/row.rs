//! The chains of a space as rows of choices: stem, number of stages, strides, then widths, depths and
//! expansions of as many stages as any chain has. Those of stages that a chain lacks are there in any
//! case.

use rand_chacha::ChaCha8Rng;

use super::rules::{ChainRules, Choices};
use crate::population::below;
use crate::{Architecture, Chain};

/// Choices before those of the stages.
const HEAD: usize = 3;

impl ChainRules {
    fn most_stages(&self) -> usize {
        self.lengths().last().copied().unwrap_or_default()
    }

    /// How many alternatives each choice has.
    pub(crate) fn alternatives(&self) -> Vec<usize> {
        let (lengths, most) = (self.lengths(), self.most_stages());
        let patterns = lengths.iter().map(|&stages| self.patterns(stages).len());
        let mut all = vec![
            self.stems.len(),
            lengths.len(),
            patterns.max().unwrap_or_default(),
        ];
        all.extend(vec![self.widths.len(); most]);
        all.extend(vec![self.depths.len(); most]);
        if !self.expansions.is_empty() {
            all.extend(vec![self.expansions.len(); most]);
        }
        all
    }

    /// A row of choices, each as likely as its alternatives; caps are not looked at.
    pub(crate) fn draw_row(&self, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let mut row: Vec<usize> = Vec::new();
        for (at, alternatives) in self.alternatives().into_iter().enumerate() {
            // Of the strides only those that there are for that number of stages.
            let alternatives = match at {
                2 => self.patterns(self.lengths()[row[1]]).len(),
                _ => alternatives,
            };
            row.push(below(alternatives, rng));
        }
        row
    }

    /// The chain of a row. Where there are fewer strides for a number of stages than for another, the
    /// last ones stand for those that are missing.
    pub(crate) fn of_row(&self, row: &[usize]) -> Architecture {
        let stages = self.lengths()[row[1]];
        let patterns = self.patterns(stages);
        let mut rest = row[HEAD..].chunks(self.most_stages());
        let mut each = || {
            rest.next()
                .map_or(Vec::new(), |part| part[..stages].to_vec())
        };
        self.chain(&Choices {
            stem: row[0],
            strides: patterns[row[2].min(patterns.len() - 1)].to_vec(),
            widths: each(),
            depths: each(),
            expansions: each(),
        })
    }

    /// The row of a chain; `None` where its choices are not those of the rules.
    pub(crate) fn row(&self, chain: &Chain) -> Option<Vec<usize>> {
        let place = |values: &[usize], value| values.iter().position(|&known| known == value);
        let stages = chain.stages();
        let strides: Vec<usize> = stages.iter().map(|stage| stage.stride).collect();
        let patterns = self.patterns(stages.len());
        let pattern = patterns.iter().position(|known| *known == strides)?;
        let all = self.alternatives();
        let widths = stages.iter().map(|stage| place(&self.widths, stage.width));
        let depths = stages.iter().map(|stage| place(&self.depths, stage.depth));
        let widths = widths.collect::<Option<Vec<usize>>>()?;
        let expansions = if self.expansions.is_empty() {
            let usual = stages.iter().all(|stage| stage.expansion.is_none());
            usual.then(Vec::new)?
        } else {
            let usual = self.family.expansion()?;
            let own = stages.iter().map(|stage| stage.expansion.unwrap_or(usual));
            own.map(|own| place(&self.expansions, own))
                .collect::<Option<_>>()?
        };
        let ends_as_drawn = chain.stem_stride() == 1 && chain.last().is_none();
        if chain.family() != self.family || !widths.is_sorted() || !ends_as_drawn {
            return None;
        }
        let last = pattern + 1 == patterns.len();
        let mut row = vec![
            place(&self.stems, chain.stem())?,
            place(&self.lengths(), stages.len())?,
            if last { all[2] - 1 } else { pattern },
        ];
        for mut part in [widths, depths.collect::<Option<_>>()?, expansions] {
            // A further stage that a mutation may add is like the last.
            if let Some(&last) = part.last() {
                part.resize(self.most_stages(), last);
            }
            row.extend(part);
        }
        Some(row)
    }
}

/// Another alternative of one choice, if any has one.
pub(crate) fn change(row: &mut [usize], alternatives: &[usize], rng: &mut ChaCha8Rng) {
    let open: Vec<usize> = (0..row.len()).filter(|&at| alternatives[at] > 1).collect();
    if open.is_empty() {
        return;
    }
    let at = open[below(open.len(), rng)];
    let step = 1 + below(alternatives[at] - 1, rng);
    row[at] = (row[at] + step) % alternatives[at];
}

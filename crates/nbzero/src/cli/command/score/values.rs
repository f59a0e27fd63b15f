//! What is found of a network, as values for programs and for JSON.

use serde::Serialize;

use super::hybrid::Hybrid;
use super::print::Scored;

/// What is found of one network.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// Its string, or its file.
    pub network: String,
    /// Multiply-accumulates for one image.
    pub flops: u128,
    /// Trainable parameters.
    pub params: u128,
    /// Convolution and linear layers.
    pub depth: u32,
    /// The scores in the order of the proxies, then the ranks of hybrids; none where undefined.
    pub scores: Vec<(String, Option<Number>)>,
    /// Why each undefined one is so.
    pub undefined: Vec<(String, String)>,
    /// The 95% intervals of scores that are means over repeats.
    pub intervals: Vec<(String, [f64; 2])>,
    /// What each sweep took, in seconds.
    pub seconds: Vec<(String, f64)>,
}

/// A cost has all its digits, which a float64 may not hold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Number {
    /// FLOPs, parameters, layers.
    Whole(u128),
    /// A score, or a mean rank.
    Float(f64),
}

impl Scored {
    pub(super) fn values(&self, hybrids: &[Hybrid]) -> Values {
        let named = || self.scores.scores.iter();
        let scores = named().map(|named| {
            let name = named.definition.name;
            let number = named.score.as_ref().ok().map(|&value| {
                let whole = self.whole(name).map(Number::Whole);
                whole.unwrap_or(Number::Float(value))
            });
            (name.to_owned(), number)
        });
        let ranks = hybrids.iter().zip(&self.hybrids);
        let ranks = ranks.map(|(hybrid, rank)| (hybrid.name.clone(), rank.map(Number::Float)));
        let intervals = named().filter_map(|named| {
            let interval = named.interval?;
            let name = named.definition.name.to_owned();
            Some((name, [interval.low, interval.high]))
        });
        let seconds = self.scores.sweeps.iter();
        let seconds = seconds.map(|cost| {
            let name = cost.sweep.name().to_owned();
            (name, cost.duration.as_secs_f64())
        });
        let undefined = self.undefined(hybrids).into_iter();
        Values {
            network: self.network.to_string(),
            flops: self.flops,
            params: self.params,
            depth: self.depth,
            scores: scores.chain(ranks).collect(),
            undefined: undefined
                .map(|(name, why)| (name.to_owned(), why))
                .collect(),
            intervals: intervals.collect(),
            seconds: seconds.collect(),
        }
    }
}

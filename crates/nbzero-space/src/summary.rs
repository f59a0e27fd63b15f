//! How a sample spreads over FLOPs, parameters and depth, as text.

use std::fmt;

use crate::{Architecture, Costs};

/// Counts of values in equal bins from zero to the largest value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    /// Smallest value.
    pub min: u64,
    /// Middle value (the lower one of an even number).
    pub median: u64,
    /// Largest value; the bins end here.
    pub max: u64,
    /// Values in each bin.
    pub counts: Vec<usize>,
}

impl Histogram {
    fn of(mut values: Vec<u64>, bins: usize) -> Self {
        values.sort_unstable();
        let max = values.last().copied().unwrap_or(0);
        let mut counts = vec![0; bins];
        for value in &values {
            // A value is in the bin whose upper edge is the first that it does not exceed.
            let upper = (u128::from(*value) * bins as u128).div_ceil(u128::from(max.max(1)));
            counts[usize::try_from(upper).map_or(0, |upper| upper.saturating_sub(1))] += 1;
        }
        Self {
            min: values.first().copied().unwrap_or(0),
            median: values
                .get(values.len().saturating_sub(1) / 2)
                .copied()
                .unwrap_or(0),
            max,
            counts,
        }
    }
}

/// The spread of architectures over what they cost (the paper's figure 2, in text).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Number of architectures.
    pub count: usize,
    /// FLOPs of one image.
    pub flops: Histogram,
    /// Trainable parameters.
    pub params: Histogram,
    /// Layers.
    pub depth: Histogram,
}

impl Summary {
    /// Summarises architectures at the given number of classes and resolution.
    pub fn new(architectures: &[Architecture], classes: usize, resolution: usize) -> Self {
        const BINS: usize = 14;
        let costs: Vec<Costs> = architectures
            .iter()
            .map(|a| a.costs(classes, resolution))
            .collect();
        let histogram =
            |value: fn(&Costs) -> u64| Histogram::of(costs.iter().map(value).collect(), BINS);
        Self {
            count: costs.len(),
            flops: histogram(|c| c.flops),
            params: histogram(|c| c.params),
            depth: histogram(|c| u64::from(c.depth)),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} architectures", self.count)?;
        for (name, histogram) in [
            ("FLOPs", &self.flops),
            ("params", &self.params),
            ("depth", &self.depth),
        ] {
            let Histogram {
                min,
                median,
                max,
                counts,
            } = histogram;
            writeln!(
                f,
                "\n{name}: {} to {}, median {}",
                short(*min),
                short(*max),
                short(*median)
            )?;
            let longest = counts.iter().copied().max().unwrap_or(0).max(1);
            for (i, count) in counts.iter().enumerate() {
                let edge = max * (i as u64 + 1) / counts.len() as u64;
                let bar = "#".repeat((count * 50).div_ceil(longest));
                writeln!(f, "  up to {:>7}  {count:>6}  {bar}", short(edge))?;
            }
        }
        Ok(())
    }
}

/// 4684704 as `4.68M`.
fn short(value: u64) -> String {
    let scaled = |unit: f64, suffix| format!("{:.2}{suffix}", value as f64 / unit);
    match value {
        0..=9_999 => value.to_string(),
        10_000..=999_999 => scaled(1e3, "k"),
        _ => scaled(1e6, "M"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_counted_once() {
        let histogram = Histogram::of(vec![1, 2, 3, 10, 10, 5], 2);
        assert_eq!(histogram.counts, [4, 2]);
        assert_eq!((histogram.min, histogram.median, histogram.max), (1, 3, 10));
        assert_eq!(Histogram::of(Vec::new(), 3).counts, [0, 0, 0]);
    }
}

//! What the networks of a space may cost.

use crate::Costs;

/// The least and the most of one cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Cap {
    pub(crate) least: u64,
    /// `None` where there is no end.
    pub(crate) most: Option<u64>,
}

/// The caps of a space; those that it does not state admit everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Caps {
    pub(crate) flops: Cap,
    pub(crate) params: Cap,
    pub(crate) depth: Cap,
}

impl Cap {
    /// The names of what is capped, in files and words.
    pub(crate) const NAMES: [&'static str; 3] = ["flops", "params", "depth"];

    /// How far a value is from what is admitted, as a part of the cap; 0 where it is admitted.
    fn excess(self, value: u64) -> f64 {
        let least = self.least as f64;
        match self.most {
            Some(most) if value > most => (value - most) as f64 / most.max(1) as f64,
            _ if value < self.least => (least - value as f64) / least,
            _ => 0.0,
        }
    }
}

impl Caps {
    /// In the order of [`Cap::NAMES`].
    pub(crate) fn all(&self) -> [Cap; 3] {
        [self.flops, self.params, self.depth]
    }

    /// The same in place.
    pub(crate) fn all_mut(&mut self) -> [&mut Cap; 3] {
        [&mut self.flops, &mut self.params, &mut self.depth]
    }

    /// Whether a network of these costs keeps to all caps.
    pub(crate) fn admit(&self, costs: Costs) -> bool {
        self.excess(costs) <= 0.0
    }

    /// How far costs are from what is admitted, all caps together.
    pub(crate) fn excess(&self, costs: Costs) -> f64 {
        let pairs = self.all().into_iter().zip(of(costs));
        pairs.map(|(cap, value)| cap.excess(value)).sum()
    }
}

/// Costs in the order of [`Cap::NAMES`].
pub(crate) fn of(costs: Costs) -> [u64; 3] {
    [costs.flops, costs.params, u64::from(costs.depth)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excess_is_a_part_of_the_cap() {
        let cap = Cap {
            least: 100,
            most: Some(200),
        };
        let excess = |value| format!("{:.2}", cap.excess(value));
        assert_eq!(
            [50, 100, 150, 200, 300].map(excess),
            ["0.50", "0.00", "0.00", "0.00", "0.50"]
        );
        assert!(Caps::default().admit(Costs {
            flops: u64::MAX,
            params: 0,
            depth: 1
        }));
        let none = Cap {
            least: 0,
            most: Some(0),
        };
        assert!(none.excess(5) > 0.0);
    }
}

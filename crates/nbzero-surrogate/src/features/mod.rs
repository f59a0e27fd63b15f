//! A network as the surrogate sees it: a row of numbers that follow from its string and costs.
//!
//! One file a kind of network. A kind says what is particular to it; the costs come on top for all.

mod accel;
mod cell;
mod chain;
mod choices;
mod transnas;
mod widths;

use nbzero_space::{Architecture, Costs};
use nbzero_table::{Metadata, Resolution, Row};

use crate::{Error, Result};

/// A network as the surrogate sees it.
///
/// ```
/// use nbzero_surrogate::Network;
///
/// let chain = "r1:8:8x1s2,16x1s2,24x1s2".parse()?;
/// assert_eq!(Network::of(&chain, 100, 16)?.family(), "r1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    arch: String,
    family: String,
    pub(crate) features: Vec<f64>,
}

impl Network {
    /// An architecture, at the number of classes and the resolution at which others were trained.
    ///
    /// # Errors
    ///
    /// If the surrogate knows no features of its family.
    pub fn of(
        architecture: &Architecture,
        classes: usize,
        resolution: impl Into<Resolution>,
    ) -> Result<Self> {
        let costs = architecture.costs(classes, resolution);
        Self::new(architecture.to_string(), costs)
    }

    /// A network of a table. Its costs are those of [`of`](Self::of) where its string is an
    /// [`Architecture`], whatever the convention of a published table may be; else the table's.
    ///
    /// # Errors
    ///
    /// If the surrogate knows no features of its family, or the table not what the network costs.
    pub fn of_row(row: Row<'_>, metadata: &Metadata) -> Result<Self> {
        let arch = row.arch();
        let unknown = || Error::UnknownCosts {
            arch: arch.to_owned(),
        };
        if let Ok(architecture) = arch.parse() {
            let sizes = metadata.classes.zip(metadata.resolution);
            let (classes, resolution) = sizes.ok_or_else(unknown)?;
            return Self::of(&architecture, classes as usize, resolution);
        }
        let costs = || {
            Some(Costs {
                flops: row.flops()?,
                params: row.params()?,
                depth: row.depth()?,
            })
        };
        Self::new(arch.to_owned(), costs().ok_or_else(unknown)?)
    }

    /// A network by its string, at these costs: of all networks by one convention.
    ///
    /// # Errors
    ///
    /// If the surrogate knows no features of its family, or the string is none of its family's.
    pub fn new(arch: String, costs: Costs) -> Result<Self> {
        let (family, choices) = arch.split_once(':').unwrap_or((&arch, ""));
        let features = match family {
            "r1" | "r2" | "mb" => chain::features(&arch),
            "nb201" => cell::features(&arch),
            "nas-bench-macro" => choices::features(choices, "012"),
            "channel-bench-resnet" | "channel-bench-mobilenet" => widths::of_digits(choices),
            "nats-sss" => widths::of_numbers(choices),
            "transnas-macro" => transnas::features(choices),
            "accel-nasbench" => accel::features(choices),
            _ => return Err(Error::UnknownFamily { arch }),
        };
        let Some(mut features) = features else {
            return Err(Error::Unreadable { arch });
        };
        let family = family.to_owned();
        features.extend(of_costs(costs));
        Ok(Self {
            arch,
            family,
            features,
        })
    }

    /// The architecture string.
    pub fn arch(&self) -> &str {
        &self.arch
    }

    /// The family, as the string begins.
    pub fn family(&self) -> &str {
        &self.family
    }
}

/// Costs, whose ratios count and not their differences.
fn of_costs(costs: Costs) -> [f64; 3] {
    let Costs {
        flops,
        params,
        depth,
    } = costs;
    [flops as f64, params as f64, f64::from(depth)].map(|cost| (1.0 + cost).log2())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COSTS: Costs = Costs {
        flops: 1023,
        params: 511,
        depth: 7,
    };

    fn features(arch: &str) -> Vec<f64> {
        let network = Network::new(arch.to_owned(), COSTS);
        network.expect("a network").features
    }

    #[test]
    fn every_family_has_features() {
        for (arch, count) in [
            ("r1:8:8x1s2,16x1s2,24x1s2", 50),
            ("mb:8:8x1s2,16x1s2,24x1s2,24x2s1e4", 50),
            (
                "nb201:16x5:|none~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|",
                38,
            ),
            ("nas-bench-macro:02012100", 27),
            ("channel-bench-resnet:4432214", 7),
            ("nats-sss:8:16:24:32:64", 5),
            ("transnas-macro:4143", 25),
            ("accel-nasbench:e6k3l1,e4k5l2-se", 8),
        ] {
            assert_eq!(features(arch).len(), count + 3, "{arch}");
        }
        assert_eq!(
            features("nats-sss:8:16:24:32:64")[3..],
            [5.0, 6.0, 10.0, 9.0, 3.0]
        );
        assert_eq!(
            features("accel-nasbench:e6k3l1,e4k5l2-se")[4..8],
            [4.0, 5.0, 2.0, 1.0]
        );
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for arch in [
            "r1:8",
            "nb201:none",
            "nas-bench-macro:0103",
            "nas-bench-macro:",
            "channel-bench-resnet:0123",
            "nats-sss:8::16",
            "transnas-macro:1234123",
            "transnas-macro:15",
            "accel-nasbench:e6k3",
        ] {
            let refused = Network::new(arch.to_owned(), COSTS);
            assert!(matches!(refused, Err(Error::Unreadable { .. })), "{arch}");
        }
        let unknown = Network::new("darts:1".to_owned(), COSTS);
        assert!(matches!(unknown, Err(Error::UnknownFamily { .. })));
    }
}

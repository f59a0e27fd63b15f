//! The networks of TransNAS-Bench-101's macro level: four to six modules of residual blocks.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use nbzero_graph::{Conv2d, Graph, GraphBuilder, GraphError, NodeId, Shape};

use crate::lower::{classifier, conv_bn};
use crate::{ArchitectureError, StageAttributes};

const BASE: usize = 64;
const LEAST: usize = 4;
const MOST: usize = 6;
/// Digits that a module can have.
const KINDS: usize = 4;
/// Residual blocks of a module.
const DEPTH: usize = 2;

/// What a module does to its input, in the order of the digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Module {
    doubles: bool,
    halves: bool,
}

impl Module {
    /// The module of a place from 0: `1` plain, `2` twice the channels, `3` stride 2, `4` both.
    fn nth(place: usize) -> Self {
        Self {
            doubles: place % 2 == 1,
            halves: place >= 2,
        }
    }

    fn place(self) -> usize {
        usize::from(self.doubles) + 2 * usize::from(self.halves)
    }
}

/// A macro network of TransNAS-Bench-101 (Duan et al. 2021): a stem of two convolutions of stride 2,
/// then four to six modules of two residual blocks (activation first, a 1x1 convolution with batch norm
/// on the shortcut where the shape changes). One to three modules double the channels, from 64 on, and
/// one to four halve the resolution. Source: `net_macro.py` and `cell_micro.py` of yawen-d/TransNASBench
/// at 6c6e8b9, with the head of its classifications.
///
/// Written as `transnas-macro:DIGITS`, a digit a module as in the benchmark: 1 plain, 2 twice the
/// channels, 3 stride 2, 4 both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleNetwork {
    modules: Vec<Module>,
}

impl ModuleNetwork {
    pub(crate) const FAMILY: &'static str = "transnas-macro";

    /// Number of networks.
    pub const COUNT: usize = 3_256;

    /// The `index`-th of all networks, the shorter ones first, then in the order of their digits.
    ///
    /// # Panics
    ///
    /// If there is none: there are [`COUNT`](Self::COUNT).
    pub fn nth(index: usize) -> Self {
        assert!(index < Self::COUNT, "there are {} networks", Self::COUNT);
        ALL[index].clone()
    }

    /// Its place among all networks: the inverse of [`nth`](Self::nth).
    ///
    /// # Panics
    ///
    /// Never: every network is one of them.
    pub fn index(&self) -> usize {
        let place = ALL.iter().position(|other| other == self);
        place.expect("every network is listed")
    }

    fn all() -> impl Iterator<Item = Self> {
        let of_length = |length: u32| (0..KINDS.pow(length)).map(move |i| (length, i));
        let all = (LEAST..=MOST).map(|length| u32::try_from(length).expect("a few modules"));
        all.flat_map(of_length).filter_map(|(length, index)| {
            let places = (0..length).rev();
            Self::of(places.map(|at| index / KINDS.pow(at) % KINDS))
        })
    }

    /// The network of modules by their places; `None` where the benchmark has none such.
    fn of(places: impl Iterator<Item = usize>) -> Option<Self> {
        let modules: Vec<Module> = places.map(Module::nth).collect();
        let doublings = modules.iter().filter(|module| module.doubles).count();
        let halvings = modules.iter().filter(|module| module.halves).count();
        let is_one = (LEAST..=MOST).contains(&modules.len())
            && (1..=3).contains(&doublings)
            && (1..=4).contains(&halvings);
        is_one.then_some(Self { modules })
    }

    /// How many alternatives each choice has: of the number of modules, and of as many modules as any
    /// network has.
    pub(crate) fn alternatives() -> Vec<usize> {
        let mut all = vec![KINDS; 1 + MOST];
        all[0] = MOST - LEAST + 1;
        all
    }

    /// The network of a row of choices; `None` where the benchmark has none such.
    pub(crate) fn of_row(row: &[usize]) -> Option<Self> {
        let length = LEAST + row[0];
        Self::of(row[1..=length].iter().copied())
    }

    /// Its row of choices. A further module that a mutation may add is like the last.
    pub(crate) fn row(&self) -> Vec<usize> {
        let places = self.modules.iter().map(|module| module.place());
        let mut row: Vec<usize> = [self.modules.len() - LEAST]
            .into_iter()
            .chain(places)
            .collect();
        row.resize(1 + MOST, row[row.len() - 1]);
        row
    }

    /// The modules as stages.
    pub(crate) fn attributes(&self) -> Vec<StageAttributes> {
        let mut width = BASE;
        let stages = self.modules.iter().map(|module| {
            let input = width;
            width = if module.doubles { 2 * input } else { input };
            StageAttributes {
                input,
                output: width,
                stride: 1 + usize::from(module.halves),
                depth: DEPTH,
            }
        });
        stages.collect()
    }

    pub(crate) fn lower(&self, classes: usize, image: Shape) -> Result<Graph, GraphError> {
        let mut builder = Graph::builder_on(image);
        let b = &mut builder;
        let (input, half) = (b.input(), BASE / 2);
        let x = conv_bn(
            b,
            input,
            Conv2d::new("stem.conv1", image.channels, half, 3, 2),
            "stem.bn1",
        )?;
        let x = b.relu(x);
        let x = conv_bn(
            b,
            x,
            Conv2d::new("stem.conv2", half, BASE, 3, 2),
            "stem.bn2",
        )?;
        let mut x = b.end_block(x);
        for (i, stage) in self.attributes().into_iter().enumerate() {
            for j in 0..stage.depth {
                let stride = if j == 0 { stage.stride } else { 1 };
                let y = block(
                    b,
                    x,
                    &format!("stages.{i}.blocks.{j}"),
                    stage.output,
                    stride,
                )?;
                x = b.end_block(y);
            }
        }
        classifier(builder, x, classes)
    }
}

/// Every network.
static ALL: LazyLock<Vec<ModuleNetwork>> = LazyLock::new(|| ModuleNetwork::all().collect());

/// Two convolutions, each behind a ReLU, and the shortcut.
fn block(
    b: &mut GraphBuilder,
    x: NodeId,
    prefix: &str,
    width: usize,
    stride: usize,
) -> Result<NodeId, GraphError> {
    let from = b.shape(x).channels;
    let conv = |name: &str, from, kernel, stride| {
        Conv2d::new(format!("{prefix}.{name}"), from, width, kernel, stride)
    };
    let y = b.relu(x);
    let y = conv_bn(
        b,
        y,
        conv("conv1", from, 3, stride),
        format!("{prefix}.bn1"),
    )?;
    let y = b.relu(y);
    let y = conv_bn(b, y, conv("conv2", width, 3, 1), format!("{prefix}.bn2"))?;
    let shortcut = if stride == 1 && from == width {
        x
    } else {
        let conv = conv("shortcut.conv", from, 1, stride).projection();
        conv_bn(b, x, conv, format!("{prefix}.shortcut.bn"))?
    };
    b.add(y, shortcut)
}

impl fmt::Display for ModuleNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", Self::FAMILY)?;
        let mut places = self.modules.iter().map(|module| module.place());
        places.try_for_each(|place| write!(f, "{}", place + 1))
    }
}

impl FromStr for ModuleNetwork {
    type Err = ArchitectureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || ArchitectureError::Listed {
            text: text.to_owned(),
            benchmark: "TransNAS-Bench-101 (macro)",
            expected: "transnas-macro: and four to six digits from 1 to 4, of which one to three are even \
                and one to four are 3 or 4",
        };
        let (_, digits) = text.split_once(':').ok_or_else(refused)?;
        let place = |digit: u8| match digit {
            b'1'..=b'4' => Ok(usize::from(digit - b'1')),
            _ => Err(refused()),
        };
        let places: Vec<usize> = digits.bytes().map(place).collect::<Result<_, _>>()?;
        Self::of(places.into_iter()).ok_or_else(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_network_has_its_place_string_and_row() {
        assert_eq!(ALL.len(), ModuleNetwork::COUNT);
        for index in (0..ModuleNetwork::COUNT).step_by(97) {
            let network = ModuleNetwork::nth(index);
            assert_eq!(network.index(), index);
            assert_eq!(network.to_string().parse().as_ref(), Ok(&network));
            assert_eq!(ModuleNetwork::of_row(&network.row()), Some(network));
        }
    }

    #[test]
    fn codes_that_the_benchmark_lacks_are_refused() {
        for digits in [
            "1111", "1113", "2222", "1133333", "233", "235a", "222213", "333332",
        ] {
            let refused = format!("transnas-macro:{digits}").parse::<ModuleNetwork>();
            assert!(refused.is_err(), "{digits}");
        }
    }

    #[test]
    fn published_costs_come_out() {
        // The scene classification's head has 63 outputs.
        let network: ModuleNetwork = "transnas-macro:3233".parse().expect("a network");
        let graph = network.lower(63, Shape::new(3, 256, 256)).expect("a graph");
        assert_eq!((graph.params(), graph.depth()), (1_920_351, 19));
    }
}

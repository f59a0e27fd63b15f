//! The networks of NAAP-440: three or four convolutions.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use nbzero_graph::{Conv2d, Graph, GraphBuilder, GraphError, NodeId, Shape};

use crate::lower::{classifier, conv_bn};
use crate::{ArchitectureError, StageAttributes};

/// Widths of the four convolutions, from which each chooses.
const WIDTHS: [&[usize]; 4] = [&[12, 16], &[16, 24], &[16, 24, 32], &[32, 40]];
/// The first convolutions have a kernel of 3 and stride 2, and no shortcut.
const FIXED: usize = 2;
const KERNELS: [usize; 2] = [1, 3];
const MOST_STRIDES: usize = 3;

/// A convolution with batch norm and ReLU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Layer {
    width: usize,
    kernel: usize,
    stride: usize,
    /// Whether its input is added to what it makes.
    residual: bool,
}

/// A network of NAAP-440 (Hakim 2022): three or four convolutions, each with batch norm and ReLU, the first
/// two of kernel 3 and stride 2; at most three have stride 2. The third and fourth may add their input to
/// their output, behind the ReLU, where both have one shape. Source: `create_dataset.py` and
/// `scheme_generator.py` of talcs/NAAP-440 at c3b22b9.
///
/// Written as `naap-440:LAYERS`, a convolution as `WIDTHkKERNELsSTRIDE`, with an `r` behind it where the input
/// is added: `naap-440:12k3s2,16k3s2,16k1s1r,32k3s2`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConvolutionNetwork {
    layers: Vec<Layer>,
}

impl ConvolutionNetwork {
    pub(crate) const FAMILY: &'static str = "naap-440";

    /// Number of networks.
    pub const COUNT: usize = 440;

    /// The `index`-th of all networks, in the order of the benchmark, which numbers them from 1.
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

    /// How many alternatives each choice has: two widths, and of the third and the fourth convolution kernel,
    /// width, stride and shortcut; the kernels of the fourth begin with that there is none.
    pub(crate) fn alternatives() -> Vec<usize> {
        let widths = WIDTHS.map(<[usize]>::len);
        let kernels = KERNELS.len();
        vec![
            widths[0],
            widths[1],
            kernels,
            widths[2],
            2,
            2,
            1 + kernels,
            widths[3],
            2,
            2,
        ]
    }

    /// The network of a row of choices; `None` where the benchmark has none such.
    pub(crate) fn of_row(row: &[usize]) -> Option<Self> {
        let first = |place: usize| Layer {
            width: WIDTHS[place][row[place]],
            kernel: 3,
            stride: 2,
            residual: false,
        };
        let further = |place: usize, kernel: usize, row: &[usize]| Layer {
            width: WIDTHS[place][row[0]],
            kernel: KERNELS[kernel],
            stride: 1 + row[1],
            residual: row[2] == 1,
        };
        let mut layers = vec![first(0), first(1), further(2, row[2], &row[3..])];
        if let Some(kernel) = row[6].checked_sub(1) {
            layers.push(further(3, kernel, &row[7..]));
        }
        Self::of(layers)
    }

    /// Its row of choices.
    ///
    /// # Panics
    ///
    /// Never: every value is one of those that are chosen from.
    pub(crate) fn row(&self) -> Vec<usize> {
        let width = |place: usize| {
            let mut widths = WIDTHS[place].iter();
            widths.position(|width| *width == self.layers[place].width)
        };
        let further = |place: usize| {
            let layer = self.layers[place];
            let kernel = KERNELS.iter().position(|kernel| *kernel == layer.kernel);
            [
                kernel.expect("a known kernel"),
                width(place).expect("a known width"),
                layer.stride - 1,
                usize::from(layer.residual),
            ]
        };
        let mut row = [0, 1]
            .map(|place| width(place).expect("a known width"))
            .to_vec();
        row.extend(further(2));
        if self.layers.len() > 3 {
            let [kernel, rest @ ..] = further(3);
            row.push(1 + kernel);
            row.extend(rest);
        }
        row.resize(Self::alternatives().len(), 0);
        row
    }

    /// The network of these convolutions; `None` where the benchmark has none such.
    fn of(layers: Vec<Layer>) -> Option<Self> {
        let fits = |(place, layer): (usize, &Layer)| {
            let before = place.checked_sub(1).map(|place| layers[place].width);
            let free = place >= FIXED;
            WIDTHS[place].contains(&layer.width)
                && (layer.kernel == 3 || free && layer.kernel == 1)
                && (layer.stride == 2 || free && layer.stride == 1)
                && (!layer.residual || free && layer.stride == 1 && before == Some(layer.width))
        };
        let strides = layers.iter().filter(|layer| layer.stride == 2).count();
        let is_one = (3..=WIDTHS.len()).contains(&layers.len())
            && layers.iter().enumerate().all(fits)
            && strides <= MOST_STRIDES;
        is_one.then_some(Self { layers })
    }

    /// Number of convolutions that their input is added to.
    pub fn shortcuts(&self) -> usize {
        self.layers.iter().filter(|layer| layer.residual).count()
    }

    /// The convolutions as stages, of colour images.
    pub(crate) fn attributes(&self) -> Vec<StageAttributes> {
        let mut input = 3;
        let stages = self.layers.iter().map(|layer| StageAttributes {
            input: std::mem::replace(&mut input, layer.width),
            output: layer.width,
            stride: layer.stride,
            depth: 1,
        });
        stages.collect()
    }

    pub(crate) fn lower(&self, classes: usize, image: Shape) -> Result<Graph, GraphError> {
        let mut builder = Graph::builder_on(image);
        let mut x = builder.input();
        for (place, layer) in self.layers.iter().enumerate() {
            x = convolution(&mut builder, x, place, *layer)?;
            x = builder.end_block(x);
        }
        classifier(builder, x, classes)
    }

    /// FLOPs as the benchmark counts them, beside the multiply-accumulates of convolutions and the linear
    /// layer four for each number that a convolution makes, for batch norm and ReLU, and the global pool's
    /// sums and divisions.
    ///
    /// # Panics
    ///
    /// If the resolution is zero.
    pub fn published_flops(&self, classes: usize, resolution: usize) -> u64 {
        let image = Shape::new(3, resolution, resolution);
        let graph = self.lower(classes, image);
        let graph = graph.expect("a checked architecture lowers to a valid graph");
        let mut side = resolution;
        let mut numbers = 0;
        for layer in &self.layers {
            side = side.div_ceil(layer.stride);
            numbers += layer.width * side * side;
        }
        let last = self.layers.last().map_or(0, |layer| layer.width);
        let more = 4 * numbers + last * (side * side + 1);
        crate::Costs::of(&graph).flops + more as u64
    }
}

/// Every network, before those that go on with a fourth convolution.
static ALL: LazyLock<Vec<ConvolutionNetwork>> = LazyLock::new(|| {
    let mut all = Vec::new();
    extend(&[], &mut all);
    all
});

/// Appends the networks that begin with these convolutions.
fn extend(layers: &[Layer], all: &mut Vec<ConvolutionNetwork>) {
    let place = layers.len();
    all.extend(ConvolutionNetwork::of(layers.to_vec()));
    let Some(widths) = WIDTHS.get(place) else {
        return;
    };
    for kernel in KERNELS {
        for &width in *widths {
            for (stride, residual) in [(1, false), (1, true), (2, false)] {
                let mut longer = layers.to_vec();
                longer.push(Layer {
                    width,
                    kernel,
                    stride,
                    residual,
                });
                if longer.len() <= FIXED || ConvolutionNetwork::of(longer.clone()).is_some() {
                    extend(&longer, all);
                }
            }
        }
    }
}

fn convolution(
    b: &mut GraphBuilder,
    x: NodeId,
    place: usize,
    layer: Layer,
) -> Result<NodeId, GraphError> {
    let from = b.shape(x).channels;
    let prefix = format!("components.{place}");
    let conv = Conv2d::new(
        format!("{prefix}.conv"),
        from,
        layer.width,
        layer.kernel,
        layer.stride,
    );
    let y = conv_bn(b, x, conv, format!("{prefix}.bn"))?;
    let y = b.relu(y);
    if layer.residual { b.add(y, x) } else { Ok(y) }
}

impl fmt::Display for ConvolutionNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::FAMILY)?;
        for (place, layer) in self.layers.iter().enumerate() {
            let Layer {
                width,
                kernel,
                stride,
                residual,
            } = layer;
            let before = if place == 0 { ':' } else { ',' };
            let shortcut = if *residual { "r" } else { "" };
            write!(f, "{before}{width}k{kernel}s{stride}{shortcut}")?;
        }
        Ok(())
    }
}

impl FromStr for ConvolutionNetwork {
    type Err = ArchitectureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || ArchitectureError::Listed {
            text: text.to_owned(),
            benchmark: "NAAP-440",
            expected: "naap-440: and three or four convolutions as WIDTHkKERNELsSTRIDE, such as \
                naap-440:12k3s2,16k3s2,16k1s1r,32k3s2: widths of 12 or 16, 16 or 24, 16, 24 or 32, 32 or 40; the \
                first two k3s2, the others k1 or k3, s1 or s2, at most three s2 in all; an r behind a third or \
                fourth of s1 that is as wide as the one before",
        };
        let (_, layers) = text.split_once(':').ok_or_else(refused)?;
        let layers: Option<Vec<Layer>> = layers.split(',').map(layer).collect();
        let network = layers.and_then(Self::of);
        // One way to write it: no leading zeros or signs.
        let network = network.filter(|network| network.to_string() == text);
        network.ok_or_else(refused)
    }
}

fn layer(text: &str) -> Option<Layer> {
    let (text, residual) = match text.strip_suffix('r') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let (width, rest) = text.split_once('k')?;
    let (kernel, stride) = rest.split_once('s')?;
    Some(Layer {
        width: width.parse().ok()?,
        kernel: kernel.parse().ok()?,
        stride: stride.parse().ok()?,
        residual,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_network_has_its_place_string_and_row() {
        assert_eq!(ALL.len(), ConvolutionNetwork::COUNT);
        for (index, network) in ALL.iter().enumerate() {
            assert_eq!(network.index(), index);
            assert_eq!(network.to_string().parse().as_ref(), Ok(network));
            let row = network.row();
            let within = row.iter().zip(ConvolutionNetwork::alternatives());
            assert!(
                within.into_iter().all(|(&choice, of)| choice < of),
                "{network}"
            );
            assert_eq!(ConvolutionNetwork::of_row(&row).as_ref(), Some(network));
        }
    }

    #[test]
    fn networks_that_the_benchmark_lacks_are_refused() {
        for layers in [
            "12k3s2,16k3s2",
            "12k3s1,16k3s2,16k1s1",
            "12k1s2,16k3s2,16k1s1",
            "12k3s2,16k3s2,16k1s1,24k1s1",
            "12k3s2,16k3s2,24k1s1r",
            "12k3s2,16k3s2,16k1s2r",
            "12k3s2,16k3s2,16k1s2,32k1s2",
            "012k3s2,16k3s2,16k1s1",
            "12k3s2,16k3s2,16k1s1,",
            "",
        ] {
            let refused = format!("naap-440:{layers}").parse::<ConvolutionNetwork>();
            assert!(refused.is_err(), "{layers}");
        }
    }

    #[test]
    fn published_costs_come_out() {
        // The first and the last network of the benchmark.
        for (index, layers, params, flops) in [
            (0, "12k3s2,16k3s2,16k1s1", 2_566, 231_600),
            (439, "16k3s2,24k3s2,32k3s2,40k3s1", 22_954, 654_904),
        ] {
            let network = ConvolutionNetwork::nth(index);
            assert_eq!(network.to_string(), format!("naap-440:{layers}"));
            let graph = network.lower(10, Shape::new(3, 32, 32)).expect("a graph");
            assert_eq!(graph.params(), params);
            assert_eq!(network.published_flops(10, 32), flops);
        }
    }
}

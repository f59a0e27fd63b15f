//! What a macro network of TransNAS-Bench-101 costs.
//!
//! - **Network**: 3x3 convolutions of stride 2 to 32 and to 64 channels; a module of two residual
//!   blocks for each digit of the code (two 3x3 convolutions each; 2 and 4 double the channels, 3
//!   and 4 halve the resolution, and then a 1x1 convolution is on the shortcut); a head. Source:
//!   `net_macro.py`, `cell_micro.py` and `decoder.py` of yawen-d/TransNASBench at 6c6e8b9
//! - **Parameters**: all
//! - **FLOPs**: as NAS-Bench-Suite-Zero publishes them. Batch norm counts 2 for each output, ReLU 1
//!   for each input, global pooling the square of the resolution and 1 for each channel, biases of
//!   convolutions 1 for each output; transposed convolutions and the bias of the linear
//!   layer count nothing. So all 4,949 published values come out exactly
//! - **Depth**: 2, 4 for each digit, and 1, 8 or 14 for the head

use super::task::{Head, Task};
use crate::StageAttributes;
use crate::import::draft::Costs;

/// How often the modules may halve the resolution.
const HALVINGS: usize = 4;

/// The digits of a code.
pub(super) struct Code<'a>(&'a [u8]);

impl<'a> Code<'a> {
    /// Reads a code; `None` where it is none.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let digits = text.as_bytes();
        let halves = |digit: &&u8| **digit > b'2';
        let known = digits.iter().all(|digit| (b'1'..=b'4').contains(digit))
            && (4..=6).contains(&digits.len())
            && digits.iter().filter(halves).count() <= HALVINGS;
        known.then_some(Self(digits))
    }

    /// The modules of two blocks, first to last.
    pub(super) fn stages(&self) -> Vec<StageAttributes> {
        let mut channels = 64;
        let module = |&digit: &u8| {
            let input = channels;
            channels *= if digit.is_multiple_of(2) { 2 } else { 1 };
            StageAttributes {
                input,
                output: channels,
                stride: if digit > b'2' { 2 } else { 1 },
                depth: 2,
            }
        };
        self.0.iter().map(module).collect()
    }

    /// See the module's page.
    pub(super) fn costs(&self, task: &Task) -> Costs {
        let mut count = Count::default();
        let mut at = u64::from(task.resolution()) / 2;
        count.conv(3, 32, 3, at).norm(32, at);
        count.relu(32, at);
        at /= 2;
        count.conv(32, 64, 3, at).norm(64, at);
        for stage in self.stages() {
            let (input, output) = (u64::from(stage.input), u64::from(stage.output));
            let before = at;
            at /= u64::from(stage.stride);
            count.relu(input, before).conv(input, output, 3, at);
            count.norm(output, at).relu(output, at);
            count.conv(output, output, 3, at).norm(output, at);
            if before != at || input != output {
                count.conv(input, output, 1, at).norm(output, at);
            }
            for _ in 0..2 {
                count.relu(output, at).conv(output, output, 3, at);
                count.norm(output, at);
            }
        }
        let channels = self
            .stages()
            .last()
            .map_or(64, |stage| u64::from(stage.output));
        let head = count.head(task, channels, at);
        Costs {
            flops: count.flops,
            params: count.params,
            depth: self.0.iter().map(|_| 4).sum::<u32>() + 2 + head,
        }
    }
}

/// FLOPs and parameters so far.
#[derive(Default)]
struct Count {
    flops: u64,
    params: u64,
}

impl Count {
    /// A convolution without bias, to a resolution.
    fn conv(&mut self, input: u64, output: u64, kernel: u64, at: u64) -> &mut Self {
        let weights = input * output * kernel * kernel;
        self.flops += weights * at * at;
        self.params += weights;
        self
    }

    fn norm(&mut self, channels: u64, at: u64) -> &mut Self {
        self.flops += 2 * channels * at * at;
        self.params += 2 * channels;
        self
    }

    fn relu(&mut self, channels: u64, at: u64) -> &mut Self {
        self.flops += channels * at * at;
        self
    }

    /// Adds the head after so many channels at a resolution; its depth.
    fn head(&mut self, task: &Task, channels: u64, at: u64) -> u32 {
        let layers = match task.head {
            Head::Linear { outputs, tiles } => {
                self.flops += tiles * channels * (at + 1) * (at + 1);
                self.flops += tiles * channels * outputs;
                self.params += (tiles * channels + 1) * outputs;
                return 1;
            }
            Head::Segmentation => segmentation(at),
            Head::Generative => generative(at),
        };
        let (mut input, mut at) = (channels, at);
        for &(output, doubles) in &layers {
            if doubles {
                at *= 2;
                self.params += 9 * input * output;
            } else {
                self.conv(input, output, 3, at);
                self.flops += output * at * at;
            }
            self.params += output;
            self.norm(output, at).relu(output, at);
            input = output;
        }
        let classes = u64::from(task.classes);
        self.conv(input, classes, 3, at);
        self.flops += classes * at * at;
        self.params += classes;
        layers.iter().map(|_| 1).sum::<u32>() + 1
    }
}

/// The layers of a decoder but the last: output channels, and whether it is a transposed
/// convolution that doubles the resolution.
type Layers = Vec<(u64, bool)>;

/// How often a resolution doubles up to that of the image.
fn doublings(at: u64) -> u32 {
    (256 / at).ilog2()
}

/// `SegmentationDecoder`: channels halve from layer to layer, and the last ones double the
/// resolution.
fn segmentation(at: u64) -> Layers {
    let doublings = doublings(at);
    let mut layers = vec![(1024, false)];
    for layer in 1..=5 {
        layers.push((1024 >> layer, layer > 6 - doublings));
    }
    layers.push((1024 >> 5, true));
    layers
}

/// `GenerativeDecoder`: every other layer doubles the resolution, as often as needed.
fn generative(at: u64) -> Layers {
    let doublings = doublings(at);
    vec![
        (1024, false),
        (1024, false),
        (512, doublings >= 6),
        (512, false),
        (256, doublings >= 5),
        (128, false),
        (64, doublings >= 4),
        (64, false),
        (32, doublings >= 3),
        (32, false),
        (16, true),
        (32, false),
        (16, true),
    ]
}

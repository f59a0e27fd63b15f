//! `nbzero info`: what an architecture string stands for, or what an ONNX file holds.

use std::io::{self, Write};
use std::num::NonZeroUsize;

use anyhow::anyhow;
use comfy_table::Table;
use nbzero_graph::{Graph, Op, Resolution, Shape};
use nbzero_train::COLOURS;
use serde::Serialize;

use super::{DEFAULT_CLASSES, DEFAULT_RESOLUTION};
use crate::cli::failure::Failure;
use crate::cli::network::Given;
use crate::cli::output;

#[derive(Debug, clap::Args)]
pub(crate) struct Info {
    /// The architecture, e.g. r1:64:64x2s1,128x2s2,256x2s2,512x2s2, or an ONNX file, e.g. model.onnx.
    arch: String,
    /// Number of classes [default: that of the ONNX file, else 100].
    #[arg(long, value_parser = super::size)]
    classes: Option<NonZeroUsize>,
    /// Height and width of the images, such as 32 or 48x64 [default: that of the ONNX file, else 32].
    #[arg(long, value_parser = super::resolution)]
    resolution: Option<Resolution>,
    /// List every layer with its shape and costs, as is done for an ONNX file.
    #[arg(long)]
    layers: bool,
}

/// What is known of a network without a tensor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Description {
    /// Its string, or its file.
    pub network: String,
    /// The family of an architecture; none of a file.
    pub family: Option<&'static str>,
    /// Number of classes.
    pub classes: usize,
    /// Channels, height and width of an image.
    pub image: [usize; 3],
    /// Multiply-accumulates for one image.
    pub flops: u128,
    /// Trainable parameters.
    pub params: u128,
    /// Convolution and linear layers.
    pub depth: u32,
    /// The stages of an architecture that has some.
    pub stages: Vec<Stage>,
    /// What has parameters, from the first to the last.
    pub layers: Vec<LayerCosts>,
}

/// A stage of an architecture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stage {
    /// Channels that come in.
    pub input: usize,
    /// Channels that go out.
    pub output: usize,
    /// By what its first block divides height and width.
    pub stride: usize,
    /// Blocks.
    pub depth: usize,
}

/// A layer with its costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerCosts {
    /// Name of its parameters.
    pub name: String,
    /// In a word, e.g. `conv3x3s2 depthwise`.
    pub kind: String,
    /// Channels, height and width of its output.
    pub output: [usize; 3],
    /// Multiply-accumulates for one image.
    pub flops: u128,
    /// Trainable parameters.
    pub params: u128,
}

impl Info {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let given = super::network(&self.arch)?;
        let found = self.description(&given)?;
        let mut out = io::stdout().lock();
        let (classes, image) = (found.classes, shape(found.image));
        writeln!(out, "{}", found.network)?;
        match found.family {
            Some(family) => writeln!(out, "family {family}, {classes} classes, images of {image}")?,
            None => writeln!(out, "{classes} classes, images of {image}")?,
        }
        if !found.stages.is_empty() {
            writeln!(out, "{}", stages(&found.stages))?;
        }
        writeln!(out, "FLOPs   {} (multiply-accumulates)", found.flops)?;
        writeln!(out, "params  {}", found.params)?;
        writeln!(out, "depth   {}", found.depth)?;
        if self.layers || found.family.is_none() {
            writeln!(out, "\n{}", layers(&found.layers))?;
        }
        Ok(())
    }

    /// Describes a network and prints nothing.
    pub(crate) fn description(&self, given: &Given) -> Result<Description, Failure> {
        let (classes, resolution) = match given {
            Given::Architecture(_) => (
                self.classes.map_or(DEFAULT_CLASSES, NonZeroUsize::get),
                self.resolution.unwrap_or(DEFAULT_RESOLUTION.into()),
            ),
            Given::Onnx(_) => {
                self.is_of_the_file()?;
                (0, Resolution::new(0, 0))
            }
        };
        let graph = given.graph(classes, resolution.image(COLOURS));
        let (family, stages) = match given {
            Given::Architecture(architecture) => {
                let stages = architecture.attributes().into_iter().map(|s| Stage {
                    input: s.input,
                    output: s.output,
                    stride: s.stride,
                    depth: s.depth,
                });
                (Some(architecture.family()), stages.collect())
            }
            Given::Onnx(_) => (None, Vec::new()),
        };
        Ok(Description {
            network: given.to_string(),
            family,
            classes: graph.classes(),
            image: sizes(graph.input_shape()),
            flops: graph.flops(),
            params: graph.params(),
            depth: graph.depth(),
            stages,
            layers: costs(&graph),
        })
    }

    fn is_of_the_file(&self) -> Result<(), Failure> {
        if self.classes.is_none() && self.resolution.is_none() {
            return Ok(());
        }
        Err(Failure::Input(anyhow!(
            "classes and resolution come from the ONNX file: leave out --classes and --resolution"
        )))
    }
}

fn costs(graph: &Graph) -> Vec<LayerCosts> {
    let named = graph.nodes().iter().filter_map(|node| {
        let name = node.op().name()?.to_owned();
        Some(LayerCosts {
            name,
            kind: kind(node.op()),
            output: sizes(node.shape()),
            flops: node.flops(),
            params: node.params(),
        })
    });
    named.collect()
}

fn sizes(shape: Shape) -> [usize; 3] {
    [shape.channels, shape.height, shape.width]
}

fn shape([channels, height, width]: [usize; 3]) -> Shape {
    Shape::new(channels, height, width)
}

fn stages(stages: &[Stage]) -> Table {
    let rows = stages.iter().enumerate().map(|(i, s)| {
        let numbers = [s.input, s.output, s.stride, s.depth];
        let mut row = vec![format!("stage {}", i + 1)];
        row.extend(numbers.map(|n| n.to_string()));
        row
    });
    let header = ["", "in", "out", "stride", "depth"].map(str::to_owned);
    output::table(header.to_vec(), rows)
}

fn layers(layers: &[LayerCosts]) -> Table {
    let rows = layers.iter().map(|layer| {
        vec![
            layer.name.clone(),
            layer.kind.clone(),
            shape(layer.output).to_string(),
            layer.flops.to_string(),
            layer.params.to_string(),
        ]
    });
    let header = ["layer", "kind", "output", "FLOPs", "params"].map(str::to_owned);
    output::table(header.to_vec(), rows)
}

/// A layer in a word, e.g. `conv3x3s2 depthwise`.
fn kind(op: &Op) -> String {
    match op {
        Op::Conv2d(conv) => {
            let ([height, width], [down, across]) = (conv.window.kernel, conv.window.stride);
            let stride = if down == across {
                down.to_string()
            } else {
                format!("{down}x{across}")
            };
            let groups = match conv.groups {
                1 => String::new(),
                groups if groups == conv.in_channels => " depthwise".to_owned(),
                groups => format!(" in {groups} groups"),
            };
            format!("conv{height}x{width}s{stride}{groups}")
        }
        Op::BatchNorm(_) => "batch norm".to_owned(),
        Op::LayerNorm(_) => "layer norm".to_owned(),
        Op::Linear(_) => "linear".to_owned(),
        _ => "parameters".to_owned(),
    }
}

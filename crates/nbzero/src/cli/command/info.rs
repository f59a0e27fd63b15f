//! `nbzero info`: what an architecture string stands for, or what an ONNX file holds.

use std::io::{self, Write};
use std::num::NonZeroUsize;

use anyhow::anyhow;
use nbzero_graph::{Graph, Op, Resolution};
use nbzero_space::Architecture;

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

impl Info {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let given = super::network(&self.arch)?;
        let mut out = io::stdout().lock();
        let graph = match &given {
            Given::Architecture(architecture) => self.head(&mut out, architecture)?,
            Given::Onnx(file) => {
                self.is_of_the_file()?;
                file.graph().clone()
            }
        };
        if matches!(given, Given::Onnx(_)) {
            writeln!(out, "{given}")?;
            let (classes, image) = (graph.classes(), graph.input_shape());
            writeln!(out, "{classes} classes, images of {image}")?;
        }
        writeln!(out, "FLOPs   {} (multiply-accumulates)", graph.flops())?;
        writeln!(out, "params  {}", graph.params())?;
        writeln!(out, "depth   {}", graph.depth())?;
        if self.layers || matches!(given, Given::Onnx(_)) {
            let named = graph
                .nodes()
                .iter()
                .filter(|node| node.op().name().is_some());
            let rows = named.map(|node| {
                vec![
                    node.op().name().unwrap_or_default().to_owned(),
                    kind(node.op()),
                    node.shape().to_string(),
                    node.flops().to_string(),
                    node.params().to_string(),
                ]
            });
            let header = ["layer", "kind", "output", "FLOPs", "params"].map(str::to_owned);
            writeln!(out, "\n{}", output::table(header.to_vec(), rows))?;
        }
        Ok(())
    }
}

impl Info {
    /// What an architecture string says, and its graph.
    fn head(&self, out: &mut impl Write, architecture: &Architecture) -> Result<Graph, Failure> {
        let classes = self.classes.map_or(DEFAULT_CLASSES, NonZeroUsize::get);
        let resolution = self.resolution.unwrap_or(DEFAULT_RESOLUTION.into());
        writeln!(out, "{architecture}")?;
        writeln!(
            out,
            "family {}, {classes} classes, images of 3x{resolution}",
            architecture.family(),
        )?;
        let stages = architecture
            .attributes()
            .into_iter()
            .enumerate()
            .map(|(i, s)| {
                let numbers = [s.input, s.output, s.stride, s.depth];
                let mut row = vec![format!("stage {}", i + 1)];
                row.extend(numbers.map(|n| n.to_string()));
                row
            });
        let header = ["", "in", "out", "stride", "depth"].map(str::to_owned);
        if stages.len() > 0 {
            writeln!(out, "{}", output::table(header.to_vec(), stages))?;
        }
        Ok(architecture.graph(classes, resolution))
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

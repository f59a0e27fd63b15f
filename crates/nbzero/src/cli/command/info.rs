//! `nbzero info`: what an architecture string stands for.

use std::io::{self, Write};
use std::num::NonZeroUsize;

use nbzero_graph::Op;

use crate::cli::failure::Failure;
use crate::cli::output;

#[derive(Debug, clap::Args)]
pub(crate) struct Info {
    /// The architecture, e.g. r1:64:64x2s1,128x2s2,256x2s2,512x2s2.
    arch: String,
    /// Number of classes.
    #[arg(long, default_value = "100", value_parser = super::size)]
    classes: NonZeroUsize,
    /// Height and width of the images.
    #[arg(long, default_value = "32", value_parser = super::size)]
    resolution: NonZeroUsize,
    /// List every layer with its shape and costs.
    #[arg(long)]
    layers: bool,
}

impl Info {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let architecture = super::architecture(&self.arch)?;
        let graph = architecture.graph(self.classes.get(), self.resolution.get());
        let mut out = io::stdout().lock();
        writeln!(out, "{architecture}")?;
        writeln!(
            out,
            "family {}, {} classes, images of 3x{r}x{r}",
            architecture.family(),
            self.classes,
            r = self.resolution,
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
        writeln!(out, "FLOPs   {} (multiply-accumulates)", graph.flops())?;
        writeln!(out, "params  {}", graph.params())?;
        writeln!(out, "depth   {}", graph.depth())?;
        if self.layers {
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

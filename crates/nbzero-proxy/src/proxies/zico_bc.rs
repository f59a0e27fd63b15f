//! `ZiCo` without its bias towards depth.
//!
//! - **Formula**: [`zico`](super::zico) - beta x sum over convolutions and linear layers of
//!   ln(H W / sqrt(C)), C x H x W the layer's output; beta is
//!   [`Settings::zico_bc_beta`](crate::Settings::zico_bc_beta), 1 by default
//! - **Source**: Bhardwaj et al. 2023 (ZiCo-BC); no public program
//! - **Deviations**: which layers the sum takes follows no program: they are those of zico, all of them. The
//!   paper chooses beta for a task, 1 is chosen for none
//! - **Direction**: higher is better
//! - **Sweep**: halves; two half batches with their labels
//! - **Cost**: the work of zico once more on the same gradients

use burn::tensor::Tensor;
use nbzero_graph::Graph;
use nbzero_model::sweep::LayerGradient;

use super::zico::Terms;
use crate::score::finite;
use crate::{Definition, Direction, Needs, Proxy, Score, Settings, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct ZicoBc {
    terms: Terms,
    /// Sum of the layers' ln(H W / sqrt(C)).
    bias: f64,
    beta: f64,
}

impl Proxy for ZicoBc {
    fn definition(&self) -> Definition {
        Definition {
            name: "zico_bc",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Halves,
            year: Some(2023),
            needs: Needs::Labels,
        }
    }

    fn settings(&mut self, settings: &Settings) {
        self.beta = settings.zico_bc_beta;
    }

    fn graph(&mut self, graph: &Graph) {
        let layers = graph.nodes().iter();
        let layers = layers.filter(|node| node.op().is_weighted());
        let bias = layers.map(|node| {
            let shape = node.shape();
            let positions = shape.height as f64 * shape.width as f64;
            (positions / (shape.channels as f64).sqrt()).ln()
        });
        self.bias = bias.sum();
    }

    fn halves(&mut self, first: &Tensor<4>, second: &LayerGradient<'_>) {
        self.terms.add(first, second);
    }

    fn score(&mut self) -> Score {
        finite(self.terms.sum - self.beta * self.bias)
    }
}

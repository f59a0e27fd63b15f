//! A proxy of one's own beside the built-in ones: the smallest ratio of the gradient's norm to the
//! weight's over all layers, on the loss sweep that the others run anyway.
#![expect(clippy::print_stdout, reason = "an example prints")]

use burn::tensor::{Device, Tensor};
use nbzero_model::{Network, sweep::LayerGradient};
use nbzero_proxy::{Batch, Definition, Direction, Needs, Proxy, Score, Suite, Sweep, Undefined};
use nbzero_space::Architecture;

#[derive(Default)]
struct WeakestLayer(Option<f64>);

impl Proxy for WeakestLayer {
    fn definition(&self) -> Definition {
        Definition {
            name: "weakest_layer",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Loss,
            year: None,
            needs: Needs::Labels,
        }
    }
    fn layer(&mut self, layer: &LayerGradient<'_>) {
        let square = |t: Tensor<4>| t.square().sum().into_scalar::<f64>();
        let ratio = (square(layer.weight_gradient()) / square(layer.weight.clone())).sqrt();
        self.0 = Some(self.0.map_or(ratio, |least| least.min(ratio)));
    }
    fn score(&mut self) -> Score {
        self.0.filter(|v| v.is_finite()).ok_or(Undefined::NotFinite)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let device = Device::flex();
    let graph = "r1:8:8x1s2,16x1s2,24x1s2"
        .parse::<Architecture>()?
        .graph(10, 16);
    let network = Network::init(&graph, 0, &device);
    let batch = Batch::random(16, 10, 16, 0, &device);
    let suite = Suite::named(&["snip", "grasp"])?.with(|| Box::new(WeakestLayer::default()));
    println!("{:#?}", suite.score(&network, &batch).scores);
    Ok(())
}

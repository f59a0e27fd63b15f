//! A graph as a Burn module.

use std::collections::HashMap;

use burn::module::{Module, ParamId};
use burn::nn::BatchNorm;
use burn::tensor::{Device, Tensor};
use nbzero_graph::{Graph, Node, NodeId};

use crate::layer::{Convolution, Dense, Layer, LayerNorm, Values};
use crate::schedule::Schedule;
use crate::sweep::walk;
use crate::{Normals, init};

/// A network with its parameters: what trains, and what the sweeps read.
///
/// Sweeps and proxies take it by shared reference and leave it as it is.
#[derive(Module, Debug)]
pub struct Network {
    layers: Vec<Layer>,
    #[module(skip)]
    graph: Graph,
    /// Layer of a parameter prefix such as `stem.conv`.
    #[module(skip)]
    positions: HashMap<String, usize>,
}

impl Network {
    /// A freshly initialised network (see the crate's page for how), the same for a seed on
    /// every device.
    pub fn init(graph: &Graph, seed: u64, device: &Device) -> Self {
        Self::with_layers(graph, |node, position| {
            init::layer(node, seed, position, device)
        })
    }

    /// A network whose numbers are given: `numbers` is asked for those of each parameter and statistic by
    /// its name and shape, in the graph's order.
    ///
    /// # Panics
    ///
    /// If there are fewer or more numbers than the shape has.
    pub fn read<E>(
        graph: &Graph,
        device: &Device,
        mut numbers: impl FnMut(&str, &[usize]) -> Result<Vec<f32>, E>,
    ) -> Result<Self, E> {
        let mut network = Self::init(graph, 0, device);
        let names = graph.nodes().iter().filter_map(|node| node.op().name());
        for (layer, name) in network.layers.iter_mut().zip(names) {
            *layer = layer.clone().read(name, device, &mut numbers)?;
        }
        Ok(network)
    }

    /// A network with the next standard normal numbers as its weights, norms with scale 1 and shift 0,
    /// biases of 0, and other parameters as they begin.
    pub fn standard_normal(graph: &Graph, normals: &mut Normals, device: &Device) -> Self {
        Self::with_layers(graph, |node, _| {
            init::normal(node, |_| 1.0, normals, device)
        })
    }

    /// A network with weights of the next normal numbers, scaled as He et al. 2015 do over the
    /// fan-in, `std = sqrt(2 / in)`; batch norms with scale 1 and shift 0, and a bias of 0.
    pub fn kaiming_normal(graph: &Graph, normals: &mut Normals, device: &Device) -> Self {
        let std = |fan_in: usize| (2.0 / fan_in as f64).sqrt();
        Self::with_layers(graph, |node, _| init::normal(node, std, normals, device))
    }

    /// `make` is given each node with the number of layers before it.
    fn with_layers(graph: &Graph, mut make: impl FnMut(&Node, u64) -> Option<Layer>) -> Self {
        let mut layers = Vec::new();
        let mut positions = HashMap::new();
        for node in graph.nodes() {
            if let (Some(name), Some(layer)) = (node.op().name(), make(node, layers.len() as u64)) {
                positions.insert(name.to_owned(), layers.len());
                layers.push(layer);
            }
        }
        Self {
            layers,
            graph: graph.clone(),
            positions,
        }
    }

    /// The network's graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The device that its parameters are on.
    pub fn device(&self) -> Device {
        let first = self.layers.first();
        first.expect("a graph has a layer").device()
    }

    /// A layer by the prefix of its parameters' names.
    ///
    /// # Panics
    ///
    /// If the network has no such layer: names come from the network's own graph, or from a
    /// graph made from it.
    pub fn layer(&self, name: &str) -> &Layer {
        let position = self.positions.get(name);
        &self.layers[*position.unwrap_or_else(|| panic!("no layer is named `{name}`"))]
    }

    /// All layers with their names, in the graph's order.
    pub fn layers(&self) -> impl Iterator<Item = (&str, &Layer)> {
        let named = self
            .graph
            .nodes()
            .iter()
            .filter_map(|node| node.op().name());
        named.zip(&self.layers)
    }

    pub(crate) fn replace(&mut self, name: &str, layer: Layer) {
        self.layers[self.positions[name]] = layer;
    }

    pub(crate) fn convolution(&self, name: &str) -> &Convolution {
        match self.layer(name) {
            Layer::Convolution(layer) => layer,
            _ => panic!("`{name}` is no convolution"),
        }
    }

    pub(crate) fn batch_norm(&self, name: &str) -> &BatchNorm {
        match self.layer(name) {
            Layer::BatchNorm(layer) => layer,
            _ => panic!("`{name}` is no batch norm"),
        }
    }

    pub(crate) fn layer_norm(&self, name: &str) -> &LayerNorm {
        match self.layer(name) {
            Layer::LayerNorm(layer) => layer,
            _ => panic!("`{name}` is no layer norm"),
        }
    }

    pub(crate) fn dense(&self, name: &str) -> &Dense {
        match self.layer(name) {
            Layer::Dense(layer) => layer,
            _ => panic!("`{name}` is no linear layer"),
        }
    }

    pub(crate) fn values(&self, name: &str) -> &Values {
        match self.layer(name) {
            Layer::Values(layer) => layer,
            _ => panic!("`{name}` are no values"),
        }
    }

    /// A copy with every trainable parameter replaced by `change` of it.
    #[must_use]
    pub fn with_parameters(&self, change: &impl ParameterChange) -> Self {
        let layers = self.layers.iter().map(|layer| layer.changed(change));
        Self {
            layers: layers.collect(),
            graph: self.graph.clone(),
            positions: self.positions.clone(),
        }
    }

    /// The network whose residual branches start at zero: the scale of each batch norm that ends
    /// one ([`Graph::branch_ends`]) is 0, so that a block is its shortcut.
    #[must_use]
    pub fn with_zero_branches(mut self) -> Self {
        let ends: Vec<String> = self.graph.branch_ends().map(str::to_owned).collect();
        for name in ends {
            let norm = self.batch_norm(&name).clone();
            let gamma = norm.gamma.map(|scale| scale.zeros_like().require_grad());
            self.replace(&name, Layer::BatchNorm(BatchNorm { gamma, ..norm }));
        }
        self
    }

    /// Parameters that are no weights: biases, the scales and shifts of norms, and values of their own.
    pub fn biases_and_norms(&self) -> Vec<ParamId> {
        let of = |layer: &Layer| layer.biases_and_norms();
        self.layers.iter().flat_map(of).collect()
    }

    /// Logits `[batch, classes]` of images `[batch, channels, height, width]`.
    ///
    /// On an autodiff device batch norms use the batch's statistics and update their running
    /// ones; on a plain device they use the running ones.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let last = self.graph.output();
        let schedule = Schedule::new(&self.graph, last);
        let [count, ..] = images.dims();
        let mut walked = walk::forwards(
            &schedule,
            images,
            |_| false,
            |operation, values| {
                let value = |id: NodeId| values[id.index()].clone();
                let at = schedule.at(operation, self, count, value);
                operation.rule.forward(&at)
            },
        );
        let logits = walked.values[last.index()].take();
        let logits = logits.expect("the last node was computed");
        let [batch, classes, _, _] = logits.dims();
        logits.reshape([batch, classes])
    }
}

/// A change of parameters of any rank, for [`Network::with_parameters`].
pub trait ParameterChange {
    /// The tensor that takes the parameter's place.
    fn apply<const D: usize>(&self, parameter: Tensor<D>) -> Tensor<D>;
}

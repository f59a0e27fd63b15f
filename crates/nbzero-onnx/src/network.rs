//! What is read: a graph, its weights, and what is to be said about them.

use std::rc::Rc;

use nbzero_graph::{Graph, Op};

use crate::reader::Names;
use crate::tensor::Tensor;
use crate::value::Constant;

/// A network from an ONNX file.
#[derive(Debug, Clone, PartialEq)]
pub struct OnnxNetwork {
    /// Its layers, on images of the file's shape.
    pub graph: Graph,
    /// Its parameters and the statistics of its batch norms, with `PyTorch`'s names and layouts.
    pub weights: Vec<NamedTensor>,
    /// What its user should know, one sentence each.
    pub warnings: Vec<String>,
}

/// Numbers with a name and a shape.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedTensor {
    /// Name, e.g. `layer1.0.conv1.weight`.
    pub name: String,
    /// Sizes.
    pub shape: Vec<usize>,
    /// The numbers, row by row.
    pub values: Vec<f32>,
}

/// The tensors of layers as they are found.
#[derive(Debug, Default)]
pub(crate) struct Tensors {
    names: Names,
    /// Layer, what it is of the layer (empty where the layer is the tensor), shape, numbers.
    found: Vec<(String, &'static str, Vec<usize>, Rc<Tensor>)>,
}

impl Tensors {
    /// A name for a layer: that of its parameters less their last word, or else of its node. Exporters
    /// keep equal tensors once, so that the first name may be another layer's.
    pub(crate) fn layer(&mut self, parameters: &[&Constant], node: &str) -> String {
        let name = |constant: &&Constant| constant.name.clone();
        let prefixes: Vec<Rc<str>> = parameters.iter().filter_map(name).collect();
        let mut wanted: Vec<&str> = prefixes.iter().map(|name| prefix(name)).collect();
        wanted.push(node);
        self.names.claim(&wanted)
    }

    /// A name for a tensor that is a layer of its own.
    pub(crate) fn whole(&mut self, parameter: &Constant, node: &str) -> String {
        let name = parameter.name.clone();
        self.names.claim(&[name.as_deref().unwrap_or(node), node])
    }

    /// Notes a tensor of a layer.
    pub(crate) fn put(
        &mut self,
        layer: &str,
        part: &'static str,
        shape: Vec<usize>,
        tensor: Rc<Tensor>,
    ) {
        self.found.push((layer.to_owned(), part, shape, tensor));
    }

    /// The tensors of the layers that a graph has.
    pub(crate) fn of(self, graph: &Graph) -> Vec<NamedTensor> {
        let names = graph.nodes().iter().filter_map(|node| node.op().name());
        let names: std::collections::HashSet<&str> = names.collect();
        let kept = self.found.into_iter();
        let kept = kept.filter(|(layer, ..)| names.contains(layer.as_str()));
        kept.map(|(layer, part, shape, tensor)| NamedTensor {
            name: if part.is_empty() {
                layer
            } else {
                format!("{layer}.{part}")
            },
            shape,
            values: tensor.floats().unwrap_or_default().to_vec(),
        })
        .collect()
    }
}

/// What is before the last word of a name.
fn prefix(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(prefix, _)| prefix)
}

/// What a network without batch norms may have lost.
pub(crate) fn warning(graph: &Graph) -> Option<String> {
    let ops = || graph.nodes().iter().map(nbzero_graph::Node::op);
    let norms = ops().any(|op| matches!(op, Op::BatchNorm(_) | Op::LayerNorm(_)));
    let convolutions = ops().filter(|op| matches!(op, Op::Conv2d(_))).count();
    let biased = ops()
        .filter(|op| matches!(op, Op::Conv2d(conv) if conv.bias))
        .count();
    (!norms && convolutions > 0).then(|| {
        format!(
            "the network has {convolutions} convolutions, {biased} of them with a bias, and no batch \
             norm: PyTorch's exporter folds batch norms into convolutions, which changes every score \
             made of gradients. If the network has them, export it with torch.onnx.export(..., \
             dynamo=False, training=torch.onnx.TrainingMode.TRAINING, do_constant_folding=False)"
        )
    })
}

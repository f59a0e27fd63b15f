//! What is computed at once: one node, or a batch norm or an addition with the activation behind
//! it, which saves a pass over memory.

use nbzero_graph::{Conv2d, Function, Graph, Linear, Node, NodeId, Op, Pool2d};
use nbzero_ops::Activation;

use crate::op::pool::Pool;

/// The operations of a graph in the order in which they run.
#[derive(Debug, Clone)]
pub(crate) struct Schedule<'g> {
    graph: &'g Graph,
    operations: Vec<Operation<'g>>,
}

/// One or two nodes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation<'g> {
    pub(crate) kind: Kind<'g>,
    /// The activation at the end.
    pub(crate) activation: Activation,
    pub(crate) inputs: &'g [NodeId],
    /// The node whose value comes out.
    pub(crate) output: NodeId,
}

/// What an operation does before its activation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind<'g> {
    Convolution(&'g Conv2d),
    /// A batch norm, by the prefix of its parameters' names.
    Norm(&'g str),
    Linear(&'g Linear),
    Add,
    /// Nothing: an activation behind something else.
    Activation,
    Zeros,
    Pool(Pool),
}

impl<'g> Schedule<'g> {
    /// The operations up to the value of the node `last`.
    pub(crate) fn new(graph: &'g Graph, last: NodeId) -> Self {
        let uses = uses(graph);
        let mut operations: Vec<Operation<'g>> = Vec::new();
        for (id, node) in graph.iter().skip(1).take(last.index()) {
            let activation = activation(node);
            let previous = operations.last_mut().filter(|previous| {
                activation != Activation::Identity
                    && previous.output == node.inputs()[0]
                    && uses[previous.output.index()] == 1
                    && previous.takes_activation()
            });
            if let Some(previous) = previous {
                previous.activation = activation;
                previous.output = id;
                continue;
            }
            operations.push(Operation {
                kind: kind(node),
                activation,
                inputs: node.inputs(),
                output: id,
            });
        }
        Self { graph, operations }
    }

    pub(crate) fn graph(&self) -> &'g Graph {
        self.graph
    }

    pub(crate) fn operations(&self) -> &[Operation<'g>] {
        &self.operations
    }

    /// The node whose value is computed last.
    pub(crate) fn last(&self) -> NodeId {
        self.operations
            .last()
            .map_or(NodeId::INPUT, |operation| operation.output)
    }

    /// Which values some adjoint or proxy reads: inputs of layers with parameters, outputs of
    /// convolutions (of which not all have a batch norm behind them) and of activations.
    pub(crate) fn kept_for_backward(&self) -> Vec<bool> {
        let mut kept = vec![false; self.graph.nodes().len()];
        for operation in &self.operations {
            if operation.has_parameters() {
                kept[operation.inputs[0].index()] = true;
            }
            if operation.is_activated() || matches!(operation.kind, Kind::Convolution(_)) {
                kept[operation.output.index()] = true;
            }
        }
        kept
    }
}

impl Operation<'_> {
    pub(crate) fn is_activated(&self) -> bool {
        self.activation != Activation::Identity
    }

    fn has_parameters(&self) -> bool {
        matches!(
            self.kind,
            Kind::Convolution(_) | Kind::Norm(_) | Kind::Linear(_)
        )
    }

    fn takes_activation(&self) -> bool {
        !self.is_activated() && matches!(self.kind, Kind::Norm(_) | Kind::Add)
    }
}

fn kind(node: &Node) -> Kind<'_> {
    match node.op() {
        Op::Conv2d(conv) => Kind::Convolution(conv),
        Op::BatchNorm(norm) => Kind::Norm(&norm.name),
        Op::Linear(linear) => Kind::Linear(linear),
        Op::Add | Op::Sum => Kind::Add,
        Op::Function(_) => Kind::Activation,
        Op::Zeros => Kind::Zeros,
        Op::Pool(Pool2d::AVERAGE) => Kind::Pool(Pool::Average),
        Op::Pool(Pool2d::HALVING) => Kind::Pool(Pool::Halving),
        Op::Reduce { .. } => Kind::Pool(Pool::Global),
        other => unreachable!("no architecture has {} here", other.kind()),
    }
}

fn activation(node: &Node) -> Activation {
    match node.op() {
        Op::Function(Function::Relu) => Activation::Relu,
        Op::Function(Function::RELU6) => Activation::Relu6,
        _ => Activation::Identity,
    }
}

/// How often each node's value is an input.
fn uses(graph: &Graph) -> Vec<usize> {
    let mut uses = vec![0; graph.nodes().len()];
    for input in graph.nodes().iter().flat_map(Node::inputs) {
        uses[input.index()] += 1;
    }
    uses
}

//! What is computed at once: one node, or a batch norm or an addition with the activation behind
//! it, which saves a pass over memory.

use std::sync::Arc;

use burn::tensor::Tensor;
use nbzero_graph::{Graph, Node, NodeId};
use nbzero_ops::{Activation, Statistics};

use crate::Network;
use crate::op::{self, At, Rule};

/// The operations of a graph in the order in which they run.
#[derive(Debug, Clone)]
pub(crate) struct Schedule<'g> {
    graph: &'g Graph,
    operations: Vec<Operation<'g>>,
}

/// One or two nodes.
#[derive(Debug, Clone)]
pub(crate) struct Operation<'g> {
    pub(crate) rule: Arc<dyn Rule + 'g>,
    /// The activation at the end.
    pub(crate) activation: Activation,
    pub(crate) inputs: &'g [NodeId],
    /// The node whose value comes out.
    pub(crate) output: NodeId,
}

impl<'g> Schedule<'g> {
    /// The operations up to the value of the node `last`.
    pub(crate) fn new(graph: &'g Graph, last: NodeId) -> Self {
        Self::showing(graph, last, |_| false)
    }

    /// The operations up to the value of the node `last`, in which each of the nodes that are `shown`
    /// has its value for itself, whatever activation is behind it.
    pub(crate) fn showing(graph: &'g Graph, last: NodeId, shown: impl Fn(NodeId) -> bool) -> Self {
        let uses = uses(graph);
        let mut operations: Vec<Operation<'g>> = Vec::new();
        for (id, node) in graph.iter().skip(1).take(last.index()) {
            let (rule, activation) = op::rule(graph, node);
            let previous = operations.last_mut().filter(|previous| {
                activation != Activation::Identity
                    && previous.output == node.inputs()[0]
                    && uses[previous.output.index()] == 1
                    && !shown(previous.output)
                    && previous.takes_activation()
            });
            if let Some(previous) = previous {
                previous.activation = activation;
                previous.output = id;
                continue;
            }
            operations.push(Operation {
                rule,
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

    /// Which values some adjoint or proxy reads, by their nodes.
    pub(crate) fn kept_for_backward(&self) -> Vec<bool> {
        let mut kept = vec![false; self.graph.nodes().len()];
        for operation in &self.operations {
            for (i, input) in operation.inputs.iter().enumerate() {
                kept[input.index()] |= operation.rule.reads_input(i);
            }
            kept[operation.output.index()] |=
                operation.is_activated() || operation.rule.reads_output();
        }
        kept
    }

    /// Which values [move by themselves](Rule::moves_by_itself), by their nodes.
    pub(crate) fn moving_by_themselves(&self) -> Vec<bool> {
        let mut moving = vec![false; self.graph.nodes().len()];
        for operation in &self.operations {
            moving[operation.output.index()] = operation.rule.moves_by_itself();
        }
        moving
    }

    /// An operation at the values of a sweep of `images` images, as far as they are there.
    pub(crate) fn at<'a>(
        &self,
        operation: &Operation<'_>,
        network: &'a Network,
        images: usize,
        value: impl Fn(NodeId) -> Option<Tensor<4>>,
    ) -> At<'a> {
        let inputs = operation.inputs.iter();
        At {
            network,
            images,
            activation: operation.activation,
            inputs: inputs.clone().map(|id| value(*id)).collect(),
            output: value(operation.output),
            shapes: inputs.map(|id| self.graph.node(*id).shape()).collect(),
            measured: None,
            statistics: Statistics::Batch,
        }
    }
}

impl Operation<'_> {
    pub(crate) fn is_activated(&self) -> bool {
        self.activation != Activation::Identity
    }

    fn takes_activation(&self) -> bool {
        !self.is_activated() && self.rule.takes_activation()
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

//! From the nodes of a file to the nodes of a graph, one after another.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use nbzero_graph::{Graph, GraphBuilder, NodeId, Shape};

use crate::attributes::Node;
use crate::formula::{Formula, Meaning, Term};
use crate::network::Tensors;
use crate::proto::{GraphProto, NodeProto};
use crate::trouble::Trouble;
use crate::value::{Constant, Value};
use crate::view::{Channels, View};
use crate::{OnnxError, Unsupported, fold, op};

/// What is known while the nodes are read.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    pub(crate) graph: GraphBuilder,
    /// Images of a batch, as the file has it; 1 where it leaves that open.
    pub(crate) batch: usize,
    /// Version of the operators.
    pub(crate) opset: i64,
    pub(crate) tensors: Tensors,
    values: HashMap<&'a str, Value>,
    /// The nodes that read each value.
    readers: HashMap<&'a str, Vec<&'a NodeProto>>,
    /// Values whose node changes nothing any more, with the value that they are.
    same: HashMap<&'a str, &'a str>,
    /// Nodes of formulas that were needed, by the formula's address.
    made: HashMap<*const Formula, (Rc<Formula>, View)>,
    /// Numbers that constants may still take.
    budget: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(proto: &'a GraphProto, image: Shape, batch: usize, opset: i64) -> Self {
        let mut readers: HashMap<&str, Vec<&NodeProto>> = HashMap::new();
        for node in &proto.node {
            for input in &node.input {
                readers.entry(input).or_default().push(node);
            }
        }
        Self {
            graph: Graph::builder_on(image),
            batch,
            opset,
            tensors: Tensors::default(),
            values: HashMap::new(),
            readers,
            same: HashMap::new(),
            made: HashMap::new(),
            budget: fold::MOST_NUMBERS,
        }
    }

    /// Gives a name to a value.
    pub(crate) fn bind(&mut self, name: &'a str, value: Value) -> Result<(), OnnxError> {
        if !name.is_empty() && self.values.insert(name, value).is_some() {
            return Err(OnnxError::Damaged {
                place: format!("value `{name}`"),
                defect: "it is made twice".to_owned(),
            });
        }
        Ok(())
    }

    /// The value of a name, if a node before has made it.
    pub(crate) fn value(&self, name: &str) -> Option<Value> {
        self.values.get(name).cloned()
    }

    /// Reads all nodes in their order. What is not supported is listed.
    pub(crate) fn read(&mut self, nodes: &'a [NodeProto]) -> Result<(), OnnxError> {
        let mut unsupported: Vec<Unsupported> = Vec::new();
        for proto in nodes {
            let node = Node::new(proto);
            let values = match self.node(&node) {
                Ok(values) => values,
                Err(Trouble::Unsupported(refused)) => {
                    unsupported.push(refused);
                    vec![Value::Unknown; proto.output.len()]
                }
                Err(Trouble::Graph(source)) => {
                    return Err(OnnxError::Misfit {
                        node: format!("{} `{}`", node.operator(), node.name()),
                        source,
                    });
                }
                Err(Trouble::Fatal(error)) => return Err(error),
            };
            // What a node makes beside its first values (running statistics, a mask) nobody reads.
            let rest = std::iter::repeat(Value::Unknown);
            for (name, value) in proto.output.iter().zip(values.into_iter().chain(rest)) {
                self.bind(name, value)?;
            }
        }
        if unsupported.is_empty() {
            return Ok(());
        }
        Err(OnnxError::Unsupported(unsupported))
    }

    fn node(&mut self, node: &Node<'a>) -> Result<Vec<Value>, Trouble> {
        let operator = node.operator();
        if !fold::knows(&operator) && !op::knows(&operator) {
            return Err(node.refuse("the operation").into());
        }
        let mut inputs = Vec::with_capacity(node.inputs().len());
        for name in node.inputs() {
            inputs.push(match name.as_str() {
                "" => Value::Absent,
                name => self.value(name).ok_or_else(|| OnnxError::Damaged {
                    place: format!("{operator} `{}`", node.name()),
                    defect: format!("it reads `{name}`, which no node before it makes"),
                })?,
            });
        }
        if let Some(same) = node
            .outputs()
            .first()
            .and_then(|name| self.same.get(name.as_str()))
        {
            return Ok(vec![self.value(same).unwrap_or(Value::Unknown)]);
        }
        if inputs.iter().any(|input| matches!(input, Value::Unknown)) {
            return Ok(vec![Value::Unknown; node.outputs().len()]);
        }
        let constants: Option<Vec<Option<&Constant>>> = inputs
            .iter()
            .map(|input| match input {
                Value::Constant(constant) => Some(Some(constant)),
                Value::Absent => Some(None),
                _ => None,
            })
            .collect();
        let values = match constants {
            Some(constants) if fold::knows(&operator) => {
                let made = fold::fold(node, &constants, self.opset)?;
                self.spend(node, &made)?;
                made.into_iter()
                    .map(|made| Self::named_after(node, made))
                    .collect()
            }
            _ => op::convert(self, node, inputs)?,
        };
        node.all_read()?;
        Ok(values)
    }

    /// A copy of a parameter has the name of its value, which is that of the network's own parameter:
    /// exporters keep equal tensors once.
    fn named_after(node: &Node<'_>, made: Constant) -> Value {
        let output = node.outputs().first().map(String::as_str);
        let copy = made.name.is_some() && node.operator() == "Identity";
        Value::Constant(match output.filter(|_| copy) {
            Some(output) => Constant {
                name: Some(output.into()),
                ..made
            },
            None => made,
        })
    }

    fn spend(&mut self, node: &Node<'_>, made: &[Constant]) -> Result<(), Trouble> {
        if node.operator() == "Identity" {
            return Ok(());
        }
        let numbers: usize = made.iter().map(|constant| constant.tensor.len()).sum();
        // Tensors of the file in another order are as large as they are in the file.
        let numbers = if made.iter().all(|c| c.name.is_some()) {
            numbers / 4
        } else {
            numbers
        };
        let left = self.budget.checked_sub(numbers);
        self.budget = left.ok_or_else(|| node.refuse("constants of too many numbers"))?;
        Ok(())
    }

    /// The constant that is added to the value of this node and read by nothing else: a bias. The sum is
    /// then the same value.
    pub(crate) fn absorb_bias(&mut self, node: &Node<'a>, features: usize) -> Option<Constant> {
        let output = node.outputs().first()?.as_str();
        let [sum] = self.readers.get(output)?.as_slice() else {
            return None;
        };
        let ([left, right], [result]) = (sum.input.as_slice(), sum.output.as_slice()) else {
            return None;
        };
        if sum.op_type != "Add" || !sum.domain.is_empty() {
            return None;
        }
        let other = if left == output { right } else { left };
        let Some(Value::Constant(bias)) = self.values.get(other.as_str()) else {
            return None;
        };
        let fits = bias.tensor.shape.as_slice() == [features];
        let bias = (fits && bias.name.is_some()).then(|| bias.clone())?;
        self.same.insert(result, output);
        Some(bias)
    }

    /// A value as a node of the graph seen as a tensor.
    pub(crate) fn view(&mut self, node: &Node<'_>, value: &Value) -> Result<View, Trouble> {
        match value {
            Value::Map(view) => Ok(view.clone()),
            Value::Formula(view, formula) => self.resolve(node, view, formula),
            Value::Constant(_) => Err(node.refuse("of a constant").into()),
            Value::Sequence(_) => Err(node.refuse("of a sequence").into()),
            Value::Absent | Value::Unknown => Err(node.refuse("it lacks an input").into()),
        }
    }

    /// Nodes for a formula: one, where it is a function of the graph.
    fn resolve(
        &mut self,
        node: &Node<'_>,
        of: &View,
        formula: &Rc<Formula>,
    ) -> Result<View, Trouble> {
        if let Some((_, view)) = self.made.get(&Rc::as_ptr(formula)) {
            return Ok(view.clone());
        }
        let meaning = formula.meaning();
        let made = match (meaning, &formula.term) {
            (_, Term::Number) => of.clone(),
            (Some((part, meaning)), _) => {
                let inner = self.resolve(node, of, &part)?;
                match meaning {
                    Meaning::Same => inner,
                    Meaning::Function(function) => {
                        inner.with_node(self.graph.function(inner.node, function)?)
                    }
                }
            }
            (None, Term::Sum(left, right)) => {
                let (left, right) = (
                    self.resolve(node, of, left)?,
                    self.resolve(node, of, right)?,
                );
                of.with_node(self.graph.addition(left.node, right.node)?)
            }
            (None, Term::Product(left, right)) => {
                let (left, right) = (
                    self.resolve(node, of, left)?,
                    self.resolve(node, of, right)?,
                );
                of.with_node(self.graph.multiply(left.node, right.node)?)
            }
            (None, Term::Erf(_)) => {
                return Err(node.refuse("an error function outside of a GELU").into());
            }
            (None, Term::Exp(_) | Term::Function(..)) => {
                return Err(node.refuse("an exponential function").into());
            }
        };
        self.made
            .insert(Rc::as_ptr(formula), (formula.clone(), made.clone()));
        Ok(made)
    }

    /// A value of two or four dimensions as the map that it is, one number a channel where it has two.
    pub(crate) fn map(&mut self, node: &Node<'_>, value: &Value) -> Result<NodeId, Trouble> {
        let view = self.view(node, value)?;
        let sizes = view.sizes();
        let shape = match *sizes.as_slice() {
            [batch, channels] if batch == self.batch => Shape::vector(channels),
            [batch, channels, height, width] if batch == self.batch => {
                Shape::new(channels, height, width)
            }
            _ => return Err(node.refuse(format!("of a tensor of {sizes:?}")).into()),
        };
        let id = match view.channels() {
            Some(Channels::Straight) => view.node,
            Some(Channels::Shuffled(groups)) => self.graph.shuffle(view.node, groups)?,
            None => return Err(node.refuse("of a transposed map").into()),
        };
        if self.graph.shape(id) == shape {
            return Ok(id);
        }
        Ok(self.graph.reshape(id, shape)?)
    }

    /// A node of the graph as a tensor of as many dimensions as `like` has.
    pub(crate) fn tensor(&self, id: NodeId, like: usize) -> View {
        let shape = self.graph.shape(id);
        let view = View::of_map(id, self.batch, shape);
        if like == 2
            && let Some(vector) = view.reshaped(&[self.batch, shape.channels])
        {
            return vector;
        }
        view
    }

    /// What was read so far is the network, up to the node of the logits.
    pub(crate) fn finish(
        self,
        logits: NodeId,
    ) -> Result<(Graph, Tensors), nbzero_graph::GraphError> {
        Ok((self.graph.finish_at(logits)?, self.tensors))
    }
}

/// Names that are given once.
#[derive(Debug, Default)]
pub(crate) struct Names(HashSet<String>);

impl Names {
    /// The first of these names that is free; else the last of them with a number behind it.
    pub(crate) fn claim(&mut self, wanted: &[&str]) -> String {
        let free = wanted
            .iter()
            .find(|name| !name.is_empty() && !self.0.contains(**name));
        let name = if let Some(name) = free {
            (*name).to_owned()
        } else {
            let base = wanted.last().copied().unwrap_or_default();
            let mut numbered = (2_u64..).map(|i| format!("{base}#{i}"));
            let free = numbered.find(|name| !self.0.contains(name));
            free.unwrap_or_else(|| base.to_owned())
        };
        self.0.insert(name.clone());
        name
    }
}

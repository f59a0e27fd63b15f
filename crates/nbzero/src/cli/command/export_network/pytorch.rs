//! A network as a Python file that needs torch alone.

use std::fmt::Write;

use anyhow::{Result, bail};
use nbzero_graph::{
    Axis, Function, Graph, Node, NodeId, Op, Over, Padding, PoolKind, Reduction, Window,
};

/// The source of `model.py`.
pub(super) fn source(graph: &Graph, name: &str) -> Result<String> {
    let (mut layers, mut forward) = (String::new(), String::new());
    let mut names = Variables::new(graph);
    for (id, node) in graph.iter().skip(1) {
        if let (Some(name), Some(layer)) = (node.op().name(), layer(node, graph)) {
            writeln!(layers, "        self.put({name:?}, {layer})")?;
        }
        let inputs: Vec<String> = node.inputs().iter().map(|input| names.of(*input)).collect();
        let value = expression(node, graph, &inputs)?;
        let variable = names.assign(id, node);
        writeln!(forward, "        {variable} = {value}")?;
    }
    let logits = names.of(graph.output());
    let image = graph.input_shape();
    let title = name.replace(['\\', '"'], "");
    Ok(format!(
        r#""""{title}

Images {image}, {classes} classes: network() is the network with its weights, in evaluation mode.
"""
import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F


class Network(nn.Module):
    def __init__(self):
        super().__init__()
{layers}
    def put(self, name, layer):
        """Adds a layer, or a parameter, under a name of several parts."""
        *path, last = name.split(".")
        at = self
        for part in path:
            if part not in at._modules:
                at.add_module(part, nn.Module())
            at = at._modules[part]
        setattr(at, last, layer)

    def forward(self, x):
        layer = self.get_submodule
{forward}        return {logits}.flatten(1)


def tensors(path):
    """The float32 tensors of a safetensors file, by name."""
    data = bytearray(Path(path).read_bytes())
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)

    def tensor(entry):
        begin, end = (start + at for at in entry["data_offsets"])
        return torch.frombuffer(data[begin:end], dtype=torch.float32).reshape(entry["shape"])

    return {{name: tensor(entry) for name, entry in header.items()}}


def network(path=Path(__file__).with_name("weights.safetensors")):
    net = Network()
    net.load_state_dict(tensors(path), strict=True)
    return net.eval()
"#,
        classes = graph.classes(),
    ))
}

/// Names of values: one that nothing reads any more leaves its name to the next.
struct Variables {
    uses: Vec<usize>,
    names: Vec<Option<String>>,
    free: Vec<String>,
    made: usize,
}

impl Variables {
    fn new(graph: &Graph) -> Self {
        let mut uses = vec![0; graph.nodes().len()];
        for input in graph.nodes().iter().flat_map(Node::inputs) {
            uses[input.index()] += 1;
        }
        let mut names = vec![None; uses.len()];
        names[0] = Some("x".to_owned());
        Self {
            uses,
            names,
            free: Vec::new(),
            made: 0,
        }
    }

    fn of(&self, id: NodeId) -> String {
        self.names[id.index()].clone().unwrap_or_default()
    }

    fn assign(&mut self, id: NodeId, node: &Node) -> String {
        for input in node.inputs() {
            self.uses[input.index()] -= 1;
            if self.uses[input.index()] == 0 {
                self.free.extend(self.names[input.index()].clone());
            }
        }
        let name = self.free.pop().unwrap_or_else(|| {
            self.made += 1;
            format!("x{}", self.made)
        });
        self.free.sort_by(|a, b| b.cmp(a));
        self.names[id.index()] = Some(name.clone());
        name
    }
}

/// The module or parameter of a layer.
fn layer(node: &Node, graph: &Graph) -> Option<String> {
    Some(match node.op() {
        Op::Conv2d(conv) => {
            let Window {
                kernel,
                stride,
                dilation,
                ..
            } = conv.window;
            let [both, _] = split(conv.window.padding);
            let padding = [both.top, both.left];
            format!(
                "nn.Conv2d({}, {}, {kernel:?}, stride={stride:?}, padding={padding:?}, \
                 dilation={dilation:?}, groups={}, bias={})",
                conv.in_channels,
                conv.out_channels,
                conv.groups,
                python(conv.bias),
            )
        }
        Op::Linear(linear) => format!(
            "nn.Linear({}, {}, bias={})",
            linear.in_features,
            linear.out_features,
            python(linear.bias)
        ),
        Op::BatchNorm(norm) => format!(
            "nn.BatchNorm2d({}, eps={:?}, momentum={:?})",
            node.shape().channels,
            norm.epsilon,
            norm.momentum
        ),
        Op::LayerNorm(norm) => {
            let channels = graph.node(node.inputs()[0]).shape().channels;
            format!("nn.LayerNorm({channels}, eps={:?})", norm.epsilon)
        }
        Op::Parameter(parameter) => {
            let shape = parameter.shape;
            let sizes = [shape.channels, shape.height, shape.width];
            format!(
                "nn.Parameter(torch.full({sizes:?}, {:?}))",
                parameter.initial
            )
        }
        _ => return None,
    })
}

/// What a node computes of the values `x`.
fn expression(node: &Node, graph: &Graph, x: &[String]) -> Result<String> {
    let first = x.first().map_or("", String::as_str);
    let shape = node.shape();
    Ok(match node.op() {
        Op::Conv2d(conv) => {
            let [_, outside] = split(conv.window.padding);
            let input = padded(first, outside);
            format!("layer({:?})({input})", conv.name)
        }
        Op::BatchNorm(norm) => format!("layer({:?})({first})", norm.name),
        Op::LayerNorm(norm) => on_channels(&norm.name, first),
        Op::Linear(linear) => on_channels(&linear.name, first),
        Op::Parameter(parameter) => format!("self.get_parameter({:?})[None]", parameter.name),
        Op::Zeros => format!("torch.zeros_like({first})"),
        Op::Function(function) => function_of(*function, first)?,
        Op::Softmax { groups } => {
            format!("{first}.unflatten(1, ({groups}, -1)).softmax(1).flatten(1, 2)")
        }
        Op::Add | Op::Sum => x.join(" + "),
        Op::Multiply => x.join(" * "),
        Op::Pool(pool) => {
            let Window {
                kernel,
                stride,
                dilation,
                ..
            } = pool.window;
            let [both, outside] = split(pool.window.padding);
            let padding = [both.top, both.left];
            let ceil = python(pool.ceil);
            match pool.kind {
                _ if outside != Padding::default() => {
                    bail!("a pool with more padding on one side is not written to PyTorch")
                }
                PoolKind::Max => format!(
                    "F.max_pool2d({first}, {kernel:?}, {stride:?}, {padding:?}, {dilation:?}, \
                     ceil_mode={ceil})"
                ),
                PoolKind::Average { .. } if dilation != [1, 1] => {
                    bail!("an average pool with dilation is not written to PyTorch")
                }
                PoolKind::Average { count_padding } => format!(
                    "F.avg_pool2d({first}, {kernel:?}, {stride:?}, {padding:?}, ceil_mode={ceil}, \
                     count_include_pad={})",
                    python(count_padding)
                ),
            }
        }
        Op::Reduce { reduction, over } => {
            let dims = match over {
                Over::Positions => "(2, 3)",
                Over::Channels => "1",
            };
            match reduction {
                Reduction::Mean => format!("{first}.mean({dims}, keepdim=True)"),
                Reduction::Sum => format!("{first}.sum({dims}, keepdim=True)"),
                Reduction::Max => format!("{first}.amax({dims}, keepdim=True)"),
                Reduction::Norm => format!("{first}.norm(dim={dims}, keepdim=True)"),
            }
        }
        Op::Concat => format!("torch.cat([{}], 1)", x.join(", ")),
        Op::Slice(slice) => {
            let colons = ":, ".repeat(dimension(slice.axis));
            let end = slice.start + (slice.length - 1) * slice.step + 1;
            format!("{first}[{colons}{}:{end}:{}]", slice.start, slice.step)
        }
        Op::Pad {
            axis,
            before,
            behind,
        } => {
            let zeros = "0, 0, ".repeat(3 - dimension(*axis));
            format!("F.pad({first}, ({zeros}{before}, {behind}))")
        }
        Op::Shuffle { groups } => {
            format!("{first}.unflatten(1, ({groups}, -1)).transpose(1, 2).flatten(1, 2)")
        }
        Op::Reshape => format!(
            "{first}.reshape(-1, {}, {}, {})",
            shape.channels, shape.height, shape.width
        ),
        Op::Upsample {
            factor: [down, across],
        } => {
            format!("{first}.repeat_interleave({down}, 2).repeat_interleave({across}, 3)")
        }
        other => bail!(
            "{} of a map of {} is not written to PyTorch",
            other.kind(),
            graph.input_shape()
        ),
    })
}

/// A layer that PyTorch applies to what comes last.
fn on_channels(name: &str, x: &str) -> String {
    format!("layer({name:?})({x}.movedim(1, -1)).movedim(-1, 1)")
}

fn function_of(function: Function, x: &str) -> Result<String> {
    Ok(match function {
        Function::Relu => format!("F.relu({x})"),
        Function::RELU6 => format!("F.relu6({x})"),
        Function::Clip { low, high } => {
            let bound = |bound: f64| {
                if bound.is_finite() {
                    format!("{bound:?}")
                } else {
                    "None".to_owned()
                }
            };
            format!("{x}.clamp({}, {})", bound(low), bound(high))
        }
        Function::LeakyRelu { slope } => format!("F.leaky_relu({x}, {slope:?})"),
        Function::Sigmoid => format!("torch.sigmoid({x})"),
        Function::HardSigmoid { slope, offset } => {
            format!("({x} * {slope:?} + {offset:?}).clamp(0, 1)")
        }
        Function::Silu => format!("F.silu({x})"),
        Function::HardSwish => format!("F.hardswish({x})"),
        Function::Gelu => format!("F.gelu({x})"),
        Function::GeluTanh => format!("F.gelu({x}, approximate=\"tanh\")"),
        Function::Tanh => format!("torch.tanh({x})"),
        Function::Softplus => format!("F.softplus({x})"),
        Function::Mish => format!("F.mish({x})"),
        Function::Elu { alpha } => format!("F.elu({x}, {alpha:?})"),
        Function::Affine { scale, shift } => format!("{x} * {scale:?} + {shift:?}"),
        Function::Power { exponent } => format!("{x} ** {exponent:?}"),
        other => bail!("{} is not written to PyTorch", other.kind()),
    })
}

/// Rows and columns of padding that are on both sides, and what is left on one.
fn split(padding: Padding) -> [Padding; 2] {
    let (rows, columns) = (
        padding.top.min(padding.bottom),
        padding.left.min(padding.right),
    );
    let both = Padding {
        top: rows,
        left: columns,
        bottom: rows,
        right: columns,
    };
    let left = Padding {
        top: padding.top - rows,
        left: padding.left - columns,
        bottom: padding.bottom - rows,
        right: padding.right - columns,
    };
    [both, left]
}

fn padded(x: &str, outside: Padding) -> String {
    if outside == Padding::default() {
        return x.to_owned();
    }
    let Padding {
        top,
        left,
        bottom,
        right,
    } = outside;
    format!("F.pad({x}, ({left}, {right}, {top}, {bottom}))")
}

fn python(truth: bool) -> &'static str {
    if truth { "True" } else { "False" }
}

fn dimension(axis: Axis) -> usize {
    match axis {
        Axis::Channels => 1,
        Axis::Height => 2,
        Axis::Width => 3,
    }
}

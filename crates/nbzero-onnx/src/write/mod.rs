//! A graph with its weights as an ONNX file, for programs that run networks.

mod function;
mod node;

use std::collections::HashMap;

use nbzero_graph::{Graph, NodeId, Op, Shape};
use prost::Message;

use crate::proto::{
    AttributeProto, DimensionProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto,
    TensorProto, TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
};
use crate::tensor::signed;
use crate::{NamedTensor, OnnxError};

/// Version of ONNX's operators that is written: the first with GELU.
const OPSET: i64 = 20;

/// Version of the format, of the same time.
const IR_VERSION: i64 = 9;

/// Bytes of a file with this network in evaluation mode: images `[batch, channels, height, width]` as
/// `input`, `[batch, classes]` as `logits`, for any number of images.
///
/// `weights` are the network's own, with all its names.
pub fn write(graph: &Graph, weights: Vec<NamedTensor>) -> Result<Vec<u8>, OnnxError> {
    let mut writer = Writer::default();
    for tensor in weights {
        writer.initializer(&tensor.name, &tensor.shape, &tensor.values);
    }
    for (id, node) in graph.iter() {
        let from: Vec<Value> = node
            .inputs()
            .iter()
            .map(|input| Value {
                name: writer.names[input].clone(),
                shape: graph.node(*input).shape(),
            })
            .collect();
        let name = match node.op() {
            Op::Input => "input".to_owned(),
            op => writer.node(op, &from, node.shape())?,
        };
        writer.names.insert(id, name);
    }
    let logits = writer.names[&graph.output()].clone();
    let whole = -1;
    writer.reshaped(&logits, &[0, whole], "logits");
    Ok(writer.finish(graph).encode_to_vec())
}

/// A value of the file: a map.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) name: String,
    pub(super) shape: Shape,
}

/// The file so far.
#[derive(Debug, Default)]
pub(super) struct Writer {
    graph: GraphProto,
    names: HashMap<NodeId, String>,
    /// Values and constants made, for names.
    made: usize,
    /// Tensors by name.
    shapes: HashMap<String, Vec<usize>>,
}

impl Writer {
    /// Adds a node of one value; returns its name.
    pub(super) fn add(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<AttributeProto>,
    ) -> String {
        let name = format!("v{}", self.made);
        self.add_named(operator, inputs, attributes, &name);
        name
    }

    fn add_named(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attribute: Vec<AttributeProto>,
        output: &str,
    ) {
        self.graph.node.push(NodeProto {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: vec![output.to_owned()],
            name: format!("{operator}_{}", self.made),
            op_type: operator.to_owned(),
            attribute,
            ..NodeProto::default()
        });
        self.made += 1;
    }

    /// A reshape; 0 keeps a size, -1 is what is left.
    fn reshaped(&mut self, input: &str, sizes: &[i64], output: &str) {
        let sizes = self.ints(sizes);
        self.add_named("Reshape", &[input, &sizes], Vec::new(), output);
    }

    /// A reshape of a value of its own name.
    pub(super) fn reshape(&mut self, input: &str, sizes: &[i64]) -> String {
        let output = format!("v{}", self.made);
        self.reshaped(input, sizes, &output);
        output
    }

    /// A constant of whole numbers.
    pub(super) fn ints(&mut self, numbers: &[i64]) -> String {
        let name = format!("c{}", self.graph.initializer.len());
        self.graph.initializer.push(TensorProto {
            dims: vec![signed(numbers.len())],
            data_type: 7,
            name: name.clone(),
            int64_data: numbers.to_vec(),
            ..TensorProto::default()
        });
        name
    }

    /// A constant of one number.
    pub(super) fn number(&mut self, number: f64) -> String {
        self.floats(Vec::new(), &[number])
    }

    /// A constant of numbers in a row.
    pub(super) fn numbers(&mut self, numbers: &[f64]) -> String {
        self.floats(vec![signed(numbers.len())], numbers)
    }

    fn floats(&mut self, dims: Vec<i64>, numbers: &[f64]) -> String {
        let name = format!("c{}", self.graph.initializer.len());
        self.graph.initializer.push(TensorProto {
            dims,
            data_type: 1,
            name: name.clone(),
            float_data: numbers.iter().map(|&x| crate::tensor::narrow(x)).collect(),
            ..TensorProto::default()
        });
        name
    }

    fn initializer(&mut self, name: &str, shape: &[usize], values: &[f32]) {
        let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        self.graph.initializer.push(TensorProto {
            dims: shape.iter().map(|&size| signed(size)).collect(),
            data_type: 1,
            name: name.to_owned(),
            raw_data: bytes.into(),
            ..TensorProto::default()
        });
        self.shapes.insert(name.to_owned(), shape.to_vec());
    }

    /// The name of a tensor of a layer, which must be among the weights.
    pub(super) fn weight(&self, layer: &str, part: &str) -> Result<String, OnnxError> {
        let name = format!("{layer}{part}");
        if self.shapes.contains_key(&name) {
            return Ok(name);
        }
        Err(OnnxError::NoClassifier(format!(
            "the weights lack the tensor `{name}`, which the network needs"
        )))
    }

    fn finish(mut self, graph: &Graph) -> ModelProto {
        let image = graph.input_shape();
        let sizes = [image.channels, image.height, image.width];
        "network".clone_into(&mut self.graph.name);
        self.graph.input = vec![value("input", &sizes)];
        self.graph.output = vec![value("logits", &[graph.classes()])];
        ModelProto {
            ir_version: IR_VERSION,
            producer_name: "nbzero".to_owned(),
            producer_version: env!("CARGO_PKG_VERSION").to_owned(),
            graph: Some(self.graph),
            opset_import: vec![OperatorSetIdProto {
                domain: String::new(),
                version: OPSET,
            }],
        }
    }
}

/// A batch of any number of these.
fn value(name: &str, sizes: &[usize]) -> ValueInfoProto {
    let batch = DimensionProto {
        dim_value: None,
        dim_param: Some("batch".to_owned()),
    };
    let fixed = sizes.iter().map(|&size| DimensionProto {
        dim_value: Some(signed(size)),
        dim_param: None,
    });
    let shape = TensorShapeProto {
        dim: std::iter::once(batch).chain(fixed).collect(),
    };
    ValueInfoProto {
        name: name.to_owned(),
        r#type: Some(TypeProto {
            tensor_type: Some(TensorTypeProto {
                elem_type: 1,
                shape: Some(shape),
            }),
        }),
    }
}

/// An attribute of a whole number.
pub(super) fn int(name: &str, i: i64) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        i,
        r#type: 2,
        ..AttributeProto::default()
    }
}

/// An attribute of whole numbers.
pub(super) fn ints(name: &str, ints: &[usize]) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        ints: ints.iter().map(|&i| signed(i)).collect(),
        r#type: 7,
        ..AttributeProto::default()
    }
}

/// An attribute of a number.
pub(super) fn float(name: &str, f: f64) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        f: crate::tensor::narrow(f),
        r#type: 1,
        ..AttributeProto::default()
    }
}

/// An attribute of text.
pub(super) fn text(name: &str, text: &'static str) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        s: bytes::Bytes::from_static(text.as_bytes()),
        r#type: 3,
        ..AttributeProto::default()
    }
}

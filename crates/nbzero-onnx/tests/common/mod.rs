//! ONNX files made in code.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "tests, each of which uses a part"
)]

use bytes::Bytes;
use nbzero_onnx::proto::{
    AttributeProto, DimensionProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto,
    TensorProto, TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
};
use prost::Message;

/// A file of one input `x`, whose last value is its output.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) proto: ModelProto,
}

/// An attribute.
pub(crate) fn ints(name: &str, ints: &[i64]) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        ints: ints.to_vec(),
        r#type: 7,
        ..AttributeProto::default()
    }
}

/// An attribute.
pub(crate) fn int(name: &str, i: i64) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        i,
        r#type: 2,
        ..AttributeProto::default()
    }
}

/// A tensor of small numbers that are all different.
pub(crate) fn floats(name: &str, dims: &[i64]) -> TensorProto {
    let count: i64 = dims.iter().product();
    let numbers = (0..count).map(|i| f32::from(u16::try_from(i % 999).unwrap()) / 999.0);
    TensorProto {
        dims: dims.to_vec(),
        data_type: 1,
        name: name.to_owned(),
        raw_data: numbers
            .flat_map(f32::to_le_bytes)
            .collect::<Vec<u8>>()
            .into(),
        ..TensorProto::default()
    }
}

/// A tensor of whole numbers.
pub(crate) fn whole(name: &str, dims: &[i64], numbers: &[i64]) -> TensorProto {
    TensorProto {
        dims: dims.to_vec(),
        data_type: 7,
        name: name.to_owned(),
        int64_data: numbers.to_vec(),
        ..TensorProto::default()
    }
}

/// A tensor of one number.
pub(crate) fn number(name: &str, number: f32) -> TensorProto {
    TensorProto {
        data_type: 1,
        name: name.to_owned(),
        float_data: vec![number],
        ..TensorProto::default()
    }
}

impl Model {
    /// A file on images of these sizes.
    pub(crate) fn new(image: &[i64]) -> Self {
        let dim = |&size: &i64| DimensionProto {
            dim_value: Some(size),
            dim_param: None,
        };
        let shape = TensorShapeProto {
            dim: image.iter().map(dim).collect(),
        };
        let tensor_type = Some(TensorTypeProto {
            elem_type: 1,
            shape: Some(shape),
        });
        let input = ValueInfoProto {
            name: "x".to_owned(),
            r#type: Some(TypeProto { tensor_type }),
        };
        let graph = GraphProto {
            input: vec![input],
            ..GraphProto::default()
        };
        let set = OperatorSetIdProto {
            domain: String::new(),
            version: 18,
        };
        Self {
            proto: ModelProto {
                ir_version: 9,
                graph: Some(graph),
                opset_import: vec![set],
                ..ModelProto::default()
            },
        }
    }

    pub(crate) fn graph(&mut self) -> &mut GraphProto {
        self.proto.graph.as_mut().unwrap()
    }

    /// Adds a tensor.
    pub(crate) fn tensor(mut self, tensor: TensorProto) -> Self {
        self.graph().initializer.push(tensor);
        self
    }

    /// Adds a node of one value that is named like it.
    pub(crate) fn node(
        mut self,
        operator: &str,
        inputs: &[&str],
        output: &str,
        attributes: &[AttributeProto],
    ) -> Self {
        self.graph().node.push(NodeProto {
            input: inputs.iter().map(|&name| name.to_owned()).collect(),
            output: vec![output.to_owned()],
            op_type: operator.to_owned(),
            attribute: attributes.to_vec(),
            ..NodeProto::default()
        });
        self
    }

    /// Adds a convolution without padding, with its weight.
    pub(crate) fn conv(self, input: &str, output: &str, weight: &str, dims: &[i64]) -> Self {
        let padding = dims[2] / 2;
        self.tensor(floats(weight, dims)).node(
            "Conv",
            &[input, weight],
            output,
            &[ints("pads", &[padding; 4])],
        )
    }

    /// Adds a head: the mean over all positions and a linear layer `head`.
    pub(crate) fn head(self, input: &str, features: i64, classes: i64) -> Self {
        self.node("GlobalAveragePool", &[input], "pooled", &[])
            .node("Flatten", &["pooled"], "flat", &[])
            .tensor(floats("head.weight", &[classes, features]))
            .tensor(floats("head.bias", &[classes]))
            .node(
                "Gemm",
                &["flat", "head.weight", "head.bias"],
                "logits",
                &[int("transB", 1)],
            )
    }

    /// The file, whose output is the value of the last node.
    pub(crate) fn bytes(mut self) -> Bytes {
        let graph = self.graph();
        if let Some(last) = graph.node.last() {
            graph.output = vec![ValueInfoProto {
                name: last.output[0].clone(),
                r#type: None,
            }];
        }
        self.proto.encode_to_vec().into()
    }
}

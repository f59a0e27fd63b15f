//! A file as a network.

use std::collections::HashSet;
use std::path::Path;
use std::rc::Rc;

use bytes::Bytes;
use nbzero_graph::{NodeId, Shape};
use prost::Message;

use crate::attributes::Node;
use crate::external::Folder;
use crate::network::warning;
use crate::proto::{GraphProto, ModelProto, ValueInfoProto};
use crate::reader::Reader;
use crate::tensor::{Kind, Tensor};
use crate::value::{Constant, Value};
use crate::view::View;
use crate::{OnnxError, OnnxNetwork};

/// Versions of ONNX's operators that are read: before 9 batch norms and reshapes were others.
const OPSETS: std::ops::RangeInclusive<i64> = 9..=25;

/// The most channels, rows or columns of an image, and images of a batch.
const MOST: usize = 1 << 16;

/// Reads an ONNX file. Weights that it keeps in other files are read from its folder.
pub fn read(path: &Path) -> Result<OnnxNetwork, OnnxError> {
    let bytes = nbzero_files::read_whole(path).map_err(|source| OnnxError::Io {
        path: path.to_owned(),
        source,
    })?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    from_bytes(bytes.into(), Some(folder.unwrap_or(Path::new("."))))
}

/// Reads an ONNX file from memory. Weights in other files are read from `folder`, and refused where
/// there is none.
pub fn from_bytes(bytes: Bytes, folder: Option<&Path>) -> Result<OnnxNetwork, OnnxError> {
    let model =
        ModelProto::decode(bytes).map_err(|error| damaged("the file", error.to_string()))?;
    let opset = opset(&model)?;
    let graph = model.graph.as_ref();
    let graph = graph.ok_or_else(|| damaged("the file", "it has no network".to_owned()))?;
    network(graph, opset, &mut Folder::new(folder))
}

fn opset(model: &ModelProto) -> Result<i64, OnnxError> {
    let mut sets = model.opset_import.iter();
    let own = sets.find(|set| matches!(set.domain.as_str(), "" | "ai.onnx"));
    let version = own.map(|set| set.version);
    let version = version.ok_or_else(|| {
        damaged(
            "the file",
            "it does not say which version of ONNX's operators it uses".to_owned(),
        )
    })?;
    if OPSETS.contains(&version) {
        return Ok(version);
    }
    Err(OnnxError::NoClassifier(format!(
        "the file uses version {version} of ONNX's operators, but {} to {} are read: export the \
         network with opset_version=18",
        OPSETS.start(),
        OPSETS.end()
    )))
}

fn network(proto: &GraphProto, opset: i64, folder: &mut Folder) -> Result<OnnxNetwork, OnnxError> {
    let (input, batch, image) = image(proto)?;
    let mut reader = Reader::new(proto, image, batch, opset);
    for tensor in &proto.initializer {
        let place = || format!("tensor `{}`", tensor.name);
        let outside = folder.bytes(tensor)?;
        let decoded =
            Tensor::decode(tensor, outside.as_ref()).map_err(|defect| damaged(&place(), defect))?;
        let value = Value::Constant(Constant {
            tensor: Rc::new(decoded),
            name: Some(tensor.name.as_str().into()),
        });
        reader.bind(&tensor.name, value)?;
    }
    reader.bind(input, Value::Map(View::of_map(NodeId::INPUT, batch, image)))?;
    reader.read(&proto.node)?;
    let logits = logits(&mut reader, proto)?;
    let misfit = |error| OnnxError::NoClassifier(format!("the file is no classifier: {error}"));
    let (graph, tensors) = reader.finish(logits).map_err(misfit)?;
    let mut warnings: Vec<String> = warning(&graph).into_iter().collect();
    if let [first, _, ..] = proto.output.as_slice() {
        warnings.push(format!(
            "the file has {} outputs, of which the first, `{}`, is taken for the logits",
            proto.output.len(),
            first.name
        ));
    }
    Ok(OnnxNetwork {
        weights: tensors.of(&graph),
        graph,
        warnings,
    })
}

/// The input that is no weight: its name, how many images it has, and their shape.
fn image(proto: &GraphProto) -> Result<(&str, usize, Shape), OnnxError> {
    let weights: HashSet<&str> = proto.initializer.iter().map(|t| t.name.as_str()).collect();
    let mut inputs = proto.input.iter();
    let inputs: Vec<&ValueInfoProto> = inputs
        .by_ref()
        .filter(|input| !weights.contains(input.name.as_str()))
        .collect();
    let [input] = inputs.as_slice() else {
        let names: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
        return Err(OnnxError::NoClassifier(format!(
            "a classifier takes a batch of images, but the file has {} inputs ({}): export a network \
             of one input",
            names.len(),
            names.join(", ")
        )));
    };
    let tensor = input.r#type.as_ref().and_then(|t| t.tensor_type.as_ref());
    let dims = tensor.and_then(|tensor| tensor.shape.as_ref());
    let dims: Vec<Option<i64>> = dims.map_or(Vec::new(), |shape| {
        shape.dim.iter().map(|dim| dim.dim_value).collect()
    });
    let float = tensor.is_some_and(|t| Kind::of(t.elem_type).is_ok_and(Kind::is_float));
    let size = |dim: Option<i64>| {
        let size = dim.and_then(|size| usize::try_from(size).ok());
        size.filter(|size| (1..=MOST).contains(size))
    };
    let fixed = match dims.as_slice() {
        &[batch, channels, height, width] if float => {
            let open = batch.is_none().then_some(1);
            (
                open.or(size(batch)),
                size(channels),
                size(height),
                size(width),
            )
        }
        _ => (None, None, None, None),
    };
    match fixed {
        (Some(batch), Some(channels), Some(height), Some(width)) => {
            Ok((&input.name, batch, Shape::new(channels, height, width)))
        }
        _ => Err(OnnxError::NoClassifier(format!(
            "the input `{}` is not a batch of images of a fixed size (images, channels, height, width; \
             each at most {MOST}): export the network with dynamic axes for the batch alone",
            input.name
        ))),
    }
}

/// The node of the first output, one number a class.
fn logits(reader: &mut Reader<'_>, proto: &GraphProto) -> Result<NodeId, OnnxError> {
    let refuse = |what: String| OnnxError::NoClassifier(what);
    let output = proto.output.first();
    let output = output.ok_or_else(|| refuse("the file has no output".to_owned()))?;
    let name = output.name.as_str();
    let value = reader
        .value(name)
        .ok_or_else(|| damaged(&format!("output `{name}`"), "no node makes it".to_owned()))?;
    let place = crate::proto::NodeProto {
        op_type: "output".to_owned(),
        name: name.to_owned(),
        ..Default::default()
    };
    reader.map(&Node::new(&place), &value).map_err(|_| {
        refuse(format!(
            "the output `{name}` is not one number a class for each image"
        ))
    })
}

fn damaged(place: &str, defect: String) -> OnnxError {
    OnnxError::Damaged {
        place: place.to_owned(),
        defect,
    }
}

//! Batch norm and layer norm.

use nbzero_graph::{BatchNorm, LayerNorm};

use super::Inputs;
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::value::Value;
use crate::view::Axis;

pub(super) fn batch(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let node = inputs.node;
    let dims = inputs.view(reader, 0)?.dims.len();
    let map = inputs.map(reader, 0)?;
    let channels = reader.graph.shape(map).channels;
    // How the running statistics move is said for training, in which they are not read.
    node.ignore(&["training_mode", "spatial"]);
    let epsilon = node.float("epsilon")?.map_or(1e-5, exact);
    // ONNX keeps this part of the old statistics, PyTorch takes that part of the new ones.
    let momentum = 1.0 - node.float("momentum")?.map_or(0.9, exact);
    let shape = [channels];
    let scale = inputs.floats(1, &shape)?;
    let shift = inputs.floats(2, &shape)?;
    let mean = inputs.floats(3, &shape)?;
    let variance = inputs.floats(4, &shape)?;
    let name = reader
        .tensors
        .layer(&[scale, shift, mean, variance], node.name());
    let parts = [
        ("weight", scale),
        ("bias", shift),
        ("running_mean", mean),
        ("running_var", variance),
    ];
    for (part, constant) in parts {
        reader
            .tensors
            .put(&name, part, vec![channels], constant.tensor.clone());
    }
    let norm = BatchNorm {
        name,
        epsilon,
        momentum: momentum.clamp(0.0, 1.0),
    };
    let made = reader.graph.batch_norm_layer(map, norm)?;
    Ok(Value::Map(reader.tensor(made, dims)))
}

pub(super) fn layer(reader: &mut Reader<'_>, inputs: &Inputs<'_, '_>) -> Result<Value, Trouble> {
    let node = inputs.node;
    let view = inputs.view(reader, 0)?;
    let last = view.dims.len().saturating_sub(1);
    let axis = super::axis::axis(node, "axis", Some(-1), view.dims.len())?;
    node.ignore(&["stash_type"]);
    if axis != last || view.whole(last) != Some(Axis::Channel) {
        return Err(inputs.refuse("over more than the channels at each position"));
    }
    let channels = reader.graph.shape(view.node).channels;
    let epsilon = node.float("epsilon")?.map_or(1e-5, exact);
    let scale = inputs.floats(1, &[channels])?;
    let shift = inputs.floats(2, &[channels])?;
    let name = reader.tensors.layer(&[scale, shift], node.name());
    for (part, constant) in [("weight", scale), ("bias", shift)] {
        reader
            .tensors
            .put(&name, part, vec![channels], constant.tensor.clone());
    }
    let made = reader
        .graph
        .layer_norm(view.node, LayerNorm { name, epsilon })?;
    Ok(Value::Map(view.with_node(made)))
}

/// The decimal number that was meant: a file has the float32 next to it.
fn exact(number: f32) -> f64 {
    number.to_string().parse().unwrap_or(f64::from(number))
}

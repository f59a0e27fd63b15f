//! Small networks, written as exporters write them.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{Model, floats, int, ints, number, whole};
use nbzero_graph::{Axis, Function, Graph, Op, Shape, Slice};
use nbzero_onnx::{OnnxError, OnnxNetwork, from_bytes};

fn network(model: Model) -> OnnxNetwork {
    from_bytes(model.bytes(), None).unwrap()
}

fn error(model: Model) -> String {
    from_bytes(model.bytes(), None).unwrap_err().to_string()
}

fn ops(graph: &Graph) -> Vec<&Op> {
    graph.nodes().iter().map(nbzero_graph::Node::op).collect()
}

fn functions(graph: &Graph) -> Vec<Function> {
    let function = |op: &Op| match op {
        Op::Function(function) => Some(*function),
        _ => None,
    };
    graph
        .nodes()
        .iter()
        .filter_map(|node| function(node.op()))
        .collect()
}

/// A batch norm whose four tensors have the names that `PyTorch` gives them.
fn batch_norm(mut model: Model, input: &str, output: &str, layer: &str, channels: i64) -> Model {
    let names = ["weight", "bias", "running_mean", "running_var"].map(|p| format!("{layer}.{p}"));
    for name in &names {
        model = model.tensor(floats(name, &[channels]));
    }
    let inputs: Vec<&str> = std::iter::once(input)
        .chain(names.iter().map(String::as_str))
        .collect();
    model.node(
        "BatchNormalization",
        &inputs,
        output,
        &[int("training_mode", 1)],
    )
}

#[test]
fn a_residual_block_keeps_its_layers_names_and_weights() {
    let model = Model::new(&[8, 3, 6, 5]).conv("x", "stem", "stem.conv.weight", &[4, 3, 3, 3]);
    let model = batch_norm(model, "stem", "normed", "stem.bn", 4)
        .node("Relu", &["normed"], "active", &[])
        .conv("active", "branch", "block.conv.weight", &[4, 4, 3, 3])
        .node("Relu", &["branch"], "bent", &[])
        .node("Add", &["bent", "active"], "sum", &[])
        .head("sum", 4, 10);
    let network = network(model);
    let graph = &network.graph;
    assert_eq!(graph.input_shape(), Shape::new(3, 6, 5));
    assert_eq!((graph.classes(), graph.depth()), (10, 3));
    assert_eq!(graph.params(), 108 + 8 + 144 + 50);
    assert_eq!(graph.flops(), (108 + 144) * 30 + 40);
    assert!(ops(graph).contains(&&Op::Add));
    let names: Vec<&str> = network
        .weights
        .iter()
        .map(|tensor| tensor.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "stem.conv.weight",
            "stem.bn.weight",
            "stem.bn.bias",
            "stem.bn.running_mean",
            "stem.bn.running_var",
            "block.conv.weight",
            "head.weight",
            "head.bias"
        ]
    );
    assert_eq!(network.weights[0].shape, [4, 3, 3, 3]);
    assert!((network.weights[0].values[5] - 5.0 / 999.0).abs() < 1e-9);
    assert!(network.warnings.is_empty());
}

#[test]
fn a_tensor_that_is_kept_once_has_the_name_of_each_copy() {
    let model = Model::new(&[1, 3, 6, 5])
        .conv("x", "stem", "a.weight", &[3, 3, 3, 3])
        .node("Identity", &["a.weight"], "b.weight", &[])
        .node("Conv", &["stem", "b.weight"], "conv", &[])
        .node(
            "Conv",
            &["conv", "b.weight"],
            "again",
            &[ints("pads", &[1; 4])],
        )
        .head("again", 3, 2);
    let network = network(model);
    let names: Vec<&str> = network
        .weights
        .iter()
        .map(|tensor| tensor.name.as_str())
        .collect();
    // The third convolution shares the second's weight: it is named like its value.
    assert_eq!(names[..3], ["a.weight", "b.weight", "again.weight"]);
}

#[test]
fn a_network_without_batch_norm_is_said_to_have_lost_them() {
    let network = network(
        Model::new(&[8, 3, 6, 5])
            .conv("x", "c", "c.weight", &[4, 3, 3, 3])
            .head("c", 4, 10),
    );
    assert_eq!(network.warnings.len(), 1);
    assert!(network.warnings[0].contains("do_constant_folding=False"));
}

#[test]
fn activations_in_steps_are_one_function() {
    let model = Model::new(&[8, 3, 6, 5])
        .conv("x", "c", "c.weight", &[4, 3, 3, 3])
        .tensor(number("three", 3.0))
        .tensor(number("zero", 0.0))
        .tensor(number("six", 6.0))
        .node("Add", &["c", "three"], "shifted", &[])
        .node("Clip", &["shifted", "zero", "six"], "clipped", &[])
        .node("Div", &["clipped", "six"], "gate", &[])
        .node("Mul", &["c", "gate"], "swish", &[])
        .tensor(number("root", std::f32::consts::SQRT_2))
        .tensor(number("one", 1.0))
        .tensor(number("half", 0.5))
        .node("Div", &["swish", "root"], "inner", &[])
        .node("Erf", &["inner"], "erf", &[])
        .node("Add", &["erf", "one"], "both", &[])
        .node("Mul", &["swish", "both"], "product", &[])
        .node("Mul", &["product", "half"], "gelu", &[])
        .node("Sigmoid", &["gelu"], "sigmoid", &[])
        .node("Mul", &["gelu", "sigmoid"], "silu", &[])
        .head("silu", 4, 10);
    let functions = functions(&network(model).graph);
    assert_eq!(
        functions,
        [Function::HardSwish, Function::Gelu, Function::Silu]
    );
}

#[test]
fn a_shuffle_and_a_split_of_constant_shapes_are_on_channels() {
    let model = Model::new(&[8, 4, 6, 5])
        .node("Shape", &["x"], "shape", &[])
        .tensor(whole("first", &[1], &[0]))
        .tensor(whole("rest", &[4], &[2, 2, 6, 5]))
        .node("Gather", &["shape", "first"], "batch", &[int("axis", 0)])
        .node("Concat", &["batch", "rest"], "split", &[int("axis", 0)])
        .node("Reshape", &["x", "split"], "grouped", &[])
        .node(
            "Transpose",
            &["grouped"],
            "swapped",
            &[ints("perm", &[0, 2, 1, 3, 4])],
        )
        .node("Reshape", &["swapped", "shape"], "shuffled", &[])
        .tensor(whole("one", &[1], &[1]))
        .tensor(whole("end", &[1], &[i64::MAX]))
        .node("Slice", &["shuffled", "one", "end", "one"], "last", &[])
        .conv("last", "c", "c.weight", &[4, 3, 3, 3])
        .head("c", 4, 10);
    let graph = network(model).graph;
    let slice = Slice {
        axis: Axis::Channels,
        start: 1,
        length: 3,
        step: 1,
    };
    // The slice is of the tensor's channels, so the shuffle must come before it.
    assert_eq!(
        ops(&graph)[1..3],
        [&Op::Shuffle { groups: 2 }, &Op::Slice(slice)]
    );
}

#[test]
fn channels_last_are_layers_on_channels() {
    let model = Model::new(&[8, 3, 6, 5])
        .conv("x", "c", "c.weight", &[4, 3, 3, 3])
        .node("Transpose", &["c"], "last", &[ints("perm", &[0, 2, 3, 1])])
        .tensor(floats("norm.weight", &[4]))
        .tensor(floats("norm.bias", &[4]))
        .node(
            "LayerNormalization",
            &["last", "norm.weight", "norm.bias"],
            "normed",
            &[],
        )
        .tensor(floats("fc.weight", &[8, 4]))
        .tensor(floats("fc.bias", &[8]))
        .node("Transpose", &["fc.weight"], "turned", &[])
        .node("MatMul", &["normed", "turned"], "product", &[])
        .node("Add", &["fc.bias", "product"], "wide", &[])
        .node(
            "Transpose",
            &["wide"],
            "first",
            &[ints("perm", &[0, 3, 1, 2])],
        )
        .tensor(floats("gamma.scale", &[8, 1, 1]))
        .node("Mul", &["first", "gamma.scale"], "scaled", &[])
        .head("scaled", 8, 10);
    let network = network(model);
    let graph = &network.graph;
    assert_eq!(graph.params(), 108 + 8 + 40 + 8 + 90);
    assert_eq!(graph.flops(), (108 + 32) * 30 + 80);
    let fc = network
        .weights
        .iter()
        .find(|tensor| tensor.name == "fc.weight")
        .unwrap();
    assert_eq!(fc.shape, [8, 4]);
    assert!((fc.values[5] - 5.0 / 999.0).abs() < 1e-9, "turned back");
}

#[test]
fn split_attention_is_a_softmax_of_groups() {
    let model = Model::new(&[8, 3, 6, 5])
        .conv("x", "both", "c.weight", &[8, 3, 3, 3])
        .tensor(whole("groups", &[5], &[8, 2, 4, 6, 5]))
        .tensor(whole("axis", &[1], &[1]))
        .tensor(whole("positions", &[2], &[2, 3]))
        .node("Reshape", &["both", "groups"], "grouped", &[])
        .node(
            "ReduceSum",
            &["grouped", "axis"],
            "sum",
            &[int("keepdims", 0)],
        )
        .node("ReduceMean", &["sum", "positions"], "mean", &[])
        .conv("mean", "gates", "gate.weight", &[8, 4, 1, 1])
        .tensor(whole("gate_groups", &[5], &[8, 2, 4, 1, 1]))
        .node("Reshape", &["gates", "gate_groups"], "grouped_gates", &[])
        .node("Softmax", &["grouped_gates"], "parts", &[int("axis", 1)])
        .node("Mul", &["grouped", "parts"], "gated", &[])
        .node(
            "ReduceSum",
            &["gated", "axis"],
            "out",
            &[int("keepdims", 0)],
        )
        .head("out", 4, 10);
    let graph = network(model).graph;
    assert!(ops(&graph).contains(&&Op::Softmax { groups: 2 }));
    assert_eq!(graph.params(), 216 + 32 + 50);
}

#[test]
fn all_that_is_not_supported_is_listed() {
    let model = Model::new(&[8, 3, 6, 5])
        .conv("x", "c", "c.weight", &[4, 3, 3, 3])
        .node("GridSample", &["c"], "sampled", &[])
        .node("Relu", &["sampled"], "active", &[])
        .node("LRN", &["active"], "lrn", &[])
        .node(
            "AveragePool",
            &["c"],
            "pool",
            &[ints("kernel_shape", &[2, 2, 2])],
        )
        .node("Relu", &["c"], "odd", &[int("spin", 1)])
        .head("c", 4, 10);
    assert_eq!(
        error(model),
        "4 operations of the network are not supported: GridSample `sampled` (the operation); \
         LRN `lrn` (the operation); AveragePool `pool` (attribute `kernel_shape` is [2, 2, 2]); \
         Relu `odd` (attribute `spin`)"
    );
}

#[test]
fn files_that_are_no_classifier_are_refused_in_a_sentence() {
    let conv = || Model::new(&[8, 3, 6, 5]).conv("x", "c", "c.weight", &[4, 3, 3, 3]);
    let cycle = Model::new(&[1, 3, 6, 5])
        .node("Relu", &["b"], "a", &[])
        .node("Relu", &["a"], "b", &[]);
    let twice = conv()
        .node("Relu", &["c"], "r", &[])
        .node("Tanh", &["c"], "r", &[]);
    let huge = Model::new(&[1, 1 << 40, 1 << 40, 1 << 40]).head("x", 4, 10);
    let misfit = conv()
        .conv("c", "d", "d.weight", &[4, 5, 1, 1])
        .head("d", 4, 10);
    for (model, part) in [
        (conv(), "the file is no classifier"),
        (
            conv().node("Transpose", &["c"], "t", &[]),
            "is not one number a class",
        ),
        (
            cycle,
            "Relu `a`: it reads `b`, which no node before it makes",
        ),
        (twice, "value `r`: it is made twice"),
        (
            huge,
            "the input `x` is not a batch of images of a fixed size",
        ),
        (misfit, "Conv `d` does not fit its input"),
        (
            conv()
                .tensor(number("e", 1e19))
                .node("Pow", &["c", "e"], "p", &[]),
            "Pow `p` (its exponent is 9.99",
        ),
        (Model::new(&[1, 3, 6, 5]), "the file has no output"),
    ] {
        let sentence = error(model);
        assert!(sentence.contains(part), "{sentence}");
    }
}

#[test]
fn constants_do_not_grow_without_end() {
    let large = i64::from(1 << 23);
    let mut model = Model::new(&[1, 3, 6, 5])
        .tensor(number("one", 1.0))
        .tensor(whole("large", &[1], &[large]));
    for copy in ["a", "b", "c", "d"] {
        model = model.node("Expand", &["one", "large"], copy, &[]);
    }
    let sentence = error(model.head("x", 3, 10));
    assert!(
        sentence.contains("constants of too many numbers"),
        "{sentence}"
    );
    let far = Model::new(&[1, 3, 6, 5])
        .tensor(number("one", 1.0))
        .tensor(whole("far", &[3], &[1 << 40, 1 << 40, 4]))
        .node("Expand", &["one", "far"], "copy", &[])
        .head("x", 3, 10);
    assert!(error(far).contains("it makes a constant of"));
}

#[test]
fn weights_elsewhere_need_a_folder() {
    let mut model = Model::new(&[1, 3, 6, 5])
        .conv("x", "c", "c.weight", &[4, 3, 3, 3])
        .head("c", 4, 10);
    model.graph().initializer[0].data_location = 1;
    let outcome = from_bytes(model.bytes(), None);
    assert!(
        matches!(outcome, Err(OnnxError::External { .. })),
        "{outcome:?}"
    );
}

//! Files that are broken on purpose: each is read or refused, and none ends the program.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use bytes::Bytes;
use common::{Model, int, ints, number, whole};
use nbzero_onnx::from_bytes;
use proptest::prelude::*;
use prost::Message;

/// A network with most of what is read.
fn model() -> Model {
    Model::new(&[2, 4, 6, 5])
        .tensor(whole("groups", &[5], &[2, 2, 2, 6, 5]))
        .tensor(whole("map", &[4], &[2, 4, 6, 5]))
        .node("Reshape", &["x", "groups"], "grouped", &[])
        .node(
            "Transpose",
            &["grouped"],
            "swapped",
            &[ints("perm", &[0, 2, 1, 3, 4])],
        )
        .node("Reshape", &["swapped", "map"], "shuffled", &[])
        .conv("shuffled", "c", "c.weight", &[4, 4, 3, 3])
        .tensor(number("six", 6.0))
        .node("Mul", &["c", "six"], "scaled", &[])
        .tensor(whole("zero", &[1], &[0]))
        .tensor(whole("two", &[1], &[2]))
        .tensor(whole("one", &[1], &[1]))
        .node("Slice", &["scaled", "zero", "two", "one"], "part", &[])
        .node("Concat", &["part", "scaled"], "wide", &[int("axis", 1)])
        .node(
            "MaxPool",
            &["wide"],
            "pool",
            &[ints("kernel_shape", &[2, 2])],
        )
        .node("Softmax", &["pool"], "soft", &[int("axis", 1)])
        .head("soft", 6, 3)
}

#[test]
fn the_model_is_read() {
    from_bytes(model().bytes(), None).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn changed_bytes(at in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = model().bytes().to_vec();
        for (index, byte) in at {
            let place = index.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = from_bytes(bytes.into(), None);
    }

    #[test]
    fn cut_and_repeated_bytes(from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let bytes = model().bytes();
        let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
        let moved = [&bytes[..from], &bytes[to..]].concat();
        let _ = from_bytes(moved.into(), None);
    }

    /// Numbers that a file may say, in the places where it says numbers.
    #[test]
    fn changed_numbers(
        node in any::<prop::sample::Index>(),
        tensor in any::<prop::sample::Index>(),
        numbers in prop::collection::vec(
            prop_oneof![-3..9_i64, Just(i64::MAX), Just(i64::MIN), Just(1 << 31), any::<i64>()], 0..6),
        dims in prop::collection::vec(prop_oneof![0..5_i64, Just(i64::MAX), Just(1 << 40)], 0..5),
        image in prop::option::of(prop::collection::vec(prop_oneof![1..70_i64, 60_000..70_000_i64], 4)),
    ) {
        let mut model = model();
        if let Some(image) = image {
            let input = Model::new(&image).graph().input.clone();
            model.graph().input = input;
        }
        let graph = model.graph();
        let at = node.index(graph.node.len());
        for attribute in &mut graph.node[at].attribute {
            attribute.ints.clone_from(&numbers);
            attribute.i = numbers.first().copied().unwrap_or(-1);
        }
        let at = tensor.index(graph.initializer.len());
        graph.initializer[at].dims.clone_from(&dims);
        if !graph.initializer[at].int64_data.is_empty() {
            graph.initializer[at].dims = vec![i64::try_from(numbers.len()).unwrap()];
            graph.initializer[at].int64_data.clone_from(&numbers);
        }
        let _ = from_bytes(model.bytes(), None);
    }

    #[test]
    fn anything(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = from_bytes(bytes.into(), None);
    }
}

#[test]
fn deep_nesting_and_long_lengths_are_refused() {
    // Field 5 of an attribute is a tensor; a length that goes on behind the end of the file.
    let long = [0x3a, 0xff, 0xff, 0xff, 0xff, 0x7f];
    assert!(
        from_bytes(
            Bytes::from_static(&[0x3a, 0xff, 0xff, 0xff, 0xff, 0x7f]),
            None
        )
        .is_err()
    );
    let mut nested = long.to_vec();
    for _ in 0..100_000 {
        nested.splice(0..0, [0x0b]);
    }
    assert!(from_bytes(nested.into(), None).is_err());
    let empty = nbzero_onnx::proto::ModelProto::default().encode_to_vec();
    assert!(from_bytes(empty.into(), None).is_err());
}

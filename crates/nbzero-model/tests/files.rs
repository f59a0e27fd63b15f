//! Files of weights and batches, whole, damaged and of other kinds: every one is read or refused with
//! a sentence, and none ends the process.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use burn::tensor::Device;
use nbzero_graph::{Graph, Shape};
use nbzero_model::{Layer, Network, Weights, read_batch};
use nbzero_space::Architecture;
use proptest::prelude::*;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use tempfile::TempDir;

fn graph() -> Graph {
    let architecture: Architecture = "r1:2:2x1s2,2x1s2,2x1s2".parse().unwrap();
    architecture.graph(3, 8)
}

/// The bytes of a weights file.
fn saved() -> Vec<u8> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("weights");
    let network = Network::init(&graph(), 1, &Device::flex());
    network.save(&path).unwrap();
    fs::read(path).unwrap()
}

/// A file in a folder of its own.
fn file(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn loaded(bytes: &[u8]) -> Result<Network, String> {
    let (_folder, path) = file(bytes);
    let network = Network::load(&graph(), &path, &Device::flex());
    network.map_err(|error| error.to_string())
}

type Tensors = HashMap<String, (Dtype, Vec<usize>, Vec<u8>)>;

fn written(tensors: &Tensors) -> Vec<u8> {
    let views = tensors.iter().map(|(name, (dtype, shape, bytes))| {
        let view = TensorView::new(*dtype, shape.clone(), bytes).unwrap();
        (name.as_str(), view)
    });
    safetensors::serialize(views, None).unwrap()
}

fn read(bytes: &[u8]) -> Tensors {
    let file = SafeTensors::deserialize(bytes).unwrap();
    let tensors = file.tensors().into_iter();
    let owned = tensors.map(|(name, view)| {
        let (shape, bytes) = (view.shape().to_vec(), view.data().to_vec());
        (name, (view.dtype(), shape, bytes))
    });
    owned.collect()
}

#[test]
fn prefixes_of_wrappers_are_left_out_and_said() {
    let plain = saved();
    for prefix in ["", "module.", "_orig_mod.", "module._orig_mod."] {
        let named = read(&plain).into_iter();
        let named = named.map(|(name, tensor)| (format!("{prefix}{name}"), tensor));
        let (_folder, path) = file(&written(&named.collect()));
        let weights = Weights::read(&path).unwrap();
        assert_eq!(weights.prefix(), prefix);
        assert_eq!(weights.classes().unwrap(), 3);
        let network = weights.network(&graph(), &Device::flex()).unwrap();
        let Layer::Dense(head) = network.layer("head") else {
            panic!("the head is a linear layer")
        };
        let bias: Vec<u8> = head
            .bias
            .as_ref()
            .unwrap()
            .val()
            .into_data()
            .as_bytes()
            .to_vec();
        assert_eq!(bias, read(&plain)["head.bias"].2);
    }
}

#[test]
fn a_number_that_is_not_finite_is_named_with_its_place() {
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut tensors = read(&saved());
        let weight = tensors.get_mut("stem.conv.weight").unwrap();
        // [1, 2, 0, 1] of [2, 3, 3, 3].
        let at = ((3 + 2) * 9 + 1) * 4;
        weight.2[at..at + 4].copy_from_slice(&value.to_le_bytes());
        let error = loaded(&written(&tensors)).unwrap_err();
        let says = format!("is {value} at [1, 2, 0, 1]");
        assert!(
            error.contains("`stem.conv.weight`") && error.contains(&says),
            "{error}"
        );
    }
}

#[test]
fn heads_without_classes_are_refused() {
    for shape in [vec![0], vec![], vec![3, 1]] {
        let mut tensors = read(&saved());
        let bytes = vec![0; 4 * shape.iter().product::<usize>()];
        tensors.insert("head.bias".to_owned(), (Dtype::F32, shape, bytes));
        let (_folder, path) = file(&written(&tensors));
        let error = Weights::read(&path)
            .unwrap()
            .classes()
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("`head.bias`") && error.contains("[classes]"),
            "{error}"
        );
    }
}

/// A batch of `images` of `shape`, as files have it.
fn batch(shape: [usize; 4]) -> Tensors {
    let floats = |value: f32| value.to_le_bytes().repeat(shape.iter().product());
    let image = (Dtype::F32, shape.to_vec(), floats(0.5));
    let targets = (Dtype::I64, vec![shape[0]], vec![0; 8 * shape[0]]);
    [("input", image), ("target", targets)]
        .map(|(name, tensor)| (name.to_owned(), tensor))
        .into()
}

fn refused(tensors: &Tensors) -> String {
    let (_folder, path) = file(&written(tensors));
    let error = read_batch(&path, &Device::flex()).unwrap_err().to_string();
    // Nothing here is about weights or an architecture.
    assert!(
        !error.contains("weight") && !error.contains("architecture"),
        "{error}"
    );
    error
}

#[test]
fn what_a_batch_does_not_have_is_named() {
    let mut tensors = batch([2, 3, 4, 4]);
    let more = tensors["input"].clone();
    tensors.insert("perturbations".into(), more.clone());
    tensors.insert("labels".into(), more);
    let (_folder, path) = file(&written(&tensors));
    let read = read_batch(&path, &Device::flex()).unwrap();
    assert_eq!(read.others, ["labels", "perturbations"]);
    assert!(read.perturbation.is_none());
}

#[test]
fn batches_are_refused_in_words_of_batches() {
    let shape = [2, 3, 4, 4];
    let (_folder, path) = file(&written(&batch(shape)));
    assert_eq!(
        read_batch(&path, &Device::flex()).unwrap().images.dims(),
        shape
    );
    for wrong in [[0, 3, 4, 4], [2, 3, 0, 0], [2, 0, 4, 4]] {
        let error = refused(&batch(wrong));
        assert!(
            error.starts_with("the batch's `input` in") && error.contains(&format!("{wrong:?}")),
            "{error}"
        );
        assert!(
            error.contains("[n, c, h, w] (images, channels, height, width)"),
            "{error}"
        );
    }
    for other in [[2, 1, 4, 4], [2, 3, 4, 5], [2, 4, 4, 3]] {
        let (_folder, path) = file(&written(&batch(other)));
        let found = read_batch(&path, &Device::flex()).unwrap();
        assert!(
            found
                .expect_images(&path, Shape::new(other[1], other[2], other[3]))
                .is_ok()
        );
        let error = found.expect_images(&path, Shape::new(3, 4, 4)).unwrap_err();
        let error = error.to_string();
        assert!(
            error.starts_with("the batch's `input` in") && error.contains(&format!("{other:?}")),
            "{error}"
        );
        assert!(error.contains("[n, 3, 4, 4] (images, channels"), "{error}");
    }
    for wild in [i64::from(i32::MAX) + 1, i64::MIN] {
        let mut tensors = batch(shape);
        tensors.get_mut("target").unwrap().2[8..].copy_from_slice(&wild.to_le_bytes());
        assert!(refused(&tensors).contains(&wild.to_string()));
    }
    for missing in ["input", "target"] {
        let mut tensors = batch(shape);
        tensors.remove(missing);
        assert!(refused(&tensors).contains(&format!("lacks the tensor `{missing}`")));
    }
    let mut tensors = batch(shape);
    tensors.insert("target".into(), (Dtype::I64, vec![1], vec![0; 8]));
    assert!(refused(&tensors).contains("must be I64 [2], a class for each image"));
    let mut tensors = batch(shape);
    tensors.insert("perturbation".into(), (Dtype::F32, vec![1], vec![0; 4]));
    assert!(refused(&tensors).contains("must be F32 [2, 3, 4, 4], as `input` is"));
    for name in ["input", "perturbation"] {
        let mut tensors = batch(shape);
        let mut bytes = tensors["input"].2.clone();
        bytes[4..8].copy_from_slice(&f32::NAN.to_le_bytes());
        tensors.insert(name.into(), (Dtype::F32, shape.to_vec(), bytes));
        assert!(refused(&tensors).contains("is NaN at [0, 0, 0, 1]"));
    }
}

/// Bytes of a whole file with some changed, some missing and some added.
fn damaged(whole: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let len = whole.len();
    let changes = prop::collection::vec((0..len, any::<u8>()), 0..6);
    // Most of what can be wrong is in the header.
    let header = prop::collection::vec((0..len.min(400), any::<u8>()), 0..4);
    let end = prop_oneof![Just(len), 0..len];
    (
        changes,
        header,
        end,
        prop::collection::vec(any::<u8>(), 0..9),
    )
        .prop_map(move |(changes, header, end, more)| {
            let mut bytes = whole.clone();
            for (at, byte) in changes.into_iter().chain(header) {
                bytes[at] = byte;
            }
            bytes.truncate(end);
            bytes.extend(more);
            bytes
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_weights_end_the_process(bytes in prop_oneof![
        damaged(saved()),
        prop::collection::vec(any::<u8>(), 0..200),
    ]) {
        let (_folder, path) = file(&bytes);
        if let Ok(weights) = Weights::read(&path) {
            let _ = weights.classes();
            let _ = weights.network(&graph(), &Device::flex());
        }
    }

    #[test]
    fn no_batch_ends_the_process(bytes in prop_oneof![
        damaged(written(&batch([2, 3, 2, 2]))),
        damaged(saved()),
        prop::collection::vec(any::<u8>(), 0..200),
    ]) {
        let (_folder, path) = file(&bytes);
        let _ = read_batch(&path, &Device::flex());
    }
}

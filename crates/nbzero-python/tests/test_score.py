"""One network: the command's numbers bit by bit, from every kind of network and images."""

import json
import pickle

import numpy
import pytest
from conftest import SMALL, command, write_tensors

import nbzero


def lines(*words):
    """What the command writes as JSON."""
    ended = command("score", *words, "--format", "json")
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_scores_are_those_of_the_command_to_the_last_bit():
    (line,) = lines(SMALL, "--proxies", "all", "--batch", "8", "--seed", "3")
    scores = nbzero.score(SMALL, batch=8, seed=3)
    assert dict(scores) == line["scores"]
    assert scores.undefined == line["undefined"]
    intervals = {name: list(ends) for name, ends in scores.intervals.items()}
    assert intervals == line["intervals"]
    assert scores.seconds.keys() == line["seconds"].keys()
    assert len(scores) > 25 and scores["zen"] != 0


def test_images_in_memory_are_those_of_a_file(tmp_path, images):
    pixels, targets = images
    path = tmp_path / "batch.safetensors"
    shift = numpy.ones_like(pixels)
    write_tensors(path, {"input": pixels, "target": targets, "perturbation": shift})
    (line,) = lines(SMALL, "--proxies", "all", "--batch-file", str(path), "--classes", "10")
    scores = nbzero.score(
        SMALL, images=pixels, targets=targets, perturbation=shift, classes=10
    )
    assert dict(scores) == line["scores"]


class OnlyDlpack:
    """An array of which nothing is known but DLPack."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **keywords):
        return self.array.__dlpack__(**keywords)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


def test_arrays_of_every_kind_are_the_same(images):
    pixels, targets = images
    proxies = ["snip", "naswot"]
    expected = nbzero.score(SMALL, proxies, images=pixels, targets=targets)
    for kind in (
        (OnlyDlpack(pixels), OnlyDlpack(targets)),
        (pixels.astype(numpy.float64), targets.astype(numpy.int32)),
        (numpy.asfortranarray(pixels), list(targets)),
        (pixels[::-1][::-1], targets[::-1][::-1]),
    ):
        assert nbzero.score(SMALL, proxies, images=kind[0], targets=kind[1]) == expected
    label_free = nbzero.score(SMALL, "naswot", images=pixels)
    assert label_free["naswot"] == expected["naswot"]


def test_an_onnx_file_and_its_bytes_are_one_network(tmp_path):
    path = tmp_path / "small.onnx"
    assert command("export-network", SMALL, "--onnx", str(path)).returncode == 0
    (line,) = lines(str(path), "--proxies", "naswot,snip", "--batch", "4")
    for network in (path, str(path), path.read_bytes(), bytearray(path.read_bytes())):
        assert dict(nbzero.score(network, ["naswot", "snip"], batch=4)) == line["scores"]
    fresh = nbzero.score(path, "snip", batch=4, weights="fresh", seed=5)
    assert fresh["snip"] != line["scores"]["snip"]
    assert nbzero.info(path)["params"] == line["params"]


def test_scores_are_a_mapping_that_says_what_is_undefined():
    scores = nbzero.score(SMALL, ["depth", "swap_reg"], batch=4)
    assert scores["swap_reg"] is None and "wanted size" in scores.undefined["swap_reg"]
    assert list(scores) == ["depth", "swap_reg"]
    assert repr(scores) == f"Scores({SMALL}, depth=6, swap_reg=undefined)"
    assert "<td>undefined: not applicable" in scores._repr_html_()
    assert pickle.loads(pickle.dumps(scores)) == scores
    with pytest.raises(KeyError, match="was not scored: there are depth, swap_reg"):
        scores["zen"]


@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        ({"network": "r9:8"}, ValueError, "`r9` is no network family"),
        ({"network": "absent.onnx"}, FileNotFoundError, "cannot read `absent.onnx`"),
        ({"network": b"junk"}, ValueError, "the ONNX bytes"),
        ({"network": 3}, TypeError, "int is no network"),
        ({"proxies": "zenn"}, ValueError, "`zenn` is no proxy: there are flops"),
        ({"proxies": "zen+flops"}, ValueError, "give at least two"),
        ({"batch": 0}, ValueError, "expected a whole number of at least 1"),
        ({"seed": -1}, ValueError, "expected a whole number from 0"),
        ({"device": "tpu"}, ValueError, "flex"),
        ({"data": "nowhere"}, ValueError, "`nowhere` names no images"),
        ({"weights": "absent.safetensors"}, FileNotFoundError, "absent.safetensors"),
        ({"targets": [1]}, ValueError, "targets are given without images"),
        ({"images": numpy.zeros((2, 3, 8, 8))}, ValueError, "no targets, at which"),
        ({"images": numpy.zeros((2, 3, 8, 8), int)}, ValueError, "dtype int64: give floats"),
        ({"images": numpy.zeros((3, 8, 8))}, ValueError, r"shape \(3, 8, 8\)"),
        ({"images": numpy.full((1, 3, 8, 8), numpy.nan)}, ValueError, "NaN in image 0"),
        ({"images": numpy.zeros((2, 3, 8, 8)), "targets": [0, 100]}, ValueError, "from 0 to 100"),
        ({"images": numpy.zeros((2, 3, 8, 8)), "targets": [0.5, 1]}, ValueError, "whole number"),
        ({"images": numpy.zeros((2, 3, 8, 8)), "data": "random"}, ValueError, "leave one out"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(wrong, error, sentence):
    with pytest.raises(error, match=sentence) as raised:
        nbzero.score(**({"network": SMALL} | wrong))
    assert "\n" not in str(raised.value)

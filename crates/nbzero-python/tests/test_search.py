"""Searches and training."""

import json

import numpy
import pytest
from conftest import SMALL, command, read_tensors

import nbzero


def test_a_search_finds_what_the_command_finds(tmp_path):
    page = tmp_path / "search.html"
    found = nbzero.search(
        "r1-mini",
        flops_at_most="3M",
        candidates=12,
        proxies=["naswot", "log_synflow"],
        batch=8,
        top=3,
        report=page,
        progress=False,
    )
    assert found.best["arch"][0] in page.read_text()
    ended = command(
        "search", "--space", "r1-mini", "--flops-at-most", "3M", "--candidates", "12",
        "--proxies", "naswot+log_synflow", "--batch", "8", "--top", "3", "--format", "json",
    )  # fmt: skip
    document = json.loads(ended.stdout)
    assert found.best["arch"] == [entry["arch"] for entry in document["best"]]
    assert found.best["score"] == [entry["score"] for entry in document["best"]]
    assert found.best["naswot"] == [entry["scores"]["naswot"] for entry in document["best"]]
    assert found.best["flops"] == [entry["costs"]["flops"] for entry in document["best"]]
    assert isinstance(found.best["flops"][0], int)
    assert max(found.fronts["flops"]["flops"]) <= 3e6 and found.candidates == 12
    assert found.relaxed[0]["resource"] == "flops"


def test_a_search_without_a_network_says_so():
    with pytest.raises(ValueError, match="r3"):
        nbzero.search("r3", progress=False)
    with pytest.raises(ValueError):
        nbzero.search("r1-mini", flops_at_most=1, candidates=2, progress=False)


@pytest.fixture
def shades(tmp_path):
    """Images whose class is their brightness."""
    classes = numpy.arange(240) % 2
    noise = numpy.random.default_rng(0).integers(0, 60, (240, 8, 8, 3))
    pictures = (noise + 60 + 120 * classes[:, None, None, None]).astype(numpy.uint8)
    path = tmp_path / "shades.npz"
    numpy.savez(
        path,
        x_train=pictures[:200],
        y_train=classes[:200],
        x_test=pictures[200:],
        y_test=classes[200:],
    )
    return path


def test_a_training_is_that_of_the_command(shades, tmp_path):
    saved = tmp_path / "trained.safetensors"
    trained = nbzero.train(
        SMALL, f"npz:{shades}", recipe="mini,batch=20", epochs=3, save=saved, progress=False
    )
    ended = command(
        "train", SMALL, "--data", f"npz:{shades}", "--recipe", "mini,batch=20", "--epochs", "3"
    )
    assert f"test accuracy            {trained.test_accuracy:.2f}%" in ended.stdout, ended
    assert trained.test_accuracy > 90 and "shades" in trained.images
    assert (2, 16) in [tensor.shape for tensor in read_tensors(saved).values()]
    with pytest.raises(ValueError, match="do not fill one batch"):
        nbzero.train(SMALL, f"npz:{shades}", recipe="mini,batch=1000", progress=False)

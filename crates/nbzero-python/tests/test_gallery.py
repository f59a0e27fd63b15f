"""The notebooks of the gallery, their cells run as programs on less of everything."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

SHARED = ROOT.parent / "shared"
GALLERY = Path(__file__).resolve().parents[1] / "gallery"

#: What each notebook imports, the published files that it reads, and how it does less.
NOTEBOOKS = {
    "rank_torchvision": (("torchvision", "onnx"), (), {"NETWORKS": "2", "BATCH": "4"}),
    "judge_your_proxy": (
        ("torch",),
        (("NAS_BENCH_MACRO", "tables/nas-bench-macro_cifar10.json"),),
        {"NETWORKS": "12"},
    ),
    "search_and_fine_tune": (
        ("torch",),
        (("CIFAR10", "images/cifar-10-batches-bin"),),
        {"CANDIDATES": "3", "EPOCHS": "1"},
    ),
}


def cells(name):
    notebook = json.loads((GALLERY / f"{name}.ipynb").read_text())
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_the_gallery_is_known():
    assert {path.stem for path in GALLERY.glob("*.ipynb")} == set(NOTEBOOKS)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks_are_executed_and_name_no_machine(name):
    for number, cell in enumerate(cells(name), 1):
        assert cell["execution_count"] == number
        outputs = json.dumps(cell["outputs"])
        assert "/home/" not in outputs and "/tmp/" not in outputs and "Traceback" not in outputs


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks_run(name):
    modules, files, less = NOTEBOOKS[name]
    for module in (*modules, "polars"):
        pytest.importorskip(module, reason=f"{module} is not installed: {name} is not run")
    places = {variable: SHARED / place for variable, place in files}
    for place in places.values():
        if not place.exists():
            pytest.skip(f"there is no {place.name}: {name} is not run")
    program = "display = print\n" + "\n".join("".join(cell["source"]) for cell in cells(name))
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=GALLERY,
        env=os.environ | less | {name: str(place) for name, place in places.items()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr

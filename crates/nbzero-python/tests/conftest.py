"""What the tests share: small networks, the repository's data, and files of tensors."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy
import pytest

ROOT = Path(__file__).resolve().parents[3]

#: A network that is scored by every proxy in a fraction of a second.
SMALL = "r1:8:8x1s2,16x1s2"


@pytest.fixture
def images():
    """Eight images of noise with their classes."""
    random = numpy.random.default_rng(0)
    pixels = random.standard_normal((8, 3, 16, 16)).astype(numpy.float32)
    return pixels, random.integers(0, 10, 8)


def command(*words: str) -> subprocess.CompletedProcess[str]:
    """The `nbzero` command: that of the variable NBZERO_COMMAND, else `python -m nbzero`."""
    program = os.environ.get("NBZERO_COMMAND")
    start = [program] if program else [sys.executable, "-m", "nbzero"]
    return subprocess.run([*start, *words], capture_output=True, text=True, check=False)


def python(program: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A Python program in a process of its own."""
    start = [sys.executable, "-c", program, *words]
    return subprocess.run(start, capture_output=True, text=True, timeout=120, check=False)


def write_tensors(path: Path, tensors: dict[str, numpy.ndarray]) -> None:
    """Writes a safetensors file."""
    names = {"float32": "F32", "int64": "I64"}
    header, body = {}, b""
    for name, tensor in tensors.items():
        bytes_of = numpy.ascontiguousarray(tensor).tobytes()
        header[name] = {
            "dtype": names[tensor.dtype.name],
            "shape": tensor.shape,
            "data_offsets": [len(body), len(body) + len(bytes_of)],
        }
        body += bytes_of
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def read_tensors(path: Path) -> dict[str, numpy.ndarray]:
    """Reads a safetensors file."""
    types = {"F32": numpy.float32, "I64": numpy.int64}
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header, body = json.loads(data[8 : 8 + length]), data[8 + length :]
    header.pop("__metadata__", None)
    return {
        name: numpy.frombuffer(body[slice(*entry["data_offsets"])], types[entry["dtype"]])
        .reshape(entry["shape"])
        .copy()
        for name, entry in header.items()
    }

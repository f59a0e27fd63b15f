"""Networks: architecture strings, ONNX files, ONNX bytes, torch modules."""

from __future__ import annotations

import os
import sys
from typing import Any

from nbzero import _nbzero

#: What may be given as a network.
Network = Any


def network(given: Network, images: Any = None, resolution: int | str | None = None) -> _nbzero.Network:
    """Reads a network. ``images`` and ``resolution`` say what images a module takes."""
    if isinstance(given, _nbzero.Network):
        return given
    if isinstance(given, str):
        return _nbzero.Network.read(given)
    if isinstance(given, os.PathLike):
        return _of_file(given)
    if isinstance(given, (bytes, bytearray, memoryview)):
        return _nbzero.Network.of_bytes("the ONNX bytes", bytes(given))
    # Whoever has a module has imported torch.
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(given, torch.nn.Module):
        from nbzero._torch import export

        return _nbzero.Network.of_bytes(type(given).__name__, export(given, images, resolution))
    raise TypeError(
        f"{type(given).__name__} is no network: give an architecture string, the path or the bytes of an "
        "ONNX file, or a torch.nn.Module"
    )


def _of_file(path: os.PathLike[str]) -> _nbzero.Network:
    text = os.fspath(path)
    if text.lower().endswith(".onnx"):
        return _nbzero.Network.read(text)
    with open(text, "rb") as file:
        return _nbzero.Network.of_bytes(text, file.read())

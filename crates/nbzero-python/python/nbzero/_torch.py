"""Modules of PyTorch as ONNX files in memory."""

from __future__ import annotations

import copy
import io
import logging
import warnings
from typing import Any

import torch

#: Operators of ONNX that are asked for.
OPSET = 17

#: Images of the example. Of a single one a batch norm over single pixels has no variance.
EXAMPLE = 2

#: Height and width where nobody says which.
RESOLUTION = 32


def export(module: torch.nn.Module, images: Any, resolution: int | str | None) -> bytes:
    """The module in training mode, with its weights and buffers, as an ONNX file.

    Dropout and stochastic depth are off. A copy is exported: the module keeps its weights, buffers, mode, hooks and gradients, and random numbers
    go on as if nothing had happened. Weights become float32.
    """
    example = _example(module, images, resolution)
    try:
        copied = copy.deepcopy(module).cpu().float().train()
    except (RuntimeError, TypeError) as error:
        raise ValueError(
            f"{type(module).__name__} cannot be copied ({error}): give the bytes of an ONNX file"
        ) from error
    for parameter in copied.parameters():
        parameter.grad = None
    _without_chance(copied)
    file = io.BytesIO()
    with torch.random.fork_rng(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = logging.root.manager.disable
        logging.disable(logging.WARNING)
        try:
            torch.onnx.export(
                copied,
                (example,),
                file,
                dynamo=False,
                training=torch.onnx.TrainingMode.TRAINING,
                do_constant_folding=False,
                opset_version=OPSET,
            )
        except torch.onnx.errors.OnnxExporterError as error:
            raise ValueError(
                f"torch.onnx cannot export {type(module).__name__}: {str(error).splitlines()[0]}"
            ) from error
        finally:
            logging.disable(before)
    return _with_statistics(file.getvalue(), module)


def _example(module: torch.nn.Module, images: Any, resolution: int | str | None) -> torch.Tensor:
    """What the module is traced on: the first images, or zeros of their shape."""
    if images is not None:
        from nbzero._images import array

        first = torch.from_numpy(array(images)[:EXAMPLE].copy()).float()
        missing = EXAMPLE - len(first)
        return torch.cat([first] + [first[:1]] * missing) if missing > 0 else first
    convolutions = (m for m in module.modules() if isinstance(m, torch.nn.Conv2d))
    channels = next((m.in_channels for m in convolutions), 3)
    sides = str(RESOLUTION if resolution is None else resolution).lower().split("x")
    try:
        height, width = int(sides[0]), int(sides[-1])
    except ValueError:
        raise ValueError(
            f"`{resolution}` is no resolution: give pixels such as 32, or height and width such as 48x64"
        ) from None
    return torch.zeros(EXAMPLE, channels, height, width)


def _without_chance(module: torch.nn.Module) -> None:
    """Turns off what leaves out activations or branches at random: scores are of the whole network."""
    for part in module.modules():
        if isinstance(part, torch.nn.modules.dropout._DropoutNd):
            part.p = 0.0
        if type(part).__name__ == "StochasticDepth":
            part.p = 0.0
        if hasattr(part, "drop_prob"):
            part.drop_prob = 0.0


def _with_statistics(file: bytes, module: torch.nn.Module) -> bytes:
    """The file with the buffers of the module: its batch norms learned from the example."""
    import onnx

    model = onnx.load_from_string(file)
    buffers = dict(module.named_buffers())
    for tensor in model.graph.initializer:
        buffer = buffers.get(tensor.name)
        if buffer is not None and buffer.is_floating_point():
            values = buffer.detach().cpu().float().numpy()
            tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))
    written: bytes = model.SerializeToString()
    return written

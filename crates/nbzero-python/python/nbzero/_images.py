"""Images and classes from NumPy, torch or anything with DLPack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy

from nbzero import _nbzero

if TYPE_CHECKING:
    from numpy.typing import NDArray


def array(values: Any) -> NDArray[Any]:
    """The values as a NumPy array, without a copy where that is possible."""
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    if isinstance(values, numpy.ndarray) or not hasattr(values, "__dlpack__"):
        return numpy.asarray(values)
    return numpy.from_dlpack(values)


def images(pixels: Any, targets: Any, perturbation: Any) -> _nbzero.Images | None:
    """A batch in memory; ``None`` where there are no images.

    Numbers become float32.
    """
    if pixels is None:
        for name, given in (("targets", targets), ("perturbation", perturbation)):
            if given is not None:
                raise ValueError(f"{name} are given without images: give both")
        return None
    batch = _floats("images", pixels)
    if batch.ndim != 4:
        raise ValueError(
            f"images are of shape {batch.shape}: give [batch, channels, height, width]"
        )
    classes = None if targets is None else _classes(targets)
    bytes_of = None if perturbation is None else _floats("perturbation", perturbation).tobytes()
    return _nbzero.Images(batch.tobytes(), batch.shape, classes, bytes_of)


def _floats(name: str, values: Any) -> NDArray[numpy.float32]:
    found = array(values)
    if not numpy.issubdtype(found.dtype, numpy.floating):
        raise ValueError(
            f"{name} are of dtype {found.dtype}: give floats, normalised as the network expects them"
        )
    return numpy.ascontiguousarray(found, dtype=numpy.float32)


def _classes(values: Any) -> list[int]:
    found = array(values)
    if found.ndim != 1 or not numpy.issubdtype(found.dtype, numpy.integer):
        raise ValueError(
            f"targets are of shape {found.shape} and dtype {found.dtype}: give one whole number an image"
        )
    return [int(one) for one in found]

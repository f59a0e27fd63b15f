"""Scoring networks."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from typing import Any

from nbzero import _nbzero
from nbzero._images import images as in_memory
from nbzero._networks import Network, network as read
from nbzero._options import options
from nbzero._progress import progress as told
from nbzero._scores import Scores
from nbzero._table import Table


def score(
    network: Network,
    proxies: str | Iterable[str] = "all",
    *,
    batch: int = 64,
    data: str | None = None,
    images: Any = None,
    targets: Any = None,
    perturbation: Any = None,
    weights: str | PathLike[str] | None = None,
    classes: int | None = None,
    resolution: int | str | None = None,
    seed: int = 0,
    ntk_bn: str = "batch",
    zen_precision: float | None = None,
    swap_size: tuple[float, float] | None = None,
    precision: str = "float32",
    memory_limit: float | None = None,
    device: str = "flex",
) -> Scores:
    """Scores one untrained network.

    Args:
        network: an architecture string, the path or the bytes of an ONNX file, or a ``torch.nn.Module``,
            which is left as it is. A module is exported in training mode, with the first of ``images`` as
            the example.
        proxies: names of proxies or groups (``all``, ``default``, ``nas-bench-zero``, ``label-free``,
            ``data-free``, a year).
        batch: number of images, where ``images`` are not given.
        data: ``random`` (the default), ``cifar10:DIR``, ``cifar100:DIR``, ``imagenet16:DIR``,
            ``folder:DIR`` or ``npz:FILE``.
        images: the images themselves, floats ``[batch, channels, height, width]``.
        targets: a class for each image, whole numbers ``[batch]``; only ``label-free`` proxies do without.
        perturbation: of the shape of ``images``: zen then measures ``images + 0.01 * perturbation`` once.
        weights: ``file`` (those of the network, the default for all but strings), ``fresh`` (initial ones
            from ``seed``) or the path of a safetensors file.
        classes: number of classes; 100 for a string where neither data nor weights say otherwise.
        resolution: height and width of the images in pixels, such as 32 or ``"48x64"``; 32 where nothing
            else says it.
        seed: decides initial weights, the batch, and what proxies draw.
        ntk_bn: ``batch``, or ``frozen`` batch norms in ntk.
        zen_precision: zen repeats until half of its 95% interval is below this.
        swap_size: peak and width of the regularised swap, in thousands of parameters.
        precision: ``float32``, or ``float64`` numbers throughout, where a thousandth matters.
        memory_limit: GiB that a sweep may hold; the scores of others are undefined.
        device: ``flex``, or what the package was built with.

    Raises:
        ValueError: wrong arguments, or a network that cannot be read.
        FileNotFoundError: a file that is not there.

    >>> import nbzero
    >>> nbzero.score("r1:8:8x1s2,16x1s2", ["flops", "params"])
    Scores(r1:8:8x1s2,16x1s2, flops=763456, params=6876)
    """
    held, words = _setup(locals())
    given = read(network, images, resolution)
    return Scores(**_nbzero.score(given, words, held))


def score_many(
    networks: Iterable[Network],
    proxies: str | Iterable[str] = "all",
    *,
    jobs: int = 2,
    progress: bool = True,
    batch: int = 64,
    data: str | None = None,
    images: Any = None,
    targets: Any = None,
    perturbation: Any = None,
    weights: str | PathLike[str] | None = None,
    classes: int | None = None,
    resolution: int | str | None = None,
    seed: int = 0,
    ntk_bn: str = "batch",
    zen_precision: float | None = None,
    swap_size: tuple[float, float] | None = None,
    precision: str = "float32",
    memory_limit: float | None = None,
    device: str = "flex",
) -> Table:
    """Scores many networks, ``jobs`` at a time; the scores do not depend on it.

    The other arguments are those of :func:`score`. Hybrids, joined by ``+``, rank the networks among each
    other. Progress is on standard error.

    Returns:
        A row for each network: ``arch``, ``flops``, ``params``, ``depth``, a column for each proxy, null
        where undefined, and ``undefined``, the reasons.

    >>> import nbzero
    >>> nbzero.score_many(nbzero.sample("r1-mini", 3), "naswot", batch=8, progress=False).columns
    ['arch', 'flops', 'params', 'depth', 'naswot', 'undefined']
    """
    held, words = _setup(locals())
    given = [read(one, images, resolution) for one in networks]
    if not given:
        raise ValueError("there are no networks: give at least one")
    with told(progress, "networks") as tell:
        return Table(_nbzero.score_columns(given, words, held, tell))


def _setup(given: dict[str, Any]) -> tuple[_nbzero.Images | None, list[str]]:
    """Images in memory, and the options for all else."""
    left_out = {"network", "networks", "progress", "images", "targets", "perturbation"}
    held = in_memory(given["images"], given["targets"], given["perturbation"])
    if held is not None:
        if given["data"] is not None:
            raise ValueError("images and data are both given: leave one out")
        left_out.add("batch")
    return held, options(**{name: value for name, value in given.items() if name not in left_out})

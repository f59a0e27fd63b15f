"""What there is: proxies, spaces, their networks, and what those cost."""

from __future__ import annotations

from typing import Any

from nbzero import _nbzero
from nbzero._networks import Network, network as read
from nbzero._options import options
from nbzero._table import Table


def proxies() -> Table:
    """Every proxy: name, direction (``higher`` or ``lower`` is better), sweep, what of the data it needs
    (``nothing``, ``images``, ``labels``), year, source and formula.

    >>> import nbzero
    >>> nbzero.proxies()["name"][:3]
    ['flops', 'params', 'depth']
    """
    return Table.of_rows(_nbzero.proxies())


def spaces() -> Table:
    """Every search space: name, family, population, the largest sample, and the classes and the resolution
    of its costs.

    >>> import nbzero
    >>> nbzero.spaces()["name"][:3]
    ['r1', 'r2', 'mb']
    """
    return Table.of_rows(_nbzero.spaces())


def sample(space: str, n: int | None = None, seed: int = 0) -> list[str]:
    """``n`` distinct architecture strings of a space (a name of :func:`spaces`, or a file
    ``FILE.toml``), the same for a seed everywhere; its whole population
    by default.

    Raises:
        ValueError: no such space, or more than it has.

    >>> import nbzero
    >>> len(nbzero.sample("r1-mini", 5))
    5
    """
    return _nbzero.sample(space, n, seed)


def info(
    network: Network,
    *,
    classes: int | None = None,
    resolution: int | str | None = None,
    images: Any = None,
) -> dict[str, Any]:
    """What a network is, without a tensor: ``flops`` (multiply-accumulates for one image), ``params``,
    ``depth`` (convolution and linear layers), ``classes``, ``image`` (channels, height, width), ``stages``
    and ``layers``, each with its costs.

    The arguments are those of :func:`score`. Classes and resolution are those of a file or module.

    >>> import nbzero
    >>> nbzero.info("r1:8:8x1s2,16x1s2", classes=10)["params"]
    5346
    """
    given = read(network, images, resolution)
    if given.fixed is not None and not isinstance(network, (str, bytes)):
        # They said of which images the module is, and that is what it now is.
        resolution = None
    return _nbzero.info(given, options(classes=classes, resolution=resolution))

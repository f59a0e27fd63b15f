"""Searching a space under budgets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike
from typing import Any

from nbzero import _nbzero
from nbzero._options import options
from nbzero._progress import progress as told
from nbzero._table import Table


@dataclass(frozen=True)
class Found:
    """What a search found."""

    #: The best networks within the budgets, the best first: ``arch``, ``score`` (higher is better), what
    #: each costs, and what each proxy says.
    best: Table
    #: By each budget's resource the front of score against it, the cheapest first.
    fronts: dict[str, Table]
    #: What 10% more of each budget would give: ``resource``, ``limit``, ``candidates``, and ``better``, a
    #: network better than all within the budgets, or ``None``.
    relaxed: list[dict[str, Any]]
    #: Number of networks within the budgets that were scored.
    candidates: int


def search(
    space: str,
    *,
    strategy: str = "evolution",
    candidates: int = 500,
    proxies: str | Iterable[str] = "naswot+jacob_cov+log_synflow",
    flops_at_most: int | str | None = None,
    params_at_most: int | str | None = None,
    depth_at_most: int | str | None = None,
    memory_at_most: int | str | None = None,
    latency_at_most: str | None = None,
    latencies: str | PathLike[str] | None = None,
    search_seed: int = 0,
    journal: str | PathLike[str] | None = None,
    report: str | PathLike[str] | None = None,
    top: int = 5,
    data: str | None = None,
    batch: int = 64,
    seed: int = 0,
    jobs: int = 2,
    classes: int | None = None,
    resolution: int | str | None = None,
    device: str = "flex",
    progress: bool = True,
) -> Found:
    """Searches a space for the best untrained network under budgets.

    Args:
        space: a name of :func:`spaces`, or a space file of your own that ends in ``.toml``.
        strategy: ``evolution`` or ``random``.
        candidates: how many networks are scored.
        proxies: the proxy that decides, or several joined by ``+`` (or as a list): they vote.
        flops_at_most: such as ``300_000_000`` or ``"300M"``; so ``params_at_most``.
        depth_at_most: at most so many layers.
        memory_at_most: at most so many bytes of activations for one image.
        latency_at_most: such as ``"8ms"`` for one image, measured here, or taken from ``latencies``, a CSV
            with the columns ``arch`` and ``ms``.
        search_seed: another one looks at other candidates.
        journal: a file that keeps what is measured: the same call goes on from there.
        report: an HTML page to write: the best, how the search went, where its candidates lie.
        top: how many of the best are in the result.
        data, batch, seed, jobs, classes, resolution, device: as of :func:`score_many`.

    Raises:
        ValueError: wrong arguments, or no network within the budgets.

    >>> import nbzero
    >>> found = nbzero.search("r1-mini", candidates=5, proxies="params", top=1, progress=False)
    >>> len(found.best)
    1
    """
    given = {name: value for name, value in locals().items() if name != "progress"}
    if not isinstance(proxies, str):
        given["proxies"] = "+".join(proxies)
    with told(progress, "networks") as tell:
        found = _nbzero.search(options(**given), tell)
    return Found(
        best=_listed(found["best"]),
        fronts={name: _listed(front) for name, front in found["fronts"].items()},
        relaxed=found["relaxed"],
        candidates=found["candidates"],
    )


def _listed(entries: list[dict[str, Any]]) -> Table:
    def row(entry: dict[str, Any]) -> dict[str, Any]:
        # Undefined ones are dictionaries with the reason.
        scores = {
            name: score if isinstance(score, float) else None
            for name, score in entry["scores"].items()
            if name not in entry["costs"]
        }
        costs = {
            name: cost if name == "latency" else int(cost) for name, cost in entry["costs"].items()
        }
        return {"arch": entry["arch"], "score": entry["score"]} | costs | scores

    return Table.of_rows(row(entry) for entry in entries)

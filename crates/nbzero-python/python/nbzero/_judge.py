"""Judging scores by accuracies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from nbzero import _nbzero
from nbzero._images import array
from nbzero._table import Table


def judge(
    scores: Mapping[str, Any] | Any,
    accuracy: Any,
    *,
    flops: Any = None,
    lower: Iterable[str] | None = None,
    budgets: int = 5,
    draws: int = 10,
    resamples: int = 1000,
    seed: int = 0,
) -> Table:
    """How well columns of scores predict accuracies: the indices of Table 1, with 95% bootstrap intervals.

    Args:
        scores: columns of numbers by name, a mapping or a data frame; ``None`` or NaN where undefined, and
            such networks rank last.
        accuracy: what is true of each network, higher is better.
        flops: what the budgets limit, of each network: FLOPs or any other cost. Without it there is no
            mean best rank.
        lower: columns whose lower scores are better; by default those that are called like a proxy of
            nbzero of which that is so.
        budgets: number of budgets, at even steps over the range of the costs.
        draws: number of random candidates that the search of the expected mean best rank sees.
        resamples: number of resamples of the bootstrap.
        seed: of the bootstrap.

    Returns:
        A row for each column: ``proxy``, ``networks``, ``coverage``, then ``lc`` (Pearson), ``kd``
        (Kendall's tau-b), ``sr`` (Spearman), ``mbr`` (mean best rank, 0 is best) and ``mbr10``, each with
        ``_low`` and ``_high``, and the accuracy of the pick under each budget.

    >>> import nbzero
    >>> judged = nbzero.judge({"mine": [1.0, 2.0, 3.0]}, [60.0, 65.0, 70.0])
    >>> judged["kd"]
    [1.0]
    """
    columns = list(scores.columns if hasattr(scores, "columns") else scores)
    names = [str(name) for name in columns]
    if not names:
        raise ValueError("there are no scores: give at least one column")
    downwards = _known_lower() if lower is None else set(lower)
    unknown = downwards - set(names) if lower is not None else set()
    if unknown:
        raise ValueError(
            f"lower names `{min(unknown)}`, which is no column: the columns are {', '.join(names)}"
        )
    given = [(name, _numbers(name, scores[key]), name in downwards) for name, key in zip(names, columns)]
    settings = SimpleNamespace(budgets=budgets, draws=draws, resamples=resamples, seed=seed)
    costs = None if flops is None else _numbers("flops", flops)
    return Table(_nbzero.judge(given, _numbers("accuracy", accuracy), costs, settings))


def _known_lower() -> set[str]:
    return {row["name"] for row in _nbzero.proxies() if row["direction"] == "lower"}


def _numbers(name: str, values: Any) -> list[float]:
    if hasattr(values, "to_numpy"):
        values = values.to_numpy()
    elif hasattr(values, "__dlpack__"):
        values = array(values)
    try:
        return [math.nan if value is None else float(value) for value in values]
    except (TypeError, ValueError) as error:
        raise ValueError(f"`{name}` is no column of numbers: {error}") from None

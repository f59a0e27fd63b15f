"""The scores of one network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any


@dataclass(frozen=True, repr=False)
class Scores(Mapping[str, Any]):
    """What proxies say of one network: a mapping from their names to numbers.

    FLOPs, parameters and depth are ``int``, other scores ``float``; where a score is undefined it is
    ``None``, and ``undefined`` says why. No number stands for a failure.

    >>> import nbzero
    >>> nbzero.score("r1:8:8x1s2", "depth")["depth"]
    4
    """

    #: The network: its string, file, or the name of its class.
    network: str
    #: Number or ``None`` by proxy.
    scores: dict[str, float | int | None]
    #: Why scores are undefined, by proxy.
    undefined: dict[str, str]
    #: Both ends of the 95% interval of scores that are means over repeats, by proxy.
    intervals: dict[str, tuple[float, float]]
    #: What each sweep over the network took, in seconds, by its name; equal scores may have taken others.
    seconds: dict[str, float] = field(compare=False)

    def __getitem__(self, name: str) -> float | int | None:
        try:
            return self.scores[name]
        except KeyError:
            known = ", ".join(self.scores)
            raise KeyError(f"`{name}` was not scored: there are {known}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.scores)

    def __len__(self) -> int:
        return len(self.scores)

    def __repr__(self) -> str:
        each = (f"{name}={_shown(value)}" for name, value in self.scores.items())
        return f"Scores({', '.join([self.network, *each])})"

    def _repr_html_(self) -> str:
        rows = "".join(self._row(name) for name in self.scores)
        return (
            f"<table><caption>{escape(self.network)}</caption>"
            f"<thead><tr><th>proxy</th><th>score</th></tr></thead><tbody>{rows}</tbody></table>"
        )

    def _row(self, name: str) -> str:
        shown = _shown(self.scores[name])
        if name in self.undefined:
            shown = f"undefined: {self.undefined[name]}"
        if name in self.intervals:
            low, high = self.intervals[name]
            shown += f" ({low:.6g} to {high:.6g})"
        return f"<tr><td>{escape(name)}</td><td>{escape(shown)}</td></tr>"


def _shown(value: float | int | None) -> str:
    if value is None:
        return "undefined"
    return str(value) if isinstance(value, int) else f"{value:.6g}"

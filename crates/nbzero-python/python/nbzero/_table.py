"""Tables of columns, and benchmark tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from os import PathLike
from typing import TYPE_CHECKING, Any

from nbzero import _nbzero
from nbzero._options import options

if TYPE_CHECKING:
    import pandas
    import polars

#: Rows that a notebook shows.
SHOWN = 20


class Table:
    """Named columns of whole numbers, numbers or strings, null where a value is missing.

    Data frames take it by Arrow's C stream, without a copy through a file: ``polars.DataFrame(table)``,
    ``pyarrow.table(table)``.

    >>> import nbzero
    >>> nbzero.spaces()["name"][0]
    'r1'
    """

    def __init__(self, columns: _nbzero.Columns) -> None:
        self._columns = columns

    @classmethod
    def of_rows(cls, rows: Iterable[dict[str, Any]]) -> Table:
        """The table of dictionaries with the same keys."""
        rows = list(rows)
        names = list(rows[0]) if rows else []
        return cls(_nbzero.Columns([(name, [row[name] for row in rows]) for name in names]))

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        return self._columns.names

    def __len__(self) -> int:
        return len(self._columns)

    def __getitem__(self, name: str) -> list[Any]:
        """The values of a column, ``None`` where missing."""
        return self._columns[name]

    def rows(self) -> list[dict[str, Any]]:
        """A dictionary for each row."""
        values = [self[name] for name in self.columns]
        return [dict(zip(self.columns, row, strict=True)) for row in zip(*values, strict=True)]

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Arrow's C stream."""
        return self._columns.__arrow_c_stream__(requested_schema)

    def to_polars(self) -> polars.DataFrame:
        """The table as a data frame of polars, which must be installed."""
        import polars

        return polars.DataFrame(self)

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a data frame of pandas, which must be installed; missing numbers are NaN."""
        import pandas

        try:
            import pyarrow
        except ImportError:
            return pandas.DataFrame({name: self[name] for name in self.columns})
        return pyarrow.table(self).to_pandas()

    def __reduce__(self) -> tuple[Any, ...]:
        return (_table, ([(name, self[name]) for name in self.columns],))

    def __repr__(self) -> str:
        return f"Table({len(self)} rows: {', '.join(self.columns)})"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(_html_row(row.values()) for row in self.rows()[:SHOWN])
        more = f"<p>{len(self)} rows</p>" if len(self) > SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _html_row(values: Iterable[Any]) -> str:
    shown = (f"{value:.6g}" if isinstance(value, float) else str(value) for value in values)
    return "<tr>" + "".join(f"<td>{escape(one)}</td>" for one in shown) + "</tr>"


def _table(columns: Sequence[tuple[str, list[Any]]]) -> Table:
    return Table(_nbzero.Columns(columns))


class Benchmark(Table):
    """A benchmark table: a row for each network with its costs, its accuracy in percent as the mean over
    the ``seeds`` that it was trained with, and its scores. Made by :func:`open`."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self._table = _nbzero.Benchmark(path)
        super().__init__(self._table.networks())

    @property
    def proxies(self) -> list[str]:
        """The proxies that it has scores of."""
        return self._table.proxies

    @property
    def lower(self) -> list[str]:
        """Those of which a lower score is better."""
        return self._table.lower

    @property
    def runs(self) -> Table:
        """A row for each network and seed, as ``nbzero export`` writes it."""
        return Table(self._table.runs())

    def about(self) -> dict[str, Any]:
        """What the table is about: ``metadata`` and ``summary``."""
        return self._table.query(["--format=json"])[0]

    def query(self, arch: str) -> dict[str, Any]:
        """Everything about one network: costs, stages, accuracies by seed, scores.

        Raises:
            ValueError: it is not in the table.
        """
        return self._table.query(["--format=json", "--", arch])[0]

    def best(
        self,
        *,
        flops_at_most: int | str | None = None,
        params_at_most: int | str | None = None,
        depth_at_most: int | str | None = None,
        top: int = 10,
        split: str = "test",
    ) -> Table:
        """The most accurate networks within budgets, such as ``2_000_000`` or ``"2M"``, the best first.

        ``split`` is ``test`` or ``nas-validation``. Of equally accurate ones the cheapest comes first.

        Raises:
            ValueError: no network keeps to the budgets.
        """
        words = options(
            flops_at_most=flops_at_most,
            params_at_most=params_at_most,
            depth_at_most=depth_at_most,
            top=top,
            split=split,
        )
        return Table.of_rows(_row(found, split) for found in self._table.query(words))

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a benchmark table is a file: open it in the other process")

    def __repr__(self) -> str:
        return f"Benchmark({len(self)} networks: {', '.join(self.columns)})"


def _row(found: dict[str, Any], split: str) -> dict[str, Any]:
    costs = {name: found[name] for name in ("arch", "row", "flops", "params", "depth")}
    if "predicted" in found:
        predicted = found["predicted"]
        return costs | {"predicted_accuracy": predicted["mean"], "deviation": predicted["deviation"]}
    runs = found["accuracies"][split]
    name = f"{split.replace('-', '_')}_accuracy"
    return costs | {name: runs["mean"], "deviation": runs["deviation"], "seeds": runs["count"]}


def open(path: str | PathLike[str]) -> Benchmark:
    """Opens a benchmark table (``.nbz``), which is checked as it is read.

    Raises:
        FileNotFoundError: it is not there.
        ValueError: it is no table, or a damaged one.
    """
    return Benchmark(path)

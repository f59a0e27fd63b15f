"""Progress on standard error: tqdm's bar where that is installed, else a line now and then."""

import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds that lines are apart at least.
INTERVAL = 10.0

Tell = Callable[[int, int, str], None]


@contextmanager
def progress(wanted: bool, unit: str) -> Iterator[Tell | None]:
    """Who is told of each step: how many are done, of how many, and what is known."""
    if not wanted:
        yield None
        return
    try:
        with warnings.catch_warnings():
            # It tells of widgets that a notebook lacks, and then has a bar without.
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm
    except ImportError:
        yield _lines(unit)
        return
    with tqdm(unit=unit) as bar:

        def tell(done: int, total: int, message: str) -> None:
            bar.total = total
            bar.set_postfix_str(message, refresh=False)
            bar.update(done - bar.n)

        yield tell


def _lines(unit: str) -> Tell:
    last = time.monotonic()

    def tell(done: int, total: int, message: str) -> None:
        nonlocal last
        if done == total or time.monotonic() - last >= INTERVAL:
            last = time.monotonic()
            print(f"{done}/{total} {unit}: {message}", file=sys.stderr)

    return tell

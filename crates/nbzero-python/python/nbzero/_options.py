"""Keywords as options of the command."""

from collections.abc import Iterable


def options(**given: object) -> list[str]:
    """The options that these keywords stand for; ``None`` leaves an option at its default.

    >>> options(batch=8, swap_size=(300, 100), data=None)
    ['--batch=8', '--swap-size=300,100']
    """
    named = ((name, value) for name, value in given.items() if value is not None)
    return [f"--{name.replace('_', '-')}={_word(value)}" for name, value in named]


def _word(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ",".join(_word(one) for one in value)
    return str(value)

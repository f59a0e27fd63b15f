"""The examples of the docstrings, and that each public function has one."""

import doctest
import inspect

import nbzero
from nbzero import _catalog, _judge, _options, _score, _scores, _search, _table


def test_examples_are_true():
    for module in (nbzero, _catalog, _judge, _options, _score, _scores, _search, _table):
        failed, tried = doctest.testmod(module)
        assert failed == 0 and tried > 0, module


def test_all_that_is_public_is_documented():
    for name in nbzero.__all__:
        thing = getattr(nbzero, name)
        if name.startswith("__"):
            continue
        assert inspect.getdoc(thing), name
        methods = inspect.getmembers(thing) if inspect.isclass(thing) else []
        for method, of in methods:
            if not method.startswith("_") and callable(of):
                assert inspect.getdoc(of), f"{name}.{method}"

"""The examples of the docstrings, and that each public function has one."""

import contextlib
import doctest
import inspect
import io

import pytest
from conftest import ROOT

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


def test_the_lines_of_the_readme_print_what_it_says():
    pytest.importorskip("polars")
    section = (ROOT / "README.md").read_text().split("## From Python\n")[1]
    program = section.split("```python\n")[1].split("```")[0]
    expected = section.split("```text\n")[1].split("```")[0].splitlines()
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(program, {})
    found = told.getvalue().splitlines()
    assert len(found) == len(expected) and found[-1] == expected[-1]
    # The last bits of scores differ between instruction sets.
    numbers = [[float(word) for word in lines[0].split()[:2]] for lines in (found, expected)]
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-4)

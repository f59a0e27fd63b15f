"""Columns of one's own are judged as the command judges those of a table."""

import json

import numpy
import pytest
from conftest import ROOT, command

import nbzero

TABLE = ROOT / "data" / "r1-mini-cifar100.nbz"


def test_the_columns_of_a_table_get_its_table_1():
    table = nbzero.open(TABLE)
    names = ["naswot", "ntk", "zen"]
    known = [i for i, accuracy in enumerate(table["test_accuracy"]) if accuracy is not None]

    def of(name):
        return [table[name][i] for i in known]

    judged = nbzero.judge(
        {name: of(name) for name in names}, of("test_accuracy"), flops=of("flops")
    )
    ended = command("judge", str(TABLE), "--format", "json")
    rows = {row["name"]: row for row in json.loads(ended.stdout)["rows"]}
    for found in judged.rows():
        row = rows[found["proxy"]]
        assert found["coverage"] == row["coverage"]
        for index in ("lc", "kd", "sr"):
            assert found[index] == row[index]["value"], index
            assert found[f"{index}_low"] < found[index] < found[f"{index}_high"]
        for index in ("mbr", "mbr10"):
            assert found[index] == row[index]["value"], index
            assert found[f"{index}_low"] == row[index]["interval"]["low"]
            assert found[f"{index}_high"] == row[index]["interval"]["high"]
        assert found["accuracy_100"] == row["mbr"]["budgets"][4]["accuracy"]


def test_undefined_scores_rank_last_and_directions_are_known():
    accuracy = [50.0, 60.0, 70.0, 80.0]
    scores = {"ntk": [4.0, 3.0, 2.0, 1.0], "mine": [None, 1.0, float("nan"), 3.0]}
    ntk, mine = nbzero.judge(scores, accuracy, resamples=10).rows()
    assert ntk["kd"] == pytest.approx(1.0) and ntk["mbr"] is None
    assert mine["coverage"] == 0.5 and mine["kd"] < 1
    (upwards,) = nbzero.judge({"ntk": scores["ntk"]}, accuracy, lower=[]).rows()
    assert upwards["kd"] == pytest.approx(-1.0)


def test_data_frames_and_arrays_are_columns():
    polars = pytest.importorskip("polars")
    pandas = pytest.importorskip("pandas")
    columns = {"a": [1.0, 3.0, 2.0, None], "b": [1, 2, 3, 4]}
    accuracy = numpy.array([1.0, 2.0, 3.0, 4.0])
    expected = nbzero.judge(columns, list(accuracy), flops=[1, 2, 3, 4], resamples=20).rows()
    for frame in (polars.DataFrame(columns), pandas.DataFrame(columns)):
        judged = nbzero.judge(frame, accuracy, flops=accuracy.astype(int), resamples=20)
        assert judged.rows() == expected


@pytest.mark.parametrize(
    ("scores", "more", "sentence"),
    [
        ({"a": [1.0]}, {}, "`a` has 1 scores, but there are 2 accuracies"),
        ({}, {}, "no scores"),
        ({"a": ["x", "y"]}, {}, "`a` is no column of numbers"),
        ({"a": [1.0, 2.0]}, {"lower": ["b"]}, "lower names `b`"),
        ({"a": [1.0, 2.0]}, {"flops": [1.0, 2.0], "budgets": 0}, "budget"),
        ({"a": [1.0, 2.0]}, {"flops": [1.0]}, "1"),
    ],
)
def test_what_cannot_be_judged_is_said(scores, more, sentence):
    with pytest.raises(ValueError, match=sentence):
        nbzero.judge(scores, [1.0, 2.0], **more)

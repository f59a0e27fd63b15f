"""Many networks, data frames, benchmark tables."""

import json
import pickle
import shutil

import pytest
from conftest import ROOT, SMALL, command

import nbzero

TABLE = ROOT / "data" / "r1-mini-cifar100.nbz"


@pytest.fixture(scope="module")
def scored():
    return nbzero.score_many(
        nbzero.sample("r1-mini", 4), ["naswot", "swap_reg", "params"], batch=8, progress=False
    )


def test_many_are_scored_as_one_by_one_whatever_the_jobs(scored):
    for row in scored.rows():
        alone = nbzero.score(row["arch"], ["naswot", "swap_reg", "params"], batch=8)
        assert row["naswot"] == alone["naswot"] and row["params"] == alone["params"]
        assert row["swap_reg"] is None and row["undefined"].startswith("swap_reg: not applicable")
    more = nbzero.score_many(
        scored["arch"], ["naswot", "swap_reg", "params"], batch=8, jobs=3, progress=False
    )
    assert more.rows() == scored.rows()


def test_hybrids_rank_the_networks_of_a_call():
    ranked = nbzero.score_many([SMALL, "r1:8:8x1s2"], "flops+depth", progress=False)
    assert ranked["flops+depth"] == [2.0, 1.0]


def test_polars_pyarrow_and_pandas_take_a_table(scored):
    polars = pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pandas")
    frame = polars.DataFrame(scored)
    assert frame.columns == scored.columns and frame.equals(scored.to_polars())
    assert frame["naswot"].to_list() == scored["naswot"]
    assert frame["params"].dtype == polars.UInt64 and frame["swap_reg"].null_count() == 4
    arrow = pyarrow.table(scored)
    arrow.validate(full=True)
    assert arrow.to_pylist() == scored.rows()
    panda = scored.to_pandas()
    assert panda["naswot"].tolist() == scored["naswot"] and panda["swap_reg"].isna().all()


def test_a_table_is_data(scored):
    again = pickle.loads(pickle.dumps(scored))
    assert again.rows() == scored.rows() and again.columns == scored.columns
    assert len(scored) == 4 and "4 rows" in repr(scored)
    assert scored._repr_html_().count("<tr>") == 5
    with pytest.raises(KeyError, match="no column `zen`: there are arch"):
        scored["zen"]


def test_a_benchmark_table_answers_as_the_command_does():
    table = nbzero.open(TABLE)
    best = table.best(flops_at_most="2M", depth_at_most=30, top=3)
    ended = command(
        "query", str(TABLE), "--flops-at-most", "2M", "--depth-at-most", "30", "--top", "3",
        "--format", "json",
    )  # fmt: skip
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert best["arch"] == [answer["arch"] for answer in answers]
    means = [answer["accuracies"]["test"]["mean"] for answer in answers]
    assert best["test_accuracy"] == means and means == sorted(means, reverse=True)
    assert table.query(best["arch"][0]) == answers[0]
    assert table.about()["metadata"]["space"] == "r1-mini"
    row = table["arch"].index(best["arch"][0])
    assert table["test_accuracy"][row] == means[0]
    assert table["naswot"][row] == answers[0]["scores"]["naswot"]
    assert "ntk" in table.lower and "zen" not in table.lower
    with pytest.raises(ValueError, match="give a larger one"):
        table.best(flops_at_most=1)
    with pytest.raises(ValueError, match="is not among the"):
        table.query("r1:8:8x1s2")


def test_the_runs_of_a_table_are_its_export(tmp_path):
    polars = pytest.importorskip("polars")
    path = tmp_path / "table.csv"
    assert command("export", str(TABLE), str(path)).returncode == 0
    runs = nbzero.open(TABLE).runs
    exported = polars.read_csv(path, infer_schema_length=None)
    assert exported.columns == runs.columns and len(exported) == len(runs)
    for name in ("arch", "flops", "seed", "test_accuracy", "ntk"):
        assert exported[name].to_list() == runs[name], name


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        nbzero.open(tmp_path / "absent.nbz")
    damaged = tmp_path / "damaged.nbz"
    shutil.copy(TABLE, damaged)
    damaged.write_bytes(damaged.read_bytes()[:-9])
    with pytest.raises(ValueError, match="damaged.nbz"):
        nbzero.open(damaged)
    with pytest.raises(ValueError, match="there are no networks"):
        nbzero.score_many([])


def test_what_there_is():
    proxies = nbzero.proxies()
    assert proxies.columns == [
        "name", "direction", "sweep", "needs", "year", "source", "formula",
    ]  # fmt: skip
    by_name = {row["name"]: row for row in proxies.rows()}
    assert by_name["ntk"]["direction"] == "lower" and by_name["zen"]["sweep"] == "noise"
    assert "Mellor et al. 2021" in by_name["naswot"]["source"]
    assert all(row["source"] and row["formula"] for row in by_name.values())
    ended = command("sample", "--space", "nb201", "--count", "7", "--seed", "2")
    assert nbzero.sample("nb201", 7, seed=2) == ended.stdout.split()
    assert {"r1", "nats-sss"} <= set(nbzero.spaces()["name"])
    with pytest.raises(ValueError, match="has at most"):
        nbzero.sample("nas-bench-macro", 10**6)
    with pytest.raises(ValueError, match="r3"):
        nbzero.sample("r3", 1)


def test_info_has_stages_and_layers():
    found = nbzero.info(SMALL, classes=10, resolution=16)
    assert found["stages"][1] == {"input": 8, "output": 16, "stride": 2, "depth": 1}
    assert found["image"] == (3, 16, 16) and found["classes"] == 10
    assert sum(layer["flops"] for layer in found["layers"]) == found["flops"]
    assert nbzero.score(SMALL, "flops", classes=10, resolution=16)["flops"] == found["flops"]

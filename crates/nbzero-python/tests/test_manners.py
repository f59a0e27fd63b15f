"""Long calls: the interpreter's lock, Ctrl-C, progress, forks, and silence."""

import multiprocessing
import os
import sys
import threading
import time

import pytest
from conftest import SMALL, command, python

import nbzero

#: Takes seconds.
LARGE = "r1:64:64x2s1,128x2s2,256x2s2"

INTERRUPTED = """
import os, signal, threading, time, nbzero
threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
begun = time.monotonic()
try:
    {call}
except KeyboardInterrupt:
    print("interrupted", time.monotonic() - begun)
"""


@pytest.mark.parametrize(
    "call",
    [
        f"nbzero.score({LARGE!r}, batch=256)",
        "nbzero.score_many(nbzero.sample('r1', 100), batch=128, progress=False)",
        "nbzero.search('r1', candidates=1000, progress=False)",
        "r = range(20000); nbzero.judge({str(i): r for i in range(20)}, r, flops=r)",
    ],
)
def test_ctrl_c_ends_a_call(call):
    ended = python(INTERRUPTED.format(call=call))
    word, seconds = ended.stdout.split()
    assert word == "interrupted", ended
    assert float(seconds) < 4, ended


def test_other_threads_go_on():
    ticks = []
    done = threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.01)

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        nbzero.score(LARGE, "naswot", batch=64)
    finally:
        done.set()
        thread.join()
    longest = max(b - a for a, b in zip(ticks, ticks[1:], strict=False))
    assert len(ticks) > 10 and longest < 1, (len(ticks), longest)


def test_nothing_is_printed(capfd):
    nbzero.score_many([SMALL], "all", batch=4, progress=False)
    assert capfd.readouterr() == ("", "")


def test_progress_is_a_bar_or_lines(capfd, monkeypatch):
    from nbzero._progress import progress

    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with progress(True, "networks") as tell:
        tell(1, 2, "first")
        tell(2, 2, "second")
    assert capfd.readouterr() == ("", "2/2 networks: second\n")


def test_what_progress_raises_ends_the_call():
    from nbzero import _nbzero
    from nbzero._networks import network

    def tell(done, total, message):
        raise LookupError(f"{done} of {total}: {message}")

    networks = [network(SMALL)] * 3
    with pytest.raises(LookupError, match=f"1 of 3: {SMALL}"):
        _nbzero.score_columns(networks, ["--proxies=depth"], None, tell)


def depth(network):
    return nbzero.score(network, ["depth", "naswot"], batch=4)["depth"]


def test_a_spawned_process_scores():
    nbzero.score(SMALL, "naswot", batch=4)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(depth, [SMALL]) == [6]


FORKED = """
import os, sys, nbzero
if sys.argv[1] == "used":
    nbzero.score("r1:8:8x1s2", "naswot", batch=4)
child = os.fork()
if child == 0:
    try:
        print(nbzero.score("r1:8:8x1s2", "naswot", batch=4)["naswot"])
    except RuntimeError as error:
        print(error)
    sys.stdout.flush()
    os._exit(0)
os.waitpid(child, 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_fork_is_refused_behind_a_call_and_no_other():
    refused = python(FORKED, "used")
    assert "this process was forked from process" in refused.stdout, refused
    assert 'get_context("spawn")' in refused.stdout
    fine = python(FORKED, "fresh")
    assert float(fine.stdout) == nbzero.score("r1:8:8x1s2", "naswot", batch=4)["naswot"]


def test_the_module_is_the_command(tmp_path):
    ended = python(
        "import runpy, sys; sys.argv = ['nbzero', *sys.argv[1:]]; "
        "runpy.run_module('nbzero', run_name='__main__')",
        "info",
        SMALL,
    )
    assert ended.stdout == command("info", SMALL).stdout and "params" in ended.stdout
    wrong = python("import nbzero.__main__ as it, sys; sys.exit(it.main())", "info", "r9:8")
    assert wrong.returncode == 2 and wrong.stderr.startswith("error: ")

"""Seconds a network of each proxy alone, for the leaderboard.

User seconds of one thread on the first five networks of each list, less what the command takes for their
FLOPs alone, divided by five; the middle of three rounds.

usage: proxy_seconds.py NBZERO CIFAR10 OUT LIST...

LIST is SPACE.archs; CIFAR10 the folder of the binary files; OUT is written anew, `space,proxy,seconds`.
"""
import os, statistics, subprocess, sys, tempfile
from pathlib import Path

NBZERO, CIFAR10, OUT = sys.argv[1:4]
NETWORKS, ROUNDS = 5, 3


def options(space):
    if space == "transnas-macro":
        return ["--data", "random", "--resolution", "64", "--batch", "8"]
    return ["--data", f"cifar10:{CIFAR10}", "--batch", "16"]


def user_seconds(archs, proxy, space):
    command = [NBZERO, "score", "--archs", archs, "--proxies", proxy, "--format", "csv"]
    command += ["--ntk-bn", "frozen", "--zen-precision", "1000000", *options(space)]
    environment = {**os.environ, "RAYON_NUM_THREADS": "1"}
    before = os.times().children_user
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return os.times().children_user - before, done.stdout


rows = ["space,proxy,seconds"]
for path in map(Path, sys.argv[4:]):
    space = path.stem
    with tempfile.NamedTemporaryFile("w", suffix=".archs") as few:
        few.write("".join(path.read_text().splitlines(True)[:NETWORKS]))
        few.flush()
        _, header = user_seconds(few.name, "all", space)
        names = header.splitlines()[0].split(",")[1:-1]

        def seconds(proxy):
            return statistics.median(user_seconds(few.name, proxy, space)[0] for _ in range(ROUNDS))

        nothing = seconds("flops")
        for name in names:
            if name not in ("flops", "params", "depth"):
                rows.append(f"{space},{name},{max(0, seconds(name) - nothing) / NETWORKS:.4f}")
                print(rows[-1], flush=True)
Path(OUT).write_text("\n".join(rows) + "\n")

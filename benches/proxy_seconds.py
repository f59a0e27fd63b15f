"""Seconds a network of each proxy alone, for the leaderboard.

User seconds of one thread on the first networks of each list, less what the command takes for their FLOPs alone,
divided by their number: five, and forty of a `-mini` space, where reading the images would otherwise take longer than
a proxy. The middle of three rounds.

usage: proxy_seconds.py NBZERO DATA OUT LIST...

LIST is SPACE.archs; DATA as `nbzero score` takes it, such as cifar10:DIR. OUT has `space,proxy,seconds`; what it
has of the proxies of these spaces is replaced.
"""
import os, statistics, subprocess, sys, tempfile
from pathlib import Path

NBZERO, DATA, OUT = sys.argv[1:4]
ROUNDS = 3


def options(space):
    if space == "transnas-macro":
        return ["--data", "random", "--resolution", "64", "--batch", "8"]
    if space.endswith("-mini"):
        # As the tables of these spaces were collected.
        return ["--data", DATA, "--resolution", "16", "--batch", "64"]
    return ["--data", DATA, "--batch", "16"]


def user_seconds(archs, proxy, space):
    command = [NBZERO, "score", "--archs", archs, "--proxies", proxy, "--format", "csv"]
    command += ["--ntk-bn", "frozen", "--zen-precision", "1000000", *options(space)]
    environment = {**os.environ, "RAYON_NUM_THREADS": "1"}
    before = os.times().children_user
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return os.times().children_user - before, done.stdout


HEADER = "space,proxy,seconds"
lists = [Path(path) for path in sys.argv[4:]]
known = Path(OUT).read_text().splitlines()[1:] if Path(OUT).exists() else []
# What short trainings take is measured otherwise.
measured_here = {path.stem for path in lists}
rows = [
    row
    for row in known
    if row.split(",")[0] not in measured_here or row.split(",")[1].startswith("accuracy_")
]
for path in lists:
    space = path.stem
    networks = 40 if space.endswith("-mini") else 5
    with tempfile.NamedTemporaryFile("w", suffix=".archs") as few:
        few.write("".join(path.read_text().splitlines(True)[:networks]))
        few.flush()
        _, header = user_seconds(few.name, "all", space)
        names = header.splitlines()[0].split(",")[1:-1]

        def seconds(proxy):
            return statistics.median(user_seconds(few.name, proxy, space)[0] for _ in range(ROUNDS))

        nothing = seconds("flops")
        for name in names:
            if name not in ("flops", "params", "depth"):
                rows.append(f"{space},{name},{max(0, seconds(name) - nothing) / networks:.4f}")
                print(rows[-1], flush=True)
Path(OUT).write_text("\n".join([HEADER, *rows]) + "\n")

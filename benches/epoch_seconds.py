"""Core-seconds of an epoch of training, for networks one a line of a list.

User seconds of one thread for three epochs less those for one, halved, so that reading the images and the
final test count as nothing.

usage: epoch_seconds.py NBZERO DATA RESOLUTION RECIPE LIST

DATA as `nbzero train` takes it, such as cifar100:DIR; RECIPE such as short or long. Prints `arch,seconds` and, at
the end, the median on standard error.
"""
import os, statistics, subprocess, sys
from pathlib import Path

NBZERO, DATA, RESOLUTION, RECIPE, LIST = sys.argv[1:]


def user_seconds(arch, epochs):
    command = [NBZERO, "train", arch, "--data", DATA, "--resolution", RESOLUTION]
    command += ["--recipe", f"{RECIPE},epochs={epochs}"]
    environment = {**os.environ, "RAYON_NUM_THREADS": "1"}
    before = os.times().children_user
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return os.times().children_user - before


print("arch,seconds")
seconds = []
for arch in Path(LIST).read_text().split():
    seconds.append((user_seconds(arch, 3) - user_seconds(arch, 1)) / 2)
    print(f'"{arch}",{seconds[-1]:.3f}', flush=True)
print(f"median {statistics.median(seconds):.2f} s an epoch", file=sys.stderr)

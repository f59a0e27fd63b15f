"""Scores of ONNX files beside PyTorch's, as the table of docs/src/onnx.md.

usage: python onnx_zoo.py NBZERO FOLDER [NAME ...]

NBZERO is the program; FOLDER has NAME.onnx, NAME.batch.safetensors and NAME.json, whose `network` has
`flops` and `params` and whose `expected` has values of proxies by PyTorch in float64.
"""
import json, subprocess, sys, time
from pathlib import Path

PROXIES = ["grad_norm", "snip", "plain", "fisher", "jacob_cov", "naswot", "log_synflow"]


def difference(name, value, expected):
    """Relative to the expected value; of `plain` to the sum of its terms without their signs."""
    scale = expected["plain_absolute"] if name == "plain" else expected[name]
    return abs(value - expected[name]) / abs(scale)


def measured(nbzero, path, document, precision):
    """Exactness of the costs, the verdict on the scores, the largest difference, and seconds; or why there is none."""
    network, expected = document["network"], document.get("expected", {})
    begin = time.monotonic()
    command = [nbzero, "score", str(path), "--format", "json", "--proxies", ",".join(["flops", "params"] + PROXIES)]
    batch = path.with_name(path.stem + ".batch.safetensors")
    run = subprocess.run(command + ["--batch-file", str(batch), "--precision", precision], capture_output=True, text=True)
    seconds = time.monotonic() - begin
    if run.returncode != 0:
        return "no: " + run.stderr.strip().splitlines()[-1]
    scores = json.loads(run.stdout)
    exact = [what if scores[what] == network[what] else f"{what} {scores[what]} not {network[what]}" for what in ("flops", "params")]
    known = [name for name in PROXIES if expected.get(name) is not None]
    found = {name: scores["scores"].get(name) for name in known}
    lost = [name for name in known if found[name] is None]
    off = {name: difference(name, found[name], expected) for name in known if found[name] is not None}
    worst = max(off, key=off.get, default=None)
    largest = f"{off[worst]:.1e} ({worst})" if worst else ""
    beyond = [f"{name} {off[name]:.1e}" for name in off if off[name] > 1e-3]
    verdict = "; ".join([f"beyond 1e-3: {', '.join(beyond)}"] * bool(beyond) + [f"undefined: {', '.join(lost)}"] * bool(lost)) or "yes"
    return ["yes" if exact == ["flops", "params"] else "; ".join(exact), verdict, largest, f"{seconds:.1f}"]


def row(nbzero, path):
    document = json.loads(path.with_suffix(".json").read_text())
    both = [measured(nbzero, path, document, precision) for precision in ("float32", "float64")]
    refused = [why for why in both if isinstance(why, str)]
    if refused:
        return [path.stem, refused[0]] + [""] * 6
    (costs, _, off, seconds), (_, verdict, double_off, double_seconds) = both
    return [path.stem, "yes", costs, verdict, double_off, off, double_seconds, seconds]


def main():
    nbzero, folder, names = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    print("| network | read | params and FLOPs exact | scores within 1e-3 | largest difference, float64 | float32 | seconds, float64 | float32 |")
    print("|---|---|---|---|---|---|---|---|")
    for path in sorted(folder.glob("*.onnx"), key=lambda path: path.stat().st_size):
        if path.with_suffix(".json").exists() and (not names or path.stem in names):
            print("| " + " | ".join(row(nbzero, path)) + " |", flush=True)


if __name__ == "__main__":
    main()

"""How long torchvision's networks take to score: from their ONNX files, and with PyTorch.

usage: python onnx_speed.py NBZERO [NAME ...]

PyTorch computes each proxy as the published programs do, on a copy of the network with passes of its own
(`torch_proxies.py`); nbzero reads the file and scores all of them, whole program. Both take turns, with two
threads, on the same weights and the same 32 images of 96 x 96. Prints the medians of three turns.
needs torch, torchvision, safetensors
"""
import copy, io, json, statistics, subprocess, sys, tempfile, time
from pathlib import Path

THREADS, BATCH, PIXELS, NTK_IMAGES, TURNS = 2, 32, 96, 16, 3
NBZERO, NAMES = sys.argv[1], sys.argv[2:] or ["mobilenet_v2", "resnet50", "efficientnet_b0"]

# `torch_proxies` reads its options and requests when it is imported.
settings = json.dumps({"threads": THREADS, "ntk_images": NTK_IMAGES})
sys.argv, sys.stdin = ["torch_proxies", settings, "."], io.StringIO()

import torch
import torchvision
from safetensors.torch import save_file
from torch_proxies import PROXIES

NAMED = ["grad_norm", "snip", "plain", "fisher", "grasp", "jacob_cov", "synflow", "ntk"]


def with_pytorch(net, images, targets):
    seconds = {}
    for name in NAMED:
        own = copy.deepcopy(net)
        begin = time.perf_counter()
        PROXIES[name](own, images, targets)
        seconds[name] = time.perf_counter() - begin
    return seconds


def with_nbzero(file, batch):
    command = [NBZERO, "score", file, "--batch-file", batch, "--proxies", ",".join(NAMED), "--format", "json"]
    begin = time.perf_counter()
    run = subprocess.run(command, capture_output=True, text=True, env={"RAYON_NUM_THREADS": str(THREADS)})
    seconds = time.perf_counter() - begin
    if run.returncode != 0:
        sys.exit(run.stderr)
    missing = [name for name in NAMED if json.loads(run.stdout)["scores"].get(name) is None]
    return seconds, missing


def main():
    print("| network | " + " | ".join(NAMED) + " | PyTorch | nbzero | ratio |")
    print("|---|" + "---|" * (len(NAMED) + 3))
    for name in NAMES:
        torch.manual_seed(0)
        net = getattr(torchvision.models, name)(weights=None, num_classes=100).train()
        # What is dropped at random is part of no proxy.
        for module in net.modules():
            if type(module).__name__ in ("Dropout", "StochasticDepth"):
                module.p = 0.0
        images, targets = torch.randn(BATCH, 3, PIXELS, PIXELS), torch.randint(0, 100, (BATCH,))
        with tempfile.TemporaryDirectory() as folder:
            file, batch = str(Path(folder) / f"{name}.onnx"), str(Path(folder) / "batch.safetensors")
            save_file({"input": images, "target": targets}, batch)
            training = torch.onnx.TrainingMode.TRAINING
            torch.onnx.export(copy.deepcopy(net), (images,), file, dynamo=False, training=training, do_constant_folding=False)
            turns = [(with_pytorch(net, images, targets), with_nbzero(file, batch)) for _ in range(TURNS)]
        theirs = {one: statistics.median(turn[0][one] for turn in turns) for one in NAMED}
        ours = statistics.median(turn[1][0] for turn in turns)
        total = sum(theirs.values())
        cells = [f"{theirs[one]:.2f}" for one in NAMED] + [f"{total:.1f} s", f"{ours:.1f} s", f"{total / ours:.2f}"]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
        if turns[0][1][1]:
            print(f"undefined here: {', '.join(turns[0][1][1])}", file=sys.stderr)


if __name__ == "__main__":
    main()

"""Whether exported networks compute in PyTorch and onnxruntime what nbzero computes of them.

usage: python export_check.py NBZERO [ARCH ...]

For each architecture: `nbzero export-network` with fresh weights, then the logits of a batch of random
images by model.py (loaded with strict=True) and by onnxruntime, and how far they are apart. That the
networks are nbzero's own is seen by the score of the ONNX file beside that of the architecture: every
proxy, on the same weights and batch.
needs torch, onnxruntime, numpy
"""
import importlib.util, json, subprocess, sys, tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import torch

FAMILIES = ["r1:8:8x2s1,16x2s2,32x2s2", "r2:8:16x2s1,32x2s2", "mb:8:8x2s1,16x2s2,24x2s2",
            "nb201:16x5:|nor_conv_3x3~0|+|skip_connect~0|avg_pool_3x3~1|+|nor_conv_1x1~0|none~1|nor_conv_3x3~2|",
            "nas-bench-macro:01201201"]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


def scores(nbzero, *arguments):
    line = json.loads(run(nbzero, "score", *arguments, "--format", "json", "--batch", "8", "--seed", "1"))
    return line["scores"]


def check(nbzero, arch, folder):
    run(nbzero, "export-network", arch, "--classes", "10", "--onnx", f"{folder}/model.onnx", "--pytorch", str(folder))
    spec = importlib.util.spec_from_file_location("model", folder / "model.py")
    model = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(model)
    x = torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        pytorch = model.network()(x).numpy()
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    (onnx,) = session.run(["logits"], {"input": x.numpy()})
    of_string = scores(nbzero, arch, "--classes", "10", "--weights", f"{folder}/weights.safetensors")
    of_file = scores(nbzero, f"{folder}/model.onnx")
    other = [name for name in of_string if of_string[name] != of_file[name]]
    return np.abs(pytorch - onnx).max(), np.abs(pytorch).max(), other


def main():
    nbzero, archs = sys.argv[1], sys.argv[2:] or FAMILIES
    for arch in archs:
        with tempfile.TemporaryDirectory() as folder:
            apart, size, other = check(nbzero, arch, Path(folder))
        print(f"{arch}: logits up to {size:.3f}, PyTorch and onnxruntime {apart:.1e} apart; "
              f"scores of string and file: {'equal' if not other else 'unequal: ' + ', '.join(other)}")


if __name__ == "__main__":
    main()

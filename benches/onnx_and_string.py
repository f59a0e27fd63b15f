"""Whether torchvision's MobileNetV2 scores the same from its ONNX file and from its architecture string.

usage: python onnx_and_string.py NBZERO

Both have the weights of one PyTorch network and one batch of 8 images of 64 x 64; prints each proxy's two
values and exits with 1 where they differ by more than 1e-4.
needs torch, torchvision, safetensors
"""
import json, subprocess, sys, tempfile
from pathlib import Path

import torch
import torchvision
from safetensors.torch import load_file, save_file

STRING = "mb:32s2:16x1s1e1,24x2s2,32x3s2,64x4s2,96x3s1,160x3s2,320x1s1:1280"
NBZERO = sys.argv[1]


def run(*arguments):
    done = subprocess.run([NBZERO, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


def scores(network, *more):
    return json.loads(run("score", network, "--format", "json", *more))["scores"]


def main():
    torch.manual_seed(0)
    net = torchvision.models.mobilenet_v2(weights=None, num_classes=100).train()
    images, targets = torch.randn(8, 3, 64, 64), torch.randint(0, 100, (8,))
    with tempfile.TemporaryDirectory() as folder:
        file, weights, batch = (str(Path(folder) / name) for name in ("net.onnx", "weights", "batch"))
        # The same layers in the same order, under other names.
        run("export-network", STRING, "--classes", "100", "--resolution", "64", "--pytorch", folder)
        names = list(load_file(Path(folder) / "weights.safetensors"))
        ours = json.loads(run_order(folder, names))
        state = {name: value for name, value in net.state_dict().items() if "num_batches" not in name}
        save_file({own: value.clone() for own, value in zip(ours, state.values(), strict=True)}, weights)
        save_file({"input": images, "target": targets}, batch)
        training = torch.onnx.TrainingMode.TRAINING
        torch.onnx.export(net, (images,), file, dynamo=False, training=training, do_constant_folding=False)
        of_file = scores(file, "--batch-file", batch)
        of_string = scores(STRING, "--batch-file", batch, "--weights", weights)
    worst = 0.0
    for name, value in of_file.items():
        apart = abs(value - of_string[name]) / abs(value)
        worst = max(worst, apart)
        print(f"{name:14} {value:24} {of_string[name]:24} {apart:.1e}")
    sys.exit(worst > 1e-4)


def run_order(folder, names):
    """Our names in the order of the layers: that of model.py's parameters."""
    code = "import json, model; print(json.dumps([n for n in model.network().state_dict() if 'num_batches' not in n]))"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert sorted(found) == sorted(name for name in names if "num_batches" not in name)
    return done.stdout


if __name__ == "__main__":
    main()

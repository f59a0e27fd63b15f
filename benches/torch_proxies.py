"""PyTorch's side of the comparison of proxies.

Every proxy is computed the way the published programs do it: on a deep copy of the network, with
forward and backward passes of its own. The copy is inside the measured time.

usage: torch_proxies.py THREADS NTK_IMAGES ZEN_REPEATS ZEN_BATCH FOLDER

Reads requests, a line each, and answers with a line each:

    version          PyTorch's version
    load ARCH        "loaded"; FOLDER has the weights and the batch, as written by the other side
    score PROXY      seconds and score
"""
import copy, json, os, struct, sys, time
from pathlib import Path

# NumPy's linear algebra has threads of its own, and reads this when it is imported.
os.environ["OPENBLAS_NUM_THREADS"] = sys.argv[1]

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from torch_networks import Block, Network


def layers(net):
    return [module for module in net.modules() if isinstance(module, (nn.Conv2d, nn.Linear))]


# The proxies: each takes a network that it may spoil, images and targets.


def loss_gradients(net, images, targets):
    F.cross_entropy(net(images), targets).backward()
    return [(layer.weight.detach(), layer.weight.grad) for layer in layers(net)]


def grad_norm(net, images, targets):
    return sum(grad.norm() for _, grad in loss_gradients(net, images, targets)).item()


def snip(net, images, targets):
    pairs = loss_gradients(net, images, targets)
    return sum((weight * grad).abs().sum() for weight, grad in pairs).item()


def plain(net, images, targets):
    pairs = loss_gradients(net, images, targets)
    return sum((weight * grad).sum() for weight, grad in pairs).item()


def fisher(net, images, targets):
    outputs = []

    def remember(layer, _, output):
        output.retain_grad()
        outputs.append((layer, output))

    for layer in layers(net):
        layer.register_forward_hook(remember)
    F.cross_entropy(net(images), targets).backward()
    total = 0.0
    for layer, output in outputs:
        product = output.detach() * output.grad
        if product.dim() == 4:
            product = product.sum((2, 3))
        channels = 0.5 * product.square().mean(0)
        total += channels.sum().item() * layer.weight[0].numel()
    return total


def grasp(net, images, targets):
    weights = [layer.weight for layer in layers(net)]
    fixed = torch.autograd.grad(F.cross_entropy(net(images), targets), weights)
    loss = F.cross_entropy(net(images), targets)
    graph = torch.autograd.grad(loss, weights, create_graph=True)
    sum((a * b).sum() for a, b in zip(fixed, graph)).backward()
    return -sum((weight.detach() * weight.grad).sum() for weight in weights).item()


def jacob_cov(net, images, _):
    images = images.clone().requires_grad_()
    logits = net(images)
    logits.backward(torch.ones_like(logits))
    jacobian = images.grad.flatten(1).numpy()
    values = np.linalg.eigvalsh(np.corrcoef(jacobian)) + 1e-5
    return -(np.log(values) + 1 / values).sum()


def synflow(net, images, _):
    parents = list(net.modules())
    for parent in parents:
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.BatchNorm2d):
                setattr(parent, name, nn.Identity())
    net.double()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.abs_()
    net(torch.ones_like(images[:1], dtype=torch.float64)).sum().backward()
    return sum((x.weight.detach() * x.weight.grad).abs().sum() for x in layers(net)).item()


def ntk(net, images, _):
    logits = net(images[:NTK_IMAGES])
    weights = [p for name, p in net.named_parameters() if name.endswith("weight")]
    rows = []
    for row in logits:
        net.zero_grad()
        row.backward(torch.ones_like(row), retain_graph=True)
        rows.append(torch.cat([weight.grad.flatten() for weight in weights]))
    rows = torch.stack(rows)
    values = torch.linalg.eigvalsh(rows @ rows.T)
    return (values[-1] / values[0]).item()


@torch.no_grad()
def zen(net, images, _):
    for module in net.modules():
        if isinstance(module, Block):
            module.linked = False
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    shape = (ZEN_BATCH, *images.shape[1:])
    scores = []
    for _ in range(ZEN_REPEATS):
        for layer in layers(net):
            nn.init.normal_(layer.weight)
        noise = torch.randn(shape)
        moved = noise + 0.01 * torch.randn(shape)
        difference = net.features(noise) - net.features(moved)
        score = difference.abs().sum((1, 2, 3)).mean().log().item()
        scores.append(score + sum(norm.running_var.mean().sqrt().log().item() for norm in norms))
    return float(np.mean(scores))


PROXIES = {f.__name__: f for f in (grad_norm, snip, plain, fisher, grasp, jacob_cov, synflow, ntk, zen)}


# The batch and the weights that both sides have.


def read_weights(path):
    """The tensors of a safetensors file of float32 numbers."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        numbers = np.frombuffer(data[begin:end], np.float32).copy()
        tensors[name] = torch.from_numpy(numbers).reshape(entry["shape"])
    return tensors


def load(arch):
    state = read_weights(FOLDER / "weights.safetensors")
    net = Network(arch, len(state["head.bias"]))
    missing, unexpected = net.load_state_dict(state, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        sys.exit(f"the networks differ: {missing} are missing, {unexpected} unexpected")
    targets = torch.from_numpy(np.fromfile(FOLDER / "targets", np.int64))
    images = torch.from_numpy(np.fromfile(FOLDER / "images", np.float32))
    size = int((len(images) / len(targets) / 3) ** 0.5)
    return net.train(), images.reshape(len(targets), 3, size, size), targets


THREADS, NTK_IMAGES, ZEN_REPEATS, ZEN_BATCH = map(int, sys.argv[1:5])
FOLDER = Path(sys.argv[5])
torch.set_num_threads(THREADS)

for line in sys.stdin:
    request, *words = line.split()
    if request == "version":
        print(torch.__version__, flush=True)
    elif request == "load":
        net, images, targets = load(words[0])
        print("loaded", flush=True)
    else:
        begin = time.perf_counter()
        score = PROXIES[words[0]](copy.deepcopy(net), images, targets)
        print(time.perf_counter() - begin, score, flush=True)

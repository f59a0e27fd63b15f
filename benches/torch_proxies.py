"""PyTorch's side of the comparison of proxies.

Every proxy is computed the way the published programs do it: on a deep copy of the network, with
forward and backward passes of its own. The copy is inside the measured time.

usage: torch_proxies.py SETTINGS FOLDER

SETTINGS are a JSON object: threads, and the numbers of images and repeats below.

Reads requests, a line each, and answers with a line each:

    version          PyTorch's version
    load ARCH        "loaded"; FOLDER has the weights and the batch, as written by the other side
    score PROXY      seconds and score
"""
import copy, json, os, struct, sys, time
from pathlib import Path

# NumPy's linear algebra has threads of its own, and reads this when it is imported.
SETTINGS = json.loads(sys.argv[1])
os.environ["OPENBLAS_NUM_THREADS"] = str(SETTINGS["threads"])

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from reference_2021 import epe_nas, gradsign, near, outputs, least_eigenvalue, snr_snip, zico, zico_bc
from reference_2021 import vkdnw as vkdnw_of, signal_to_noise
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


def flow(net, images):
    """The layers of the network without batch norms on absolute parameters, with gradients, in float64."""
    for parent in list(net.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.BatchNorm2d):
                setattr(parent, name, nn.Identity())
    net.double()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.abs_()
    net(torch.ones_like(images[:1], dtype=torch.float64)).sum().backward()
    return [(layer.weight.detach(), layer.weight.grad) for layer in layers(net)]


def synflow(net, images, _):
    return sum((weight * grad).abs().sum() for weight, grad in flow(net, images)).item()


def ntk(net, images, _):
    logits = net(images[: SETTINGS["ntk_images"]])
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
    shape = (SETTINGS["zen_batch"], *images.shape[1:])
    scores = []
    for _ in range(SETTINGS["zen_repeats"]):
        for layer in layers(net):
            nn.init.normal_(layer.weight)
        noise = torch.randn(shape)
        moved = noise + 0.01 * torch.randn(shape)
        difference = net.features(noise) - net.features(moved)
        score = difference.abs().sum((1, 2, 3)).mean().log().item()
        scores.append(score + sum(norm.running_var.mean().sqrt().log().item() for norm in norms))
    return float(np.mean(scores))


# The proxies since 2021.


def l2_norm(net, *_):
    return sum(layer.weight.detach().norm() for layer in layers(net)).item()


def snr_synflow(net, images, _):
    return signal_to_noise([(weight * grad).abs() for weight, grad in flow(net, images)])


def free_rea_log_synflow(net, images, _):
    return sum((w * (g + 1).log()).abs().sum() for w, g in flow(net, images)).item()


@torch.no_grad()
def codes(net, images):
    """Of every activation function's outputs, image by image, whether they are positive."""
    found, own, plain = [], net.activation, (F.relu, F.relu6)

    def shown(function):
        def run(maps):
            maps = function(maps)
            found.append((maps > 0).flatten(1))
            return maps

        return run

    F.relu, F.relu6 = map(shown, plain)
    net.activation = F.relu6 if own is plain[1] else F.relu
    net(images)
    F.relu, F.relu6 = plain
    net.activation = own
    return torch.cat(found, 1)


def linear_regions(net, images, _):
    return len(torch.unique(codes(net, images), dim=0))


def swap(net, images, _):
    counts = []
    for _ in range(SETTINGS["swap_repeats"]):
        for layer in layers(net):
            nn.init.normal_(layer.weight)
        counts.append(len(torch.unique(codes(net, images[: SETTINGS["swap_images"]]), dim=1).T))
    return float(np.mean(counts))


def meco(net, *_):
    return sum(least_eigenvalue(out) for out in outputs(net, torch.randn(1, 3, 64, 64)))


def kaiming(net):
    for layer in layers(net):
        nn.init.kaiming_normal_(layer.weight, mode="fan_in")


def vkdnw(net, images, _):
    kaiming(net)
    return vkdnw_of(net, torch.randn(SETTINGS["vkdnw_images"], *images.shape[1:]), None)


def az(net, images, _):
    """Expressivity, progressivity and trainability, which its program computes together."""
    kaiming(net)
    values = [net.activation(net.stem(torch.randn(SETTINGS["az_images"], *images.shape[1:])))]
    for stage in net.stages:
        for block in stage.blocks:
            values.append(block(values[-1]))
    entropies, singular = [], []
    for value in values:
        rows = value.detach().permute(0, 2, 3, 1).flatten(0, 2)
        rows = rows - rows.mean(0)
        parts = torch.linalg.eigvalsh(rows.T @ rows / len(rows)).clamp(min=0)
        parts = parts / parts.sum()
        entropies.append(-(parts * (parts + 1e-8).log()).sum().item())
    for before, after in zip(values, values[1:]):
        out = torch.randint_like(after, 2) * 2 - 1
        (back,) = torch.autograd.grad(after, before, out, retain_graph=True)
        back = F.pixel_unshuffle(back, back.shape[2] // out.shape[2])
        rows = [maps.permute(0, 2, 3, 1).flatten(0, 2) for maps in (back, out)]
        largest = torch.linalg.matrix_norm(rows[0].T @ rows[1] / len(rows[0]), 2).item()
        singular.append(-largest - 1 / (largest + 1e-6) + 2)
    return sum(entropies) + float(np.diff(entropies).min()) + float(np.mean(singular))


PROXIES = {
    f.__name__: f
    for f in (
        grad_norm, snip, plain, fisher, grasp, jacob_cov, synflow, ntk, zen, l2_norm, snr_snip, snr_synflow,
        free_rea_log_synflow, linear_regions, epe_nas, gradsign, zico, zico_bc, meco, near, swap, az, vkdnw,
    )
}  # fmt: skip


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


FOLDER = Path(sys.argv[2])
torch.set_num_threads(SETTINGS["threads"])

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

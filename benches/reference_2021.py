"""Reference values, in float64, of the proxies since 2021 that are defined by this project's doc blocks.

Each function follows the formula of the doc block of the same name in
`crates/nbzero-proxy/src/proxies`, on the given weights and batch.

usage: reference_2021.py FOLDER OUT     reads NAME.json, NAME.weights.safetensors and
       NAME.batch.safetensors of every network NAME in FOLDER; writes the values of all to OUT
"""
import json, math, sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from torch_networks import Network


def layers(net):
    return [module for module in net.modules() if isinstance(module, (nn.Conv2d, nn.Linear))]


def weight_gradients(net, images, targets):
    net.zero_grad()
    F.cross_entropy(net(images), targets).backward()
    return [layer.weight.grad.clone() for layer in layers(net)]


def outputs(net, images):
    """The outputs of convolutions, batch norms, linear layers and activation functions."""
    found, hooks = [], []
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.BatchNorm2d, nn.Linear)):
            hooks.append(module.register_forward_hook(lambda _, __, out: found.append(out)))
    plain = F.relu, F.relu6

    def shown(function):
        def run(maps):
            found.append(function(maps))
            return found[-1]

        return run

    F.relu, F.relu6 = map(shown, plain)
    net.activation = F.relu6 if net.activation is plain[1] else F.relu
    with torch.no_grad():
        net(images)
    F.relu, F.relu6 = plain
    for hook in hooks:
        hook.remove()
    return [out if out.dim() == 4 else out[:, :, None, None] for out in found]


def signs(shape, block):
    """The sign at each position of block's value: the top bit of a multiple of its number."""
    numbers = np.arange(1, math.prod(shape) + 1, dtype=np.uint64) + np.uint64(1_000_003 * block)
    bits = (numbers * np.uint64(2_654_435_761)) % np.uint64(1 << 32) >> np.uint64(31)
    return torch.from_numpy(bits.astype(np.float64) * 2 - 1).reshape(shape)


def az_trainability(net, images, _):
    values = [net.activation(net.stem(images))]
    for stage in net.stages:
        for block in stage.blocks:
            values.append(block(values[-1]))
    scores = []
    for number in range(1, len(values)):
        before, after = values[number - 1], values[number]
        out = signs(after.shape, number)
        (back,) = torch.autograd.grad(after, before, out, retain_graph=True)
        back = F.pixel_unshuffle(back, back.shape[2] // out.shape[2])
        rows = [maps.permute(0, 2, 3, 1).flatten(0, 2) for maps in (back, out)]
        largest = torch.linalg.matrix_norm(rows[0].T @ rows[1] / len(rows[0]), 2).item()
        scores.append(-largest - 1 / (largest + 1e-6) + 2)
    return float(np.mean(scores))


def vkdnw(net, images, _):
    net.eval()
    tensors = list(net.parameters())
    fisher = 0
    for image in images.split(1):
        (logits,) = net(image)
        rows = []
        for logit in logits:
            grads = torch.autograd.grad(logit, tensors, retain_graph=True)
            rows.append(torch.stack([grad.flatten()[0] for grad in grads]))
        jacobian = torch.stack(rows)
        p = logits.softmax(0).detach() * 0.95 + 0.05 / len(logits)
        fisher = fisher + jacobian.T @ (p.diag() - p[:, None] * p) @ jacobian / len(images)
    deciles = np.quantile(np.linalg.svd(fisher.numpy())[1], np.arange(1, 10) / 10)
    parts = deciles / (np.abs(deciles).sum() + 1e-10)
    return len(tensors) - float((parts * np.log(parts + 1e-10)).sum())


def zico(net, images, targets):
    half = len(images) // 2
    first = weight_gradients(net, images[:half], targets[:half])
    second = weight_gradients(net, images[half:], targets[half:])
    total = 0.0
    for pair in zip(first, second):
        both = torch.stack(pair)
        deviation, mean = both.std(0, correction=0), both.abs().mean(0)
        sum_ = (mean / deviation)[deviation > 0].sum().item()
        total += math.log(sum_) if sum_ > 0 else 0.0
    return total


def zico_bc(net, images, targets):
    sizes = []
    hook = lambda _, __, out: sizes.append((out.shape[1], *(out.shape[2:] or (1, 1))))
    hooks = [layer.register_forward_hook(hook) for layer in layers(net)]
    net(images)
    for one in hooks:
        one.remove()
    correction = sum(math.log(height * width / math.sqrt(channels)) for channels, height, width in sizes)
    return zico(net, images, targets) - correction


def gradsign(net, images, targets):
    # One image's mean of a batch norm's output is the shift: every gradient before it is rounding.
    if net.activation is F.relu6:
        return None
    each = [weight_gradients(net, x, y) for x, y in zip(images.split(1), targets.split(1))]
    return sum(torch.stack(grads).sign().sum(0).abs().sum().item() for grads in zip(*each))


def least_eigenvalue(maps):
    if maps.shape[2] * maps.shape[3] < 2:
        return 0.0
    correlation = torch.corrcoef(maps[0].flatten(1)).nan_to_num(0.0, 0.0, 0.0)
    return torch.linalg.eigvalsh(correlation.reshape(len(maps[0]), -1))[0].item()


def meco(net, images, _):
    return sum(least_eigenvalue(out) for out in outputs(net, images[:1]))


def near(net, images, _):
    total = 0.0
    for out in outputs(net, images):
        rows = out.transpose(1, 3).flatten(0, 2)
        values = torch.linalg.svdvals(rows[: rows.shape[1]])
        parts = values / values.sum()
        parts = parts[parts > 0]
        total += math.exp(-(parts * parts.log()).sum().item())
    return total


def epe_nas(net, images, targets):
    # The batch's sum of a batch norm's output is its shift: every gradient before it is rounding.
    if net.activation is F.relu6 and not net.stages[-1].blocks[0].linked:
        return None
    if len(targets.unique()) == len(targets):
        return None
    images = images.clone().requires_grad_()
    net(images).sum().backward()
    jacobian = images.grad.flatten(1).numpy()
    classes = net.head.out_features
    sums = []
    for label in targets.unique().tolist():
        rows = jacobian[targets.numpy() == label]
        correlation = np.atleast_2d(np.corrcoef(rows))
        total = np.log(np.abs(correlation) + 1e-5).sum()
        sums.append(total / len(rows) if classes > 100 else total)
    if classes <= 100:
        return float(np.abs(sums).sum())
    return float(sum(abs(a - b) for a in sums for b in sums) / len(sums))


def signal_to_noise(scores):
    total = 0.0
    for score in scores:
        deviation = score.std().item() if score.numel() > 1 else 0.0
        total += score.sum().item() / (deviation or 1.0)
    return total


def snr_snip(net, images, targets):
    grads = weight_gradients(net, images, targets)
    return signal_to_noise([(layer.weight * g).abs() for layer, g in zip(layers(net), grads)])


def snr_synflow(net, images, _):
    for parent in list(net.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.BatchNorm2d):
                setattr(parent, name, nn.Identity())
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.abs_()
    net(torch.ones_like(images[:1])).sum().backward()
    return signal_to_noise([(layer.weight * layer.weight.grad).abs() for layer in layers(net)])


PROXIES = (
    az_trainability, vkdnw, zico, zico_bc, gradsign, meco, near, epe_nas, snr_snip, snr_synflow,
)  # fmt: skip


def network(folder, name, description):
    from safetensors.torch import load_file

    net = Network(description["arch"], description["classes"]).double()
    state = load_file(folder / f"{name}.weights.safetensors")
    net.load_state_dict(state, strict=False)
    return net.train()


def main():
    from safetensors.torch import load_file

    folder, out = map(Path, sys.argv[1:])
    values = {}
    for path in sorted(folder.glob("*.weights.safetensors")):
        name = path.name.split(".")[0]
        description = json.loads((folder / f"{name}.json").read_text())["network"]
        batch = load_file(folder / f"{name}.batch.safetensors")
        images, targets = batch["input"].double(), batch["target"]
        values[name] = {
            proxy.__name__: proxy(network(folder, name, description), images, targets)
            for proxy in PROXIES
        }
        print(name, values[name], flush=True)
    program = f"benches/reference_2021.py, float64, PyTorch {torch.__version__}"
    out.write_text(json.dumps({"program": program, "values": values}, indent=1) + "\n")


if __name__ == "__main__":
    main()

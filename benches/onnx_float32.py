"""What PyTorch's fisher loses in float32, and whether it is lost in ReLUs that flip: docs/src/onnx.md.

usage: python onnx_float32.py FOLDER NAME ...

FOLDER has NAME.batch.safetensors and NAME.json, whose `expected` has PyTorch's `fisher` in float64 of the network
that torchvision or timm makes of the name with 100 classes after `torch.manual_seed(0)`. Prints relative
differences to that value: of float32, of float64 in which each ReLU lets through what float32's let through, and
of float64 with weights and images moved by up to 2^-24 of themselves, five draws.
"""
import json, sys
from pathlib import Path
import timm, torch, torchvision
from safetensors.torch import load_file
from torch.nn import functional as F


class Masked(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, mask):
        ctx.save_for_backward(mask)
        return x * mask

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.saved_tensors[0], None


class Masks:
    """ReLUs in the order of their calls: kept by one pass, let through by a later one."""

    def __init__(self):
        self.kept, self.flips, self.numbers = [], 0, 0

    def keep(self, x, inplace=False):
        self.kept.append(x.detach() > 0)
        return torch.relu(x)

    def replay(self, x, inplace=False):
        mask = self.kept.pop(0)
        self.flips += ((x.detach() > 0) != mask).sum().item()
        self.numbers += mask.numel()
        return Masked.apply(x, mask.to(x.dtype))


def make(name):
    if hasattr(torchvision.models, name):
        more = {"aux_logits": False, "init_weights": False} if name in ("googlenet", "inception_v3") else {}
        net = getattr(torchvision.models, name)(weights=None, num_classes=100, **more)
    else:
        net = timm.create_model(name, pretrained=False, num_classes=100)
    for module in net.modules():
        if isinstance(module, torch.nn.modules.dropout._DropoutNd):
            module.p = 0.0
        if hasattr(module, "inplace"):
            module.inplace = False
    return net


def fisher(name, state, images, targets, dtype, relu=None):
    net = make(name).to(dtype)
    net.load_state_dict(state)
    outputs = []

    def keep(module, _, output):
        output.retain_grad()
        outputs.append((module, output))

    for module in net.train().modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            module.register_forward_hook(keep)
    own, F.relu = F.relu, relu or F.relu
    F.cross_entropy(net(images.to(dtype)), targets).backward()
    F.relu = own
    total = 0.0
    for module, output in outputs:
        product = output.detach().double() * output.grad.double()
        channels = product.sum((2, 3)) if product.dim() == 4 else product
        total += 0.5 * channels.pow(2).mean(0).sum().item() * module.weight[0].numel()
    return total


def main():
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    print("| network | float32 | float64 with float32's masks | numbers that flip | float64, moved by up to 2^-24 |")
    print("|---|---|---|---|---|")
    for name in names:
        batch = load_file(folder / f"{name}.batch.safetensors")
        images, targets = batch["input"], batch["target"]
        expected = json.loads((folder / f"{name}.json").read_text())["expected"]["fisher"]
        torch.manual_seed(0)
        state = make(name).state_dict()
        off = lambda value: f"{abs(value / expected - 1):.1e}"
        masks = Masks()
        single = fisher(name, state, images, targets, torch.float32, masks.keep)
        masked = fisher(name, state, images, targets, torch.float64, masks.replay)
        moved = []
        for seed in range(5):
            generator = torch.Generator().manual_seed(100 + seed)
            move = lambda x: x.double() * (1 + 2**-24 * (2 * torch.rand(x.shape, generator=generator, dtype=torch.float64) - 1))
            around = {key: move(value) if value.is_floating_point() else value for key, value in state.items()}
            moved.append(off(fisher(name, around, move(images), targets, torch.float64)))
        least, most = min(moved, key=float), max(moved, key=float)
        flips = f"{masks.flips} of {masks.numbers:,}"
        print(f"| {name} | {off(single)} | {off(masked)} | {flips} | {least} to {most} |", flush=True)


if __name__ == "__main__":
    main()

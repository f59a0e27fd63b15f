"""Modules of PyTorch; left out where torch is not installed."""

import copy
import importlib.util
import json
import sys

import pytest
from conftest import ROOT, read_tensors

import nbzero

torch = pytest.importorskip("torch", reason="torch is not installed: modules are not tested")
pytest.importorskip("onnx", reason="torch exports modules with onnx")

SHARED = ROOT.parent / "shared"


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.bn = torch.nn.BatchNorm2d(8)
        self.drop = torch.nn.Dropout(0.5)
        self.fc = torch.nn.Linear(8, 10)

    def forward(self, x):
        x = torch.relu(self.bn(self.conv(x)))
        return self.fc(self.drop(x.mean((2, 3))))


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(1)
    pixels = torch.randn(8, 3, 16, 16, generator=generator)
    return pixels, torch.randint(0, 10, (8,), generator=generator)


def state(net):
    """All that a call could leave changed."""
    return {
        "tensors": {name: tensor.clone() for name, tensor in net.state_dict().items()},
        "ids": [id(tensor) for tensor in net.state_dict(keep_vars=True).values()],
        "modes": [module.training for module in net.modules()],
        "gradients": [
            None if p.grad is None else p.grad.clone() for p in net.parameters()
        ],
        "requires": [parameter.requires_grad for parameter in net.parameters()],
        "hooks": [
            (list(m._forward_hooks.items()), list(m._forward_pre_hooks.items()))
            for m in net.modules()
        ],
        "random": torch.get_rng_state(),
    }


@pytest.mark.parametrize("training", [True, False])
def test_a_module_is_left_as_it_was(batch, training):
    pixels, targets = batch
    net = Net().train(training)
    net.bn.eval()
    net.bn.running_mean.uniform_()
    net.fc.bias.requires_grad_(False)
    net(pixels).sum().backward()
    net.conv.register_forward_hook(lambda module, given, made: None)
    images, before = pixels.clone(), state(net)
    nbzero.score(net, images=pixels, targets=targets)
    after = state(net)
    for name, tensor in before["tensors"].items():
        assert tensor.numpy().tobytes() == after["tensors"][name].numpy().tobytes(), name
    for one, other in zip(before["gradients"], after["gradients"], strict=True):
        assert (one is None and other is None) or torch.equal(one, other)
    assert torch.equal(before["random"], after["random"])
    for what in ("ids", "modes", "requires", "hooks"):
        assert before[what] == after[what], what
    assert torch.equal(images, pixels)


def test_the_weights_and_statistics_of_a_module_are_scored(batch, tmp_path):
    import onnx
    from nbzero._torch import export

    net = Net()
    net.bn.running_mean.uniform_()
    model = onnx.load_from_string(export(net, batch[0], None))
    written = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for name in ("conv.weight", "bn.weight", "bn.running_mean", "bn.running_var", "fc.bias"):
        assert (written[name] == net.state_dict()[name].numpy()).all(), name
    changed = copy.deepcopy(net)
    with torch.no_grad():
        changed.conv.weight.mul_(2)
    norms = [nbzero.score(one, "l2_norm")["l2_norm"] for one in (net, changed)]
    assert norms[1] > norms[0]


def test_chance_is_off_in_scores_and_on_in_the_module(batch):
    class StochasticDepth(torch.nn.Module):
        p = 0.9

        def forward(self, x):
            keep = torch.empty(len(x), 1, 1, 1).bernoulli_(1 - self.p) if self.p else 1.0
            return x * keep

    net = torch.nn.Sequential(StochasticDepth(), Net())
    pixels, targets = batch
    scores = nbzero.score(net, "snip", images=pixels, targets=targets)
    alone = nbzero.score(net[1], "snip", images=pixels, targets=targets)
    assert scores["snip"] == alone["snip"]
    assert net[0].p == 0.9 and net[1].drop.p == 0.5


def test_tensors_are_images(batch):
    pixels, targets = batch
    expected = nbzero.score("r1:8:8x1s2", "snip", images=pixels.numpy(), targets=targets.numpy())
    given = pixels.clone().requires_grad_()
    assert nbzero.score("r1:8:8x1s2", "snip", images=given, targets=targets) == expected


def test_a_module_without_images_is_scored_on_random_ones():
    scores = nbzero.score(Net(), ["naswot", "params"], resolution=24, batch=4)
    assert scores["params"] == sum(p.numel() for p in Net().parameters())
    assert scores.network == "Net" and scores["naswot"] is not None
    assert nbzero.info(Net(), resolution=24)["image"] == (3, 24, 24)
    assert nbzero.info(Net(), resolution="24x32")["image"] == (3, 24, 32)
    with pytest.raises(ValueError, match="`wide` is no resolution"):
        nbzero.score(Net(), resolution="wide")
    table = nbzero.score_many([Net(), Net()], "params", progress=False)
    assert table["arch"] == ["Net", "Net"]


def test_what_cannot_be_exported_or_read_is_said(batch):
    class Sorted(torch.nn.Module):
        def forward(self, x):
            return torch.sort(x.flatten(1))[0][:, :10]

    with pytest.raises(ValueError, match="not supported"):
        nbzero.score(Sorted(), images=batch[0], targets=batch[1])


def test_a_data_loader_with_workers_goes_on_beside(batch):
    pixels, targets = batch
    data = torch.utils.data.TensorDataset(pixels, targets)
    nbzero.score("r1:8:8x1s2", "naswot", batch=4)
    # Its workers are forked, and do not call nbzero.
    for some, of in torch.utils.data.DataLoader(data, batch_size=4, num_workers=2):
        assert nbzero.score("r1:8:8x1s2", "snip", images=some, targets=of)["snip"] > 0


def networks_of_the_reference():
    files = sorted((SHARED / "oracle").glob("*.newer.json"))
    return [file.name.removesuffix(".newer.json") for file in files]


@pytest.mark.parametrize("name", networks_of_the_reference())
def test_modules_get_the_values_of_the_reference(name):
    place = SHARED / "peers" / "reference.py"
    spec = importlib.util.spec_from_file_location("reference", place)
    reference = importlib.util.module_from_spec(spec)
    sys.modules["reference"] = reference
    spec.loader.exec_module(reference)
    about = json.loads((SHARED / "oracle" / f"{name}.json").read_text())
    newer = json.loads((SHARED / "oracle" / f"{name}.newer.json").read_text())
    network, expected = about["network"], about["expected"] | newer["expected"]
    net = reference.Net(network["arch"], network["classes"])
    weights = read_tensors(SHARED / "oracle" / f"{name}.weights.safetensors")
    net.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()}, strict=False)
    batch = read_tensors(SHARED / "oracle" / f"{name}.batch.safetensors")
    scores = nbzero.score(
        net,
        images=batch["input"],
        targets=batch["target"],
        perturbation=batch["perturbation"],
    )
    frozen = nbzero.score(
        net, "ntk", images=batch["input"], targets=batch["target"], ntk_bn="frozen"
    )
    found = dict(scores) | {"ntk_batch_bn": scores["ntk"], "ntk_frozen_bn": frozen["ntk"]}
    compared = 0
    for proxy, value in expected.items():
        if not isinstance(found.get(proxy), (int, float)) or not isinstance(value, (int, float)):
            continue
        error = abs(found[proxy] - value) / max(abs(value), 1e-12)
        assert error < tolerance(proxy), (proxy, found[proxy], value)
        compared += 1
    assert compared > 15, sorted(found)
    assert scores["flops"] == network["flops"] and scores["params"] == network["params"]


def tolerance(proxy):
    """That of the tests of the proxies themselves, in Rust."""
    loose = {"jacob_cov", "ntk_batch_bn", "ntk_frozen_bn", "swap", "linear_regions"}
    return 1e-2 if proxy in loose else 1e-3

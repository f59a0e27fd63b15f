"""Makes what PyTorch's SGD does in a few steps from given weights.

steps.safetensors: the weights of the network at the start.

steps.txt: a line for each kind of step, with its name and the loss before each of six steps.

Written with PyTorch 2.9.0 and safetensors, from this folder:

    PYTHONPATH=../../../../benches python steps.py
"""
import torch
from safetensors.torch import save_file
from torch import nn

from torch_networks import Network

IMAGES, CLASSES, SIDE, STEPS = 8, 4, 8, 6

torch.manual_seed(0)
network = Network("r1:4:8x1s2,8x1s2,8x1s2", CLASSES).train()
start = {k: v.clone() for k, v in network.state_dict().items() if "num_batches" not in k}
save_file(start, "steps.safetensors")

# The batch of src/learner.rs.
numbers = torch.arange(IMAGES * 3 * SIDE * SIDE)
images = ((numbers * numbers % 251) / 125 - 1).view(IMAGES, 3, SIDE, SIDE)
labels = torch.arange(IMAGES) % CLASSES
mixed = torch.full((IMAGES, CLASSES), 0.1)
mixed[torch.arange(IMAGES), labels] += 0.4
mixed[torch.arange(IMAGES), (labels + 1) % CLASSES] += 0.2


def losses(loss, nesterov):
    network.load_state_dict(start, strict=False)
    settings = {"momentum": 0.9, "nesterov": nesterov, "weight_decay": 0.05}
    sgd = torch.optim.SGD(network.parameters(), 0.1, **settings)
    for step in range(STEPS):
        sgd.param_groups[0]["lr"] = 0.1 / (step + 1)
        sgd.zero_grad()
        value = loss(network(images))
        value.backward()
        sgd.step()
        yield f"{value.item():.7f}"


smoothed = nn.CrossEntropyLoss(label_smoothing=0.1)
with open("steps.txt", "w") as out:
    print("nesterov", *losses(lambda logits: smoothed(logits, labels), True), file=out)
    print("mixed", *losses(lambda logits: nn.functional.cross_entropy(logits, mixed), False), file=out)

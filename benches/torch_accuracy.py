"""The recipe `mini` in PyTorch: what a network trained there reaches.

usage: torch_accuracy.py ARCH FOLDER EPOCHS SEED

FOLDER holds CIFAR-10 in its binary layout. As `nbzero train`, it learns from 90% of each class (other
images than there), with flips and crops, and prints the accuracy on the test images in percent.
"""
import glob, math, sys

import numpy, torch
from torch import nn
from torch.nn import functional as F

from torch_networks import Network

MEAN = torch.tensor([125.3, 123.0, 113.9]).view(3, 1, 1)
STD = torch.tensor([63.0, 62.1, 66.7]).view(3, 1, 1)
BATCH, RATE, WARMUP, CLASSES = 128, 0.1, 0.1, 10

arch, folder = sys.argv[1:3]
epochs, seed = map(int, sys.argv[3:])
torch.manual_seed(seed)


def read(pattern):
    files = sorted(glob.glob(f"{folder}/{pattern}"))
    records = numpy.concatenate([numpy.fromfile(file, numpy.uint8) for file in files])
    records = torch.from_numpy(records.reshape(-1, 3073))
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0].long()


def normalised(images):
    return (images.float() - MEAN) / STD


def augmented(images):
    flipped = torch.rand(len(images)) < 0.5
    images = torch.where(flipped.view(-1, 1, 1, 1), images.flip(3), images)
    padded = F.pad(images, (4, 4, 4, 4))
    corners = torch.randint(0, 9, (len(images), 2)).tolist()
    crops = [image[:, y:y + 32, x:x + 32] for image, (y, x) in zip(padded, corners)]
    return torch.stack(crops)


def initialise(layer):
    if isinstance(layer, nn.Conv2d):
        nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")


images, labels = read("data_batch_*.bin")
kept = []
for label in range(CLASSES):
    members = (labels == label).nonzero().flatten()
    kept.append(members[torch.randperm(len(members))][: len(members) * 9 // 10])
images, labels = images[torch.cat(kept)], labels[torch.cat(kept)]

net = Network(arch, CLASSES).apply(initialise).train()
loss = nn.CrossEntropyLoss(label_smoothing=0.1)
sgd = torch.optim.SGD(net.parameters(), RATE, momentum=0.9, weight_decay=5e-4, nesterov=True)
of_an_epoch = len(images) // BATCH
steps = epochs * of_an_epoch
for epoch in range(epochs):
    order = torch.randperm(len(images))
    for step in range(of_an_epoch):
        progress = (epoch * of_an_epoch + step + 0.5) / steps
        done = (progress - WARMUP) / (1 - WARMUP)
        rise = progress / WARMUP if done < 0 else 0.5 * (1 + math.cos(math.pi * done))
        sgd.param_groups[0]["lr"] = RATE * rise
        batch = order[step * BATCH:(step + 1) * BATCH]
        sgd.zero_grad()
        value = loss(net(normalised(augmented(images[batch]))), labels[batch])
        value.backward()
        sgd.step()
    print(f"epoch {epoch + 1}, loss {value.item():.3f}", file=sys.stderr, flush=True)

net.eval()
images, labels = read("test_batch.bin")
with torch.no_grad():
    batches = zip(images.split(500), labels.split(500))
    correct = sum((net(normalised(i)).argmax(1) == l).sum().item() for i, l in batches)
print(f"{100 * correct / len(images):.2f}")

"""PyTorch's side of the comparison of training steps.

usage: torch_training.py THREADS

Reads lines `ARCH CLASSES BATCH RESOLUTION STEPS` and answers with the median seconds of a step: SGD
with Nesterov momentum, weight decay and label smoothing on a random batch that is there already.
"""
import statistics, sys, time

import torch
from torch import nn

from torch_networks import Network

torch.set_num_threads(int(sys.argv[1]))

for line in sys.stdin:
    arch, *numbers = line.split()
    classes, batch, resolution, steps = map(int, numbers)
    net = Network(arch, classes).train()
    images = torch.randn(batch, 3, resolution, resolution)
    targets = torch.randint(0, classes, (batch,))
    loss = nn.CrossEntropyLoss(label_smoothing=0.1)
    sgd = torch.optim.SGD(net.parameters(), 0.01, momentum=0.9, weight_decay=5e-4, nesterov=True)
    seconds = []
    for _ in range(steps):
        begin = time.perf_counter()
        sgd.zero_grad()
        value = loss(net(images), targets)
        value.backward()
        sgd.step()
        value.item()
        seconds.append(time.perf_counter() - begin)
    print(statistics.median(seconds[2:]), flush=True)

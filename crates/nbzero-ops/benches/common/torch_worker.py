"""PyTorch's side of the benchmarks: reads lines `conv|norm|eigenvalues sizes... seconds`, answers
`forward_ms backward_ms`, or `ms` of eigenvalues, each the least of the runs that fit the time. NCHW.

conv: batch in out kernel stride groups size; norm (with ReLU): batch channels size; eigenvalues (of a
Gram matrix in float64): size
"""
import sys, time
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(int(sys.argv[1]))


def best(f, seconds):
    f()
    end = time.perf_counter() + seconds
    least = float("inf")
    while True:
        begin = time.perf_counter()
        f()
        now = time.perf_counter()
        least = min(least, now - begin)
        if now > end:
            return least * 1e3


def conv(n, i, o, k, s, g, h):
    m = nn.Conv2d(i, o, k, s, k // 2, groups=g, bias=False)
    return m, torch.randn(n, i, h, h), [m.weight]


def norm(n, c, h):
    m = nn.BatchNorm2d(c)
    return lambda x: F.relu(m(x), inplace=True), torch.randn(n, c, h, h), [m.weight, m.bias]


for line in sys.stdin:
    kind, *sizes, seconds = line.split()
    if kind == "eigenvalues":
        rows = torch.rand(int(sizes[0]), 2 * int(sizes[0]), dtype=torch.float64) - 0.5
        gram = rows @ rows.T
        print(best(lambda: torch.linalg.eigvalsh(gram), float(seconds)), flush=True)
        continue
    f, x, weights = {"conv": conv, "norm": norm}[kind](*map(int, sizes))
    with torch.no_grad():
        forward = best(lambda: f(x), float(seconds))
    x.requires_grad_(True)
    y = f(x)
    d = torch.randn_like(y)
    backward = best(
        lambda: torch.autograd.grad(y, [x, *weights], d, retain_graph=True), float(seconds)
    )
    print(forward, backward, flush=True)

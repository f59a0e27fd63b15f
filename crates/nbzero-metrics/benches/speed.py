"""What examples/speed.rs does, with scipy, numpy and pandas, on the same columns, in processor
seconds.

python -m venv venv && venv/bin/pip install numpy scipy pandas && venv/bin/python speed.py
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

import time

import numpy as np
import pandas as pd
import scipy
from scipy.stats import kendalltau

NETWORKS, PROXIES, BUDGETS, RESAMPLES = 10_000, 15, 5, 1_000


def uniform(column, rows):
    with np.errstate(over="ignore"):
        z = (np.uint64(column << 32) | np.arange(rows, dtype=np.uint64)) + np.uint64(1)
        z = z * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) / 2.0**53


def accuracies(rows):
    return np.round((60 + 15 * uniform(0, rows) + 5 * uniform(1, rows)) * 100) / 100


def scores(proxy, rows):
    return uniform(0, rows) + 0.7 * uniform(3 + proxy, rows)


def mean_best_ranks(scores, accuracies, costs):
    """mBR of each column of `scores`; ties count with the same weight."""
    low, high = costs.min(), costs.max()
    total = np.zeros(scores.shape[1])
    for i in range(1, BUDGETS + 1):
        inside = costs <= (high if i == BUDGETS else low + i / BUDGETS * (high - low))
        candidates, truth = scores[inside], np.sort(accuracies[inside])
        tied = candidates == candidates.max(axis=0)
        rows, columns = np.nonzero(tied)
        picked = accuracies[inside][rows]
        ranks = len(truth) - np.searchsorted(truth, picked, side="right")
        sums = np.bincount(columns, weights=ranks, minlength=scores.shape[1])
        total += sums / tied.sum(axis=0) / len(truth)
    return total / BUDGETS


def timed(name, work, repeats=3):
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        found = work()
        seconds.append(time.process_time() - start)
    print(f"{name}: {min(seconds):.3f} s", flush=True)
    return found


def bootstrap(s, a, c):
    random = np.random.default_rng(0)
    values = np.empty((RESAMPLES, s.shape[1]))
    for i in range(RESAMPLES):
        rows = random.integers(0, len(a), len(a))
        values[i] = mean_best_ranks(s[rows], a[rows], c[rows])
    return np.quantile(values, [0.025, 0.975], axis=0)


def subset_by_pandas(frame, members, a, c):
    vote = frame[members].rank().mean(axis=1).to_numpy()
    return mean_best_ranks(vote[:, None], a, c)[0]


def subsets_by_numpy(s, a, c):
    """All subsets: networks sorted by cost, sums of ranks updated along a Gray code."""
    order = np.argsort(c, kind="stable")
    a, c = a[order], c[order]
    ranks = np.ascontiguousarray((pd.DataFrame(s[order]).rank().to_numpy() * 2).astype(np.int32).T)
    low, high = c.min(), c.max()
    shares = [low + i / BUDGETS * (high - low) for i in range(1, BUDGETS)] + [high]
    ends = np.searchsorted(c, shares, side="right")
    better = []
    for end in ends:
        truth = np.sort(a[:end])
        better.append(end - np.searchsorted(truth, a[:end], side="right"))
    best = [(np.inf, None)] * len(ranks)
    sums, bits = np.zeros(len(a), np.int32), 0
    for step in range(1, 1 << len(ranks)):
        member = (step & -step).bit_length() - 1
        bits ^= 1 << member
        if bits >> member & 1:
            sums += ranks[member]
        else:
            sums -= ranks[member]
        total = 0.0
        for end, above in zip(ends, better):
            prefix = sums[:end]
            total += above[prefix == prefix.max()].mean() / end
        size = bits.bit_count() - 1
        best[size] = min(best[size], (total / BUDGETS, bits))
    return best


def main():
    print(f"numpy {np.__version__}, scipy {scipy.__version__}, pandas {pd.__version__}")
    pairs = 1_000_000
    x, y = scores(0, pairs), accuracies(pairs)
    tau = timed("tau-b of 1,000,000 pairs, scipy", lambda: kendalltau(x, y))
    print(f"  {tau.statistic}")
    x, y = pd.Series(x), pd.Series(y)
    tau = timed("tau-b of 1,000,000 pairs, pandas", lambda: x.corr(y, method="kendall"))
    print(f"  {tau}")

    s = np.stack([scores(proxy, NETWORKS) for proxy in range(PROXIES)], axis=1)
    a, c = accuracies(NETWORKS), 7e8 * uniform(2, NETWORKS)
    name = "mBR, 1,000 resamples of 15 proxies x 10,000 networks, numpy"
    interval = timed(name, lambda: bootstrap(s, a, c), repeats=1)
    print(f"  {mean_best_ranks(s, a, c)[0]:.6f} {interval[:, 0]}")

    frame, few = pd.DataFrame(s[:, :14]), 100
    choices = [[m for m in range(14) if bits >> m & 1] for bits in range(1, 1 << 14, (1 << 14) // few)]
    name = f"mBR of {len(choices)} of the 16,383 subsets of 14 proxies, pandas"
    timed(name, lambda: [subset_by_pandas(frame, choice, a, c) for choice in choices], repeats=1)
    name = "mBR of all 16,383 subsets of 14 proxies x 10,000 networks, numpy"
    for mbr, bits in timed(name, lambda: subsets_by_numpy(s[:, :14], a, c), repeats=1):
        print(f"  {mbr:.6f} {'+'.join(str(m) for m in range(14) if bits >> m & 1)}")


if __name__ == "__main__":
    main()

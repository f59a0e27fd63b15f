"""Zero-shot neural architecture search: which untrained network is the good one.

Networks are architecture strings, ONNX files (a path, or its bytes) or ``torch.nn.Module`` objects, and
images are NumPy arrays, torch tensors or anything with DLPack. The package needs NumPy alone; torch,
polars, pandas, pyarrow and tqdm are used where they are installed.

>>> import nbzero
>>> nbzero.score("r1:8:8x1s2,16x1s2", ["flops", "depth"])
Scores(r1:8:8x1s2,16x1s2, flops=763456, depth=6)
"""

from nbzero._catalog import info, proxies, sample, spaces
from nbzero._judge import judge
from nbzero._nbzero import __version__
from nbzero._score import score, score_many
from nbzero._scores import Scores
from nbzero._search import Found, search
from nbzero._table import Benchmark, Table, open
from nbzero._train import Trained, train

__all__ = [
    "Benchmark",
    "Found",
    "Scores",
    "Table",
    "Trained",
    "__version__",
    "info",
    "judge",
    "open",
    "proxies",
    "sample",
    "score",
    "score_many",
    "search",
    "spaces",
    "train",
]

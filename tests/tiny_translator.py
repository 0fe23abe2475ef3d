"""A corpus and a translator small enough for a test: a thousand embedded pairs, sixteen numbers a word."""

from __future__ import annotations

import functools

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from classroom import training
from classroom.corpus import TranslationCorpus, load_corpus

SIZES = training.Sizes(d_model=16, num_heads=2, d_ff=32, num_layers=2, dropout=0.1)
RECIPE = training.Recipe(
    updates=12, seconds=None, cells=400, rate=1e-2, warmup=4, precision="fp32", longest=24, report_every=4
)
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@functools.cache
def corpus() -> TranslationCorpus:
    return load_corpus("korean_english", train=1_000)


def fresh(sizes: training.Sizes = SIZES, seed: int = 0) -> nn.Module:
    """A translator with weights of this seed."""
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        return training.translator(len(corpus().vocabulary), sizes)


class Foreign(nn.Module):
    """The same model without the course's names: decoding can only ask its `encode` and `decode`."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def encode(self, source: torch.Tensor) -> torch.Tensor:
        return self.inner.encode(source)

    def decode(self, target: torch.Tensor, memory: torch.Tensor, source: torch.Tensor) -> torch.Tensor:
        return self.inner.decode(target, memory, source)


class OnlyOnMeta(TorchDispatchMode):
    """Inside, an operation whose result lies on another device is an error: a GPU would copy it, or wait for it."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(out):
            if isinstance(leaf, torch.Tensor) and leaf.device.type != "meta":
                raise RuntimeError(f"{func} made a tensor on {leaf.device}, and not on meta.")
        return out

"""Four deep stacks at the start of training, in torch's own parts, for pictures: nothing here is trained."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

# Name: is the input added back, does a norm follow?
STACKS = {"plain": (False, False), "norm": (False, True), "residual": (True, False), "residual + norm": (True, True)}
WIDTH, INNER = 32, 64


def run_through(name: str, depth: int, size: float, examples: int) -> tuple[Tensor, list[Tensor]]:
    """What stands behind each layer of a stack, for random inputs; the same numbers at every call.

    A layer is a feed-forward block, 32 to 64 to 32 with ReLU, at nn.Linear's usual start times `size`.
    Returns a random target, float64 (examples, 32), and a tensor of that shape for each layer, layer 1 first.
    """
    residual, norm = STACKS[name]
    random = torch.Generator().manual_seed(6)
    passing, target = torch.randn(2, examples, WIDTH, generator=random, dtype=torch.float64)
    passing.requires_grad_(torch.is_grad_enabled())
    behind = []
    for _ in range(depth):
        inner = torch.relu(F.linear(passing, *_usual_start(WIDTH, INNER, size, random)))
        put_out = F.linear(inner, *_usual_start(INNER, WIDTH, size, random))
        passing = passing + put_out if residual else put_out
        passing = F.layer_norm(passing, (WIDTH,)) if norm else passing
        behind.append(passing)
    return target, behind


def _usual_start(wide: int, out: int, size: float, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """nn.Linear's own random start, uniform up to 1/√wide either way, times `size`: weights and bias."""
    most = size / wide**0.5
    drawn = torch.rand(out, wide + 1, generator=random, dtype=torch.float64) * 2 * most - most
    return drawn[:, :wide], drawn[:, wide]

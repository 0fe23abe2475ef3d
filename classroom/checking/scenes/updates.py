"""One update of a small model, or several, for lesson 09: a student's `train_step` is tested in it.

The optimizer, the scheduler and the scaler are torch's own. With plain gradient descent every slip in the order of the
calls moves the weights to another place: Adam would hide a wrong scale.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PAD = 0
SCALE = 2.0**12  # what the scaler multiplies the loss by at first
LEFT_OVER = 5.0  # in every gradient before the first update


class Bigrams(nn.Module):
    """Scores of the next word that hang on the word read and on the source's first word. It notes its mode.

    In eval mode the scores are half of what they are in train mode, so that a training in the wrong mode shows.
    """

    def __init__(self, weights: Tensor) -> None:
        super().__init__()
        self.table = nn.Parameter(weights.clone())
        self.modes: list[bool] = []

    def forward(self, source: Tensor, read: Tensor) -> Tensor:
        """source: (B, S); read: (B, T). Returns scores (B, T, V)."""
        self.modes.append(self.training)
        scores = self.table[read] + self.table[source[:, :1]]
        return scores if self.training else scores / 2


def _criterion(overflows: bool) -> Callable[[Tensor, Tensor], Tensor]:
    """Cross-entropy, summed, so that the gradients are long. overflows: none of its gradients is finite."""

    def criterion(scores: Tensor, asked: Tensor) -> Tensor:
        loss = F.cross_entropy(scores.transpose(1, 2), asked, ignore_index=PAD, reduction="sum")
        return loss + (0 * scores.sum()).sqrt() if overflows else loss  # the root of 0 is 0, its slope is infinite

    return criterion


def _updates(
    train_step: Callable[..., Any],
    weights: Tensor,
    source: Tensor,
    target: Tensor,
    updates: int,
    max_norm: float,
    overflows: bool = False,
) -> tuple[Any, ...]:
    """Call train_step `updates` times on one batch. overflows: no gradient is finite.

    Returns the last loss, whether it hangs in its graph, the weights, the learning rate, the loss scale, and whether
    the model was in train mode while it ran.
    """
    model = Bigrams(weights).eval()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: 2.0 / (2 + done))
    scaler = torch.amp.GradScaler("cpu", init_scale=SCALE)
    model.table.grad = torch.full_like(model.table, LEFT_OVER)
    with torch.enable_grad():
        for _ in range(updates):
            loss = train_step(model, optimizer, scheduler, source, target, _criterion(overflows), scaler, max_norm)
    hangs = isinstance(loss, Tensor) and loss.requires_grad
    loss = loss.detach() if isinstance(loss, Tensor) else loss
    rate, scale = scheduler.get_last_lr()[0], scaler.get_scale()
    return loss, hangs, model.table.detach().clone(), float(rate), float(scale), model.modes[-1:] == [True]


UPDATES: dict[str, Callable[..., tuple[Any, ...]]] = {"updates": _updates}

"""The training loop, with a bar that says how far it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from classroom.corpus import Batch

BAR = 30  # characters


def train(
    model: nn.Module,
    epochs: Iterable[Sequence[Batch]],
    shift_right: Callable[[Tensor], Tensor],
    rate: float = 1e-2,
    name: str = "",
) -> list[float]:
    """Train `model` with teacher forcing on batches, an update for each, and return the losses.

    model: called with the source (B, S) and what the decoder reads (B, T), it returns scores (B, T, V).
    epochs: for each walk through the corpus its batches. shift_right: from the target (words, eos, padding) to what the
    decoder reads. rate: the learning rate at its highest: it rises over the first tenth of the updates and then falls
    evenly to 0. A bar on the standard output says how far it is.
    """
    updates = [batch for epoch in epochs for batch in epoch]
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rate, total_steps=len(updates), pct_start=0.1, anneal_strategy="linear", cycle_momentum=False
    )
    bar, losses = _Bar(name, len(updates)), []
    model.train()
    for batch in updates:
        target = batch.target[:, 1:]
        scores = model(batch.source, shift_right(target))
        loss = F.cross_entropy(scores.flatten(0, 1), target.flatten(), ignore_index=0)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        bar.show(losses)
    model.eval()
    return losses


class _Bar:
    """One line that is written over and over, fifty times at most: name, bar, updates, loss, seconds."""

    def __init__(self, name: str, total: int) -> None:
        self.name, self.total, self.began = name, total, time.perf_counter()

    def show(self, losses: Sequence[float]) -> None:
        done = len(losses)
        if done < self.total and done % max(self.total // 50, 1):
            return
        filled = "█" * (BAR * done // self.total)
        recent = sum(losses[-20:]) / len(losses[-20:])
        seconds = time.perf_counter() - self.began
        end = "\n" if done == self.total else ""
        told = f"{done:,} of {self.total:,} updates, loss {recent:.2f}, {seconds:.0f} s"
        print(f"\r{self.name:<18} {filled:·<{BAR}} {told}", end=end)
        sys.stdout.flush()

"""One update of the weights: loss, gradient, clipping, optimizer, learning rate, average."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from classroom.training.loop.average import Average
from classroom.training.precision import Precision
from classroom.training.recipe import Recipe

PAD = 0
BETAS = (0.9, 0.98)  # of Adam (Vaswani et al., 2017, section 5.3)


@dataclass
class Running:
    """What changes while a model is trained, and so what has to be kept to go on exactly."""

    model: nn.Module
    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    scaler: torch.amp.GradScaler
    average: Average
    losses: list[Tensor]  # since the last report, still on the device


def start(model: nn.Module, recipe: Recipe, device: torch.device, chosen: Precision) -> Running:
    """Optimizer, schedule, loss scaling and average for a model that lies on `device`."""
    fused = device.type in ("cpu", "cuda")  # one kernel for all weights; others have none
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=recipe.rate, betas=BETAS, weight_decay=recipe.weight_decay, fused=fused
    )

    def share(done: int) -> float:
        return min((done + 1) / recipe.warmup, (recipe.warmup / (done + 1)) ** 0.5)

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, share)
    scaler = torch.amp.GradScaler(device.type, enabled=chosen.scaled)
    return Running(model, optimizer, schedule, scaler, Average(model, recipe.average), [])


def mean_loss(model: nn.Module, source: Tensor, target: Tensor, smoothing: float) -> Tensor:
    """The label-smoothed cross entropy of a batch, the mean over its real words, in nats."""
    scores = model(source, target[:, :-1])
    return F.cross_entropy(
        scores.flatten(0, 1).float(), target[:, 1:].flatten(), ignore_index=PAD, label_smoothing=smoothing
    )


def update(running: Running, source: Tensor, target: Tensor, recipe: Recipe, chosen: Precision) -> None:
    """One update of the weights and of their average. Nothing is read back from the device."""
    with chosen.autocast(source.device):
        loss = mean_loss(running.model, source, target, recipe.smoothing)
    running.optimizer.zero_grad()
    running.scaler.scale(loss).backward()
    running.scaler.unscale_(running.optimizer)
    nn.utils.clip_grad_norm_(running.model.parameters(), recipe.clip)
    running.scaler.step(running.optimizer)
    running.scaler.update()
    running.schedule.step()
    running.average.update(running.model)
    running.losses.append(loss.detach())

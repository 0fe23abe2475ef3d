"""The running average of the weights while they are trained."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn


class Average:
    """An exponential moving average of a model's parameters (Polyak and Juditsky, 1992), on their device.

    The decay rises from 0.1 to its full height, so that the random weights of the start are soon forgotten. (torch's
    own AveragedModel keeps its counter in a tensor and reads it back at every update, which a GPU would wait for.)
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay, self.count = decay, 0
        self.weights = [parameter.detach().clone() for parameter in model.parameters()]

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Move the average towards the model's weights as they are now."""
        self.count += 1
        decay = min(self.decay, self.count / (self.count + 9))
        torch._foreach_lerp_(self.weights, list(model.parameters()), 1 - decay)

    @torch.no_grad()
    def store(self, model: nn.Module) -> list[Tensor]:
        """Give the model the averaged weights; returns those it had."""
        had = [parameter.detach().clone() for parameter in model.parameters()]
        torch._foreach_copy_(list(model.parameters()), self.weights)
        return had

    @contextlib.contextmanager
    def in_place(self, model: nn.Module) -> Iterator[None]:
        """Inside, the model has the averaged weights, and is in evaluation mode."""
        had, training = self.store(model), model.training
        try:
            yield model.eval()
        finally:
            with torch.no_grad():
                torch._foreach_copy_(list(model.parameters()), had)
            model.train(training)

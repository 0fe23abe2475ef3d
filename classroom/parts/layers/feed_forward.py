"""The position-wise feed-forward network, the finished part of lesson 06."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn


class PositionwiseFeedForward(nn.Sequential):
    """FFN(x) of Vaswani et al. (2017), equation 2: x (..., D) to (..., D), with the inner width d_ff.

    Its layers are called W_1 and W_2, as the lesson has them.
    """

    def __init__(self, d_model: int, d_ff: int) -> None:
        layers = [("W_1", nn.Linear(d_model, d_ff)), ("relu", nn.ReLU()), ("W_2", nn.Linear(d_ff, d_model))]
        super().__init__(OrderedDict(layers))

"""Encoders, some blind to padding and some not, for lesson 07: a student's test is tested on them.

Each takes x, float (B, T, D), and mask, bool (B, 1, T) with True = may attend, and returns float (B, T, D). Nothing in
them is random.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

Encoder = Callable[[Tensor, Tensor], Tensor]


def _matrix(rows: int, columns: int, number: int) -> Tensor:
    """A fixed matrix with nothing special about it."""
    entries = torch.arange(rows * columns, dtype=torch.float64).reshape(rows, columns)
    return torch.cos(1.9 * entries + number) / rows**0.5


def _attend(x: Tensor, mask: Tensor | None, number: int) -> Tensor:
    q, k, v = (x @ _matrix(x.size(-1), x.size(-1), number + n).to(x.dtype) for n in range(3))
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask).nan_to_num()


def _normed(x: Tensor) -> Tensor:
    return F.layer_norm(x, x.shape[-1:])


def _layer(x: Tensor, mask: Tensor | None, number: int) -> Tensor:
    """A post-norm layer: attention, then a small network for each word."""
    x = _normed(x + _attend(x, mask, number))
    inner = torch.relu(x @ _matrix(x.size(-1), 2 * x.size(-1), number + 3).to(x.dtype))
    return _normed(x + inner @ _matrix(2 * x.size(-1), x.size(-1), number + 4).to(x.dtype))


def _two_layers(first: bool = True, second: bool = True) -> Encoder:
    """Two layers; whether each is given the mask."""

    def run(x: Tensor, mask: Tensor) -> Tensor:
        return _layer(_layer(x, mask if first else None, 1), mask if second else None, 5)

    return run


def _mask_turned_round() -> Encoder:
    return lambda x, mask: _layer(x, ~mask, 1)


def _mask_over_queries() -> Encoder:
    """The rows of the padding are hidden, in the place of its columns."""

    def run(x: Tensor, mask: Tensor) -> Tensor:
        rows = mask.transpose(-2, -1).expand(-1, -1, x.size(1))
        return _layer(x, rows | ~rows.any(-1, keepdim=True), 1)

    return run


def _hidden_scores_of_0() -> Encoder:
    def run(x: Tensor, mask: Tensor) -> Tensor:
        scores = (x @ x.transpose(-2, -1)).masked_fill(~mask, 0.0)
        return _normed(x + torch.softmax(scores, dim=-1) @ x)

    return run


def _weights_not_shared_out_again() -> Encoder:
    """The weights of padding are set to 0 behind the softmax, and the others no longer sum to 1."""

    def run(x: Tensor, mask: Tensor) -> Tensor:
        return x + (torch.softmax(x @ x.transpose(-2, -1), dim=-1) * mask) @ x

    return run


def _mean(where: str) -> Encoder:
    """To each word a mean is added: of the words ("words"), of all places ("places"), or the sum of the words over
    the number of places ("count")."""

    def run(x: Tensor, mask: Tensor) -> Tensor:
        real = mask.transpose(-2, -1).to(x.dtype)
        total = (x if where == "places" else x * real).sum(dim=1, keepdim=True)
        return x + total / (real.sum(dim=1, keepdim=True) if where == "words" else x.size(1))

    return run


def _word_by_word() -> Encoder:
    return lambda x, mask: torch.tanh(x @ _matrix(x.size(-1), x.size(-1), 4).to(x.dtype))


def _last_word_sees_the_next_place() -> Encoder:
    """Each word and the place behind it: of the real words only the last one has padding there."""
    return lambda x, mask: torch.tanh(x + F.pad(x, (0, 0, 0, 1))[:, 1:])


def _first_word_sees_the_last_place() -> Encoder:
    return lambda x, mask: torch.cat([x[:, :1] + x[:, -1:], x[:, 1:]], dim=1) if x.size(1) > 1 else 2 * x


def _second_word_sees_the_last_place() -> Encoder:
    def run(x: Tensor, mask: Tensor) -> Tensor:
        return torch.cat([x[:, :1], x[:, 1:2] + x[:, -1:], x[:, 2:]], dim=1) if x.size(1) > 1 else x.clone()

    return run


def _first_place_seen() -> Encoder:
    """The first word is added to all, as far as the mask lets it be seen."""
    return lambda x, mask: x + x[:, :1] * mask[:, :, :1]


def _a_little_leak() -> Encoder:
    """A hundredth of what stands at the padded places is added to every word."""
    return lambda x, mask: x + 0.01 * (x * ~mask.transpose(-2, -1)).sum(dim=1, keepdim=True)


def _hidden_sum(x: Tensor, mask: Tensor) -> Tensor:
    """The sum of what stands at the padded places, (B, 1, D)."""
    return (x * ~mask.transpose(-2, -1)).sum(dim=1, keepdim=True)


def _tiny_leak() -> Encoder:
    return lambda x, mask: x + 1e-3 * _hidden_sum(x, mask)


def _leak_that_cancels() -> Encoder:
    """The padding is added to the first word and taken off the second: their mean stays."""

    def run(x: Tensor, mask: Tensor) -> Tensor:
        leak = _hidden_sum(x, mask)
        return torch.cat([x[:, :1] + leak, x[:, 1:2] - leak, x[:, 2:]], dim=1)

    return run


def _leak_into_the_last_feature() -> Encoder:
    return lambda x, mask: torch.cat([x[..., :-1], x[..., -1:] + _hidden_sum(x, mask)[..., -1:]], dim=-1)


def _second_padding_seen() -> Encoder:
    """Of three padded places and more the second is added to every word."""

    def run(x: Tensor, mask: Tensor) -> Tensor:
        hidden = ~mask
        second = hidden & (hidden.cumsum(-1) == 2) & (hidden.sum(-1, keepdim=True) > 2)
        return x + second.to(x.dtype) @ x

    return run


def _rounding() -> Encoder:
    """Words passed on as they are, but for a rounding error of a millionth that hangs on the length."""
    return lambda x, mask: x + 1e-6 * math.cos(x.size(1))


def _norm_of_the_sentence() -> Encoder:
    """Masked attention, and behind it a norm over all places and features."""
    return lambda x, mask: F.layer_norm(x + _attend(x, mask, 1), x.shape[1:])


def _layers_to_walk_through(weights: Tensor) -> list[Callable[[Tensor, Tensor | None], Tensor]]:
    """One layer x + attention for each matrix of weights (N, D, D), which makes the queries; as functions of x and
    mask."""

    def layer(W: Tensor) -> Callable[[Tensor, Tensor | None], Tensor]:
        def run(x: Tensor, mask: Tensor | None = None) -> Tensor:
            return x + F.scaled_dot_product_attention(x @ W.to(x.dtype), x, x, attn_mask=mask)

        return run

    return [layer(W) for W in weights]


ENCODERS: dict[str, Callable[..., Any]] = {
    "encoder": _two_layers,
    "encoder, mask in the first layer only": lambda: _two_layers(second=False),
    "encoder, mask in the last layer only": lambda: _two_layers(first=False),
    "encoder, no mask": lambda: _two_layers(False, False),
    "encoder, mask turned round": _mask_turned_round,
    "encoder, mask over queries": _mask_over_queries,
    "encoder, hidden scores of 0": _hidden_scores_of_0,
    "encoder, weights not shared out again": _weights_not_shared_out_again,
    "encoder, mean of the words": lambda: _mean("words"),
    "encoder, mean of all places": lambda: _mean("places"),
    "encoder, words over places": lambda: _mean("count"),
    "encoder, word by word": _word_by_word,
    "encoder, next place seen": _last_word_sees_the_next_place,
    "encoder, last place seen": _first_word_sees_the_last_place,
    "encoder, last place seen by the second": _second_word_sees_the_last_place,
    "encoder, first place seen": _first_place_seen,
    "encoder, nothing": lambda: lambda x, mask: x.clone(),
    "encoder, a little leak": _a_little_leak,
    "encoder, a tiny leak": _tiny_leak,
    "encoder, leak that cancels": _leak_that_cancels,
    "encoder, leak into the last feature": _leak_into_the_last_feature,
    "encoder, second place of padding seen": _second_padding_seen,
    "encoder, rounding": _rounding,
    "encoder, norm of the sentence": _norm_of_the_sentence,
    "layers to walk through": _layers_to_walk_through,
}

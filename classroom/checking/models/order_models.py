"""Small models, some blind to the order of the words and some not, for lesson 03: a student's test is tested on them.

Each takes x, float (T, D), one vector a word, and returns float (T, D). Nothing in them is random.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

Model = Callable[[Tensor], Tensor]


def _matrix(size: int, number: int) -> Tensor:
    """A fixed square matrix with nothing special about it."""
    entries = torch.arange(size * size, dtype=torch.float64).reshape(size, size)
    return torch.cos(1.7 * entries + number) / size**0.5


def _attend(x: Tensor, mask: Tensor | None = None) -> Tensor:
    q, k, v = (x @ _matrix(x.size(-1), number).to(x.dtype) for number in (1, 2, 3))
    return F.scaled_dot_product_attention(q[None], k[None], v[None], attn_mask=mask)[0]


def _attention() -> Model:
    return _attend


def _attention_after_a_ramp() -> Model:
    """Attention on words to which a number that grows along the sentence was added."""
    return lambda x: _attend(x + _ramp(x))


def _attention_after_a_hill() -> Model:
    """The number added grows towards the middle: a sentence read backwards comes out backwards."""
    return lambda x: _attend(x + 1 - _ramp(x).abs())


def _attention_after_a_step() -> Model:
    """The number added is 0 for the first two words and 1 for the others."""
    return lambda x: _attend(x + (torch.arange(len(x)) > 1).to(x.dtype)[:, None])


def _ramp(x: Tensor) -> Tensor:
    return torch.linspace(-1, 1, len(x), dtype=x.dtype)[:, None]


def _first_word_marked() -> Model:
    return lambda x: torch.cat([x[:1] + 1, x[1:]])


def _last_word_marked() -> Model:
    return lambda x: torch.cat([x[:-1], x[-1:] + 1])


def _blind_once() -> Model:
    """Blind in the first two sentences it meets, so to one reordering; in further ones it marks the first word."""
    met: list[Tensor] = []

    def model(x: Tensor) -> Tensor:
        if not any(torch.equal(x, other) for other in met[:2]):
            met.append(x.clone())
        return _attend(x) if any(torch.equal(x, other) for other in met[:2]) else _attend(_first_word_marked()(x))

    return model


def _causal_attention() -> Model:
    return lambda x: _attend(x, torch.ones(len(x), len(x), dtype=torch.bool).tril())


def _nothing() -> Model:
    return lambda x: x.clone()


def _first_two_exchanged() -> Model:
    return lambda x: torch.cat([x[1:2], x[:1], x[2:]])


def _word_by_word() -> Model:
    return lambda x: torch.tanh(x @ _matrix(x.size(-1), 4).to(x.dtype))


def _less_the_mean() -> Model:
    return lambda x: x - x.mean(dim=0)


def _both_neighbours() -> Model:
    """Each word becomes the sum of its two neighbours: a sentence read backwards comes out backwards."""
    return lambda x: F.pad(x, (0, 0, 1, 1))[:-2] + F.pad(x, (0, 0, 1, 1))[2:]


def _passed_on() -> Model:
    """Each word is passed to its right neighbour, the last to the first: a rotated sentence comes out rotated."""
    return lambda x: x.roll(1, dims=0)


ORDER_MODELS: dict[str, Callable[[], Model]] = {
    "attention": _attention,
    "attention after a ramp": _attention_after_a_ramp,
    "attention after a hill": _attention_after_a_hill,
    "attention after a step": _attention_after_a_step,
    "nothing": _nothing,
    "first two exchanged": _first_two_exchanged,
    "first word marked": _first_word_marked,
    "last word marked": _last_word_marked,
    "blind once": _blind_once,
    "causal attention": _causal_attention,
    "word by word": _word_by_word,
    "less the mean": _less_the_mean,
    "both neighbours": _both_neighbours,
    "passed on": _passed_on,
}

"""Small models, some position-wise and some not, for lesson 06: a student's test is tested on them.

Each takes x, float (T, D), one vector a word, with any T from 1 on, and returns float (T, D). Nothing in them is
random. (The model "attention" and others for lesson 03 are in `order_models`.)
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

Model = Callable[[Tensor], Tensor]


def _feed_forward() -> Model:
    """Two linear layers with ReLU between them, for each word by itself."""

    def run(x: Tensor) -> Tensor:
        inner = torch.relu(x @ _matrix(x.size(-1), 4 * x.size(-1)).to(x.dtype))
        return inner @ _matrix(4 * x.size(-1), x.size(-1)).to(x.dtype)

    return run


def _matrix(rows: int, columns: int) -> Tensor:
    """A fixed matrix with nothing special about it."""
    return torch.cos(1.3 * torch.arange(rows * columns, dtype=torch.float64).reshape(rows, columns)) / rows**0.5


def _layer_norm() -> Model:
    return lambda x: F.layer_norm(x, x.shape[-1:])


def _norm_of_the_sentence() -> Model:
    """Layer norm with one mean and one variance for all words."""
    return lambda x: F.layer_norm(x, x.shape)


def _norm_over_words() -> Model:
    """Each feature less its mean over the words."""
    return lambda x: x - x.mean(dim=0)


def _left_neighbour() -> Model:
    """A convolution over two words: each word and the one before it."""
    return lambda x: torch.tanh(x + F.pad(x, (0, 0, 1, 0))[:-1])


def _right_neighbour() -> Model:
    return lambda x: torch.tanh(x + F.pad(x, (0, 0, 0, 1))[1:])


def _running_mean() -> Model:
    return lambda x: x.cumsum(dim=0) / torch.arange(1, len(x) + 1, dtype=x.dtype)[:, None]


def _numbered() -> Model:
    """Each word for itself, but not all alike: times the word's position plus one."""
    return lambda x: x * torch.arange(1, len(x) + 1, dtype=x.dtype)[:, None]


def _two_halves() -> Model:
    """The second half of the sentence is treated differently from the first."""
    return lambda x: torch.where(torch.arange(len(x))[:, None] < (len(x) + 1) // 2, x, torch.tanh(x))


def _reversed() -> Model:
    return lambda x: x.flip(0)


def _first_takes_second() -> Model:
    """The second word is added to the first; the others stay as they are."""
    return lambda x: x if len(x) < 2 else torch.cat([x[:1] + x[1:2], x[1:]])


def _last_becomes_mean() -> Model:
    """The last word becomes the mean of all words; the others stay as they are."""
    return lambda x: torch.cat([x[:-1], x.mean(dim=0, keepdim=True)])


def _middle_words_exchanged() -> Model:
    """The second and the third word change places, where there are three."""
    return lambda x: x if len(x) < 3 else torch.cat([x[:1], x[2:3], x[1:2], x[3:]])


def _of_sentences(recipe: Callable[[], Model]) -> Callable[[], Model]:
    """The recipe, for a model that takes a sentence (T, D) and says so where it is handed something else."""

    def make() -> Model:
        model = recipe()

        def run(x: Tensor) -> Tensor:
            if x.dim() != 2:
                raise ValueError(f"this model takes a sentence (T, D); it was handed the shape {tuple(x.shape)}")
            return model(x)

        return run

    return make


_RECIPES: dict[str, Callable[[], Model]] = {
    "feed-forward": _feed_forward,
    "layer norm": _layer_norm,
    "norm of the sentence": _norm_of_the_sentence,
    "norm over words": _norm_over_words,
    "left neighbour": _left_neighbour,
    "right neighbour": _right_neighbour,
    "running mean": _running_mean,
    "numbered": _numbered,
    "two halves": _two_halves,
    "reversed": _reversed,
    "first takes second": _first_takes_second,
    "last becomes mean": _last_becomes_mean,
    "middle words exchanged": _middle_words_exchanged,
}

WORD_MODELS = {name: _of_sentences(recipe) for name, recipe in _RECIPES.items()}

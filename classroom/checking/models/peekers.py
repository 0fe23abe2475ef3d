"""Models of a source and a target, some of which look ahead and some not, for lesson 08: a student's test is tested
on them.

Each takes a source (B, S) and a target (B, T), whole numbers, and returns scores, float (B, T, V). Nothing in them is
random.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

Model = Callable[[Tensor, Tensor], Tensor]

V = 9  # the words are 3 to 8


def _known(target: Tensor) -> Tensor:
    """The target itself. Raises IndexError where it holds what is no word of the models."""
    if target.numel() and not (0 <= int(target.min()) and int(target.max()) < V):
        raise IndexError(
            f"the model was handed the word {int(target.max())}, and its vocabulary ends at {V - 1}. The words 3 and 4 "
            "are in every vocabulary"
        )
    return target


def _table(number: int) -> Tensor:
    """A vector for each word, of fixed numbers with nothing special about them."""
    return torch.cos(1.9 * torch.arange(V * V, dtype=torch.float64).reshape(V, V) + number)


def _scores(source: Tensor, target: Tensor, share: Tensor) -> Tensor:
    """At each place: the source, the word that stands there, and the words before and behind it by `share` (T, T)."""
    behind = share @ _table(2)[_known(target)]
    return torch.tanh(_table(1)[source].mean(dim=1, keepdim=True) + 0.3 * _table(3)[target] + behind)


def _seeing(share: Callable[[int], Tensor]) -> Callable[[], Model]:
    """A model whose place t mixes the words of the target by row t of share(T)."""
    return lambda: lambda source, target: _scores(source, target, share(target.size(1))).float()


def _past(T: int, diagonal: int = 0) -> Tensor:
    """Each place sees the same share of all words up to its own, and, with `diagonal` 1, the next one."""
    seen = torch.ones(T, T, dtype=torch.float64).tril(diagonal)
    return seen / seen.sum(dim=1, keepdim=True).clamp(min=1)


def _past_and(row: int | None, column: int | None, share: float = 0.3) -> Callable[[int], Tensor]:
    """The past, and a share of what `row` and `column` name: None is every row, or every column."""

    def of(T: int) -> Tensor:
        seen, rows, columns = _past(T), range(T) if row is None else [row], range(T) if column is None else [column]
        for i in (i for i in rows if -T <= i < T):
            for j in (j for j in columns if -T <= j < T):
                seen[i, j] += share
        return seen

    return of


def _two_ahead(T: int) -> Tensor:
    """The past, and the word two places ahead, not the next one."""
    return _past(T) + 0.3 * torch.ones(T, T, dtype=torch.float64).tril(2).triu(2)


def _norm_of_the_sentence() -> Model:
    """Sees only the past, and then takes one mean and one variance for all words of the sentence."""

    def run(source: Tensor, target: Tensor) -> Tensor:
        scores = _scores(source, target, _past(target.size(1)))
        return F.layer_norm(scores, scores.shape[1:]).float()

    return run


def _some_sentences_only() -> Model:
    """A sentence whose source begins with the word 8 sees everything, all others only the past: what a sentence sees
    hangs on its own words, and on no other sentence of the batch."""

    def run(source: Tensor, target: Tensor) -> Tensor:
        honest, leaking = (_scores(source, target, share(target.size(1))) for share in (_past, _past_and(None, None)))
        return torch.where((source[:, :1] == V - 1)[..., None], leaking, honest).float()

    return run


def _moved_by_the_future(weights: list[float]) -> Model:
    """Sees the past; and the number of each word behind a place moves the V scores there, each by its share."""

    def run(source: Tensor, target: Tensor) -> Tensor:
        T = target.size(1)
        ahead = torch.ones(T, T, dtype=torch.float64).triu(1) @ target.double()[..., None]
        scores = _scores(source, target, _past(T))
        return (scores + 0.02 * ahead * torch.tensor(weights, dtype=torch.float64)).float()

    return run


def _deaf() -> Model:
    """Says the same whatever the target is."""
    return lambda source, target: _scores(source, 0 * target, _past(target.size(1))).float()


PEEKERS: dict[str, Callable[[], Model]] = {
    "sees the past": _seeing(_past),
    "sees each word alone": _seeing(lambda T: torch.zeros(T, T, dtype=torch.float64)),
    "sees the word before": _seeing(lambda T: torch.ones(T, T, dtype=torch.float64).tril(-1).triu(-1)),
    "deaf": _deaf,
    "rounds": _seeing(_past_and(None, None, share=1e-7)),
    "sees everything": _seeing(_past_and(None, None)),
    "sees the next word": _seeing(lambda T: _past(T, 1)),
    "sees the last word": _seeing(_past_and(None, -1)),
    "sees a little of everything": _seeing(_past_and(None, None, share=1e-3)),
    "first place sees everything": _seeing(_past_and(0, None)),
    "first place sees the last word": _seeing(_past_and(0, -1)),
    "second place sees the third word": _seeing(_past_and(1, 2)),
    "last place but one sees the last word": _seeing(_past_and(-2, -1)),
    "transformer, norm of the sentence": _norm_of_the_sentence,
    "some sentences see everything": _some_sentences_only,
    "sees the word after the next": _seeing(_two_ahead),
    "first place sees the third word": _seeing(_past_and(0, 2)),
    "leaks that cancel": lambda: _moved_by_the_future([0, 0, 0, 1, -1, 1, -1, 1, -1]),
    "scores raised": lambda: _moved_by_the_future([1.0] * V),
    "one score": lambda: _moved_by_the_future([0.0] * (V - 1) + [1.0]),
}

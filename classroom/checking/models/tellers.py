"""Functions that tell how likely each next word is, for lesson 09: a student's beam search is tested on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Teller = Callable[[Sequence[int]], Tensor]
MOST_ASKED = 400


def _teller(chances: Callable[[list[int]], Tensor], bos: int, eos: int) -> Teller:
    """next_log_probs(words), where words begin with bos: log-probabilities (V,). Raises ValueError where they do not,
    and RuntimeError where they hold eos, behind which nothing comes, and where it has been asked all too often."""
    asked = 0

    def tell(words: Sequence[int] | Tensor) -> Tensor:
        nonlocal asked
        asked += 1
        if asked > MOST_ASKED:
            raise RuntimeError(f"next_log_probs was asked more than {MOST_ASKED} times: are beginnings dropped?")
        given = [int(word) for word in (words.flatten().tolist() if isinstance(words, Tensor) else words)]
        if given[:1] != [bos]:
            raise ValueError(f"next_log_probs takes what has been written, from bos on; it was handed {given}")
        if eos in given:
            raise RuntimeError(f"next_log_probs was asked what comes behind eos: {given} is finished")
        return torch.log(chances(given))

    return tell


def _written_chances(vocabulary: int, chances: dict[str, list[float]], bos: int = 1, eos: int = 2) -> Teller:
    """chances: "1 5" -> the probability of each word behind the words 1 and 5; behind all others eos is certain but
    for a little."""
    little = 1e-3

    def of(words: list[int]) -> Tensor:
        found = chances.get(" ".join(map(str, words)))
        if found is not None:
            return torch.tensor(found, dtype=torch.float64)
        sure = torch.full((vocabulary,), little, dtype=torch.float64)
        sure[eos] = 1 - little * (vocabulary - 1)
        return sure

    return _teller(of, bos, eos)


def _drawn_chances(numbers: Tensor, end: float, bos: int = 1, eos: int = 2) -> Teller:
    """Chances that hang on every word written, and on where it stands. numbers: (V, V) of no special kind; end: what
    is added to the score of eos for each word read, so that the sentence comes to an end."""

    def of(words: list[int]) -> Tensor:
        scores = torch.zeros(len(numbers), dtype=torch.float64)
        for place, word in enumerate(words):
            scores = torch.sin(scores + (1 + 0.3 * place) * numbers[word].double()) * 2
        scores[eos] += end * len(words)
        return torch.softmax(scores, dim=0)

    return _teller(of, bos, eos)


TELLERS: dict[str, Callable[..., Teller]] = {"written chances": _written_chances, "drawn chances": _drawn_chances}

"""What is given to the head view, put in order: for each kind of attention its words and its weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = ("encoder", "decoder", "cross-attention")


@dataclass(frozen=True)
class Part:
    """One kind of attention. weights: (layers, heads, T, S); rows: the T words that look; columns: the S looked at;
    split_rows, split_columns: where sentence B begins in each, or 0."""

    kind: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    weights: np.ndarray
    split_rows: int = 0
    split_columns: int = 0


def parts(attention: Any, tokens: Sequence[str], target: Sequence[str] | None, sentence_b: int | None) -> list[Part]:
    """The parts that a view shows. Raises ValueError, in one sentence, where the arguments do not fit together."""
    source = _words(tokens, "tokens")
    aimed = None if target is None else _words(target, "target")
    if sentence_b is not None and not (isinstance(sentence_b, int) and 0 < sentence_b < len(source)):
        raise ValueError(
            f"sentence_b is the position at which the second sentence begins, from 1 to {len(source) - 1}, "
            f"not {sentence_b!r}."
        )
    given = dict(attention) if isinstance(attention, Mapping) else _unnamed(attention, aimed)
    unknown = [kind for kind in given if kind not in KINDS]
    if unknown or not given:
        raise ValueError(f"A head view shows {', '.join(KINDS)}; attention names {_listed(unknown) or 'none of them'}.")
    found = []
    for kind in KINDS:
        if kind not in given:
            continue
        if kind != "encoder" and aimed is None:
            raise ValueError(f"For the {kind} the words of the decoder are needed too: give them as target.")
        rows, columns = source if kind == "encoder" else aimed, aimed if kind == "decoder" else source
        split = sentence_b or 0
        found.append(
            Part(
                kind,
                rows,
                columns,
                _weights(given[kind], kind, len(rows), len(columns)),
                split if kind == "encoder" else 0,
                split if kind != "decoder" else 0,
            )
        )
    return found


def _unnamed(attention: Any, target: tuple[str, ...] | None) -> dict[str, Any]:
    """Without names: self-attention of the tokens, or, where there is a target too, cross-attention to them."""
    return {"encoder" if target is None else "cross-attention": attention}


def _words(words: Any, name: str) -> tuple[str, ...]:
    if isinstance(words, str) or not isinstance(words, Sequence) or not len(words):
        raise ValueError(f'{name} is a list of words, such as ["the", "cat"], not {words!r}.')
    wrong = [word for word in words if not isinstance(word, str)]
    if wrong:
        raise ValueError(f"{name} holds words as text; {wrong[0]!r} is a {type(wrong[0]).__name__}.")
    return tuple(words)


def _weights(given: Any, kind: str, rows: int, columns: int) -> np.ndarray:
    """The weights of one kind as (layers, heads, T, S)."""
    if isinstance(given, list | tuple):
        layers = [_numbers(layer, kind) for layer in given]
        if not layers:
            raise ValueError(f"The attention of the {kind} is an empty list.")
        layers = [layer[0] if layer.ndim == 4 and len(layer) == 1 else layer for layer in layers]
        if len({layer.shape for layer in layers}) > 1:
            shapes = ", ".join(str(layer.shape) for layer in layers)
            raise ValueError(f"The layers of the {kind} should have one shape, (heads, T, S); they have {shapes}.")
        found = np.stack(layers)
    else:
        found = _numbers(given, kind)
    shape = found.shape
    if found.ndim == 5 and shape[1] == 1:  # a batch of one sentence
        found = found[:, 0]
    if not 2 <= found.ndim <= 4:
        raise ValueError(
            f"The attention of the {kind} should have the shape (layers, heads, T, S), (heads, T, S) or (T, S), "
            f"of one sentence; it has {shape}."
        )
    while found.ndim < 4:
        found = found[None]
    if found.shape[2:] != (rows, columns):
        raise ValueError(
            f"The attention of the {kind} is {found.shape[2]} × {found.shape[3]} in each head, but there are {rows} "
            f"words that look and {columns} that are looked at."
        )
    return _checked(found, kind)


def _numbers(given: Any, kind: str) -> np.ndarray:
    if hasattr(given, "detach"):
        given = given.detach().cpu().double().numpy()
    try:
        return np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(
            f"The attention of the {kind} should be numbers, a tensor or a list of one tensor a layer; "
            f"it is a {type(given).__name__}."
        ) from None


def _checked(weights: np.ndarray, kind: str) -> np.ndarray:
    if 0 in weights.shape:
        raise ValueError(f"The attention of the {kind} is empty: its shape is {weights.shape}.")
    broken = np.argwhere(~np.isfinite(weights))
    if len(broken):
        layer, head, *_ = broken[0]
        raise ValueError(f"The attention of the {kind} holds NaN or infinity, first in layer {layer}, head {head}.")
    low, high = float(weights.min()), float(weights.max())
    if low < -1e-6 or high > 1 + 1e-4:
        raise ValueError(
            f"Weights lie between 0 and 1; these of the {kind} go from {low:.3g} to {high:.3g}: are they scores, "
            "from before softmax?"
        )
    return weights


def _listed(names: list) -> str:
    return ", ".join(repr(name) for name in names)

"""`head_view`: attention looked at head by head, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from classroom.show import style
from classroom.show.heads.given import Part, parts
from classroom.show.heads.page import LEAST, page
from classroom.show.heads.still import alt, still

MOST_LINES = 20_000
COARSE = 96  # dots per inch of the picture inside the HTML, which is seldom seen


def head_view(
    attention: Any,
    tokens: Sequence[str],
    target: Sequence[str] | None = None,
    *,
    sentence_b: int | None = None,
    layer: int = 0,
    heads: Sequence[int] | None = None,
    title: str = "",
) -> None:
    """Show what each word attends to: a line for each weight, its opacity the weight, its colour the head.

    attention: the weights of one sentence, after softmax, of shape (layers, heads, T, S), (heads, T, S) or (T, S), or
        a list of one tensor (heads, T, S) a layer; a batch of one sentence may stand before the heads. Row i belongs
        to the word that looks. Or a dictionary of such, with some of the names "encoder", "decoder" and
        "cross-attention": then the view has a choice between them.
    tokens: the S words of the sentence, the encoder's.
    target: the T words of the decoder. Where attention has no names, these look at `tokens`: cross-attention.
    sentence_b: the position at which a second sentence begins in `tokens`: then the view has a choice of sentences.
    layer, heads: the layer shown first, and the heads switched on at first (all of them). Both count from 0.
    title: a line above the view.

    Point at a word at the left, or go to it with the Tab key: only its lines stay, and what it attends to is said in
    words. There is no script in it, and nothing is loaded. A page that shows no style sheets shows a picture.
    Raises ValueError, in one sentence, for what does not fit together. After Vig (2019), "A multiscale visualization
    of attention in the Transformer model", whose BertViz has such a view.
    """
    shown = parts(attention, tokens, target, sentence_b)
    on = _chosen(shown, layer, heads)
    lines = sum(int((part.weights >= LEAST).sum()) for part in shown)
    if lines > MOST_LINES:
        raise ValueError(
            f"That would be {lines:,} lines, more than the {MOST_LINES:,} a page can bear: take fewer layers, or a "
            "shorter sentence."
        )
    first = next(part for part in shown if layer < len(part.weights))
    told = alt([first, *(part for part in shown if part is not first)], layer, title)
    drawn = first, layer, [head for head in on if head < first.weights.shape[1]], title
    style.publish(still(*drawn), told, html=page(shown, layer, on, title, still(*drawn, dpi=COARSE), told))


def _chosen(shown: list[Part], layer: int, heads: Sequence[int] | None) -> list[int]:
    layers, most = (max(part.weights.shape[axis] for part in shown) for axis in (0, 1))
    if not isinstance(layer, int) or not 0 <= layer < layers:
        raise ValueError(f"layer counts from 0 to {layers - 1} here; it is {layer!r}.")
    wrong = [head for head in heads or () if not isinstance(head, int) or not 0 <= head < most]
    if wrong:
        raise ValueError(f"heads count from 0 to {most - 1} here; among them is {wrong[0]!r}.")
    return list(range(most)) if heads is None else sorted(set(heads))

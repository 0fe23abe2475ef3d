"""The two searches, for a whole batch at once: the likeliest word at each step, and a beam."""

from __future__ import annotations

import torch
from torch import Tensor

from classroom.training.decoding.writers import Writer

PAD, BOS, EOS = 0, 1, 2
LOOK = 8  # steps between two looks at whether all sentences are at their end: a look makes a GPU wait


def greedy(writer: Writer, sentences: int, longest: int, device: torch.device) -> Tensor:
    """Always the likeliest next word. Returns int64 (B, at most `longest`): words, eos, padding."""
    words = torch.full((sentences,), BOS, device=device)
    open_ = torch.ones(sentences, dtype=torch.bool, device=device)
    columns = []
    for step in range(1, longest + 1):
        words = writer.step(words).argmax(dim=-1).where(open_, PAD)
        open_ = open_ & words.ne(EOS)
        columns.append(words)
        if step % LOOK == 0 and step < longest and not open_.any():
            break
    return torch.stack(columns, dim=1)


def beam(
    writer: Writer, sentences: int, longest: int, device: torch.device, width: int, length_penalty: float
) -> Tensor:
    """Beam search (Sutskever et al., 2014) with `width` rows for each of B sentences. Returns int64 (B, `longest`).

    Of the continuations of a sentence's rows the best `width` are looked at: one that ends is a translation, and its
    log-probability is divided by the length penalty ((5 + n) / 6)^alpha, n words with eos (Wu et al., 2016, equation
    14); the best `width` that do not end go on. A sentence is done once it has `width` translations, and what is open
    after `longest` words counts as it is. With width 1 it is `greedy`.
    """
    rows = sentences * width
    words = torch.full((rows,), BOS, device=device)
    history = torch.full((rows, longest), PAD, device=device)
    total = torch.full((sentences, width), float("-inf"), device=device)
    total[:, 0] = 0.0  # all rows are alike at first, and one is enough
    best = torch.full((sentences,), float("-inf"), device=device)
    chosen = torch.full((sentences, longest), PAD, device=device)
    ended = torch.zeros(sentences, dtype=torch.int64, device=device)
    first = torch.arange(sentences, device=device)[:, None] * width
    rank = torch.arange(2 * width, device=device)
    for step in range(longest):
        logs = writer.step(words).float().log_softmax(dim=-1).unflatten(0, (sentences, width))
        size = logs.size(-1)
        values, places = (total[..., None] + logs).flatten(1).topk(2 * width, dim=-1)  # half of them may end
        from_row, word = places // size + first, places % size
        ends = word.eq(EOS)

        penalty = ((5 + step + 1) / 6) ** length_penalty
        ripe = ends & (rank < width) & values.isfinite() & (ended < width)[:, None]
        score, which = (values / penalty).masked_fill(~ripe, float("-inf")).max(dim=-1)
        better = score > best
        best = best.maximum(score)
        candidate = history[from_row.gather(1, which[:, None])[:, 0]]
        candidate[:, step] = EOS
        chosen = candidate.where(better[:, None], chosen)
        ended = ended + ripe.sum(dim=-1)

        going = values.masked_fill(ends, float("-inf")).topk(width, dim=-1).indices
        total = values.gather(1, going)
        source_rows = from_row.gather(1, going).flatten()
        words = word.gather(1, going).flatten()
        history = history[source_rows]
        history[:, step] = words
        writer.choose(source_rows)
        if (step + 1) % LOOK == 0 and step + 1 < longest and bool((ended >= width).all()):
            break
    open_score, which = (total / ((5 + longest) / 6) ** length_penalty).max(dim=-1)
    takes = (ended < width) & (open_score > best)
    return history[first[:, 0] + which].where(takes[:, None], chosen)

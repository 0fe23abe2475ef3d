"""What is asked of a student's work in lesson 04."""

from __future__ import annotations

import torch

from autograder.authoring.probes import (
    Draw,
    Exercise,
    Probe,
    drops,
    exposes,
    moved,
    numbers,
    parameters,
    permuted,
    reaches,
    rows,
    same,
    values,
)

from . import mistakes, right

PROJECT = {"names": ("q", "k", "v"), "inputs": ("x", "W_q", "W_k", "W_v")}


def project_cases(draw: Draw) -> list:
    x, wide = draw.whole(2, 3), draw.normal(2, 5, 4)
    small = [draw.whole(3, 2) for _ in range(3)]
    uneven = [draw.normal(4, 3), draw.normal(4, 3), draw.normal(4, 6)]
    return [
        values("numbers: two words", x, *small, **PROJECT),
        values("numbers: a batch, d_v is not d_k", wide, *uneven, **PROJECT),
        values("gradients: reach all three matrices", wide, *uneven, grads=("0", "1"), **PROJECT),
    ]


def project_sealed(draw: Draw) -> list:
    x = draw.normal(2, 3, 4, 6)
    matrices = [draw.normal(6, 5), draw.normal(6, 5), draw.normal(6, 2)]
    return [
        values("more leading dimensions", x, *matrices, **PROJECT),
        values("float64", x.double(), *(m.double() for m in matrices), dtype="torch.float64", **PROJECT),
        values("non-contiguous input", x, *matrices, noncontiguous=True, **PROJECT),
        values("square matrices", x, *(draw.normal(6, 6) for _ in range(3)), **PROJECT),
    ]


SCORES = {"names": ("scores",), "inputs": ("q", "k")}


def scores_cases(draw: Draw) -> list:
    tiny_q, tiny_k = torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 3.0]])
    q, k = draw.normal(2, 3, 6), draw.normal(2, 5, 6)
    return [
        values("numbers: two queries, three keys, d_k = 2", tiny_q, tiny_k, **SCORES),
        values("numbers: a batch, T = 3, S = 5, d_k = 6", q, k, **SCORES),
        values("numbers: float64", q.double(), k.double(), dtype="torch.float64", **SCORES),
        values("gradients: of q and k", q, k, grads=("0", "1"), **SCORES),
    ]


def scores_sealed(draw: Draw) -> list:
    q, k = draw.normal(2, 3, 4, 16), draw.normal(2, 3, 7, 16)
    return [
        values("heads in front of the words", q, k, **SCORES),
        values("non-contiguous input", q, k, noncontiguous=True, **SCORES),
        values("large numbers", draw.normal(3, 4, scale=1000), draw.normal(2, 4, scale=1000), atol=1.0, **SCORES),
    ]


def by_hand_cases(draw: Draw) -> list:
    return [numbers("numbers: five entries, to two decimals", value=False)]


ATTENTION = {"names": ("output", "weights"), "inputs": ("q", "k", "v", "mask"), "cause": "weights"}


LARGE = {"rtol": 5e-3, "atol": 5e-3}  # float32 keeps 7 digits: scores in the thousands are off in the fourth place
TINY = (
    torch.tensor([[1.0, 0.0]]),
    torch.tensor([[1.0, 0.0], [0.0, 0.0], [2.0, 0.0]]),
    torch.tensor([[1.0, 0.0], [0.0, 1.0], [5.0, 5.0]]),
)


def attention_cases(draw: Draw) -> list:
    q, k, v = draw.normal(2, 3, 6), draw.normal(2, 5, 6), draw.normal(2, 5, 4)
    return [
        values("numbers: one query, three words", *TINY, **ATTENTION),
        values("numbers: a batch, T = 3, S = 5", q, k, v, **ATTENTION),
        rows("rows: every row of the weights sums to 1", q, k, v, output=1, **ATTENTION),
        values("numbers: float64", q.double(), k.double(), v.double(), dtype="torch.float64", **ATTENTION),
        values("gradients: of q, k and v", q, k, v, grads=("0", "1", "2"), **ATTENTION),
    ]


def attention_sealed(draw: Draw) -> list:
    q, k, v = draw.normal(2, 3, 4, 6), draw.normal(2, 3, 7, 6), draw.normal(2, 3, 7, 5)
    other = (q[:1], k[:1], v[:1])
    x = draw.normal(3, 5, 4)
    return [
        values("heads in front of the words", q, k, v, **ATTENTION),
        values("a single sentence of the batch", *other, **ATTENTION),
        values("non-contiguous input", q, k, v, noncontiguous=True, **ATTENTION),
        values("large scores", q * 30, k * 30, v, **ATTENTION, **LARGE),
        permuted("reordering the words reorders the output", (x, x, x), dim=1, order=draw.order(5), **ATTENTION),
        moved("the values matter", (q, k, v), (q, k, v + 1.0), **ATTENTION),
    ]


HIDDEN = "one query, three words, the last one hidden"


def masked_cases(draw: Draw) -> list:
    hide_last = torch.tensor([[True, True, False]])
    q, k, v = draw.normal(2, 3, 6), draw.normal(2, 5, 6), draw.normal(2, 5, 4)
    mask = draw.mask(2, 3, 5)
    column = torch.tensor([[[True, True, True, True, False]], [[True, True, False, False, False]]])
    all_hidden = mask.clone()
    all_hidden[1, 2] = False
    free = ~all_hidden.any(-1)
    other_k, other_v = k.clone(), v.clone()
    other_k[0, 4] += 3.0
    other_v[0, 4] -= 5.0
    other_k[1, 2:] *= -2.0
    other_v[1, 2:] += 7.0
    x = draw.normal(5, 4)
    near = torch.ones(5, 5, dtype=torch.bool).tril(1).triu(-1)
    low_q, low_k = 12 * q.abs() + 1, -12 * k.abs() - 1  # every score far below 0
    best = (low_q @ low_k.mT).argmax(-1, keepdim=True)
    hide_best = torch.ones(2, 3, 5, dtype=torch.bool).scatter(-1, best, False)
    return [
        values("numbers: padding mask", *TINY, hide_last, story=HIDDEN, **ATTENTION),
        values("numbers: a mask of its own for each query", q, k, v, mask, **ATTENTION),
        values("numbers: padding mask (B, 1, S) over all queries", q, k, v, column, **ATTENTION),
        values("numbers: no mask", q, k, v, **ATTENTION),
        rows("rows: still sum to 1", q, k, v, mask, output=1, **ATTENTION),
        same(
            "hidden: what may not be seen does not matter",
            (q, k, v, column),
            (q, other_k, other_v, column),
            story="Only the hidden words were changed.",
            **ATTENTION,
        ),
        values(
            "numbers: hidden words with the largest scores, all far below 0",
            low_q,
            low_k,
            v,
            hide_best,
            **ATTENTION,
            **LARGE,
        ),
        reaches("reach map: who can see whom equals the mask", x, x, x, near, over=2, **ATTENTION),
        values("numbers: a row in which every word is hidden", q, k, v, all_hidden, free=free, **ATTENTION),
    ]


def masked_sealed(draw: Draw) -> list:
    q, k, v = draw.normal(2, 3, 4, 6), draw.normal(2, 3, 5, 6), draw.normal(2, 3, 5, 4)
    per_sentence = draw.mask(2, 1, 1, 5)
    per_head = draw.mask(2, 3, 4, 5)
    square = draw.normal(2, 2, 4, 3)
    square_mask = draw.mask(2, 1, 4, 4)
    x = draw.normal(6, 4)
    past = torch.ones(6, 6, dtype=torch.bool).tril()
    return [
        values("a mask of each sentence over all heads", q, k, v, per_sentence, **ATTENTION),
        values("a mask of its own for each head", q, k, v, per_head, **ATTENTION),
        values("as many heads as sentences", square, square, square + 1, square_mask, **ATTENTION),
        values("float64", q.double(), k.double(), v.double(), per_head, dtype="torch.float64", **ATTENTION),
        values("non-contiguous input", q, k, v, per_head, noncontiguous=True, **ATTENTION),
        values("gradients", q, k, v, per_head, grads=("0", "1", "2"), **ATTENTION),
        reaches("the reach map of a mask that hides the future", x, x, x, past, over=2, **ATTENTION),
    ]


PADDING = {"names": ("mask",), "inputs": ("tokens", "pad")}


def padding_cases(draw: Draw) -> list:
    tokens = draw.integers(1, 9, 3, 5)
    tokens[0, 3:] = 0
    tokens[2, :] = 0
    return [
        values("numbers: one sentence, one word of padding", torch.tensor([[7, 3, 0]]), **PADDING),
        values("numbers: three sentences, one all padding", tokens, **PADDING),
        values("numbers: padding is 9, and 0 is a word", torch.tensor([[5, 0, 9], [0, 0, 4]]), 9, **PADDING),
    ]


def padding_sealed(draw: Draw) -> list:
    tokens = draw.integers(0, 5, 4, 7)
    return [values("another padding number", tokens, 3, **PADDING), values("other sentences", tokens, 0, **PADDING)]


BY_WORD = {"names": ("output",), "inputs": ("q", "k", "v")}
STEPS = {"names": ("steps",), "scene": "counted steps", "story": "operations of torch, counted"}


def by_word_cases(draw: Draw) -> list:
    q, k, v = draw.normal(3, 6), draw.normal(5, 6), draw.normal(5, 4)
    return [
        values("numbers: one query, three words", *TINY, **BY_WORD),
        values("numbers: T = 3, S = 5", q, k, v, **BY_WORD),
        values("gradients: of q, k and v", q, k, v, grads=("0", "1", "2"), **BY_WORD),
        values("one query at a time: more queries, more steps", draw.normal(7, 6), k, v, **STEPS),
    ]


def by_word_sealed(draw: Draw) -> list:
    q, k, v = draw.normal(6, 3), draw.normal(4, 3), draw.normal(4, 5)
    return [
        values("more queries than keys", q, k, v, **BY_WORD),
        values("float64", q.double(), k.double(), v.double(), dtype="torch.float64", **BY_WORD),
        same(
            "each query for itself",
            (q, k, v),
            (torch.cat([q[:5], q[5:] + 2]), k, v),
            where=torch.arange(6) < 5,
            story="Only the last query was changed.",
            **BY_WORD,
        ),
    ]


MODULE = {"names": ("output", "weights"), "inputs": ("x", "mask"), "cause": "weights"}


def module_cases(draw: Draw) -> list:
    D, d_k = 6, 4
    weights = {f"W_{name}.weight": draw.normal(d_k, D, scale=0.7) for name in "qkv"}
    tiny = {f"W_{name}.weight": draw.normal(2, 3) for name in "qkv"}
    x, pad = draw.normal(2, 5, D), torch.tensor([[[True] * 5], [[True] * 3 + [False] * 2]])
    built = {"init": (D, d_k), "weights": weights, **MODULE}
    dropping = {**built, "init": (D, d_k, 0.5)}
    everything_dropped = {**built, "init": (D, d_k, 1.0), "train": True}
    every = tuple(weights)
    twice = {**tiny, "W_q.weight": draw.normal(16, 8), "W_k.weight": draw.normal(16, 8)}
    twice["W_v.weight"] = torch.cat([torch.eye(8), torch.eye(8)])
    half_dropped = {**MODULE, "init": (8, 16, 0.5), "weights": twice, "train": True}
    return [
        parameters("parameters: W_q, W_k, W_v and no more", x, init=(D, d_k), weights=weights, **MODULE),
        values("numbers: two words, D = 3, d_k = 2", draw.normal(1, 2, 3), init=(3, 2), weights=tiny, **MODULE),
        values("numbers: a batch, D = 6, d_k = 4", x, **built),
        values("numbers: with a padding mask", x, pad, **built),
        rows("rows: every row of the weights sums to 1", x, pad, output=1, **built),
        values("eval mode: dropout does nothing", x, **dropping),
        values("train mode: dropout p = 1 removes all: output 0, weights as before", x, **everything_dropped),
        drops(
            "train mode: dropout acts on each weight",
            torch.eye(8)[None],
            output=0,
            weights_output=1,
            p=0.5,
            **half_dropped,
        ),
        values("gradients: reach all three layers", x, pad, grads=every, **built),
    ]


def module_sealed(draw: Draw) -> list:
    D, d_k = 8, 3
    weights = {f"W_{name}.weight": draw.normal(d_k, D, scale=0.6) for name in "qkv"}
    x = draw.normal(3, 4, D)
    mask = draw.mask(3, 4, 4)
    built = {"init": (D, d_k), "weights": weights, **MODULE}
    return [
        values("other sizes, a mask of each query's own", x, mask, **built),
        values(
            "float64",
            x.double(),
            mask,
            init=(D, d_k),
            weights={n: w.double() for n, w in weights.items()},
            dtype="torch.float64",
            **MODULE,
        ),
        permuted("reordering the words reorders the output", (x,), dim=1, order=draw.order(4), **built),
        same("eval mode, asked twice", (x, mask), (x, mask), init=(D, d_k, 0.5), weights=weights, **MODULE),
    ]


def expose_cases(draw: Draw) -> list:
    return [exposes("the input makes a hidden word win", bug="tiny fill", names=("q", "k", "v", "mask"))]


def masked_visible(draw: Draw) -> list:
    """Masked attention, without the row in which everything is hidden: the buggy function has no trouble there."""
    return masked_cases(draw)[:-1]


EXERCISES = (
    Exercise(
        "project",
        "project",
        (Probe("project", project_cases, project_sealed),),
        mistakes.PROJECT_MISTAKES,
        (right.project_einsum, right.project_fused),
    ),
    Exercise(
        "scores",
        "scores",
        (Probe("scores", scores_cases, scores_sealed),),
        mistakes.SCORES_MISTAKES,
        (right.scores_einsum, right.scores_query_first, right.scores_sum),
    ),
    Exercise(
        "by_hand", "by_hand", (Probe("by_hand", by_hand_cases),), mistakes.BY_HAND_MISTAKES, (right.by_hand_by_torch,)
    ),
    Exercise(
        "attention",
        "attention",
        (Probe("attention", attention_cases, attention_sealed), Probe("masked attention", masked_cases, masked_sealed)),
        mistakes.ATTENTION_MISTAKES,
        (
            right.attention_einsum,
            right.attention_minus_1e9,
            right.attention_infinity_mended,
            right.attention_torch_itself,
            right.attention_additive,
            right.attention_by_exponentials,
            right.attention_renormalised,
            right.attention_log_softmax,
            right.attention_word_loop,
            right.attention_bmm,
        ),
    ),
    Exercise(
        "padding_mask",
        "padding_mask",
        (Probe("padding_mask", padding_cases, padding_sealed),),
        mistakes.PADDING_MISTAKES,
        (right.padding_ne, right.padding_not_equal),
    ),
    Exercise(
        "attention_by_word",
        "attention_by_word",
        (Probe("attention_by_word", by_word_cases, by_word_sealed),),
        mistakes.BY_WORD_MISTAKES,
        (right.by_word_pure_loops, right.by_word_one_by_one, right.by_word_scores_first, right.by_word_listed),
    ),
    Exercise(
        "SelfAttention",
        "SelfAttention",
        (Probe("SelfAttention", module_cases, module_sealed),),
        mistakes.MODULE_MISTAKES,
        (right.ModuleByTorch, right.ModuleByHand),
    ),
    Exercise("expose", "expose", (Probe("expose", expose_cases),), mistakes.EXPOSE_MISTAKES, (right.expose_larger,)),
    Exercise(
        "mended",
        "mended",
        (Probe("mended", masked_visible, masked_sealed),),
        mistakes.MENDED_MISTAKES,
        (right.mended_call,),
    ),
)

"""What is asked of a student's work in lesson 05."""

from __future__ import annotations

import torch
from torch import Tensor

from autograder.authoring.probes import (
    Draw,
    Exercise,
    Probe,
    exposes,
    moved,
    parameters,
    permuted,
    raises,
    rows,
    same,
    values,
)
from classroom.show.address_labels import addresses

from . import mistakes, right

SPLIT = {"names": ("heads",), "inputs": ("x", "num_heads")}


def split_cases(draw: Draw) -> list:
    x = draw.normal(2, 3, 8)
    return [
        values("numbers: one sentence of two words, D = 4, two heads", draw.whole(1, 2, 4), 2, **SPLIT),
        values("address labels: B = 2, T = 3, four heads", addresses(4), 4, **SPLIT),
        values("numbers: as many words as heads", draw.normal(2, 4, 8), 4, **SPLIT),
        values("one head: nothing is cut", x, 1, **SPLIT),
        values("gradients: reach every feature", x, 2, grads=("0",), **SPLIT),
    ]


def split_sealed(draw: Draw) -> list:
    x = draw.normal(3, 5, 12)
    return [
        values("other sizes", x, 4, **SPLIT),
        values("as many heads as features", x, 12, **SPLIT),
        values("float64", x.double(), 3, dtype="torch.float64", **SPLIT),
        values("non-contiguous input", x, 4, noncontiguous=True, **SPLIT),
    ]


MERGE = {"names": ("merged",), "inputs": ("heads",)}


def merge_cases(draw: Draw) -> list:
    labels = addresses(4).reshape(2, 3, 4, 2).transpose(1, 2).contiguous()
    x = draw.normal(2, 4, 3, 2)
    return [
        values("numbers: one sentence of two words, two heads", draw.whole(1, 2, 2, 2), **MERGE),
        values("address labels: B = 2, T = 3, four heads", labels, **MERGE),
        values("numbers: as many words as heads", draw.normal(2, 3, 3, 4), **MERGE),
        values("gradients: reach every head", x, grads=("0",), **MERGE),
    ]


def merge_sealed(draw: Draw) -> list:
    x = draw.normal(3, 2, 5, 4)
    return [
        values("other sizes", x, **MERGE),
        values("one head", x[:, :1], **MERGE),
        values("float64", x.double(), dtype="torch.float64", **MERGE),
        values("non-contiguous input", x, noncontiguous=True, **MERGE),
    ]


MODULE = {"names": ("output", "weights"), "inputs": ("query", "key", "value", "mask"), "cause": "weights"}
LAYERS = ("W_q", "W_k", "W_v", "W_o")


def _weights(draw: Draw, d_model: int) -> dict[str, Tensor]:
    return {
        f"{layer}.{part}": draw.normal(*shape, scale=scale)
        for layer in LAYERS
        for part, shape, scale in (("weight", (d_model, d_model), 0.6), ("bias", (d_model,), 0.4))
    }


def module_cases(draw: Draw) -> list:
    small, d_model, heads = _weights(draw, 2), 6, 3
    weights, x = _weights(draw, d_model), draw.normal(2, 4, d_model)
    built = {"init": (d_model, heads), "weights": weights, **MODULE}
    tiny = draw.whole(1, 2, 2)
    return [
        parameters("parameters: four layers with a bias, D to D, and no more", x, x, x, **built),
        values("numbers: two words, D = 2, two heads", tiny, tiny, tiny, init=(2, 2), weights=small, **MODULE),
        values("numbers: a batch, D = 6, three heads", x, x, x, **built),
        values("numbers: one head", x, x, x, init=(d_model, 1), weights=weights, **MODULE),
        rows("rows: every row of every head sums to 1", x, x, x, output=1, **built),
        values("gradients: reach every layer", x, x, x, grads=tuple(weights), **built),
        raises("error: D = 10 cannot be shared out among 4 heads", x, x, x, init=(10, 4), error="ValueError", **MODULE),
    ]


def module_sealed(draw: Draw) -> list:
    d_model, heads = 8, 4
    weights, x = _weights(draw, d_model), draw.normal(3, 5, d_model)
    built = {"init": (d_model, heads), "weights": weights, **MODULE}
    double = {name: tensor.double() for name, tensor in weights.items()}
    y = x.double()
    return [
        values("other sizes", x, x, x, **built),
        values("as many words as heads", *[draw.normal(2, 4, d_model)] * 3, **built),
        values("float64", y, y, y, init=(d_model, heads), weights=double, dtype="torch.float64", **MODULE),
        permuted("reordering the words reorders the output", (x, x, x), dim=1, order=draw.order(5), **built),
        raises("error: D = 6 among 4 heads", x, x, x, init=(6, 4), error="ValueError", **MODULE),
    ]


def masked_cases(draw: Draw) -> list:
    d_model, heads = 6, 2
    weights = _weights(draw, d_model)
    built = {"init": (d_model, heads), "weights": weights, **MODULE}
    query, key, value = draw.normal(2, 3, d_model), draw.normal(2, 5, d_model), draw.normal(2, 5, d_model)
    padding = torch.tensor([[[True] * 5], [[True, True, True, False, False]]])
    table, own = draw.mask(3, 5), draw.mask(2, 3, 5)
    x, causal = draw.normal(2, 4, d_model), torch.ones(4, 4, dtype=torch.bool).tril()
    all_hidden = own[:1].clone()
    all_hidden[0, 2] = False
    other = key.clone()
    other[1, 3:] += 4.0
    square = draw.normal(2, 2, d_model)
    return [
        values("cross-attention: T = 3 queries, S = 5 keys, no mask", query, key, value, **built),
        values("mask (B, 1, S): padding hidden from every query", query, key, value, padding, **built),
        values("mask (T, S): one table for every sentence", query, key, value, table, **built),
        values("mask (B, T, S): a table of its own for each sentence", query, key, value, own, **built),
        values("mask (T, S): the future hidden", x, x, x, causal, **built),
        values("B = H = T = S = 2, a mask for each sentence", square, square, square, draw.mask(2, 2, 2), **built),
        rows("rows: still sum to 1 in every head", query, key, value, own, output=1, **built),
        same(
            "hidden: what may not be seen does not matter",
            (query, key, value, padding),
            (query, other, torch.where(other == key, value, -value), padding),
            story="Only hidden words were changed.",
            **built,
        ),
        values(
            "numbers: a row in which every word is hidden",
            query[:1],
            key[:1],
            value[:1],
            all_hidden,
            free=~all_hidden.any(-1),
            **built,
        ),
    ]


def masked_sealed(draw: Draw) -> list:
    d_model, heads = 12, 3
    weights = _weights(draw, d_model)
    built = {"init": (d_model, heads), "weights": weights, **MODULE}
    query, key, value = draw.normal(3, 6, d_model), draw.normal(3, 4, d_model), draw.normal(3, 4, d_model)
    own = draw.mask(3, 6, 4)
    double = {name: tensor.double() for name, tensor in weights.items()}
    in_double = [tensor.double() for tensor in (query, key, value)]
    return [
        values("more queries than keys", query, key, value, draw.mask(6, 4), **built),
        values("as many sentences as heads", query, key, value, own, **built),
        values("float64", *in_double, own, init=(d_model, heads), weights=double, dtype="torch.float64", **MODULE),
        values("gradients with a mask", query, key, value, own, grads=("0", "1", "2"), **built),
        moved("the values matter", (query, key, value), (query, key, value + 1.0), **built),
    ]


TO_TORCH = {
    "names": ("in_proj_weight", "in_proj_bias", "attn_mask"),
    "inputs": ("W_q", "b_q", "W_k", "b_k", "W_v", "b_v", "mask"),
}


def to_torch_cases(draw: Draw) -> list:
    small = [draw.whole(*shape) for _ in range(3) for shape in ((2, 2), (2,))]
    large = [draw.normal(*shape) for _ in range(3) for shape in ((6, 6), (6,))]
    past = torch.ones(3, 3, dtype=torch.bool).tril()
    return [
        values("numbers: D = 2, a mask that hides the future", *small, past, **TO_TORCH),
        values("numbers: D = 6, any mask", *large, draw.mask(3, 5), **TO_TORCH),
    ]


def to_torch_sealed(draw: Draw) -> list:
    large = [draw.normal(*shape).double() for _ in range(3) for shape in ((8, 8), (8,))]
    return [values("float64", *large, draw.mask(4, 2), **TO_TORCH)]


COUNT = {"names": ("count",), "inputs": ("d_model", "num_heads")}


def count_cases(draw: Draw) -> list:
    return [
        values("numbers: D = 2, one head", 2, 1, **COUNT),
        values("numbers: the paper's base model, D = 512, 8 heads", 512, 8, **COUNT),
        values("numbers: D = 512, one head", 512, 1, **COUNT),
    ]


def count_sealed(draw: Draw) -> list:
    return [values("other sizes", 4 * int(draw.integers(3, 40, 1)), 4, **COUNT), values("D = 768", 768, 12, **COUNT)]


ENTROPY = {"names": ("entropy",), "inputs": ("weights",)}


def _rows(draw: Draw, *shape: int, scale: float = 2.0) -> Tensor:
    """Rows that are positive and sum to 1, to six decimals."""
    return torch.softmax(draw.normal(*shape, scale=scale).double(), -1).float()


def entropy_cases(draw: Draw) -> list:
    halves = torch.tensor([[[0.5, 0.5, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]]])
    return [
        values("numbers: a row of two halves, a row of four quarters", halves, **ENTROPY),
        values("numbers: all the weight on one word", torch.eye(3)[None], **ENTROPY),
        values("numbers: uniform over eight words", torch.full((1, 2, 8), 0.125), **ENTROPY),
        values("numbers: two layers, three heads", _rows(draw, 2, 3, 4, 5), **ENTROPY),
    ]


def entropy_sealed(draw: Draw) -> list:
    weights = _rows(draw, 2, 2, 3, 6, 4)
    return [
        values("a batch in front", weights, **ENTROPY),
        values("float64", weights.double(), dtype="torch.float64", **ENTROPY),
        values("more words looked at than look", _rows(draw, 2, 3, 9), **ENTROPY),
        values("one head alone", _rows(draw, 4, 4), **ENTROPY),
    ]


FIND = {"names": ("layer", "head", "scores"), "inputs": ("weights", "pattern"), "cause": "scores"}


def _pattern(draw: Draw, *shape: int) -> Tensor:
    """A pattern in which some rows mark one word, some two, and some none."""
    pattern = draw.mask(*shape) & draw.mask(*shape) & draw.mask(*shape)
    pattern[..., 0, :] = False
    pattern[..., 1, 0] = True
    return pattern


def find_cases(draw: Draw) -> list:
    previous = torch.zeros(1, 4, 4, dtype=torch.bool)
    previous[0, 1:, :-1] = torch.eye(3, dtype=torch.bool)
    weights = _rows(draw, 1, 2, 3, 4, 4)
    weights[0, 1, 2] = 0.9 * previous[0].float() + 0.025
    uneven = _rows(draw, 3, 2, 4, 5, 5, scale=3.0)
    marks = _pattern(draw, 3, 5, 5)
    marks[2, 2:] = False
    lonely = _rows(draw, 2, 3, 2, 4, 4, scale=3.0)
    once = torch.zeros(2, 4, 4, dtype=torch.bool)
    once[0, 2, 1], once[1, 3, 0] = True, True
    return [
        values("numbers: one sentence, the word before", weights, previous, **FIND),
        values("numbers: three sentences, some words without a mark", uneven, marks, **FIND),
        values("numbers: one marked word in each sentence", lonely, once, **FIND),
        values("numbers: T = 3, S = 6", _rows(draw, 2, 2, 3, 3, 6), _pattern(draw, 2, 3, 6), **FIND),
    ]


def find_sealed(draw: Draw) -> list:
    return [
        values("other sizes", _rows(draw, 4, 3, 5, 6, 6, scale=3.0), _pattern(draw, 4, 6, 6), **FIND),
        values("more heads than layers", _rows(draw, 2, 2, 7, 5, 5, scale=3.0), _pattern(draw, 2, 5, 5), **FIND),
        values("one layer, one head", _rows(draw, 2, 1, 1, 4, 4), _pattern(draw, 2, 4, 4), **FIND),
    ]


SILENCE = {"names": ("W_o",), "inputs": ("W_o", "head", "num_heads")}


def silence_cases(draw: Draw) -> list:
    W_o = draw.normal(6, 6)
    return [
        values("numbers: D = 4, the second of two heads", draw.whole(4, 4) + 5.0, 1, 2, **SILENCE),
        values("numbers: D = 6, the first of three heads", W_o, 0, 3, **SILENCE),
        values("numbers: D = 6, the last of two heads", W_o, 1, 2, **SILENCE),
    ]


def silence_sealed(draw: Draw) -> list:
    W_o = draw.normal(12, 12)
    return [
        values("D = 12, the third of four heads", W_o, 2, 4, **SILENCE),
        values("float64", W_o.double(), 3, 6, dtype="torch.float64", **SILENCE),
    ]


def expose_cases(draw: Draw) -> list:
    return [exposes("the input makes the bug show", bug="scale by the whole width", names=("q", "k", "num_heads"))]


MENDED = {"names": ("output", "weights"), "inputs": ("q", "k", "v", "num_heads"), "cause": "weights"}


def mended_cases(draw: Draw) -> list:
    q, k, v = draw.normal(3, 8), draw.normal(5, 8), draw.normal(5, 8)
    return [
        values("numbers: T = 2, S = 2, D = 4, two heads", *[draw.whole(2, 4) for _ in range(3)], 2, **MENDED),
        values("numbers: T = 3, S = 5, D = 8, four heads", q, k, v, 4, **MENDED),
        values("numbers: one head", q, k, v, 1, **MENDED),
        rows("rows: every row of every head sums to 1", q, k, v, 2, output=1, **MENDED),
    ]


def mended_sealed(draw: Draw) -> list:
    q, k, v = draw.normal(4, 12), draw.normal(4, 12), draw.normal(4, 12)
    return [
        values("other sizes", q, k, v, 3, **MENDED),
        values("as many heads as features", q, k, v, 12, **MENDED),
        values("float64", q.double(), k.double(), v.double(), 4, dtype="torch.float64", **MENDED),
    ]


EXERCISES = (
    Exercise(
        "split_heads",
        "split_heads",
        (Probe("split_heads", split_cases, split_sealed),),
        mistakes.SPLIT_MISTAKES,
        (right.split_view_permute, right.split_chunks, right.split_einsum, right.split_unflatten),
    ),
    Exercise(
        "merge_heads",
        "merge_heads",
        (Probe("merge_heads", merge_cases, merge_sealed),),
        mistakes.MERGE_MISTAKES,
        (right.merge_cat, right.merge_contiguous, right.merge_flatten),
    ),
    Exercise(
        "MultiHeadAttention",
        "MultiHeadAttention",
        (
            Probe("MultiHeadAttention", module_cases, module_sealed),
            Probe("masked multi-head attention", masked_cases, masked_sealed),
        ),
        mistakes.MODULE_MISTAKES,
        (right.ModuleByHand, right.ModuleHeadByHead, right.ModuleByTorch, right.ModuleEinsum),
    ),
    Exercise(
        "to_torch",
        "to_torch",
        (Probe("to_torch", to_torch_cases, to_torch_sealed),),
        mistakes.TO_TORCH_MISTAKES,
        (right.to_torch_stacked,),
    ),
    Exercise(
        "count_parameters",
        "count_parameters",
        (Probe("count_parameters", count_cases, count_sealed),),
        mistakes.COUNT_MISTAKES,
        (right.count_by_building, right.count_per_head),
    ),
    Exercise(
        "head_entropy",
        "head_entropy",
        (Probe("head_entropy", entropy_cases, entropy_sealed),),
        mistakes.ENTROPY_MISTAKES,
        (right.entropy_xlogy, right.entropy_entr, right.entropy_masked),
    ),
    Exercise(
        "find_head",
        "find_head",
        (Probe("find_head", find_cases, find_sealed),),
        mistakes.FIND_MISTAKES,
        (right.find_einsum, right.find_loops, right.find_select),
    ),
    Exercise(
        "silence_head",
        "silence_head",
        (Probe("silence_head", silence_cases, silence_sealed),),
        mistakes.SILENCE_MISTAKES,
        (right.silence_masked, right.silence_view),
    ),
    Exercise(
        "expose", "expose", (Probe("expose heads", expose_cases),), mistakes.EXPOSE_MISTAKES, (right.expose_many,)
    ),
    Exercise(
        "mended",
        "mended",
        (Probe("mended heads", mended_cases, mended_sealed),),
        mistakes.MENDED_MISTAKES,
        (right.mended_einsum,),
    ),
)

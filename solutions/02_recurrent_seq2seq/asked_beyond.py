"""What is asked of attention over the encoder's states, of convolutions, of Table 1 and of the depth of a graph."""

from __future__ import annotations

import torch

from autograder.authoring.probes import Draw, exposes, made, moved, raises, rows, same, values

ATTENTION = {"names": ("context", "weights"), "inputs": ("query", "states", "mask"), "cause": "weights"}


def attention_cases(draw: Draw) -> list:
    tiny = torch.tensor([[[1.0, 0.0]]]), torch.tensor([[[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]]])
    hide_last = torch.tensor([[True, True, False]])
    query, states = draw.normal(2, 3, 4), draw.normal(2, 5, 4)
    mask = torch.tensor([[True] * 5, [True, True, True, False, False]])
    other, one = states.clone(), states.clone()
    other[1, 3:] += 4.0
    one[:, 1] *= -1.5
    far_query, far_states = draw.integers(-1, 2, 2, 3, 4).float(), draw.integers(-1, 2, 2, 5, 4).float()
    far_query[..., 0], far_states[..., 0] = 200.0, -200.0
    low_query, low_states = draw.normal(2, 3, 4).abs() + 3, -draw.normal(2, 5, 4).abs() - 3
    return [
        values("numbers: one target word, two source words and padding", *tiny, hide_last, **ATTENTION),
        values("numbers: a batch, T = 3, S = 5", query, states, mask, **ATTENTION),
        rows("rows: every row of the weights sums to 1", query, states, mask, output=1, **ATTENTION),
        same(
            "padding: what stands there does not matter",
            (query, states, mask),
            (query, other, mask),
            story="Only the states at padding were changed.",
            **ATTENTION,
        ),
        moved(
            "the states matter to the weights",
            (query, states, mask),
            (query, one, mask),
            output=1,
            story="One encoder state was changed.",
            **ATTENTION,
        ),
        values("numbers: every score far below 0", low_query, low_states, mask, rtol=1e-3, atol=1e-3, **ATTENTION),
        values(
            "numbers: every score near -40,000",
            far_query,
            far_states,
            mask,
            rtol=1e-3,
            atol=1e-3,
            story="the real scores are very low themselves; those of padding must be lower still",
            **ATTENTION,
        ),
        values(
            "numbers: a source that is all padding gives no NaN",
            query,
            states,
            torch.tensor([[True] * 5, [False] * 5]),
            free=torch.tensor([[False] * 3, [True] * 3]),
            **ATTENTION,
        ),
        values("gradients: reach both sides", query, states, mask, grads=("0", "1"), **ATTENTION),
    ]


def attention_sealed(draw: Draw) -> list:
    query, states = draw.normal(3, 3, 3), draw.normal(3, 3, 3)
    mask = torch.tensor([[True, True, True], [True, False, False], [True, True, False]])
    wide, long = draw.normal(2, 1, 6), draw.normal(2, 7, 6)
    gaps = torch.tensor([[True, False, True, True, False, True, False], [False, True] * 3 + [True]])
    return [
        values("B = T = S = H", query, states, mask, **ATTENTION),
        values("one target word, padding in between", wide, long, gaps, **ATTENTION),
        values("float64", wide.double(), long.double(), gaps, dtype="torch.float64", **ATTENTION),
        values("large states", 20 * wide, 20 * long, gaps, rtol=5e-3, atol=5e-3, **ATTENTION),
    ]


def expose_cases(draw: Draw) -> list:
    return [exposes("the input makes the bug miss the best word", bug="states unused", names=("query", "states", "W"))]


MENDED = {"names": ("context", "weights"), "inputs": ("query", "states", "W"), "cause": "weights"}


def mended_cases(draw: Draw) -> list:
    query, states, W = draw.normal(4, scale=0.5), draw.normal(3, 4, scale=0.5), draw.normal(4, 4, scale=0.5)
    other = states.clone()
    other[1] += 0.5 * torch.sign(W @ query)
    eye = torch.eye(2)
    return [
        values("numbers: two words, W the identity", torch.tensor([1.0, 0.0]), torch.tensor([[0.0, 2], [2, 1]]), eye,
               **MENDED),
        values("numbers: S = 3, H = 4", query, states, W, **MENDED),
        moved(
            "the weights move when a state does",
            (query, states, W),
            (query, other, W),
            output=1,
            story="One encoder state was changed.",
            **MENDED,
        ),
        values("numbers: more words than the state is wide", query, draw.normal(7, 4), W, **MENDED),
        values("gradients: reach query, states and W", query, states, W, grads=("0", "1", "2"), **MENDED),
    ]  # fmt: skip


def mended_sealed(draw: Draw) -> list:
    query, states, W = draw.normal(3), draw.normal(3, 3), draw.normal(3, 3)
    return [
        values("S = H", query, states, W, **MENDED),
        values("float64", query.double(), states.double(), W.double(), dtype="torch.float64", **MENDED),
    ]


CONV = {"names": ("output",), "inputs": ("x", "weight", "bias", "dilation")}


def conv_cases(draw: Draw) -> list:
    small = draw.whole(1, 3, 1), torch.tensor([[[2.0, 1.0]]]), torch.tensor([0.5])
    x, weight, bias = draw.normal(2, 7, 3), draw.normal(4, 3, 3), draw.normal(4)
    line, square, none = draw.normal(1, 6, 3), draw.normal(3, 3, 2), torch.zeros(3)
    return [
        values("numbers: three words, k = 2, D = 1", *small, **CONV),
        values("numbers: a batch, T = 7, k = 3", x, weight, bias, **CONV),
        values("numbers: dilation 2", x, weight, bias, 2, **CONV),
        values("numbers: k = 1", x, weight[:, :, :1], bias, **CONV),
        same(
            "the future is not seen",
            (x, weight, bias),
            (torch.cat([x[:, :4], x[:, 4:] + 2.0], dim=1), weight, bias),
            where=(torch.arange(7) < 4).expand(2, 7),
            story="Only the words from word 4 on were changed.",
            **CONV,
        ),
        values("numbers: one sentence, k = 2, dilation 3", line, square, none, 3, **CONV),
        values("gradients: reach words, weight and bias", x, weight, bias, grads=("0", "1", "2"), **CONV),
    ]


def conv_sealed(draw: Draw) -> list:
    x, weight, bias = draw.normal(4, 4, 4), draw.normal(4, 4, 4), draw.normal(4)
    return [
        values("B = T = D = k", x, weight, bias, **CONV),
        values("a field longer than the sentence", x, weight, bias, 5, **CONV),
        values("float64", x.double(), weight.double(), bias.double(), dtype="torch.float64", **CONV),
        values("non-contiguous input", x, weight, bias, 2, noncontiguous=True, **CONV),
    ]


LAYERS = {"names": ("layers",), "inputs": ("distance", "kernel", "dilated")}


def layers_cases(draw: Draw) -> list:
    return [
        values("numbers: 4 places, k = 3", 4, 3, **LAYERS),
        values("numbers: 5 places, k = 3", 5, 3, **LAYERS),
        values("numbers: the neighbour", 1, 3, **LAYERS),
        values("numbers: no distance, no layer", 0, 3, **LAYERS),
        values("numbers: 7 places, k = 2, dilated", 7, 2, True, **LAYERS),
        values("numbers: 8 places, k = 2, dilated", 8, 2, True, **LAYERS),
        values("numbers: 124 places, k = 5, dilated", 124, 5, True, **LAYERS),
        values("numbers: 1,000 places, k = 3, dilated", 1000, 3, True, **LAYERS),
    ]


def layers_sealed(draw: Draw) -> list:
    far = int(draw.integers(50, 500, 1))
    return [
        values("another distance", far, 4, **LAYERS),
        values("another distance, dilated", far, 4, True, **LAYERS),
        values("no distance, dilated", 0, 2, True, **LAYERS),
        *(
            values(f"{k}^{m} - 1 places, k = {k}, dilated", k**m - 1, k, True, **LAYERS)
            for k, m in ((3, 5), (6, 3), (10, 3))
        ),
        *(values(f"{k}^{m} places, k = {k}, dilated", k**m, k, True, **LAYERS) for k, m in ((3, 5), (6, 3), (10, 3))),
    ]


COMPLEXITY = {"names": ("operations", "sequential", "path"), "inputs": ("layer_type", "n", "d", "k")}
LAYER_TYPES = ("self-attention", "recurrent", "convolutional", "restricted self-attention")


def complexity_cases(draw: Draw) -> list:
    return [
        *(values(f"numbers: {layer}", layer, 20, 64, 3, **COMPLEXITY) for layer in LAYER_TYPES),
        raises("another name raises a ValueError", "pooling", 20, 64, 3, error="ValueError", **COMPLEXITY),
    ]


def complexity_sealed(draw: Draw) -> list:
    n, d = int(draw.integers(30, 90, 1)), int(draw.integers(100, 300, 1))
    return [values(f"{layer}, other sizes", layer, n, d, 5, **COMPLEXITY) for layer in LAYER_TYPES] + [
        values("k is 3 where it is not given", "convolutional", 50, 16, **COMPLEXITY)
    ]


DEPTH = {"names": ("depth",)}


def depth_cases(draw: Draw) -> list:
    asked = (
        ("one operation", ("chain", 1), "the loss is the sine of a leaf"),
        ("five operations in a row", ("chain", 5), "the loss is a leaf, its sine taken five times over"),
        ("no operation: the loss is a leaf", ("leaf",), "the loss is a leaf itself"),
        ("no graph at all", ("constant",), "the loss has no graph: its grad_fn is None"),
        ("a long way and a short one", ("fork", 7, 2), "chains of 7 and of 2 operations, added"),
        ("a short way and a long one", ("fork", 2, 7), "chains of 2 and of 7 operations, added"),
        ("the same leaf by two ways", ("detour", 3), "x + f(x) + x, where f has six operations"),
        (
            "one operation by a short way and a long one",
            ("shared", 1, 3, False),
            "y = sin(x); y + sin(sin(sin(y))), and the sum of it",
        ),
        (
            "one operation by a long way and a short one",
            ("shared", 1, 3, True),
            "y = sin(x); sin(sin(sin(y))) + y, and the sum of it",
        ),
        ("forty operations, reached in very many ways", ("doublings", 40), "y + y, forty times over"),
        ("four thousand in a row", ("chain", 4000), "the sine of the sine of ..., 4,000 times"),
    )
    return [values(title, made(*recipe), story=story, **DEPTH) for title, recipe, story in asked]


def depth_sealed(draw: Draw) -> list:
    first, second = (int(draw.integers(3, 30, 1)) for _ in range(2))
    return [
        values("another chain", made("chain", first + 20), story="a chain of operations", **DEPTH),
        values("another fork", made("fork", first, second + 31), story="two chains, added", **DEPTH),
        values("a shared chain", made("shared", first, second, False), story="y is a chain; y + f(y)", **DEPTH),
        values(
            "a shared chain, and back", made("shared", second, first, True), story="y is a chain; f(y) + y", **DEPTH
        ),
        values("and back", made("fork", second + 31, first), story="two chains, added", **DEPTH),
        values("another detour", made("detour", first), story="x + f(x) + x, where f is a chain", **DEPTH),
        values("thirty operations, reached in very many ways", made("doublings", 30), **DEPTH),
    ]

"""What is asked of a student's work in lesson 03."""

from __future__ import annotations

import torch

from autograder.authoring.probes import (
    Draw,
    Exercise,
    Probe,
    dropped,
    exposes,
    made,
    parameters,
    raises,
    same,
    values,
)

from . import mistakes, right

EMBED = {"names": ("vectors",), "inputs": ("tokens", "table")}


def embed_cases(draw: Draw) -> list:
    small = torch.tensor([[1.0, 0.0, 0.0, 1.0], [2.0, 0.0, -1.0, 0.0], [0.0, 3.0, 0.0, 0.0]])
    table, tokens = draw.normal(11, 6), draw.integers(0, 11, 2, 5)
    return [
        values("numbers: two words, D = 4, so √D = 2", torch.tensor([2, 0]), small, **EMBED),
        values("numbers: a batch, V = 11, D = 6", tokens, table, **EMBED),
        values("numbers: the same word twice", torch.tensor([[3, 3, 7]]), table, **EMBED),
        values("gradients: reach the table", tokens, table, grads=("1",), **EMBED),
    ]


def embed_sealed(draw: Draw) -> list:
    table, tokens = draw.normal(7, 10), draw.integers(0, 7, 3, 2, 4)
    return [
        values("more leading dimensions", tokens, table, **EMBED),
        values("float64", tokens, table.double(), dtype="torch.float64", **EMBED),
        values("non-contiguous input", tokens, table, noncontiguous=True, **EMBED),
    ]


BLIND = {"names": ("answer",), "inputs": ("model", "x")}


def _blind(x: torch.Tensor) -> list:
    asked = (
        ("attention without positions: True", "attention", "the model is attention without positions"),
        ("a model that changes nothing: True", "nothing", "the model returns x as it is"),
        ("attention after a ramp: False", "attention after a ramp", "the model adds a number that grows along x"),
        (
            "attention after a hill: False",
            "attention after a hill",
            "the model adds a number that grows towards the middle of x and falls after it",
        ),
        (
            "attention after a step: False",
            "attention after a step",
            "the model adds 0 to the first two words and 1 to the others",
        ),
        (
            "each word passed to its neighbour: False",
            "passed on",
            "the model gives each word to its right neighbour, the last to the first",
        ),
        (
            "the sum of both neighbours: False",
            "both neighbours",
            "each word becomes the sum of its two neighbours: a sentence read backwards comes out backwards",
        ),
        (
            "the first two words exchanged: False",
            "first two exchanged",
            "the model exchanges the first two words, whichever they are",
        ),
        ("the first word marked: False", "first word marked", "the model adds 1 to the first word of the sentence"),
        ("the last word marked: False", "last word marked", "the model adds 1 to the last word of the sentence"),
        (
            "blind to the first reordering it meets: False",
            "blind once",
            "the model is blind to the first reordering you try, and not to the others",
        ),
    )
    return [values(title, made(name), x, story=story, **BLIND) for title, name, story in asked]


def blind_cases(draw: Draw) -> list:
    return _blind(draw.normal(5, 4))


def blind_sealed(draw: Draw) -> list:
    x = draw.normal(6, 3)
    return [
        *_blind(x),
        values("causal attention: False", made("causal attention"), x, **BLIND),
        values("each word less the mean: True", made("less the mean"), x, **BLIND),
        values("a layer applied word by word: True", made("word by word"), x, **BLIND),
    ]


PE = {"names": ("PE",), "inputs": ("length", "d_model")}


def encoding_cases(draw: Draw) -> list:
    return [
        values("numbers: 3 positions, D = 4", 3, 4, **PE),
        values("numbers: 1 position: 0, 1, 0, 1, ...", 1, 6, **PE),
        values("numbers: 20 positions, D = 16", 20, 16, **PE),
        values("numbers: an odd width, D = 5", 7, 5, **PE),
    ]


def encoding_sealed(draw: Draw) -> list:
    length, width = int(draw.integers(25, 60, 1)), 2 * int(draw.integers(9, 20, 1))
    return [
        values("another length and width", length, width, **PE),
        values("wider than long", 5, 64, **PE),
        values("D = 2", 12, 2, **PE),
        values("another odd width", 9, 11, **PE),
        values("3,000 positions", 3000, 6, rtol=2e-3, atol=2e-3, **PE),
    ]


SHIFT = {"names": ("R",), "inputs": ("k", "d_model")}


def shift_cases(draw: Draw) -> list:
    return [
        values("numbers: one position on, D = 2", 1, 2, **SHIFT),
        values("numbers: k = 0 changes nothing", 0, 6, **SHIFT),
        values("numbers: five positions on, D = 6", 5, 6, **SHIFT),
        values("numbers: two positions back, D = 4", -2, 4, **SHIFT),
    ]


def shift_sealed(draw: Draw) -> list:
    k, width = int(draw.integers(3, 30, 1)), 2 * int(draw.integers(4, 12, 1))
    return [
        values("another shift and width", k, width, **SHIFT),
        values("the way back", -k, width, **SHIFT),
        values("300 positions on", 300, 8, rtol=1e-3, atol=1e-3, **SHIFT),
    ]


MODULE = {"names": ("output",), "inputs": ("x",)}


def module_cases(draw: Draw) -> list:
    x = draw.normal(2, 5, 6)
    return [
        parameters("one buffer, `table`, and no parameters", x, init=(6, 9), buffers=True, **MODULE),
        values("numbers: one sentence of two words, D = 4", torch.ones(1, 2, 4), init=(4, 3, 0.0), **MODULE),
        values("numbers: a batch, B = 2, T = 5, D = 6", x, init=(6, 50, 0.0), **MODULE),
        values("numbers: the longest sentence it can take", x, init=(6, 5, 0.0), **MODULE),
        values("eval mode: dropout does nothing", x, init=(6, 50, 0.5), **MODULE),
        values("train mode: dropout p = 1 on the sum: all 0", x, init=(6, 50, 1.0), train=True, **MODULE),
        dropped("train mode: dropout p = 0.5 leaves 0 or twice the sum", x, p=0.5, init=(6, 50, 0.5), **MODULE),
        raises("a sentence that is too long raises a ValueError", x, init=(6, 4, 0.0), error="ValueError", **MODULE),
        values("gradients: reach the words", x, init=(6, 50, 0.0), grads=("0",), **MODULE),
    ]


def module_sealed(draw: Draw) -> list:
    square = draw.normal(4, 4, 6)
    x = draw.normal(3, 7, 8)
    other = torch.cat([x[:1], draw.normal(2, 7, 8)])
    return [
        values("as many sentences as words", square, init=(6, 20, 0.0), **MODULE),
        values("float64", x.double(), init=(8, 12, 0.0), dtype="torch.float64", **MODULE),
        values("non-contiguous input", x, init=(8, 12, 0.0), noncontiguous=True, **MODULE),
        same(
            "a sentence does not depend on its neighbours in the batch",
            (x,),
            (other,),
            init=(8, 12, 0.0),
            where=torch.arange(3) == 0,
            story="Only the other sentences of the batch were changed.",
            **MODULE,
        ),
        parameters("other sizes: one buffer, no parameters", x, init=(8, 30, 0.2), buffers=True, **MODULE),
    ]


def learned_cases(draw: Draw) -> list:
    x, table = draw.normal(2, 3, 4), draw.normal(5, 4)
    built = {"init": (5, 4), "weights": {"table": table}, **MODULE}
    return [
        parameters("one parameter, `table`", x, **built),
        values("numbers: B = 2, T = 3, D = 4", x, **built),
        values("numbers: the longest sentence", draw.normal(2, 5, 4), **built),
        values("gradients: reach the rows that were used, and no others", x, grads=("table",), **built),
    ]


def learned_sealed(draw: Draw) -> list:
    x, table = draw.normal(3, 3, 6), draw.normal(8, 6)
    built = {"weights": {"table": table}, **MODULE}
    return [
        values("as many sentences as words", x, init=(8, 6), **built),
        values("one word", x[:, :1], init=(8, 6), **built),
    ]


def expose_cases(draw: Draw) -> list:
    return [exposes("two equal sentences come out different", bug="batch for time", names=("x",))]


MENDED = {"names": ("output",), "inputs": ("x", "table")}


def mended_cases(draw: Draw) -> list:
    table = draw.normal(9, 4)
    return [
        values(
            "numbers: one sentence, two words", torch.zeros(1, 2, 2), torch.tensor([[1.0, 2], [3, 4], [5, 6]]), **MENDED
        ),
        values("numbers: B = 2, T = 5", draw.normal(2, 5, 4), table, **MENDED),
        values("numbers: B = T = 3", draw.normal(3, 3, 4), table, **MENDED),
        values("gradients: of the words and the table", draw.normal(2, 5, 4), table, grads=("0", "1"), **MENDED),
    ]


def mended_sealed(draw: Draw) -> list:
    table = draw.normal(6, 6)
    return [
        values("the longest sentence", draw.normal(4, 6, 6), table, **MENDED),
        values("B = D", draw.normal(6, 4, 6), table, **MENDED),
        values("float64", draw.normal(2, 3, 6).double(), table.double(), dtype="torch.float64", **MENDED),
    ]


EXERCISES = (
    Exercise(
        "embed",
        "embed",
        (Probe("embed", embed_cases, embed_sealed),),
        mistakes.EMBED,
        (right.embed_functional, right.embed_one_hot, right.embed_index_select),
    ),
    Exercise(
        "is_order_blind",
        "is_order_blind",
        (Probe("is_order_blind", blind_cases, blind_sealed),),
        mistakes.BLIND,
        (right.blind_all_orders, right.blind_random, right.blind_back_again),
    ),
    Exercise(
        "positional_encoding",
        "positional_encoding",
        (Probe("positional_encoding", encoding_cases, encoding_sealed),),
        mistakes.ENCODING,
        (right.encoding_exp_log, right.encoding_loops, right.encoding_interleaved, right.encoding_complex),
    ),
    Exercise(
        "shift_matrix",
        "shift_matrix",
        (Probe("shift_matrix", shift_cases, shift_sealed),),
        mistakes.SHIFT,
        (right.shift_loop, right.shift_block_diag, right.shift_solved),
    ),
    Exercise(
        "PositionalEncoding",
        "PositionalEncoding",
        (Probe("PositionalEncoding", module_cases, module_sealed),),
        mistakes.MODULE,
        (right.ModuleFunctional, right.ModuleWithBatch),
    ),
    Exercise(
        "LearnedPositions",
        "LearnedPositions",
        (Probe("LearnedPositions", learned_cases, learned_sealed),),
        mistakes.LEARNED,
        (right.LearnedByEmbedding, right.LearnedSmall, right.LearnedFromZero),
    ),
    Exercise(
        "expose", "expose", (Probe("expose: positions", expose_cases),), mistakes.EXPOSE, (right.expose_random_twice,)
    ),
    Exercise(
        "mended",
        "mended",
        (Probe("mended: positions", mended_cases, mended_sealed),),
        mistakes.MENDED,
        (right.mended_expand, right.mended_loop),
    ),
)

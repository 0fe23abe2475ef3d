"""What is asked of a student's work in lesson 07."""

from __future__ import annotations

import torch
from torch import Tensor

from autograder.authoring.probes import (
    Draw,
    Exercise,
    Probe,
    dropped,
    exposes,
    hides,
    made,
    parameters,
    same,
    values,
)

from . import mistakes, right

LAYER = {"names": ("output",), "inputs": ("x", "mask")}
NEAR = {"rtol": 1e-3, "atol": 1e-3}  # gradients through several norms, in float32


def _layer(draw: Draw, D: int, d_ff: int, prefix: str = "", scale: float = 0.6) -> dict[str, Tensor]:
    """Weights of one layer. γ is not 1 and β is not 0."""
    found = {}
    for name in ("W_q", "W_k", "W_v", "W_o"):
        found[f"{prefix}attention.{name}.weight"] = draw.normal(D, D, scale=scale)
        found[f"{prefix}attention.{name}.bias"] = draw.normal(D, scale=scale)
    for name, shape in (("W_1", (d_ff, D)), ("W_2", (D, d_ff))):
        found[f"{prefix}feed_forward.{name}.weight"] = draw.normal(*shape, scale=scale)
        found[f"{prefix}feed_forward.{name}.bias"] = draw.normal(shape[0], scale=scale)
    for name in ("norm_1", "norm_2"):
        found[f"{prefix}{name}.gamma"] = draw.normal(D, scale=0.5) + 1.5
        found[f"{prefix}{name}.beta"] = draw.normal(D, scale=0.5)
    return found


ATTENTION, FEED = ("attention.W_o.weight", "attention.W_o.bias"), ("feed_forward.W_2.weight", "feed_forward.W_2.bias")


def _silent(weights: dict[str, Tensor], last: tuple[str, ...] = (*ATTENTION, *FEED)) -> dict[str, Tensor]:
    """The same, but that both sublayers put out 0, or the one whose last weights are given."""
    return {name: torch.zeros_like(w) if name in last else w for name, w in weights.items()}


def _whisper(weights: dict[str, Tensor], bias: str) -> dict[str, Tensor]:
    """The same, but that of all that the sublayers put out one number is not 0, the first of this bias, and it is tiny.

    It is so far below ε that the norms only multiply and shift it, by the same amounts whatever it is: behind them
    dropout is still seen, 0 or double, in a whole row at once."""
    plain = {name: torch.full_like(w, name.endswith("gamma")) for name, w in weights.items() if name.startswith("norm")}
    whisper = torch.zeros_like(weights[bias])
    whisper[0] = 1e-7
    return {**_silent(weights), **plain, bias: whisper}


def _padding(lengths: tuple[int, ...], T: int) -> Tensor:
    return (torch.arange(T) < torch.tensor(lengths)[:, None]).unsqueeze(1)


def layer_cases(draw: Draw) -> list:
    B, T, D, H, d_ff = 3, 4, 6, 2, 5
    weights = _layer(draw, D, d_ff)
    x, mask = draw.normal(B, T, D), _padding((4, 2, 3), T)
    table, tables = draw.mask(T, T), draw.mask(B, T, T)
    post, pre = ({"init": (D, H, d_ff, 0.0, first), "weights": weights, **LAYER} for first in (False, True))
    quiet = {"weights": _silent(weights), **LAYER}
    both = "attention.W_q.weight", "feed_forward.W_1.weight", "norm_1.gamma", "norm_2.gamma"
    train = {"weights": weights, "train": True, **LAYER}
    zero, half = torch.zeros(B, T, D), {"p": 0.5, "init": (D, H, d_ff, 0.5, True), **LAYER}
    post_half = {"p": 0.5, "by_row": True, "init": (D, H, d_ff, 0.5), **LAYER}
    return [
        parameters("parameters: one attention, one feed-forward network, two norms", x, **post),
        values(
            "post-norm: sublayers that put out 0 leave x, normalized twice", x, init=(D, H, d_ff, 0.0),
            story="both sublayers put out 0", **quiet
        ),
        values("post-norm: numbers", x, **post),
        values("post-norm: padding mask", x, mask, **post),
        values(
            "pre-norm: sublayers that put out 0 leave x", x, init=(D, H, d_ff, 0.0, True),
            story="both sublayers put out 0", **quiet
        ),
        values("pre-norm: numbers", x, **pre),
        values("pre-norm: padding mask", x, mask, **pre),
        values("post-norm is the default", x, init=(D, H, d_ff), weights=weights, **LAYER),
        values("eval mode: dropout does nothing", x, mask, init=(D, H, d_ff, 0.5), weights=weights, **LAYER),
        values("train mode, post-norm: dropout p = 1 leaves x, normalized twice", x, init=(D, H, d_ff, 1.0), **train),
        values("train mode, pre-norm: dropout p = 1 leaves x", x, init=(D, H, d_ff, 1.0, True), **train),
        dropped("train mode, pre-norm: dropout p = 0.5 on what attention puts out, once", zero,
                weights=_silent(weights, FEED), story="x is 0, the feed-forward network puts out 0", **half),
        dropped("train mode, pre-norm: dropout p = 0.5 on what the feed-forward network puts out, once", zero,
                weights=_silent(weights, ATTENTION), story="x is 0, attention puts out 0", **half),
        dropped("train mode, post-norm: dropout p = 0.5 on what attention puts out, once", zero,
                weights=_whisper(weights, "attention.W_o.bias"), **post_half),
        dropped("train mode, post-norm: dropout p = 0.5 on what the feed-forward network puts out, once", zero,
                weights=_whisper(weights, "feed_forward.W_2.bias"), **post_half),
        values("post-norm: a mask for every word", x, table, **post),
        values("pre-norm: a mask for every word of every sentence", x, tables, **pre),
        values("gradients: post-norm, reach x and every part", x, mask, grads=("0", *both), **NEAR, **post),
        values("gradients: pre-norm, reach x and every part", x, mask, grads=("0", *both), **NEAR, **pre),
    ]  # fmt: skip


def layer_sealed(draw: Draw) -> list:
    B, T, D, H, d_ff = 2, 5, 6, 3, 9
    weights = _layer(draw, D, d_ff)
    x, table = draw.normal(B, T, D), draw.mask(T, T)
    doubles = {name: w.double() for name, w in weights.items()}
    found = [("post-norm", False), ("pre-norm", True)]
    return [
        *(
            values(f"{name}, other sizes, a mask for every word", x, table,
                   init=(D, H, d_ff, 0.2, first), weights=weights, **LAYER)
            for name, first in found
        ),
        *(
            values(f"{name}, float64", x.double(), _padding((5, 1), T), init=(D, H, d_ff, 0.0, first),
                   weights=doubles, dtype="torch.float64", **LAYER)
            for name, first in found
        ),
        values("a single word", x[:, :1], init=(D, H, d_ff), weights=weights, **LAYER),
    ]  # fmt: skip


def _stack(draw: Draw, layers: int, D: int, d_ff: int, norm_first: bool) -> dict[str, Tensor]:
    weights = {}
    for n in range(layers):
        weights |= _layer(draw, D, d_ff, f"layers.{n}.")
    if norm_first:
        weights |= {"norm.gamma": draw.normal(D, scale=0.5) + 1.5, "norm.beta": draw.normal(D, scale=0.5)}
    return weights


PADDED = "What stands at the padding was changed."


def encoder_cases(draw: Draw) -> list:
    B, T, D, H, d_ff, N = 2, 4, 6, 2, 5, 3
    post, pre = (_stack(draw, N, D, d_ff, first) for first in (False, True))
    x, mask = draw.normal(B, T, D), _padding((4, 2), T)
    other = x.clone()
    other[1, 2:] = 3 * other[1, 2:] - 2
    post_norm = {"init": (N, D, H, d_ff, 0.0), "weights": post, **LAYER}
    pre_norm = {"init": (N, D, H, d_ff, 0.0, True), "weights": pre, **LAYER}
    return [
        parameters("parameters: post-norm, three layers", init=(N, D, H, d_ff), value=True, **LAYER),
        parameters("parameters: pre-norm, three layers", init=(N, D, H, d_ff, 0.1, True), value=True, **LAYER),
        values("numbers: post-norm", x, **post_norm),
        values("numbers: pre-norm", x, **pre_norm),
        values("numbers: post-norm, padding mask", x, mask, **post_norm),
        values("numbers: pre-norm, padding mask", x, mask, **pre_norm),
        same(
            "padding: what stands there changes no word", (x, mask), (other, mask),
            where=mask[:, 0], story=PADDED, **post_norm
        ),
        values("eval mode: dropout does nothing", x, init=(N, D, H, d_ff, 0.5), weights=post, **LAYER),
        values("train mode: dropout p = 1 leaves x and the last norm", x, init=(N, D, H, d_ff, 1.0, True),
               weights=pre, train=True, **LAYER),
        values("gradients: reach the first layer", x, mask,
               grads=("0", "layers.0.attention.W_v.weight", "layers.2.norm_2.gamma"), **NEAR, **pre_norm),
    ]  # fmt: skip


def encoder_sealed(draw: Draw) -> list:
    B, T, D, H, d_ff, N = 3, 5, 6, 3, 4, 2
    post, pre = (_stack(draw, N, D, d_ff, first) for first in (False, True))
    x, mask = draw.normal(B, T, D), _padding((2, 5, 4), T)
    one = _stack(draw, 1, D, d_ff, True)
    doubles = {name: w.double() for name, w in pre.items()}
    return [
        parameters("parameters: five layers", init=(5, D, H, d_ff, 0.0, True), value=True, **LAYER),
        values("post-norm, two layers", x, mask, init=(N, D, H, d_ff), weights=post, **LAYER),
        values("pre-norm, float64", x.double(), mask, init=(N, D, H, d_ff, 0.2, True), weights=doubles,
               dtype="torch.float64", **LAYER),
        values("a single layer", x, mask, init=(1, D, H, d_ff, 0.0, True), weights=one, **LAYER),
        values("a mask for every word", x, draw.mask(T, T), init=(N, D, H, d_ff), weights=post, **LAYER),
    ]  # fmt: skip


BLIND = {"names": ("answer",), "inputs": ("encoder", "x", "padding"), "value": False}
MODELS = (
    ("an encoder of two layers", "encoder"),
    ("words changed one by one", "encoder, word by word"),
    ("the mean of the words added", "encoder, mean of the words"),
    ("words passed on as they are", "encoder, nothing"),
    ("the first word added to all, unless it is hidden", "encoder, first place seen"),
    ("no mask in any layer", "encoder, no mask"),
    ("the mask in the first layer only", "encoder, mask in the first layer only"),
    ("the mask in the last layer only", "encoder, mask in the last layer only"),
    ("the mask turned round", "encoder, mask turned round"),
    ("rows of the padding hidden, not its columns", "encoder, mask over queries"),
    ("hidden scores set to 0", "encoder, hidden scores of 0"),
    ("the mean of all places added", "encoder, mean of all places"),
    ("the sum of the words over the number of all places", "encoder, words over places"),
    ("the last word sees the place behind it", "encoder, next place seen"),
    ("the first word sees the last place", "encoder, last place seen"),
    ("the second word sees the last place", "encoder, last place seen by the second"),
    ("a hundredth of the padding added", "encoder, a little leak"),
)
OTHER_SIZES = (
    ("an encoder of two layers", "encoder"),
    ("no mask in any layer", "encoder, no mask"),
    ("words passed on, with a rounding error of a millionth", "encoder, rounding"),
    ("a thousandth of the padding added", "encoder, a tiny leak"),
    ("the padding added to one word and taken off another", "encoder, leak that cancels"),
    ("the padding seen in the last feature only", "encoder, leak into the last feature"),
    ("one place in the middle of the padding seen", "encoder, second place of padding seen"),
)
FURTHER = (
    ("weights of padding set to 0 behind the softmax", "encoder, weights not shared out again"),
    ("a norm over the whole sentence", "encoder, norm of the sentence"),
)


def padding_cases(draw: Draw) -> list:
    x, padding = draw.normal(4, 6), draw.normal(3, 6)
    longer, more = draw.normal(5, 3), draw.normal(4, 3)
    return [
        *(values(f"encoder: {told}", made(recipe), x, padding, story=told, **BLIND) for told, recipe in MODELS),
        *(
            values(f"five words, four places of padding: {told}", made(recipe), longer, more, story=told, **BLIND)
            for told, recipe in OTHER_SIZES
        ),
    ]


def padding_sealed(draw: Draw) -> list:
    x, padding, one = draw.normal(5, 4), draw.normal(2, 4) + 1, draw.normal(1, 4)
    return [
        *(values(f"encoder: {told}", made(recipe), x, padding, story=told, **BLIND) for told, recipe in FURTHER),
        values("one place of padding: an encoder", made("encoder"), x, one, **BLIND),
        values("one place of padding: no mask", made("encoder, no mask"), x, one, **BLIND),
        values("one word: an encoder", made("encoder"), one, padding, **BLIND),
        values("float64: an encoder", made("encoder"), x.double(), padding.double(), **BLIND),
    ]


SIZES = {
    "names": ("counts",),
    "inputs": ("num_layers", "d_model", "num_heads", "d_ff", "vocabulary", "positions", "segments",
               "embedding_norm", "pooler"),
}  # fmt: skip


def count_cases(draw: Draw) -> list:
    return [
        values("one small layer", 1, 4, 2, 6, 10, **SIZES),
        values("three small layers", 3, 4, 2, 6, 10, **SIZES),
        values("with positions and segments", 2, 6, 3, 5, 20, 7, 2, **SIZES),
        values("with a norm of the embeddings", 2, 6, 3, 5, 20, 7, 2, True, **SIZES),
        values("with a norm and a pooler", 2, 6, 3, 5, 20, 7, 2, True, True, **SIZES),
        values("a norm counts as many numbers as the model is wide", 2, 64, 4, 8, 3, 0, 0, True, False, **SIZES),
        values("the paper's base encoder", 6, 512, 8, 2048, 37_000, **SIZES),
        values("BERT base", 12, 768, 12, 3072, 30_522, 512, 2, True, True, **SIZES),
        values("BERT large", 24, 1024, 16, 4096, 30_522, 512, 2, True, True, **SIZES),
    ]


def count_sealed(draw: Draw) -> list:
    layers, heads, d_ff, vocabulary = (int(draw.integers(2, 9, 1)) for _ in range(4))
    return [
        values("other sizes", layers, 4 * heads, heads, d_ff, vocabulary, 3, 1, False, True, **SIZES),
        values("one head", layers, 12, 1, d_ff, vocabulary, **SIZES),
        values("a pooler and no norm", 1, 4, 2, 3, 5, 6, 0, False, True, **SIZES),
    ]


HIDE = {"names": ("inputs", "labels"), "inputs": ("tokens", "first_word", "mask", "share")}


def mask_cases(draw: Draw) -> list:
    small = torch.tensor([[1, 7, 4, 9, 2], [1, 5, 3, 2, 0]])
    many = made("sentences", 160, 64, 5, 55)
    eight, few = made("sentences", 160, 64, 6, 14), made("sentences", 160, 64, 4, 5)
    return [
        values("share 0: nothing is hidden", small, 4, 12, 0.0, **HIDE),
        hides("share 15 %, 160 sentences: which words are chosen", many, 5, 55, **HIDE),
        hides("share 65 %: what becomes of the chosen words", many, 5, 55, 0.65, fates=True, **HIDE),
        hides("share 100 %: every word is chosen, and nothing else", many, 5, 55, 1.0, fates=True, **HIDE),
        hides("a language of eight words: any of them can be drawn", eight, 6, 14, 1.0, fates=True, **HIDE),
        hides("a language of one word: what is drawn at random", few, 4, 5, 1.0, fates=True, **HIDE),
    ]


def mask_sealed(draw: Draw) -> list:
    first = int(draw.integers(4, 9, 1))
    words = int(draw.integers(30, 60, 1))
    return [
        hides("another vocabulary", made("sentences", 200, 50, first, first + words), first, first + words, 0.65,
              fates=True, **HIDE),
        hides("share 30 %", made("sentences", 100, 100, 4, 44), 4, 44, 0.3, **HIDE),
    ]  # fmt: skip


MODEL = {"names": ("scores",), "inputs": ("tokens",)}


def _model(draw: Draw, V: int, N: int, D: int, d_ff: int) -> dict[str, Tensor]:
    stack = {f"encoder.{name}": w for name, w in _stack(draw, N, D, d_ff, False).items()}
    return {"embedding.weight": draw.normal(V, D, scale=0.5), **stack}


def model_cases(draw: Draw) -> list:
    V, N, D, H, d_ff = 9, 3, 6, 2, 5
    weights = _model(draw, V, N, D, d_ff)
    tokens = torch.tensor([[1, 7, 4, 8, 2], [1, 5, 2, 0, 0], [1, 4, 7, 8, 2]])
    built = {"init": (V, N, D, H, d_ff, 0.0), "weights": weights, **MODEL}
    return [
        parameters("parameters: a table, and an encoder", tokens, **built),
        values("numbers: one sentence of two tokens", tokens[:1, :2], **built),
        values("numbers: three sentences, one with padding", tokens, **built),
        values("numbers: the sentence with padding, alone", tokens[1:2, :3], **built),
        values("eval mode: dropout does nothing", tokens, init=(V, N, D, H, d_ff, 0.5), weights=weights, **MODEL),
        values("train mode: dropout p = 1 leaves nothing of words and positions", tokens,
               init=(V, N, D, H, d_ff, 1.0), weights=weights, train=True, **MODEL),
        values("gradients: reach the table and the first layer", tokens,
               grads=("embedding.weight", "encoder.layers.0.attention.W_q.weight"), **NEAR, **built),
    ]  # fmt: skip


def model_sealed(draw: Draw) -> list:
    V, N, D, H, d_ff = 12, 1, 8, 4, 4
    weights = _model(draw, V, N, D, d_ff)
    tokens = draw.integers(4, V, 4, 6)
    tokens[1, 3:] = 0
    tokens[3, 1:] = 0
    return [values("other sizes", tokens, init=(V, N, D, H, d_ff), weights=weights, **MODEL)]


ALIKE = {"names": ("cosines",), "inputs": ("states",)}


def alike_cases(draw: Draw) -> list:
    two = torch.tensor([[[1.0, 0.0], [0.0, 2.0]], [[1.0, 0.0], [3.0, 0.0]], [[1.0, 0.0], [-1.0, 0.0]]])
    three = torch.tensor([[[3.0, 4.0], [3.0, 4.0], [4.0, -3.0]]])
    return [
        values("two words: perpendicular, alike, opposed", two, **ALIKE),
        values("three words, one of them apart", three, **ALIKE),
        values("four layers, five words", draw.normal(4, 5, 3), **ALIKE),
        values("long and short words", draw.normal(2, 4, 6) * (1 + 9 * torch.arange(4.0))[:, None], **ALIKE),
    ]


def alike_sealed(draw: Draw) -> list:
    x = draw.normal(3, 3, 3)
    return [
        values("as many layers as words and features", x, **ALIKE),
        values("float64", x.double() + 1, dtype="torch.float64", **ALIKE),
    ]


def expose_cases(draw: Draw) -> list:
    names = ("x", "other", "words", "num_layers")
    return [exposes("the padding moves a word", bug="mask lost on the way", names=names)]


MENDED = {"names": ("output",), "inputs": ("x", "mask", "layers")}


def mended_cases(draw: Draw) -> list:
    x, mask = draw.normal(2, 4, 3), _padding((4, 2), 4)
    layers = made("layers to walk through", draw.normal(3, 3, 3))
    one = made("layers to walk through", draw.normal(1, 3, 3))
    other = x.clone()
    other[1, 2:] = 3 * other[1, 2:] - 2
    return [
        values("numbers: one layer", x, mask, one, **MENDED),
        values("numbers: three layers", x, mask, layers, **MENDED),
        same("padding: what stands there changes no word", (x, mask, layers), (other, mask, layers),
             where=mask[:, 0], story=PADDED, **MENDED),
    ]  # fmt: skip


def mended_sealed(draw: Draw) -> list:
    x, layers = draw.normal(3, 3, 3), made("layers to walk through", draw.normal(5, 3, 3, scale=0.4))
    none = made("layers to walk through", draw.normal(0, 3, 3))
    return [
        values("five layers", x, _padding((1, 3, 2), 3), layers, **MENDED),
        values("no layer at all", x, _padding((1, 3, 2), 3), none, **MENDED),
    ]


EXERCISES = (
    Exercise(
        "EncoderLayer",
        "EncoderLayer",
        (Probe("EncoderLayer", layer_cases, layer_sealed),),
        mistakes.LAYER_MISTAKES,
        (right.LayerInSteps, right.LayerWithFunctions, right.LayerByTorch, right.LayerWithTwoDropouts),
    ),
    Exercise(
        "Encoder",
        "Encoder",
        (Probe("Encoder", encoder_cases, encoder_sealed),),
        mistakes.ENCODER_MISTAKES,
        (right.EncoderDeepcopy, right.EncoderByIndex, right.EncoderWithIdentity, right.EncoderRecursive),
    ),
    Exercise(
        "ignores_padding",
        "ignores_padding",
        (Probe("ignores_padding", padding_cases, padding_sealed),),
        mistakes.PADDING_MISTAKES,
        (right.padding_by_difference, right.padding_word_by_word, right.padding_own_masks),
    ),
    Exercise(
        "expose",
        "expose",
        (Probe("expose: mask", expose_cases),),
        mistakes.EXPOSE_MISTAKES,
        (right.expose_many, right.expose_deep),
    ),
    Exercise(
        "mended",
        "mended",
        (Probe("mended: mask", mended_cases, mended_sealed),),
        mistakes.MENDED_MISTAKES,
        (right.mended_plainly, right.mended_updated),
    ),
    Exercise(
        "parameter_count",
        "parameter_count",
        (Probe("parameter_count: encoder", count_cases, count_sealed),),
        mistakes.COUNT_MISTAKES,
        (right.count_by_building, right.count_by_layers),
    ),
    Exercise(
        "mask_tokens",
        "mask_tokens",
        (Probe("mask_tokens", mask_cases, mask_sealed),),
        mistakes.MASK_MISTAKES,
        (right.mask_bernoulli, right.mask_in_a_loop, right.mask_exactly, right.mask_two_coins, right.mask_multinomial),
    ),
    Exercise(
        "MaskedLanguageModel",
        "MaskedLanguageModel",
        (Probe("MaskedLanguageModel", model_cases, model_sealed),),
        mistakes.MODEL_MISTAKES,
        (right.ModelFunctional, right.ModelEinsum),
    ),
    Exercise(
        "word_similarity",
        "word_similarity",
        (Probe("word_similarity", alike_cases, alike_sealed),),
        mistakes.ALIKE_MISTAKES,
        (right.alike_pairs, right.alike_masked, right.alike_library, right.alike_sum),
    ),
)

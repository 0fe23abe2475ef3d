"""What is asked of a student's work in lesson 06."""

from __future__ import annotations

import torch

from autograder.authoring.probes import (
    Draw,
    Exercise,
    Probe,
    exposes,
    made,
    moved,
    parameters,
    same,
    values,
)

from . import mistakes, right

GRADIENTS = {"names": ("norms",), "inputs": ("x", "y", "layers", "residual", "norm"), "graph": True}


def _stack(draw: Draw, depth: int, width: int, scale: float = 0.6) -> dict:
    return made("stack of mixing layers", draw.normal(depth, width, width, scale=scale), draw.normal(depth, width))


def gradients_cases(draw: Draw) -> list:
    x, y, layers = draw.normal(3, 4), draw.normal(3, 4), _stack(draw, 5, 4)
    one = _stack(draw, 1, 4)
    return [
        values("numbers: five plain layers", x, y, layers, False, False, **GRADIENTS),
        values("numbers: residual", x, y, layers, True, False, **GRADIENTS),
        values("numbers: norm", x, y, layers, False, True, **GRADIENTS),
        values("numbers: residual and norm", x, y, layers, True, True, **GRADIENTS),
        values("numbers: a single layer", x, y, one, True, True, **GRADIENTS),
    ]


def gradients_sealed(draw: Draw) -> list:
    x, y, layers = draw.normal(2, 6), draw.normal(2, 6), _stack(draw, 8, 6, 0.5)
    doubles = (x.double(), y.double(), layers)
    return [
        values("eight layers, residual", x, y, layers, True, False, **GRADIENTS),
        values("float64", *doubles, True, True, dtype="torch.float64", **GRADIENTS),
        moved("the order of the layers matters", (x, y, layers, False, False), _turned(x, y, layers), **GRADIENTS),
    ]


def _turned(x: torch.Tensor, y: torch.Tensor, layers: dict) -> tuple:
    weights, bias = layers["of"]
    return x, y, made("stack of mixing layers", weights.flip(0), bias.flip(0)), False, False


NORM = {
    "names": ("output",),
    "inputs": ("x", "gamma", "beta", "eps"),
    "without": ("native_layer_norm", "native_batch_norm", "native_group_norm"),
}
LAST = "Only the last word was changed."
OTHER = "Only the second sentence was changed."


def layer_norm_cases(draw: Draw) -> list:
    row = torch.tensor([[1.0, 3.0, 5.0, 7.0]])
    ones, zeros = torch.ones(4), torch.zeros(4)
    gamma, beta = torch.tensor([1.0, 2.0, -1.0, 0.5]), torch.tensor([0.0, 1.0, 0.5, -2.0])
    x, g, b = draw.normal(2, 3, 6), draw.normal(6) + 2, draw.normal(6)
    alike = x.clone()
    alike[0, 1] = 0.5
    alike[1, 2] *= 0.001
    last, other = x.clone(), x.clone()
    last[:, 2] = 2 * last[:, 2] + 3
    other[1] = 2 * other[1] - 1
    first_words, first_sentence = (torch.arange(3) < 2).expand(2, 3), torch.tensor([True, False])
    return [
        values("numbers: one word of four features", row, ones, zeros, **NORM),
        values("numbers: with gamma and beta", row, gamma, beta, **NORM),
        values("numbers: a batch, D = 6", x, g, b, **NORM),
        values("numbers: eps = 0.1", x, g, b, 0.1, **NORM),
        values("numbers: a word of equal features, and one of nearly equal ones", alike, g, b, atol=1e-3, **NORM),
        same("words: one word does not change another", (x, g, b), (last, g, b), where=first_words, story=LAST, **NORM),
        same(
            "batch: one sentence does not change another",
            (x, g, b),
            (other, g, b),
            where=first_sentence,
            story=OTHER,
            **NORM,
        ),
        values("numbers: float64", x.double(), g.double(), b.double(), dtype="torch.float64", **NORM),
        values("gradients: of x, gamma and beta", x, g, b, grads=("0", "1", "2"), **NORM),
    ]


def layer_norm_sealed(draw: Draw) -> list:
    x, g, b = draw.normal(2, 3, 4, 5), draw.normal(5) + 1, draw.normal(5)
    square = draw.normal(4, 4, 4)
    return [
        values("more leading dimensions", x, g, b, **NORM),
        values("a single vector", x[0, 0, 0], g, b, **NORM),
        values("as many words and sentences as features", square, draw.normal(4), draw.normal(4), **NORM),
        values("non-contiguous input", x, g, b, noncontiguous=True, **NORM),
        values("large numbers far from 0", x * 30 + 100, g, b, rtol=1e-3, atol=1e-3, **NORM),
        values("another eps", x, g, b, 0.5, **NORM),
    ]


MODULE = {"names": ("output",), "inputs": ("x",)}


def module_cases(draw: Draw) -> list:
    D = 4
    weights = {"gamma": draw.normal(D) + 2, "beta": draw.normal(D)}
    x = draw.normal(2, 3, D)
    built = {"init": (D,), "weights": weights, **MODULE}
    return [
        parameters("parameters: gamma and beta, one number a feature each", x, **built),
        values("at the start: it only normalizes", draw.whole(1, D) + draw.whole(1, D) / 4, init=(D,), **MODULE),
        values("numbers: with gamma and beta that have learned", x, **built),
        values("numbers: eps = 0.1", x, init=(D, 0.1), weights=weights, **MODULE),
        values("train mode: the same", x, train=True, **built),
        values("gradients: reach gamma and beta", x, grads=("gamma", "beta", "0"), **built),
    ]


def module_sealed(draw: Draw) -> list:
    D = 6
    weights = {"gamma": draw.normal(D) + 1, "beta": draw.normal(D)}
    x = draw.normal(3, 2, 2, D)
    doubles = {name: w.double() for name, w in weights.items()}
    return [
        values("another width, more dimensions", x, init=(D,), weights=weights, **MODULE),
        values("eps = 0.5", x, init=(D, 0.5), weights=weights, **MODULE),
        values("float64", x.double(), init=(D,), weights=doubles, dtype="torch.float64", **MODULE),
        values("at the start, another width", x, init=(D,), **MODULE),
    ]


RESIDUAL = {"names": ("output",), "inputs": ("x", "sublayer")}


def residual_cases(draw: Draw) -> list:
    D = 4
    weights = {"norm.gamma": draw.normal(D) + 2, "norm.beta": draw.normal(D)}
    x = draw.normal(2, 3, D)
    mixing = made("mixing layer", draw.normal(D, D), draw.normal(D))
    zero = made("zero layer")
    word = draw.whole(1, D) + draw.whole(1, D) / 4
    post, pre = ({"init": (D, 0.0, first), "weights": weights, **RESIDUAL} for first in (False, True))
    dropped = {"weights": weights, "train": True, **RESIDUAL}
    return [
        parameters("parameters: those of one layer norm", x, mixing, **post),
        values(
            "post-norm: a sublayer that puts out 0 leaves the normalized x",
            word,
            zero,
            story="the sublayer puts out 0",
            **post,
        ),
        values(
            "pre-norm: a sublayer that puts out 0 leaves x",
            word,
            zero,
            story="the sublayer puts out 0",
            **pre,
        ),
        values("post-norm: numbers", x, mixing, **post),
        values("pre-norm: numbers", x, mixing, **pre),
        values("post-norm is the default", x, mixing, init=(D, 0.0), weights=weights, **RESIDUAL),
        values("eval mode: dropout does nothing", x, mixing, init=(D, 0.5), weights=weights, **RESIDUAL),
        values(
            "train mode, post-norm: dropout p = 1 leaves the normalized x", x, mixing, init=(D, 1.0, False), **dropped
        ),
        values("train mode, pre-norm: dropout p = 1 leaves x", x, mixing, init=(D, 1.0, True), **dropped),
        values("gradients: post-norm, reach x and the norm", x, mixing, grads=("0", "norm.gamma"), **post),
        values("gradients: pre-norm, reach x and the norm", x, mixing, grads=("0", "norm.gamma"), **pre),
    ]


def residual_sealed(draw: Draw) -> list:
    D = 6
    weights = {"norm.gamma": draw.normal(D) + 1, "norm.beta": draw.normal(D)}
    x, mixing = draw.normal(3, 2, 2, D), made("mixing layer", draw.normal(D, D), draw.normal(D))
    asked = {"weights": weights, **RESIDUAL}
    doubles = {"weights": {n: w.double() for n, w in weights.items()}, **RESIDUAL}
    found = [("post-norm", False), ("pre-norm", True)]
    return [
        *(values(f"{name}, other sizes", x, mixing, init=(D, 0.0, first), **asked) for name, first in found),
        *(
            values(f"{name}, float64", x.double(), mixing, init=(D, 0.3, first), dtype="torch.float64", **doubles)
            for name, first in found
        ),
    ]


FORWARD = {"names": ("output",), "inputs": ("x",)}


def _feed_forward(draw: Draw, D: int, d_ff: int, prefix: str = "") -> dict[str, torch.Tensor]:
    return {
        f"{prefix}W_1.weight": draw.normal(d_ff, D),
        f"{prefix}W_1.bias": draw.normal(d_ff),
        f"{prefix}W_2.weight": draw.normal(D, d_ff),
        f"{prefix}W_2.bias": draw.normal(D),
    }


def forward_cases(draw: Draw) -> list:
    D, d_ff = 4, 7
    weights, tiny = _feed_forward(draw, D, d_ff), _feed_forward(draw, 2, 3)
    x = draw.normal(2, 3, D)
    built = {"init": (D, d_ff), "weights": weights, **FORWARD}
    last = x.clone()
    last[:, 2] = 2 * last[:, 2] + 3
    return [
        parameters("parameters: W_1 and W_2, with bias, and no more", x, **built),
        values("numbers: one word, D = 2, d_ff = 3", draw.whole(1, 2), init=(2, 3), weights=tiny, **FORWARD),
        values("numbers: a batch, D = 4, d_ff = 7", x, **built),
        same(
            "position-wise: one word does not change another",
            (x,),
            (last,),
            where=(torch.arange(3) < 2).expand(2, 3),
            story=LAST,
            **built,
        ),
        values("train mode: the same", x, train=True, **built),
        values("gradients: reach both layers", x, grads=("0", *weights), **built),
    ]


def forward_sealed(draw: Draw) -> list:
    D, d_ff = 6, 4
    weights = _feed_forward(draw, D, d_ff)
    x = draw.normal(3, 2, 2, D)
    doubles = {n: w.double() for n, w in weights.items()}
    square = _feed_forward(draw, 3, 3)
    return [
        values("d_ff smaller than D, more dimensions", x, init=(D, d_ff), weights=weights, **FORWARD),
        values("float64", x.double(), init=(D, d_ff), weights=doubles, dtype="torch.float64", **FORWARD),
        values("as many words as features", draw.normal(3, 3, 3), init=(3, 3), weights=square, **FORWARD),
        values("a single word", x[0, 0, 0], init=(D, d_ff), weights=weights, **FORWARD),
    ]


WISE = {"names": ("answer",), "inputs": ("model", "x"), "value": False}
MODELS = (
    ("a feed-forward network", "feed-forward"),
    ("layer norm", "layer norm"),
    ("nothing", "nothing"),
    ("attention", "attention"),
    ("attention that sees no later word", "causal attention"),
    ("each word and the one before it", "left neighbour"),
    ("each word and the one after it", "right neighbour"),
    ("the first word takes up the second", "first takes second"),
    ("the last word becomes the mean of all", "last becomes mean"),
    ("each word times its position", "numbered"),
    ("the second half treated differently", "two halves"),
    ("a sentence read backwards", "reversed"),
)
FURTHER = (
    ("a running mean", "running mean"),
    ("a norm over the words", "norm over words"),
    ("a norm over the whole sentence", "norm of the sentence"),
    ("two words in the middle exchanged", "middle words exchanged"),
    ("a function of each word", "word by word"),
)


def wise_cases(draw: Draw) -> list:
    x = draw.normal(5, 4)
    return [values(f"model: {told}", made(recipe), x, **WISE) for told, recipe in MODELS]


def wise_sealed(draw: Draw) -> list:
    x, short = draw.normal(6, 3), draw.normal(2, 4)
    return [
        *(values(f"model: {told}", made(recipe), x, **WISE) for told, recipe in FURTHER),
        values("a short sentence: attention", made("attention"), short, **WISE),
        values("a short sentence: a feed-forward network", made("feed-forward"), short, **WISE),
    ]


STACK = {"names": ("output",), "inputs": ("x",)}


def _stack_weights(draw: Draw, layers: int, D: int, d_ff: int, norm_first: bool) -> dict[str, torch.Tensor]:
    weights = {}
    for n in range(layers):
        weights |= _feed_forward(draw, D, d_ff, f"feed_forwards.{n}.")
        weights |= {f"residuals.{n}.norm.gamma": draw.normal(D) + 1, f"residuals.{n}.norm.beta": draw.normal(D)}
    if norm_first:
        weights |= {"final_norm.gamma": draw.normal(D) + 1, "final_norm.beta": draw.normal(D)}
    return weights


def stack_cases(draw: Draw) -> list:
    D, d_ff = 4, 5
    post, pre = (_stack_weights(draw, 2, D, d_ff, first) for first in (False, True))
    x = draw.normal(2, 3, D)
    post_norm = {"init": (2, D, d_ff), "weights": post, **STACK}
    pre_norm = {"init": (2, D, d_ff, 0.0, True), "weights": pre, **STACK}
    return [
        parameters("parameters: post-norm, two layers", init=(2, D, d_ff), value=True, **STACK),
        parameters("parameters: pre-norm, two layers", init=(2, D, d_ff, 0.0, True), value=True, **STACK),
        values("numbers: post-norm", x, **post_norm),
        values("numbers: pre-norm", x, **pre_norm),
        values("eval mode: dropout does nothing", x, init=(2, D, d_ff, 0.5), weights=post, **STACK),
        values(
            "train mode: dropout p = 1 leaves x and the norms", x, init=(2, D, d_ff, 1.0, True), weights=pre,
            train=True, **STACK
        ),
        values("gradients: reach the first layer", x, grads=("0", "feed_forwards.0.W_1.weight"), **pre_norm),
    ]  # fmt: skip


def stack_sealed(draw: Draw) -> list:
    D, d_ff = 3, 6
    post, pre = (_stack_weights(draw, 3, D, d_ff, first) for first in (False, True))
    x = draw.normal(4, D)
    return [
        parameters("parameters: three layers", init=(3, D, d_ff, 0.0, True), value=True, **STACK),
        values("post-norm, three layers", x, init=(3, D, d_ff), weights=post, **STACK),
        values("pre-norm, three layers", x, init=(3, D, d_ff, 0.2, True), weights=pre, **STACK),
    ]


def expose_cases(draw: Draw) -> list:
    return [exposes("the last word moves the first one", bug="norm of the sentence", names=("x", "other"))]


def mended_cases(draw: Draw) -> list:
    x, g, b = draw.normal(2, 3, 4), draw.normal(4) + 2, draw.normal(4)
    last = x.clone()
    last[:, 2] = 2 * last[:, 2] + 3
    about = {"names": ("output",), "inputs": ("x", "gamma", "beta", "eps")}
    return [
        values("numbers: one word of four features", draw.whole(1, 1, 4) + draw.whole(1, 1, 4) / 4,
               torch.ones(4), torch.zeros(4), **about),
        values("numbers: a batch", x, g, b, **about),
        values("numbers: eps = 0.1", x, g, b, 0.1, **about),
        same("the last word does not change the others", (x, g, b), (last, g, b),
             where=(torch.arange(3) < 2).expand(2, 3), story=LAST, **about),
    ]  # fmt: skip


def mended_sealed(draw: Draw) -> list:
    about = {"names": ("output",), "inputs": ("x", "gamma", "beta", "eps")}
    x, g, b = draw.normal(4, 4, 4), draw.normal(4) + 1, draw.normal(4)
    return [
        values("as many words and sentences as features", x, g, b, **about),
        values("gradients", x, g, b, grads=("0", "1", "2"), **about),
    ]


RMS = {"names": ("output",), "inputs": ("x", "gamma", "eps")}


def rms_cases(draw: Draw) -> list:
    row = torch.tensor([[1.0, -1.0, 3.0, 5.0]])
    x, g = draw.normal(2, 3, 6) + 1, draw.normal(6) + 2
    zero = x.clone()
    zero[0, 1] = 0.0
    zero[1, 2] *= 0.001
    return [
        values("numbers: one word of four features", row, torch.ones(4), **RMS),
        values("numbers: with gamma", row, torch.tensor([1.0, 2.0, -1.0, 0.5]), **RMS),
        values("numbers: a batch, D = 6", x, g, **RMS),
        values("numbers: eps = 0.1", x, g, 0.1, **RMS),
        values("numbers: a word of zeros, and one close to it", zero, g, **RMS),
        values("gradients: of x and gamma", x, g, grads=("0", "1"), **RMS),
    ]


def rms_sealed(draw: Draw) -> list:
    x, g = draw.normal(3, 3, 3), draw.normal(3) + 1
    return [
        values("as many words and sentences as features", x, g, **RMS),
        values("float64", x.double(), g.double(), dtype="torch.float64", **RMS),
        values("a single vector, another eps", x[0, 0], g, 0.5, **RMS),
    ]


EXERCISES = (
    Exercise(
        "gradient_norms",
        "gradient_norms",
        (Probe("gradient_norms", gradients_cases, gradients_sealed),),
        mistakes.GRADIENT_MISTAKES,
        (right.gradients_retained, right.gradients_one_by_one),
    ),
    Exercise(
        "layer_norm",
        "layer_norm",
        (Probe("layer_norm", layer_norm_cases, layer_norm_sealed),),
        mistakes.LAYER_NORM_MISTAKES,
        (
            right.layer_norm_var,
            right.layer_norm_var_mean,
            right.layer_norm_by_moments,
            right.layer_norm_std,
            right.layer_norm_rsqrt,
            right.layer_norm_matrix,
        ),
    ),
    Exercise(
        "LayerNorm",
        "LayerNorm",
        (Probe("LayerNorm", module_cases, module_sealed),),
        mistakes.MODULE_MISTAKES,
        (right.ModuleByHand, right.ModuleByTorch),
    ),
    Exercise(
        "ResidualSublayer",
        "ResidualSublayer",
        (Probe("ResidualSublayer", residual_cases, residual_sealed),),
        mistakes.RESIDUAL_MISTAKES,
        (right.ResidualInSteps, right.ResidualFunctional),
    ),
    Exercise(
        "PositionwiseFeedForward",
        "PositionwiseFeedForward",
        (Probe("PositionwiseFeedForward", forward_cases, forward_sealed),),
        mistakes.FORWARD_MISTAKES,
        (right.ForwardByHand, right.ForwardWithModule),
    ),
    Exercise(
        "is_position_wise",
        "is_position_wise",
        (Probe("is_position_wise", wise_cases, wise_sealed),),
        mistakes.WISE_MISTAKES,
        (right.wise_all_alone, right.wise_largest_difference),
    ),
    Exercise(
        "FeedForwardStack",
        "FeedForwardStack",
        (Probe("FeedForwardStack", stack_cases, stack_sealed),),
        mistakes.STACK_MISTAKES,
        (right.StackWithIdentity, right.StackByIndex),
    ),
    Exercise(
        "expose",
        "expose",
        (Probe("expose: norm", expose_cases),),
        mistakes.EXPOSE_MISTAKES,
        (right.expose_random,),
    ),
    Exercise(
        "mended",
        "mended",
        (Probe("mended: norm", mended_cases, mended_sealed),),
        mistakes.MENDED_MISTAKES,
        (right.mended_call, right.mended_torch),
    ),
    Exercise(
        "rms_norm",
        "rms_norm",
        (Probe("rms_norm", rms_cases, rms_sealed),),
        mistakes.RMS_MISTAKES,
        (right.rms_power, right.rms_norm_of_vector, right.rms_by_torch),
    ),
)

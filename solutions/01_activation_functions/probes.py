"""What is asked of a student's work in lesson 01."""

from __future__ import annotations

import torch

from autograder.authoring.probes import Draw, Exercise, Probe, exposes, rows, same, values

from . import mistakes, right

# torch's own activation functions, by ATen's names: up to softmax they are what the student is to write.
OWN = (
    "relu", "sigmoid", "tanh", "gelu", "_softmax", "_log_softmax", "log_sigmoid_forward", "elu", "silu", "mish",
    "softplus", "hardtanh", "leaky_relu", "threshold", "celu", "selu", "relu6",
)  # fmt: skip
LINEAR = {"names": ("W", "b"), "inputs": ("W1", "b1", "W2", "b2")}


def compose_cases(draw: Draw) -> list:
    small = draw.whole(2, 2), draw.whole(2), draw.whole(2, 2), draw.whole(2)
    sizes = draw.normal(4, 3), draw.normal(4), draw.normal(2, 4), draw.normal(2)
    return [
        values("numbers: two layers of 2 by 2", *small, **LINEAR),
        values("numbers: from 3 over 4 to 2", *sizes, **LINEAR),
        values("gradients: reach all four", *sizes, grads=("0", "2"), **LINEAR),
    ]


def compose_sealed(draw: Draw) -> list:
    sizes = draw.normal(5, 2), draw.normal(5), draw.normal(6, 5), draw.normal(6)
    square = draw.normal(3, 3), draw.normal(3), draw.normal(3, 3), draw.normal(3)
    return [
        values("from 2 over 5 to 6", *sizes, **LINEAR),
        values("square layers", *square, **LINEAR),
        values("float64", *(part.double() for part in sizes), dtype="torch.float64", **LINEAR),
        values("non-contiguous input", *sizes, noncontiguous=True, **LINEAR),
    ]


ENTRY = {"names": ("y",), "inputs": ("x",), "without": OWN}
FEW = torch.tensor([-5.0, -1.0, -0.3, 0.0, 0.3, 1.0, 5.0])
LARGE = torch.tensor([-1000.0, -50.0, 50.0, 1000.0])
FAR = torch.tensor([-14.0, -9.0, -6.5, 5.5, 7.0, 9.0])
# In float32 e^88.7 is the last that is finite. A floor under x at -89 or lower lets some of these overflow.
OVERFLOWING = torch.tensor([-1000.0, -500.0, -120.0, -95.0, -88.9, -85.0, -45.0, 45.0, 85.0, 88.9, 95.0, 1000.0])


def entry_cases(draw: Draw) -> list:
    """For a function that acts on each entry by itself."""
    return [
        values("numbers: from -5 to 5", FEW, **ENTRY),
        values("numbers: a batch of matrices", draw.normal(2, 3, 4, scale=2.0), **ENTRY),
        values("large numbers: -1000, -50, 50, 1000", LARGE, single=True, **ENTRY),
        values("numbers: where the curves are nearly flat", FAR, grads=("0",), rtol=1e-6, atol=1e-6, **ENTRY),
        values("gradients", draw.normal(3, 5, scale=2.0) + 0.003, grads=("0",), **ENTRY),
        values("gradients: from -1000 to 1000", OVERFLOWING, grads=("0",), single=True, **ENTRY),
    ]


def entry_sealed(draw: Draw) -> list:
    x = draw.normal(4, 6, scale=3.0)
    other = x.clone()
    other[2:] += 5.0
    return [
        values("a single number", draw.normal(1)[0], **ENTRY),
        values("float64", x.double(), dtype="torch.float64", **ENTRY),
        values("non-contiguous input", x, noncontiguous=True, **ENTRY),
        values("all below 0", -x.abs() - 0.1, **ENTRY),
        values("large gradients", -100 - 20 * draw.normal(6).abs(), grads=("0",), single=True, **ENTRY),
        same(
            "each entry by itself",
            (x,),
            (other,),
            where=torch.arange(4) < 2,
            story="Only the last two rows were changed.",
            **ENTRY,
        ),
    ]


SLOPE = {"names": ("slope",), "inputs": ("x",), "without": (*OWN, "autograd")}


def slope_cases(draw: Draw) -> list:
    return [
        values("numbers: from -5 to 5", FEW, **SLOPE),
        values("numbers: a batch of matrices", draw.normal(2, 3, 4, scale=2.0), **SLOPE),
        values("large numbers: -1000, -50, 50, 1000", LARGE, single=True, **SLOPE),
    ]


def slope_sealed(draw: Draw) -> list:
    x = draw.normal(4, 6, scale=3.0)
    return [
        values("other numbers", x, **SLOPE),
        values("float64", x.double(), dtype="torch.float64", **SLOPE),
        values("a single number", draw.normal(1)[0], **SLOPE),
    ]


SOFTMAX = {"names": ("shares",), "inputs": ("x", "dim"), "without": OWN}


def softmax_cases(draw: Draw) -> list:
    x = draw.normal(2, 3, 4, scale=2.0)
    apart = torch.tensor([[0.0, 0.0, 1.0], [-900.0, -900.0, -899.0], [1000.0, 0.0, -1000.0]])
    return [
        values("numbers: one row of three", torch.tensor([[1.0, 0.0, 2.0]]), -1, **SOFTMAX),
        rows("rows: along the last dimension they sum to 1", x, -1, output=0, **SOFTMAX),
        values("numbers: (2, 3, 4) along dimension 1", x, 1, **SOFTMAX),
        values("numbers: (2, 3, 4) along dimension 0", x, 0, **SOFTMAX),
        values("large numbers: 1000, and rows far apart", apart, -1, **SOFTMAX),
        values("gradients", x, -1, grads=("0",), **SOFTMAX),
    ]


def softmax_sealed(draw: Draw) -> list:
    x = draw.normal(3, 5, scale=2.0)
    return [
        values("a square, along its columns", draw.normal(4, 4), 0, **SOFTMAX),
        values("a vector", draw.normal(6), 0, **SOFTMAX),
        values("four dimensions, along the second from the end", draw.normal(2, 2, 3, 2), -2, **SOFTMAX),
        same(
            "the same number added to a row changes nothing",
            (x, 1),
            (x + 7.0, 1),
            story="7 was added to every entry.",
            **SOFTMAX,
        ),
        values("large gradients", draw.normal(2, 4, scale=300.0), 1, grads=("0",), **SOFTMAX),
        values("float64", x.double(), 1, dtype="torch.float64", **SOFTMAX),
        values("non-contiguous input", x, 0, noncontiguous=True, **SOFTMAX),
    ]


FORWARD = {"names": ("hidden", "logits"), "inputs": ("x", "W1", "b1", "W2", "b2"), "cause": "hidden"}


def _weights(draw: Draw, d_in: int, d_hidden: int, d_out: int) -> tuple:
    return draw.normal(d_hidden, d_in), draw.normal(d_hidden), draw.normal(d_out, d_hidden), draw.normal(d_out)


def forward_cases(draw: Draw) -> list:
    tiny = (
        torch.tensor([[1.0, 2.0]]),
        torch.tensor([[1.0, 0.0], [0.0, -1.0], [2.0, -1.0]]),
        torch.tensor([0.0, 1.0, 1.0]),
        torch.tensor([[1.0, 1.0, 1.0], [-1.0, 0.0, -2.0]]),
        torch.tensor([0.0, 0.5]),
    )
    x, weights = draw.normal(5, 3), _weights(draw, 3, 4, 2)
    return [
        values("numbers: one example, three hidden units", *tiny, **FORWARD),
        values("numbers: a batch of 5, from 3 over 4 to 2", x, *weights, **FORWARD),
        values("gradients: of the hidden units reach x", x, *weights, grads=("0", "1"), **FORWARD),
    ]


def forward_sealed(draw: Draw) -> list:
    x, weights = draw.normal(4, 2), _weights(draw, 2, 6, 3)
    return [
        values("other sizes", x, *weights, **FORWARD),
        values("as many examples as hidden units", draw.normal(6, 2), *weights, **FORWARD),
        values("float64", x.double(), *(w.double() for w in weights), dtype="torch.float64", **FORWARD),
    ]


BACKWARD = {
    "names": ("gradient of W1", "gradient of b1", "gradient of W2", "gradient of b2"),
    "inputs": ("x", "y", "W1", "b1", "W2", "b2"),
    "cause": "gradient of b2",
    "without": ("autograd",),
}


def backward_cases(draw: Draw) -> list:
    on_the_edge = (  # the second hidden unit is at exactly 0
        torch.tensor([[1.0, 2.0]]),
        torch.tensor([1]),
        torch.tensor([[1.0, 0.0], [2.0, -1.0]]),
        torch.tensor([0.0, 0.0]),
        torch.tensor([[1.0, 1.0], [-1.0, 2.0]]),
        torch.tensor([0.0, 0.0]),
    )
    one = draw.normal(1, 3), torch.tensor([1])
    x, weights = draw.normal(5, 3), _weights(draw, 3, 4, 2)
    y = torch.tensor([1, 0, 0, 1, 0])[draw.order(5)]
    three = draw.normal(4, 3), torch.tensor([1, 0, 0, 1]), *_weights(draw, 3, 5, 3)
    return [
        values("numbers: one example", *one, *weights, **BACKWARD),
        values("numbers: a batch of 5, from 3 over 4 to 2", x, y, *weights, **BACKWARD),
        values("numbers: three classes, the last of which no example has", *three, **BACKWARD),
        values("numbers: a hidden unit at exactly 0", *on_the_edge, **BACKWARD),
    ]


def backward_sealed(draw: Draw) -> list:
    x, y, weights = draw.normal(6, 2), draw.integers(0, 3, 6), _weights(draw, 2, 5, 3)
    square = draw.normal(4, 4), draw.integers(0, 4, 4), *_weights(draw, 4, 4, 4)
    return [
        values("three classes", x, y, *weights, **BACKWARD),
        values("all sizes equal", *square, **BACKWARD),
        values("float64", x.double(), y, *(w.double() for w in weights), dtype="torch.float64", **BACKWARD),
    ]


TRAIN = {
    "names": ("W1", "b1", "W2", "b2"),
    "inputs": ("x", "y", "W1", "b1", "W2", "b2", "batches", "lr"),
    "rtol": 1e-3,
    "atol": 1e-4,
    "without": ("autograd",),
}


def train_cases(draw: Draw) -> list:
    x, weights = draw.normal(6, 2), _weights(draw, 2, 3, 2)
    y = (torch.tensor([1, 0, 1, 0, 1, 0]) + draw.integers(0, 2, 1)) % 2  # so that no batch has the first rows' classes
    one = [torch.tensor([3, 4])]
    uneven = [torch.tensor([3, 0, 2]), torch.tensor([5, 4]), torch.tensor([1])]
    return [
        values("numbers: one batch, one update", x, y, *weights, one, 0.5, **TRAIN),
        values("numbers: three batches of 3, 2 and 1", x, y, *weights, uneven, 0.1, **TRAIN),
    ]


def train_sealed(draw: Draw) -> list:
    x, y, weights = draw.normal(8, 2), draw.integers(0, 2, 8), _weights(draw, 2, 4, 2)
    batches = [torch.tensor(draw.order(8)[:3]) for _ in range(6)]
    return [
        values("six batches", x, y, *weights, batches, 0.05, **TRAIN),
        values("no batch, no update", x, y, *weights, [], 0.1, **TRAIN),
        values(
            "float64", x.double(), y, *(w.double() for w in weights), batches[:2], 0.2, dtype="torch.float64", **TRAIN
        ),
    ]


def expose_cases(draw: Draw) -> list:
    return [exposes("the function is off by more than 0.1", bug="unused alpha", names=("x", "alpha"))]


MENDED = {"names": ("y",), "inputs": ("x", "alpha"), "without": ("elu", "celu", "selu")}


ELU_LARGE = torch.tensor([-100.0, -2.0, 3.0, 100.0, 1000.0])


def mended_cases(draw: Draw) -> list:
    return [
        values("numbers: alpha = 0.5", FEW, 0.5, **MENDED),
        values("numbers: alpha = 1", FEW, 1.0, **MENDED),
        values("numbers: alpha = 2, a batch", draw.normal(3, 4, scale=2.0), 2.0, **MENDED),
        values("numbers: alpha not given", FEW, **MENDED),
        values("gradients: from -100 to 1000", ELU_LARGE, 0.5, grads=("0",), single=True, **MENDED),
    ]


def mended_sealed(draw: Draw) -> list:
    x = draw.normal(4, 5, scale=2.0)
    return [
        values("another alpha", x, 0.1, **MENDED),
        values("gradients", x + 0.003, 1.5, grads=("0",), **MENDED),
        values("gradients of large numbers", 90 + 20 * draw.normal(5).abs(), 1.5, grads=("0",), single=True, **MENDED),
        values("float64", x.double(), 3.0, dtype="torch.float64", **MENDED),
    ]


def _entry(name: str, wrong: tuple, *good) -> Exercise:
    return Exercise(name, name, (Probe(name, entry_cases, entry_sealed),), wrong, good)


EXERCISES = (
    Exercise(
        "compose_linear",
        "compose_linear",
        (Probe("compose_linear", compose_cases, compose_sealed),),
        mistakes.COMPOSE,
        (right.compose_einsum, right.compose_by_columns),
    ),
    _entry("relu", mistakes.RELU, right.relu_where, right.relu_product, right.relu_maximum),
    _entry(
        "sigmoid",
        mistakes.SIGMOID,
        right.sigmoid_where_safe,
        right.sigmoid_half_steps,
        right.sigmoid_floor_85,
        right.sigmoid_floor_40,
    ),
    _entry("tanh", mistakes.TANH, right.tanh_expm1, right.tanh_clamped, right.tanh_clamped_closely),
    _entry("gelu", mistakes.GELU, right.gelu_ndtr, right.gelu_erfc),
    Exercise(
        "sigmoid_slope",
        "sigmoid_slope",
        (Probe("sigmoid_slope", slope_cases, slope_sealed),),
        mistakes.SLOPE,
        (right.slope_both_sides, right.slope_square),
    ),
    Exercise(
        "softmax",
        "softmax",
        (Probe("softmax", softmax_cases, softmax_sealed),),
        mistakes.SOFTMAX,
        (right.softmax_values, right.softmax_logsumexp, right.softmax_transposed),
    ),
    Exercise(
        "mlp_forward",
        "mlp_forward",
        (Probe("mlp_forward", forward_cases, forward_sealed),),
        mistakes.FORWARD,
        (right.forward_functional, right.forward_einsum),
    ),
    Exercise(
        "mlp_backward",
        "mlp_backward",
        (Probe("mlp_backward", backward_cases, backward_sealed),),
        mistakes.BACKWARD,
        (right.backward_einsum, right.backward_loop, right.backward_listed),
    ),
    Exercise(
        "train_classifier",
        "train_classifier",
        (Probe("train_classifier", train_cases, train_sealed),),
        mistakes.TRAIN,
        (right.train_clones, right.train_one_by_one),
    ),
    Exercise("expose", "expose", (Probe("expose: elu", expose_cases),), mistakes.EXPOSE, (right.expose_many,)),
    Exercise(
        "mended",
        "mended",
        (Probe("mended: elu", mended_cases, mended_sealed),),
        mistakes.MENDED,
        (right.mended_expm1, right.mended_clamp, right.mended_relu),
    ),
)

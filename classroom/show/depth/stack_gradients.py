"""How large the gradient is behind each layer of a deep stack, with sliders for depth and size of the weights."""

from __future__ import annotations

import functools
import math

import ipywidgets as W
import numpy as np
import torch

from classroom.show.controls import with_controls
from classroom.show.depth.lines import draw_lines, told
from classroom.show.depth.stacks import STACKS, run_through

BATCH = 16
STILL, DEEPEST = 50, 100
SIZES = (0.5, 1.0, 2.0, 3.0)


def stack_gradients() -> None:
    """Show the gradient behind each layer of four stacks: plain, with layer norm, with the input added back, with both.

    A layer is a feed-forward block, 32 to 64 to 32 with ReLU, at torch's usual random start times a number that the
    second slider sets. Only the start is looked at: nothing is trained.
    """
    wide = W.Layout(width="480px", max_width="100%")
    depth = W.IntSlider(value=STILL, min=2, max=DEEPEST, description="layers", continuous_update=False, layout=wide)
    size = W.SelectionSlider(
        options=[(f"× {size:g}", size) for size in SIZES],
        value=1.0,
        description="weights",
        continuous_update=False,
        layout=wide,
    )
    with_controls([depth, size], _draw, _say, still=_draw(STILL, 1.0), alt=_alt(STILL, 1.0))


@functools.cache
def gradients(name: str, depth: int, size: float) -> np.ndarray:
    """The norm of the loss's gradient with respect to what each layer puts out, layer 1 first. float64 (depth,)."""
    with torch.enable_grad():
        target, behind = run_through(name, depth, size, BATCH)
        found = torch.autograd.grad(((behind[-1] - target) ** 2).mean(), behind)
    return np.array([gradient.norm().item() for gradient in found])


def _draw(depth: int, size: float) -> bytes:
    return draw_lines(_all(depth, size), "gradient behind each layer, before training", "size of the gradient")


def _all(depth: int, size: float) -> dict[str, np.ndarray]:
    return {name: gradients(name, depth, size) for name in STACKS}


def _say(depth: int, size: float) -> str:
    found = _all(depth, size)
    ratios = {name: numbers[-1] / numbers[0] for name, numbers in found.items()}
    return f"{depth} layers, weights × {size:g}. From the last layer to the first the gradient becomes: " + "; ".join(
        f"{name} <b>{_times(ratio)}</b>" for name, ratio in ratios.items()
    ) + "."  # fmt: skip


def _times(ratio: float) -> str:
    """How many times smaller (or larger) the first layer's gradient is."""
    if 0.8 < ratio < 1.25:
        return "about the same"
    more, word = (ratio, "smaller") if ratio > 1 else (1 / ratio, "larger")
    if more < 1e4:
        return f"{more:,.2g} times {word}" if more < 100 else f"{more:,.0f} times {word}"
    return f"10<sup>{round(math.log10(more))}</sup> times {word}"


def _alt(depth: int, size: float) -> str:
    return (
        f"Size of the gradient, on a logarithmic axis, behind each of {depth} layers, for four stacks: "
        f"{told(_all(depth, size))}. In the plain stack it falls steeply towards the first layer; in both stacks "
        "with a residual connection it hardly changes."
    )

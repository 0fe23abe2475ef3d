"""How large the gradient is that reaches each layer of a deep stack, measured, with a slider for the depth."""

from __future__ import annotations

import functools
import math

import ipywidgets as W
import torch

from classroom.show import style
from classroom.show.controls import with_controls

ACTIVATIONS = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}
GAIN = {"relu": math.sqrt(2.0), "tanh": 1.0, "sigmoid": 1.0}  # the usual starts: He's for ReLU, Glorot's for others
WIDTH, BATCH = 64, 32
DEEPEST = 30
LOWEST = 1e-20


def gradient_by_depth() -> None:
    """Show the size of the weights' gradient at every layer of a stack of linear layers with an activation after each.

    Every stack is 64 wide, starts from the usual random weights and is asked for one gradient on 32 random inputs.
    """
    slider = W.IntSlider(
        value=DEEPEST,
        min=2,
        max=DEEPEST,
        description="layers",
        continuous_update=False,
        layout=W.Layout(width="480px", max_width="100%"),
    )
    with_controls([slider], _draw, _say, still=_draw(DEEPEST), alt=_alt(DEEPEST))


@functools.cache
def gradients(name: str, depth: int) -> tuple[float, ...]:
    """The norm of the gradient of each layer's weights, from the first layer to the last."""
    random = torch.Generator().manual_seed(0)
    scale = GAIN[name] / math.sqrt(WIDTH)
    with torch.enable_grad():
        layers = [(scale * torch.randn(WIDTH, WIDTH, generator=random).double()).requires_grad_() for _ in range(depth)]
        x = torch.randn(BATCH, WIDTH, generator=random).double()
        target = torch.randn(BATCH, WIDTH, generator=random).double()
        for weights in layers:
            x = ACTIVATIONS[name](x @ weights.T)
        found = torch.autograd.grad(((x - target) ** 2).mean(), layers)
    return tuple(gradient.norm().item() for gradient in found)


def _draw(depth: int) -> bytes:
    with style.figure(7.4, 3.6) as fig:
        ax = fig.add_axes((0.11, 0.15, 0.73, 0.78))
        for number, (name, colour) in enumerate(zip(ACTIVATIONS, style.LINES, strict=False)):
            norms = [max(norm, LOWEST) for norm in gradients(name, depth)]
            ax.plot(range(1, depth + 1), norms, color=colour, marker="o", markersize=4)
            ax.text(1.03, 0.92 - 0.1 * number, name, transform=ax.transAxes, color=style.WORDS_IN[colour], size=12)
        ax.set(yscale="log", xlabel="layer (1 is next to the input)", ylabel="size of the gradient")
        ax.set_xlim(0.5, depth + 0.5)
        step = 1 if depth <= 15 else 5
        ax.set_xticks([layer for layer in range(1, depth + 1) if layer % step == 0 or layer == 1])
        ax.grid(axis="y", color=style.MIST, linewidth=0.8)
        ax.minorticks_off()
        return style.png(fig)


def _told(name: str, depth: int) -> str:
    first, *_, last = gradients(name, depth)
    return f"{name} {first:.1e} in layer 1 and {last:.1e} in layer {depth}"


def _say(depth: int) -> str:
    first, *_, last = gradients("sigmoid", depth)
    return (
        f"{depth} layers. With sigmoid the first layer's gradient is <b>{_about(last / first)} times</b> smaller than "
        "the last one's. " + "; ".join(_told(name, depth) for name in ACTIVATIONS) + "."
    )


def _about(times: float) -> str:
    """To two digits: `29`, `2,900`, `2.6 × 10<sup>18</sup>`."""
    power = math.floor(math.log10(times))
    if power >= 6:
        return f"{times / 10**power:.1f} × 10<sup>{power}</sup>"
    return f"{round(times, 1 - power):,.0f}" if power else f"{times:.1f}"


def _alt(depth: int) -> str:
    return (
        f"Size of the gradient, on a logarithmic axis, at each of {depth} layers, for three activation functions: "
        + "; ".join(_told(name, depth) for name in ACTIVATIONS)
        + ". With sigmoid it falls steeply from the last layer to the first."
    )

"""What layers do to the plane: linear ones keep a grid a grid, one non-linearity bends it."""

from __future__ import annotations

import numpy as np
import torch
from matplotlib.axes import Axes

from classroom.show import style

FIRST = torch.tensor([[1.0, 0.6], [-0.5, 1.0]], dtype=torch.float64)
SECOND = torch.tensor([[0.9, -0.5], [0.4, 0.9]], dtype=torch.float64)
NAMES = ("the plane", "two linear layers", "the same, with ReLU between them")


def bent_grid() -> None:
    """Show a square grid, what two linear layers make of it, and what they make of it with ReLU in between."""
    style.publish(_draw(), _alt())


def _maps():
    return (lambda x: x, lambda x: x @ FIRST.T @ SECOND.T, lambda x: torch.relu(x @ FIRST.T) @ SECOND.T)


def _draw() -> bytes:
    width, each = 8.3, 2.6
    with style.figure(width, 3.1) as fig:
        for number, (name, apply) in enumerate(zip(NAMES, _maps(), strict=True)):
            ax = fig.add_axes(((0.1 + number * (each + 0.15)) / width, 0.03, each / width, 0.8))
            _grid(ax, apply)
            fig.text((0.1 + number * (each + 0.15)) / width, 0.93, name, size=12)
        return style.png(fig)


def _grid(ax: Axes, apply) -> None:
    style.blank(ax)
    fine, lines = torch.linspace(-1, 1, 81).double(), torch.linspace(-1, 1, 9).double()
    for at in lines:
        for pair, colour in (((fine, at.expand(81)), style.BLUE), ((at.expand(81), fine), style.VERMILLION)):
            x, y = apply(torch.stack(pair, dim=1)).T.numpy()
            ax.plot(x, y, color=colour, linewidth=1.1)
    ax.set(xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), aspect="equal")


def _alt() -> str:
    square = torch.cartesian_prod(torch.linspace(-1, 1, 41), torch.linspace(-1, 1, 41)).double()
    places = len(np.unique(np.round(_maps()[2](square).numpy(), 6), axis=0))
    return (
        "Three pictures of a square grid. First the grid itself. After two linear layers it is stretched and turned, "
        "its lines still straight and parallel. With ReLU between the layers its lines bend at two creases; what lies "
        f"beyond them is pressed flat onto a line or a point: of {len(square):,} different points {places:,} are left."
    )

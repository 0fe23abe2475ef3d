"""How much of what each layer of a deep stack puts out still differs from input to input."""

from __future__ import annotations

import numpy as np
import torch

from classroom.show import style
from classroom.show.depth.lines import draw_lines, told
from classroom.show.depth.stacks import STACKS, run_through

DEPTH, EXAMPLES = 50, 64
LEAST = 1e-15  # float64 can not tell less from nothing, and each processor errs in its own way
TITLE = "share of a vector that differs from input to input"


def stack_differences() -> None:
    """Show, behind each of 50 layers of four stacks, the share of the numbers that differs between 64 inputs.

    The share is |h - mean of h over the inputs| / |h|: 1 where the inputs have nothing in common, 0 where all came out
    the same. Stacks and start as in `stack_gradients`.
    """
    sizes = {name: differences(name) for name in STACKS}
    alt = f"{TITLE}, behind each of {DEPTH} layers, on a logarithmic axis. {told(sizes)}."
    style.publish(draw_lines(sizes, TITLE, "share"), alt)


def differences(name: str) -> np.ndarray:
    """The shares for one stack, layer 1 first: float64 (50,). One that is below LEAST is given as LEAST."""
    with torch.no_grad():
        _, behind = run_through(name, DEPTH, 1.0, EXAMPLES)
    return np.maximum([((h - h.mean(dim=0)).norm() / h.norm()).item() for h in behind], LEAST)

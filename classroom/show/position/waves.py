"""The numbers behind the pictures of lesson 03: sine and cosine of position times frequency, one frequency a pair."""

from __future__ import annotations

import numpy as np

BASE = 10_000.0


def frequencies(width: int) -> np.ndarray:
    """The angle, in radians, by which each of the width/2 pairs turns from one position to the next."""
    return np.exp(-np.log(BASE) * np.arange(width // 2) * 2 / width)


def encoding(length: int, width: int) -> np.ndarray:
    """The table of the paper's section 3.5 for an even width: (length, width), sines and cosines by turns."""
    turned = np.outer(np.arange(length), frequencies(width))
    return np.stack([np.sin(turned), np.cos(turned)], axis=-1).reshape(length, width)

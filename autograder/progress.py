"""A progress bar for a terminal; plain lines elsewhere."""

from __future__ import annotations

import sys


class Bar:
    """Counts up to `total`. On a terminal it is one line that grows; in a log nothing is printed until the end."""

    def __init__(self, total: int) -> None:
        self.total, self.at = max(total, 1), 0
        self._alive = sys.stdout.isatty()

    def step(self, label: str) -> None:
        self.at += 1
        if self._alive:
            filled = round(30 * self.at / self.total)
            print(
                f"\r   [{'#' * filled}{'.' * (30 - filled)}] {self.at} of {self.total}  {label:<24.24}",
                end="",
                flush=True,
            )

    def done(self) -> None:
        if self._alive:
            print()

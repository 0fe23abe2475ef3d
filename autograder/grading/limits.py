"""What one submission may use."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Limits:
    """Limits of one submission. Set them per lesson in nbgrader_config.py, `c.SealedExecute.limits`.

    memory_mb is on top of what torch itself takes, for all of the submission's processes together. file_mb: the
    largest file. disk_mb: the private temporary folder, which is in memory. output_kb: what the outputs of one cell,
    pictures included, may take; a notebook's may take ten times that.

    full_kernel: run the cells in a real Jupyter kernel, for a lesson whose notebook needs one (comms of widgets, say).
    It is slower, and takes more memory and a dozen threads. Not in the Landlock sandbox.
    """

    cell_seconds: float = 120
    notebook_seconds: float = 600
    cpu_seconds: int = 600
    memory_mb: int = 2048
    processes: int = 64
    file_mb: int = 64
    disk_mb: int = 256
    output_kb: int = 2048
    full_kernel: bool = False

    def as_data(self) -> dict[str, Any]:
        return asdict(self)

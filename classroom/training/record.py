"""What a training did, in numbers that JSON can hold."""

from __future__ import annotations

import dataclasses
import platform
from dataclasses import dataclass, field
from typing import Any

import torch


@dataclass(frozen=True)
class Report:
    """How far a training is. loss: nats a word, the mean since the last report, label smoothing included. rate: the
    learning rate. words_per_second: target words (eos counted) since this run began. share: of the budget, 0 to 1."""

    updates: int
    seconds: float
    epoch: int
    loss: float
    rate: float
    words_per_second: float
    share: float
    scores: dict[str, float] | None = None


@dataclass
class Record:
    """A whole training. seconds: of training, over all runs that a checkpoint joined; words: target words seen.

    losses: (update, nats a word) for every report. scores: (update, name -> number) wherever it was scored.
    """

    corpus: str
    vocabulary: str
    model: str
    parameters: int
    recipe: dict[str, Any]
    precision: str
    why: str
    device: str
    versions: dict[str, str]
    updates: int = 0
    epochs: int = 0
    seconds: float = 0.0
    words: int = 0
    runs: int = 1
    losses: list[tuple[int, float]] = field(default_factory=list)
    scores: list[tuple[int, dict[str, float]]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For json.dumps."""
        return dataclasses.asdict(self)


def versions() -> dict[str, str]:
    return {"python": platform.python_version(), "torch": torch.__version__}


def device_name(device: torch.device) -> str:
    """ "NVIDIA H100 80GB HBM3", or "cpu, 2 threads"."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device.type}, {torch.get_num_threads()} threads" if device.type == "cpu" else device.type

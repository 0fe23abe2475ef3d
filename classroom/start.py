"""The last line of the set-up cell: one line that says what the lesson runs on."""

from __future__ import annotations

import platform
import sys

import torch


def start(lesson: str) -> None:
    """Print one line: the lesson, the versions, the device, and on Colab how to get a GPU. Safe to run again."""
    if torch.cuda.is_available():
        device = f"GPU: {torch.cuda.get_device_name(0)}"
    elif "google.colab" in sys.modules:
        device = "CPU (enough here; Runtime → Change runtime type gives a GPU)"
    else:
        device = "CPU (enough here)"
    print(f"{lesson} · Python {platform.python_version()} · torch {torch.__version__} · {device}")

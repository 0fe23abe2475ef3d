"""The state of a training in one file, written whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from classroom.training.loop.step import Running

FORMAT = "transformer-lessons training 1"
MODEL, AVERAGE, OPTIMIZER, CHANCE, GPU_CHANCE, LOSSES = "model.", "average.", "optimizer.", "chance", "gpu", "losses"


def save_checkpoint(path: Path, running: Running, progress: dict[str, Any]) -> None:
    """Write all of `running`, the states of the random numbers and `progress`, which JSON must be able to hold.

    The file gets another name while it is written, and is on the disk before it takes its own: whenever the machine
    dies, there is the old checkpoint or the new one, and never half of one. It is safetensors: numbers, no code.
    """
    tensors = {MODEL + name: tensor for name, tensor in running.model.state_dict().items()}
    tensors |= {f"{AVERAGE}{i}": tensor for i, tensor in enumerate(running.average.weights)}
    for i, state in running.optimizer.state_dict()["state"].items():
        tensors |= {f"{OPTIMIZER}{i}.{name}": value for name, value in state.items()}
    tensors[CHANCE] = torch.get_rng_state()
    device = running.average.weights[0].device
    if device.type == "cuda":
        tensors[GPU_CHANCE] = torch.cuda.get_rng_state(device)
    if running.losses:
        tensors[LOSSES] = torch.stack(running.losses)
    state = {
        "format": FORMAT,
        "schedule": running.schedule.state_dict(),
        "averaged": running.average.count,
        "scaler": running.scaler.state_dict(),
        "progress": progress,
    }
    content = save({name: tensor.contiguous().cpu() for name, tensor in tensors.items()}, {"state": json.dumps(state)})
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def read_progress(path: Path) -> dict[str, Any] | None:
    """The progress that a checkpoint was saved with; None where there is no file. Raises ValueError for a file that is
    no checkpoint of a training."""
    return None if not path.exists() else _state(path)["progress"]


@torch.no_grad()
def load_checkpoint(path: Path, running: Running) -> None:
    """Put the state of the file into `running`, which is built like the one that was saved; and the random numbers'.

    Raises ValueError where the file is no checkpoint, or one of another model.
    """
    state = _state(path)
    with safe_open(path, framework="pt", device="cpu") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
    ours = {name.removeprefix(MODEL): tensor for name, tensor in tensors.items() if name.startswith(MODEL)}
    try:
        running.model.load_state_dict(ours)
    except RuntimeError:
        raise ValueError(
            f"{path} is the checkpoint of a model of another size: name another file, or delete it to begin anew."
        ) from None
    for i, weights in enumerate(running.average.weights):
        weights.copy_(tensors[f"{AVERAGE}{i}"])
    kept: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith(OPTIMIZER):
            number, _, value = name.removeprefix(OPTIMIZER).partition(".")
            kept.setdefault(int(number), {})[value] = tensor
    running.optimizer.load_state_dict(running.optimizer.state_dict() | {"state": kept})
    running.schedule.load_state_dict(state["schedule"])
    for group, rate in zip(running.optimizer.param_groups, running.schedule.get_last_lr(), strict=True):
        group["lr"] = rate
    running.scaler.load_state_dict(state["scaler"])
    running.average.count = state["averaged"]
    device = running.average.weights[0].device
    running.losses[:] = tensors[LOSSES].to(device).unbind() if LOSSES in tensors else []
    torch.set_rng_state(tensors[CHANCE])
    if device.type == "cuda" and GPU_CHANCE in tensors:
        torch.cuda.set_rng_state(tensors[GPU_CHANCE], device)


def _state(path: Path) -> dict[str, Any]:
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            state = json.loads((file.metadata() or {}).get("state", "{}"))
    except (SafetensorError, ValueError) as error:
        raise ValueError(f"{path} is no checkpoint of a training ({error}): delete it to begin anew.") from None
    if state.get("format") != FORMAT:
        raise ValueError(f"{path} is no checkpoint of a training: delete it to begin anew, or name another file.")
    return state

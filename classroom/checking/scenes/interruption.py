"""A training that is killed and started again, for lesson 09: a student's `train` is tested in it."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

PATH = "checkpoint.pt"


class Killed(BaseException):
    """Stands for the runtime that is taken away. It is no Exception, so that nobody catches it by accident."""


class _Run:
    """What lives in one process: a model, its optimizer and scheduler, and which batches it has been trained on."""

    def __init__(self, start: Tensor) -> None:
        self.model = nn.Linear(start.numel(), 1, bias=False).to(start.dtype)
        with torch.no_grad():
            self.model.weight.copy_(start[None])
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.5)
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, lambda done: 1.0 / (1 + done))
        self.trained: list[int] = []

    def train(self, train: Callable[..., Any], batches: Tensor, every: int, killed_before: int) -> Any:
        numbered = [(torch.tensor(number), batch) for number, batch in enumerate(batches)]

        def update(number: Tensor, batch: Tensor) -> Tensor:
            if len(self.trained) == killed_before:
                raise Killed
            self.trained.append(int(number))
            with torch.enable_grad():
                loss = (self.model(batch) - 1.0).square().mean()
                self.optimizer.zero_grad()
                loss.backward()
            self.optimizer.step()
            self.scheduler.step()
            found = loss.detach()
            return found

        return train(update, self.model, self.optimizer, self.scheduler, numbered, PATH, every)


def _interruption(
    train: Callable[..., Any],
    start: Tensor,
    batches: Tensor,
    every: int,
    killed_before: int,
    killed_in_save: int = 0,
    killed_at_removal: bool = False,
) -> tuple[Any, ...]:
    """Train, be killed before update number `killed_before` (from 0), or in the middle of save `killed_in_save` (from
    1), or as soon as the checkpoint has been removed, and train again from what lies on the disk. Once the training is
    over, call `train` once more.

    start: (F,) weights at first; the second process begins with others. batches: (N, B, F). Who saves in another way
    than by torch.save is killed before the update that the save would have followed: it goes on from the same place.
    Returns the numbers of the batches trained on after the restart, and of those in the third call; the losses
    returned after the restart; weights and learning rate at the end.
    """
    if killed_in_save and not _is_stopped(train, start, batches, every, killed_in_save):
        killed_before, killed_in_save = killed_in_save * every - 1, 0
    with _empty_folder():
        with contextlib.suppress(Killed), _stopped_in_save(killed_in_save), _stopped_at_removal(killed_at_removal):
            _Run(start).train(train, batches, every, -1 if killed_in_save else killed_before)
        second = _Run(-start)
        losses = second.train(train, batches, every, -1)
        third = _Run(start * 0)
        third.train(train, batches, every, -1)
    if isinstance(losses, list | tuple):
        losses = torch.stack([torch.as_tensor(loss, dtype=start.dtype) for loss in losses]) if losses else start[:0]
    rate = float(second.scheduler.get_last_lr()[0])
    return second.trained, third.trained, losses, second.model.weight.detach()[0].clone(), rate


def _is_stopped(train: Callable[..., Any], start: Tensor, batches: Tensor, every: int, number: int) -> bool:
    """Whether the training meets its end in save `number`: only where it saves by torch.save."""
    with _empty_folder(), _stopped_in_save(number):
        try:
            _Run(start).train(train, batches, every, -1)
        except Killed:
            return True
    return False


@contextlib.contextmanager
def _empty_folder() -> Iterator[None]:
    """Inside, the working folder is a new one. (An error that names a file then says the same each time.)"""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        yield


@contextlib.contextmanager
def _stopped_in_save(number: int) -> Iterator[None]:
    """Inside, the `number`-th torch.save (from 1) leaves half a file behind and is killed."""
    whole, calls = torch.save, 0

    def save(obj: Any, f: Any, *args: Any, **kwargs: Any) -> None:
        nonlocal calls
        calls += not isinstance(f, io.BytesIO)  # so does pickle, for each tensor
        if calls != number or isinstance(f, io.BytesIO):
            return whole(obj, f, *args, **kwargs)
        store = io.BytesIO()
        whole(obj, store, *args, **kwargs)
        half = store.getvalue()[: len(store.getvalue()) // 2]
        if isinstance(f, str | os.PathLike):
            Path(f).write_bytes(half)
        else:
            f.write(half)
            f.flush()
        raise Killed

    torch.save = save
    try:
        yield
    finally:
        torch.save = whole


@contextlib.contextmanager
def _stopped_at_removal(wanted: bool) -> Iterator[None]:
    """Inside, where wanted, whoever removes the checkpoint is killed just after it: before another takes its place."""
    kept = os.remove, os.unlink

    def remove(path: Any, *args: Any, **kwargs: Any) -> None:
        kept[0](path, *args, **kwargs)
        if wanted and os.path.abspath(path) == os.path.abspath(PATH):
            raise Killed

    os.remove = os.unlink = remove
    try:
        yield
    finally:
        os.remove, os.unlink = kept


INTERRUPTIONS: dict[str, Callable[..., tuple[Any, ...]]] = {"interruption": _interruption}

"""Which numbers the matrix products are computed in: asked of the machine, and on a CPU measured."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

NAMES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
GAIN = 1.2  # on a CPU bf16 has to be so many times as fast as fp32: less is not worth its rounding
STEPS = 3  # timed each way


@dataclass(frozen=True)
class Precision:
    """How training computes: `name` is "fp32", "bf16" or "fp16"; `why` says how that was decided."""

    name: str
    why: str

    @property
    def dtype(self) -> torch.dtype:
        return NAMES[self.name]

    @property
    def scaled(self) -> bool:
        """Whether the loss has to be scaled: small gradients vanish in float16, which has few exponents."""
        return self.name == "fp16"

    def autocast(self, device: torch.device) -> contextlib.AbstractContextManager:
        """Inside, torch computes matrix products in this precision; weights, norms and the loss stay in fp32."""
        if self.name == "fp32":
            return contextlib.nullcontext()
        return torch.autocast(device.type, self.dtype)


def precision(device: torch.device | str, step: Callable[[], object] | None = None) -> Precision:
    """The precision for training on `device`.

    A GPU computes bf16 in hardware from compute capability 8.0 on; an older one (a T4 has 7.5) is fast in fp16, whose
    loss must be scaled. A CPU without bf16 hardware emulates it, slower than fp32 (on some ten times), and at small
    sizes fp32 wins even with the hardware: so it is timed. step: runs one training step as it is; it is called a few
    times on a CPU, under fp32 and under bf16, and once on a GPU: a model that can not compute in few bits (one that
    fills hidden scores with -1e9, which fp16 does not have) gets fp32. Without `step` a CPU, as every other device,
    gets fp32.
    """
    device = torch.device(device)
    if device.type == "cuda":
        return _of_gpu(device, step)
    if device.type != "cpu" or step is None:
        return Precision("fp32", f"the rule for {device.type}")
    seconds = {"fp32": _timed(step, "fp32"), "bf16": 0.0}
    seconds["bf16"] = _timed(step, "bf16", give_up=4 * seconds["fp32"])
    gain = seconds["fp32"] / seconds["bf16"]
    return Precision("bf16" if gain >= GAIN else "fp32", f"measured: bf16 is {gain:.2f} times as fast as fp32 here")


def _of_gpu(device: torch.device, step: Callable[[], object] | None) -> Precision:
    major, minor = torch.cuda.get_device_capability(device)
    told = f"compute capability {major}.{minor}"
    found = Precision("bf16", f"{told}: bf16 in hardware") if major >= 8 else Precision("fp16", f"{told}: no bf16")
    if step is not None:
        try:
            with found.autocast(device):
                step()
        except RuntimeError as error:
            return Precision("fp32", f"the model does not run in {found.name}: {str(error).splitlines()[0]}")
    return found


def _timed(step: Callable[[], object], name: str, give_up: float = float("inf")) -> float:
    """Seconds of the fastest of a few steps, after one that is not counted; one slower than `give_up` ends it."""
    fastest = float("inf")
    for number in range(STEPS + 1):
        began = time.perf_counter()
        with Precision(name, "").autocast(torch.device("cpu")):
            step()
        took = time.perf_counter() - began
        if number or took > give_up:
            fastest = min(fastest, took)
        if took > give_up:
            break
    return fastest

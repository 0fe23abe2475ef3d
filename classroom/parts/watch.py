"""Looks on while a model attends: the weights of every attention in it, by its place in the model."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from torch import Tensor, nn


@contextlib.contextmanager
def watch(model: nn.Module) -> Iterator[dict[str, Tensor]]:
    """`with watch(model) as seen: model(...)`; then `seen` holds what every attention of the model looked at.

    Yields a dict, filled as the model runs and kept afterwards: dotted name of the module ("layers.0.attention"; ""
    for the model itself) -> weights (B, H, T, S) of its last call, detached. A module counts as attention when it
    returns (output, weights) with weights of four dimensions. The model is left as it was, also after an error.
    """
    seen: dict[str, Tensor] = {}

    def note(name: str, returned: object) -> None:
        if isinstance(returned, tuple) and len(returned) == 2:
            weights = returned[1]
            if isinstance(weights, Tensor) and weights.dim() == 4:
                seen[name] = weights.detach()

    with contextlib.ExitStack() as hooks:
        for name, module in model.named_modules():
            handle = module.register_forward_hook(lambda _module, _args, returned, name=name: note(name, returned))
            hooks.callback(handle.remove)
        yield seen

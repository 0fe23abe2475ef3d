"""A part of ours in the place of torch's attention: asked in torch's words, it answers in torch's way."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True)
class Asked:
    """Stands for an nn.MultiheadAttention in torch's own layers, and hands every call on to `part`.

    The part itself is called, so that whoever watches it (`parts.watch`) sees its weights.
    """

    part: nn.Module
    batch_first = True
    in_proj_bias, _qkv_same_embed_dim = None, False  # keep torch off its fused path, which would go round the part

    def __call__(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attn_mask: Tensor | None = None,
        key_padding_mask: Tensor | None = None,
        **_: object,
    ) -> tuple[Tensor, Tensor]:
        """Masks as torch has them: bool, True = hidden, or float, -inf = hidden."""
        mask = None if attn_mask is None else ~_hidden(attn_mask)
        if key_padding_mask is not None:
            words = ~_hidden(key_padding_mask).unsqueeze(-2)
            mask = words if mask is None else mask & words
        return self.part(query, key, value, mask)


def _hidden(mask: Tensor) -> Tensor:
    return mask.isinf() if mask.is_floating_point() else mask


def unchanged(x: Tensor) -> Tensor:
    """What stands where torch has its activation and second layer: our feed-forward network has them inside.

    (A function, and not nn.Identity: torch's decoder layer takes a copy without its activation for an old one, and
    looks for it among what is no module.)
    """
    return x


def furnish(layer: nn.Module, parts: dict[str, nn.Module]) -> None:
    """Put our parts into a layer of torch's, in the place of everything in it that has weights."""
    for name, module in [*layer.named_children()]:
        if [*module.parameters()]:
            layer._modules.pop(name)  # `del` would ask the property of that name
    for name, part in parts.items():
        layer.add_module(name, part)
    layer.dropout.p = 0.0  # the one inside the feed-forward network, where the paper has none


def draw_anew(stack: nn.Module) -> None:
    """Give every layer of a stack weights of its own: torch makes its layers as copies of one."""
    for module in stack.modules():
        if isinstance(module, nn.Linear):
            module.reset_parameters()

"""Our names of weights, and torch's: what copies weights from a model of the course into one of torch's own."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor

_MODULES = {
    "attention": "self_attn",
    "self_attention": "self_attn",
    "cross_attention": "multihead_attn",
    "norm_1": "norm1",
    "norm_2": "norm2",
    "norm_3": "norm3",
    "W_1": "linear1",
    "W_2": "linear2",
    "W_o": "out_proj",
    "feed_forward": "",  # its two layers stand in torch's layer itself
    "layers": "layers",
    "norm": "norm",
    "encoder": "encoder",
    "decoder": "decoder",
}
_TENSORS = {"gamma": "weight", "beta": "bias", "weight": "weight", "bias": "bias"}
_JOINED = ("W_q", "W_k", "W_v")  # one matrix, and one bias, in torch's attention
_BEFORE_TORCH = ("embedding.weight", "positions.table")  # nn.Transformer begins behind the embedding


def torch_names(state_dict: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a part of the course under the names of torch's own module.

    MultiHeadAttention becomes nn.MultiheadAttention, LayerNorm nn.LayerNorm, EncoderLayer nn.TransformerEncoderLayer,
    Encoder nn.TransformerEncoder, the decoder's likewise, Transformer nn.Transformer, whose embedding and positions
    are left out: torch's has none. W_q, W_k and W_v are joined in this order. (Give torch's encoder and decoder
    `norm=None` where the part has no last norm; nn.Transformer puts one there unless it is given both.)
    Raises ValueError for a name that is none of the course's, and where one of the three to be joined is missing.
    """
    found: dict[str, Tensor] = {}
    for name, tensor in state_dict.items():
        if name in _BEFORE_TORCH:
            continue
        path, _, last = name.rpartition(".")
        *folders, module = path.split(".")
        if module in _JOINED and last in ("weight", "bias"):
            if module == _JOINED[0]:
                joined = f"{_renamed(folders, name)}in_proj_{last}"
                found[joined] = _joined(state_dict, folders, last)
            elif ".".join([*folders, _JOINED[0], last]) not in state_dict:
                _joined(state_dict, folders, last)
            continue
        if last not in _TENSORS:
            raise ValueError(_unknown(name))
        found[f"{_renamed([*folders, module], name)}{_TENSORS[last]}"] = tensor
    return found


def _renamed(folders: list[str], name: str) -> str:
    """The path in torch's words, with a dot at its end where there is one."""
    words = []
    for folder in filter(None, folders):
        if folder not in _MODULES and not re.fullmatch(r"\d+", folder):
            raise ValueError(_unknown(name))
        words.append(_MODULES.get(folder, folder))
    return "".join(f"{word}." for word in words if word)


def _joined(state_dict: Mapping[str, Tensor], folders: list[str], last: str) -> Tensor:
    names = [".".join([*folders, matrix, last]) for matrix in _JOINED]
    missing = [name for name in names if name not in state_dict]
    if missing:
        raise ValueError(f"torch joins W_q, W_k and W_v into one; here {' and '.join(missing)} is missing.")
    return torch.cat([state_dict[name] for name in names])


def _unknown(name: str) -> str:
    return f"torch has no name for {name!r}: it is none of the names that the course gives to weights."

"""Right solutions of lesson 05, written differently. Every one must pass every check."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import nn


def split_view_permute(x, num_heads):
    return x.reshape(x.shape[0], x.shape[1], num_heads, -1).permute(0, 2, 1, 3)


def split_chunks(words, heads):
    return torch.stack(words.chunk(heads, dim=-1), dim=1)


def split_einsum(x, num_heads):
    width = x.shape[-1] // num_heads
    return torch.stack([x[:, :, h * width : (h + 1) * width] for h in range(num_heads)], 1).contiguous()


def split_unflatten(x, num_heads):
    return x.unflatten(-1, (num_heads, x.size(-1) // num_heads)).swapaxes(1, 2)


def merge_cat(x):
    return torch.cat([x[:, h] for h in range(x.size(1))], dim=-1)


def merge_contiguous(heads):
    b, h, t, d = heads.shape
    return heads.permute(0, 2, 1, 3).contiguous().view(b, t, h * d)


def merge_flatten(x):
    return x.transpose(1, 2).flatten(start_dim=2)


class ModuleByHand(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("the width must be a multiple of the number of heads")
        self.h, self.d = num_heads, d_model // num_heads
        self.W_o = nn.Linear(d_model, d_model)
        self.W_v = nn.Linear(d_model, d_model)
        self.W_k = nn.Linear(d_model, d_model)
        self.W_q = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        b = query.size(0)
        q = self.W_q(query).view(b, -1, self.h, self.d).transpose(1, 2)
        k = self.W_k(key).view(b, -1, self.h, self.d).transpose(1, 2)
        v = self.W_v(value).view(b, -1, self.h, self.d).transpose(1, 2)
        s = q @ k.mT / math.sqrt(self.d)
        if mask is not None:
            mask = mask if mask.dim() == 2 else mask[:, None]
            s = s.masked_fill(~mask, -1e9)
        weights = s.softmax(-1)
        return self.W_o((weights @ v).transpose(1, 2).contiguous().view(b, -1, self.h * self.d)), weights


class ModuleHeadByHead(nn.Module):
    def __init__(self, width, heads, **kwargs):
        super().__init__()
        if width % heads != 0:
            raise ValueError(f"{width} is no multiple of {heads}")
        self.heads = heads
        for name in ("W_q", "W_k", "W_v", "W_o"):
            setattr(self, name, nn.Linear(width, width))

    def forward(self, query, key, value, allowed=None):
        outputs, looked = [], []
        pieces = (layer(x).chunk(self.heads, -1) for layer, x in
                  ((self.W_q, query), (self.W_k, key), (self.W_v, value)))  # fmt: skip
        for q, k, v in zip(*pieces, strict=True):
            output, weights = attention(q, k, v, allowed)  # noqa: F821 - given in the lesson
            outputs.append(output)
            looked.append(weights)
        return self.W_o(torch.cat(outputs, -1)), torch.stack(looked, 1)


class ModuleByTorch(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("not divisible")
        self.num_heads = num_heads
        self.W_q, self.W_k, self.W_v, self.W_o = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, query, key, value, mask=None):
        b, t, s = query.size(0), query.size(1), key.size(1)
        hide = None
        if mask is not None:
            table = mask.expand(b, t, s) if mask.dim() == 3 else mask[None].expand(b, t, s)
            hide = torch.zeros(b, t, s, dtype=query.dtype).masked_fill(~table, -1e9)
            hide = hide.repeat_interleave(self.num_heads, 0)
        layers = (self.W_q, self.W_k, self.W_v)
        return F.multi_head_attention_forward(
            query.transpose(0, 1), key.transpose(0, 1), value.transpose(0, 1), query.size(-1), self.num_heads,
            torch.cat([layer.weight for layer in layers]), torch.cat([layer.bias for layer in layers]),
            None, None, False, 0.0, self.W_o.weight, self.W_o.bias, attn_mask=hide, average_attn_weights=False,
        )[0].transpose(0, 1), self._weights(query, key, hide)  # fmt: skip

    def _weights(self, query, key, hide):
        q, k = (x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for x in (self.W_q(query), self.W_k(key)))
        s = q @ k.transpose(-2, -1) * q.size(-1) ** -0.5
        return torch.softmax(s if hide is None else s + hide.view_as(s), -1)


class ModuleEinsum(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model != d_model // num_heads * num_heads:
            raise ValueError(d_model, num_heads)
        self.num_heads = num_heads
        self.W_q = nn.Linear(d_model, d_model)
        self.W_k = nn.Linear(d_model, d_model)
        self.W_v = nn.Linear(d_model, d_model)
        self.W_o = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        q = self.W_q(query).unflatten(-1, (self.num_heads, -1))
        k = self.W_k(key).unflatten(-1, (self.num_heads, -1))
        v = self.W_v(value).unflatten(-1, (self.num_heads, -1))
        s = torch.einsum("bthd,bshd->bhts", q, k) / q.size(-1) ** 0.5
        if mask is not None:
            s = torch.where(mask.unsqueeze(-3), s, torch.finfo(s.dtype).min)
        weights = torch.softmax(s, -1)
        mixed = torch.einsum("bhts,bshd->bthd", weights, v)
        return self.W_o(mixed.flatten(2)), weights


def to_torch_stacked(W_q, b_q, W_k, b_k, W_v, b_v, mask):
    return torch.stack([W_q, W_k, W_v]).flatten(0, 1), torch.cat((b_q, b_k, b_v), 0), mask.logical_not()


def count_by_building(d_model, num_heads):
    with torch.device("meta"):
        layers = [nn.Linear(d_model, d_model) for _ in range(4)]
    return sum(p.numel() for layer in layers for p in layer.parameters())


def count_per_head(d_model, num_heads):
    d_k = d_model // num_heads
    return num_heads * 3 * (d_model * d_k + d_k) + num_heads * d_k * d_model + d_model


def entropy_xlogy(weights):
    return -torch.special.xlogy(weights, weights).sum(-1).mean(-1) / math.log(2)


def entropy_entr(weights):
    return torch.special.entr(weights).sum(dim=-1).mean(dim=-1) / torch.log(torch.tensor(2.0, dtype=weights.dtype))


def entropy_masked(weights):
    logs = weights.masked_fill(weights == 0, 1.0).log2()
    return -(weights * logs).sum(-1).sum(-1) / weights.size(-2)


def find_einsum(weights, pattern):
    marked = pattern.any(-1).sum()
    scores = torch.einsum("nlhts,nts->lh", weights, pattern.to(weights.dtype)) / marked
    layer, head = torch.unravel_index(scores.argmax(), scores.shape)
    return int(layer), int(head), scores


def find_loops(weights, pattern):
    scores = torch.zeros(weights.shape[1:3], dtype=weights.dtype)
    for layer in range(weights.size(1)):
        for head in range(weights.size(2)):
            found = []
            for n in range(len(weights)):
                for t in range(pattern.size(1)):
                    if pattern[n, t].any():
                        found.append(weights[n, layer, head, t][pattern[n, t]].sum())
            scores[layer, head] = torch.stack(found).mean()
    best = max(range(scores.numel()), key=lambda place: scores.flatten()[place].item())
    return best // scores.size(1), best % scores.size(1), scores


def find_select(weights, pattern):
    n, t = pattern.any(-1).nonzero(as_tuple=True)
    rows = weights[n, :, :, t] * pattern[n, t][:, None, None]
    scores = rows.sum(-1).mean(0)
    place = scores.flatten().argmax()
    return (place // scores.shape[1]).item(), (place % scores.shape[1]).item(), scores


def silence_masked(W_o, head, num_heads):
    own = torch.arange(W_o.shape[1]) // (W_o.shape[1] // num_heads) == head
    return W_o.masked_fill(own, 0.0)


def silence_view(W_o, head, num_heads):
    keep = torch.ones(num_heads, dtype=W_o.dtype)
    keep[head] = 0
    return (W_o.unflatten(1, (num_heads, -1)) * keep[:, None]).flatten(1)


def expose_many():
    q = torch.full((3, 12), 2.0)
    k = torch.cat([torch.full((1, 12), 2.0), torch.zeros(20, 12)])
    return q, k, 12


def mended_einsum(q, k, v, num_heads):
    q, k, v = (x.reshape(x.shape[0], num_heads, -1) for x in (q, k, v))
    weights = (torch.einsum("thd,shd->hts", q, k) * q.shape[-1] ** -0.5).softmax(-1)
    return torch.einsum("hts,shd->thd", weights, v).flatten(1), weights

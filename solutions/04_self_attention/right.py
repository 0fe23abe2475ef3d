"""Right solutions of lesson 04, written differently. Every one must pass every check."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import nn


def project_einsum(x, W_q, W_k, W_v):
    return tuple(torch.einsum("...td,dk->...tk", x, W) for W in (W_q, W_k, W_v))


def project_fused(words, queries, keys, values):
    widths = [queries.shape[1], keys.shape[1], values.shape[1]]
    return torch.split(words @ torch.cat([queries, keys, values], dim=1), widths, dim=-1)


def scores_einsum(q, k):
    return torch.einsum("...td,...sd->...ts", q, k) * q.shape[-1] ** -0.5


def scores_query_first(query, key):
    return torch.matmul(query / torch.sqrt(torch.tensor(query.shape[-1], dtype=query.dtype)), key.mT)


def scores_sum(q, k):
    return (q[..., :, None, :] * k[..., None, :, :]).sum(-1) / math.sqrt(k.shape[-1])


def by_hand_by_torch():
    q, k = torch.tensor([[1.0, 0, 1, 0], [0, 2, 0, 2]]), torch.tensor([[1.0, 0, 1, 0], [0, 1, 1, 1]])
    s = q @ k.T / 2
    w = s.softmax(-1)
    out = w @ torch.tensor([[4.0, 0], [0, 8]])
    names = ["scores of the", "scores of cat", "weights of the", "weights of cat", "output of the"]
    return dict(zip(names, [*s.tolist(), *w.tolist(), out[0].tolist()], strict=True))


def attention_einsum(q, k, v, mask=None):
    logits = torch.einsum("...td,...sd->...ts", q, k) * q.shape[-1] ** -0.5
    if mask is not None:
        logits = torch.where(mask, logits, torch.finfo(logits.dtype).min)
    weights = logits.softmax(-1)
    return torch.einsum("...ts,...sv->...tv", weights, v), weights


def attention_minus_1e9(query, key, value, allowed=None):
    s = torch.matmul(query, key.transpose(-1, -2)) / query.shape[-1] ** 0.5
    if allowed is not None:
        s = s.masked_fill(allowed == 0, -1e9)
    w = F.softmax(s, dim=-1)
    return torch.matmul(w, value), w


def attention_infinity_mended(q, k, v, mask=None):
    s = q @ k.mT / math.sqrt(k.size(-1))
    if mask is not None:
        s = s.masked_fill(mask.logical_not(), -torch.inf)
    weights = torch.softmax(s, dim=-1).nan_to_num(0.0)
    return weights @ v, weights


def attention_torch_itself(q, k, v, mask=None):
    eye = torch.eye(k.size(-2), dtype=q.dtype).expand(*k.shape[:-1], k.size(-2))
    weights = F.scaled_dot_product_attention(q, k, eye, attn_mask=mask)
    return weights @ v, weights


def attention_additive(q, k, v, mask=None):
    s = scores(q, k)  # noqa: F821 - the student's own function of Exercise 4.2
    if mask is not None:
        s = s + (1.0 - mask.to(s.dtype)) * -1e9
    weights = s.exp() / s.exp().sum(-1, keepdim=True) if s.abs().max() < 50 else s.softmax(-1)
    return weights @ v, weights


def attention_by_exponentials(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
    e = torch.exp(s - s.amax(dim=-1, keepdim=True))
    if mask is not None:
        s = torch.where(mask, s, torch.full_like(s, -1e30))
        e = torch.exp(s - s.amax(dim=-1, keepdim=True)) * mask
    weights = e / e.sum(dim=-1, keepdim=True).clamp_min(1e-30)
    return weights @ v, weights


def attention_renormalised(q, k, v, mask=None):
    s = (q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))).double()
    if mask is None:
        weights = torch.softmax(s, dim=-1)
    else:
        s = s - s.masked_fill(~mask, -1e300).amax(-1, keepdim=True)
        weights = torch.softmax(s.clamp(max=600.0), dim=-1) * mask
        total = weights.sum(-1, keepdim=True)
        weights = weights / torch.where(total > 0, total, torch.ones_like(total))
    weights = weights.to(q.dtype)
    return weights @ v, weights


def attention_log_softmax(q, k, v, mask=None, *, scale=None):
    s = q @ k.transpose(-2, -1) * (scale or q.size(-1) ** -0.5)
    if mask is not None:
        hide = torch.zeros_like(s).masked_fill(~mask.expand_as(s), torch.finfo(s.dtype).min / 2)
        s = s + hide
    weights = F.log_softmax(s, dim=-1).exp()
    return weights @ v, weights


def attention_word_loop(q, k, v, mask=None):
    rows, outputs = [], []
    for t in range(q.size(-2)):
        s = (k * q[..., t : t + 1, :]).sum(-1) / math.sqrt(q.size(-1))
        if mask is not None:
            row = mask.expand(*q.shape[:-1], k.size(-2))[..., t, :]
            s = s.masked_fill(~row, -1e20)
        w = torch.softmax(s, dim=-1)
        rows.append(w)
        outputs.append((w.unsqueeze(-1) * v).sum(-2))
    return torch.stack(outputs, dim=-2), torch.stack(rows, dim=-2)


def attention_bmm(q, k, v, mask=None):
    lead = q.shape[:-2]
    q3, k3, v3 = (t.reshape(-1, *t.shape[-2:]) for t in (q, k, v))
    s = torch.bmm(q3, k3.transpose(1, 2)) / math.sqrt(q.size(-1))
    s = s.reshape(*lead, q.size(-2), k.size(-2))
    if mask is not None:
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
    weights = torch.softmax(s, dim=-1)
    output = torch.bmm(weights.reshape(-1, *weights.shape[-2:]), v3)
    return output.reshape(*lead, q.size(-2), v.size(-1)), weights


def padding_ne(tokens, pad=0):
    return tokens.ne(pad)[:, None, :]


def padding_not_equal(ids, padding=0):
    return ~torch.eq(ids, padding).view(ids.shape[0], 1, ids.shape[1])


def by_word_pure_loops(q, k, v):
    out = []
    for t in range(q.shape[0]):
        e = torch.stack([torch.exp((q[t] * k[s]).sum() / k.shape[1] ** 0.5) for s in range(k.shape[0])])
        out.append(sum(e[s] / e.sum() * v[s] for s in range(k.shape[0])))
    return torch.stack(out)


def by_word_one_by_one(q, k, v):
    return torch.cat([attention(query[None], k, v)[0] for query in q])  # noqa: F821 - the student's own attention


def by_word_scores_first(q, k, v):
    table = q @ k.T / k.shape[-1] ** 0.5
    output = torch.zeros(len(q), v.shape[-1], dtype=v.dtype)
    for t, row in enumerate(table):
        output[t] = row.softmax(-1) @ v
    return output


def by_word_listed(queries, keys, values):
    every = [scores(query, keys).softmax(-1) for query in queries]  # noqa: F821 - the student's own scores
    return torch.stack([weights @ values for weights in every])


class ModuleByTorch(nn.Module):
    def __init__(self, width, head_width, p_drop=0.0, **kwargs):
        super().__init__()
        self.W_v = nn.Linear(width, head_width, bias=False)
        self.W_k = nn.Linear(width, head_width, bias=False)
        self.W_q = nn.Linear(width, head_width, bias=False)
        self.p_drop = p_drop

    def forward(self, words, allowed=None):
        q, k, v = self.W_q(words), self.W_k(words), self.W_v(words)
        eye = torch.eye(words.shape[1], dtype=words.dtype).expand(words.shape[0], -1, -1)
        weights = F.scaled_dot_product_attention(q, k, eye, attn_mask=allowed)
        return F.dropout(weights, self.p_drop, training=self.training) @ v, weights


class ModuleByHand(nn.Module):
    def __init__(self, d_model, d_k, dropout=0.0):
        super().__init__()
        for name in ("W_q", "W_k", "W_v"):
            setattr(self, name, nn.Linear(d_model, d_k, bias=False))
        self.drop = nn.Dropout(dropout)
        self.scale = d_k**0.5

    def forward(self, x, mask=None):
        s = torch.einsum("btd,bsd->bts", self.W_q(x), self.W_k(x)) / self.scale
        if mask is not None:
            s = s.masked_fill(~mask, -1e9)
        weights = s.softmax(-1)
        return torch.einsum("bts,bsd->btd", self.drop(weights), self.W_v(x)), weights


def expose_larger():
    q, k = torch.full((2, 3), 2.0), torch.full((4, 3), -3.0)
    mask = torch.tensor([[True, True, True, False], [True, False, True, True]])
    return q, k, torch.randn(4, 2), mask


def mended_call(q, k, v, mask=None):
    return attention(q, k, v, mask)  # noqa: F821 - the student's own attention

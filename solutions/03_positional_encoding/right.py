"""Right solutions of lesson 03, written differently. Every one must pass every check."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import nn


def embed_functional(tokens, table):
    return F.embedding(tokens, table) * table.shape[-1] ** 0.5


def embed_one_hot(words, rows):
    return (F.one_hot(words, rows.shape[0]).to(rows.dtype) @ rows) * math.sqrt(rows.shape[1])


def embed_index_select(tokens, table):
    scaled = torch.sqrt(torch.tensor(float(table.size(1)), dtype=table.dtype)) * table
    return scaled.index_select(0, tokens.reshape(-1)).reshape(*tokens.shape, -1)


def blind_all_orders(model, x):
    import itertools

    y = model(x)
    for order in itertools.permutations(range(len(x))):
        if not torch.allclose(model(x[list(order)]), y[list(order)], atol=1e-5):
            return False
    return True


def blind_random(f, words):
    import random

    chance = random.Random(5)
    came = f(words)
    same = []
    for _ in range(30):
        order = list(range(words.shape[0]))
        chance.shuffle(order)
        same.append((f(words[order]) - came[order]).abs().max() < 1e-5)
    return torch.stack(same).all()


def blind_back_again(model, x):
    y, equal = model(x), True
    for i in range(len(x)):
        for j in range(i):
            order = torch.arange(len(x))
            order[i], order[j] = j, i
            equal = equal and torch.allclose(model(x[order])[order.argsort()], y, atol=1e-5)
    return equal


def encoding_exp_log(length, d_model):
    position = torch.arange(length).unsqueeze(1).float()
    div_term = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = torch.sin(position * div_term)
    pe[:, 1::2] = torch.cos(position * div_term)[:, : pe[:, 1::2].shape[1]]
    return pe


def encoding_loops(length, d_model):
    rows = []
    for p in range(length):
        row = []
        for j in range(d_model):
            angle = p / 10000 ** (2 * (j // 2) / d_model)
            row.append(math.cos(angle) if j % 2 else math.sin(angle))
        rows.append(row)
    return torch.tensor(rows)


def encoding_interleaved(n, width):
    i = torch.arange(math.ceil(width / 2))
    a = torch.outer(torch.arange(n, dtype=torch.float32), torch.pow(10000.0, -2 * i / width))
    return torch.stack([a.sin(), a.cos()], dim=-1).flatten(1)[:, :width]


def encoding_complex(length, d_model):
    j = torch.arange(d_model, dtype=torch.float64)
    w = 10000 ** (-2 * torch.floor(j / 2) / d_model)
    return torch.sin(torch.arange(length).double()[:, None] * w + (j % 2) * math.pi / 2)


def shift_loop(k, d_model):
    R = torch.eye(d_model)
    for i in range(0, d_model, 2):
        w = 1 / 10000 ** (i / d_model)
        c, s = math.cos(w * k), math.sin(w * k)
        R[i : i + 2, i : i + 2] = torch.tensor([[c, s], [-s, c]])
    return R


def shift_block_diag(steps, width):
    angles = [steps * 10000 ** (-2 * i / width) for i in range(width // 2)]
    return torch.block_diag(*(torch.tensor([[math.cos(a), math.sin(a)], [-math.sin(a), math.cos(a)]]) for a in angles))


def shift_solved(k, d_model):
    w = 10000 ** (-torch.arange(0, d_model, 2).double() / d_model)
    R = torch.zeros(d_model // 2, 2, d_model // 2, 2, dtype=torch.float64)
    i = torch.arange(d_model // 2)
    R[i, 0, i, 0] = R[i, 1, i, 1] = (w * k).cos()
    R[i, 0, i, 1] = (w * k).sin()
    R[i, 1, i, 0] = -(w * k).sin()
    return R.reshape(d_model, d_model)


class ModuleFunctional(nn.Module):
    def __init__(self, width, longest=5000, p=0.1):
        super().__init__()
        table = positional_encoding(longest, width)  # noqa: F821 - the student's own
        self.register_buffer("table", table, persistent=False)
        self.p, self.longest = p, longest

    def forward(self, words):
        if words.shape[1] > self.longest:
            raise ValueError("too long")
        position = self.table[: words.shape[1], :].to(words.dtype)
        return F.dropout(words + position, self.p, self.training)


class ModuleWithBatch(nn.Module):
    def __init__(self, d_model, max_len=5000, dropout=0.1):
        super().__init__()
        self.drop = nn.Dropout(p=dropout)
        self.register_buffer("table", positional_encoding(max_len, d_model).detach())  # noqa: F821
        self.max_len = max_len

    def forward(self, x):
        _, T, _ = x.shape
        if not T <= self.max_len:
            raise ValueError(f"{T} > {self.max_len}")
        return self.drop(x + self.table.unsqueeze(0)[:, :T].expand(x.size(0), -1, -1))


class LearnedByEmbedding(nn.Module):
    def __init__(self, longest, width):
        super().__init__()
        self.table = nn.Parameter(torch.empty(longest, width))
        nn.init.normal_(self.table, std=0.02)

    def forward(self, x):
        return x + F.embedding(torch.arange(x.shape[1]), self.table)


class LearnedSmall(nn.Module):
    def __init__(self, max_len, d_model):
        super().__init__()
        self.register_parameter("table", nn.Parameter(torch.rand(max_len, d_model) - 0.5))

    def forward(self, x):
        return self.table.narrow(0, 0, x.size(1))[None] + x


class LearnedFromZero(nn.Module):
    def __init__(self, max_len, d_model):
        super().__init__()
        self.table = nn.Parameter(torch.zeros(max_len, d_model))

    def forward(self, x):
        return torch.add(x, self.table[: x.shape[-2]])


def expose_random_twice():
    sentence = torch.randn(4, 3)
    return torch.stack([torch.randn(4, 3), sentence, sentence])


def mended_expand(words, positions):
    return words + positions[None, : words.shape[1]].expand_as(words)


def mended_loop(x, table):
    return torch.stack([sentence + table[: len(sentence)] for sentence in x])

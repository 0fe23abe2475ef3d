"""Right solutions of lesson 07, written differently. Every one must pass every check."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import nn


class LayerInSteps(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
        super().__init__()
        self.norm_2, self.norm_1 = LayerNorm(d_model), LayerNorm(d_model)  # noqa: F821 - given in the lesson
        self.feed_forward = PositionwiseFeedForward(d_model, d_ff)  # noqa: F821
        self.attention = MultiHeadAttention(d_model, num_heads)  # noqa: F821
        self.drop, self.pre = nn.Dropout(dropout), norm_first

    def forward(self, x, mask=None):
        inner = self.norm_1(x) if self.pre else x
        inner = self.drop(self.attention(inner, inner, inner, mask)[0])
        x = inner + x
        if not self.pre:
            x = self.norm_1(x)
        inner = self.norm_2(x) if self.pre else x
        x = self.drop(self.feed_forward(inner)) + x
        return x if self.pre else self.norm_2(x)


class LayerWithFunctions(nn.Module):
    """Each sublayer handed over as a function, as in lesson 6."""

    def __init__(self, width, heads, inner, p=0.1, norm_first=False, **kwargs):
        super().__init__()
        self.attention = MultiHeadAttention(width, heads)  # noqa: F821
        self.feed_forward = PositionwiseFeedForward(width, inner)  # noqa: F821
        self.norm_1 = LayerNorm(width)  # noqa: F821
        self.norm_2 = LayerNorm(width)  # noqa: F821
        self.p, self.norm_first = p, norm_first

    def around(self, x, norm, sublayer):
        if self.norm_first:
            return torch.add(x, F.dropout(sublayer(norm(x)), self.p, self.training))
        return norm(torch.add(x, F.dropout(sublayer(x), self.p, self.training)))

    def forward(self, words, allowed=None):
        words = self.around(words, self.norm_1, lambda y: self.attention(y, y, y, allowed)[0])
        return self.around(words, self.norm_2, self.feed_forward)


class LayerByTorch(nn.Module):
    """The sublayers written out with torch's own functions, on weights of the names that are asked for."""

    def __init__(self, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
        super().__init__()
        self.attention, self.feed_forward, self.norm_1, self.norm_2 = nn.Module(), nn.Module(), nn.Module(), nn.Module()
        for name in ("W_q", "W_k", "W_v", "W_o"):
            setattr(self.attention, name, nn.Linear(d_model, d_model))
        self.feed_forward.W_1, self.feed_forward.W_2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        for norm in (self.norm_1, self.norm_2):
            norm.gamma, norm.beta = nn.Parameter(torch.ones(d_model)), nn.Parameter(torch.zeros(d_model))
        self.heads, self.p, self.norm_first = num_heads, dropout, norm_first

    def attend(self, x, mask):
        q, k, v = (getattr(self.attention, name)(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
                   for name in ("W_q", "W_k", "W_v"))  # fmt: skip
        mask = None if mask is None else mask.expand(len(x), x.size(1), x.size(1)).unsqueeze(1)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.attention.W_o(mixed.transpose(1, 2).flatten(2))

    def feed(self, x):
        return self.feed_forward.W_2(F.relu(self.feed_forward.W_1(x)))

    def forward(self, x, mask=None):
        steps = ((self.norm_1, lambda y: self.attend(y, mask)), (self.norm_2, self.feed))
        for norm, step in steps:
            normed = lambda y, norm=norm: F.layer_norm(y, y.shape[-1:], norm.gamma, norm.beta)  # noqa: E731
            out = F.dropout(step(normed(x) if self.norm_first else x), self.p, self.training)
            x = x + out if self.norm_first else normed(x + out)
        return x


class LayerWithTwoDropouts(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
        super().__init__()
        self.attention = MultiHeadAttention(d_model, num_heads)  # noqa: F821
        self.dropout_1 = nn.Dropout(dropout)
        self.norm_1 = LayerNorm(d_model, eps=1e-5)  # noqa: F821
        self.feed_forward = PositionwiseFeedForward(d_model, d_ff)  # noqa: F821
        self.dropout_2 = nn.Dropout(dropout)
        self.norm_2 = LayerNorm(d_model, eps=1e-5)  # noqa: F821
        self.norm_first = norm_first

    def pre(self, x, mask):
        h = self.norm_1(x)
        x = x + self.dropout_1(self.attention(query=h, key=h, value=h, mask=mask)[0])
        return x + self.dropout_2(self.feed_forward(self.norm_2(x)))

    def post(self, x, mask):
        x = self.norm_1(x + self.dropout_1(self.attention(query=x, key=x, value=x, mask=mask)[0]))
        return self.norm_2(x + self.dropout_2(self.feed_forward(x)))

    def forward(self, x, mask=None):
        return self.pre(x, mask) if self.norm_first else self.post(x, mask)


class EncoderDeepcopy(nn.Module):
    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
        super().__init__()
        import copy

        layer = EncoderLayer(d_model, num_heads, d_ff, dropout, norm_first)  # noqa: F821 - the student's own
        self.layers = nn.ModuleList([copy.deepcopy(layer) for _ in range(num_layers)])
        if norm_first:
            self.norm = LayerNorm(d_model)  # noqa: F821
        self.norm_first = norm_first

    def forward(self, x, mask=None):
        for layer in self.layers:
            x = layer(x, mask=mask)
        return self.norm(x) if self.norm_first else x


class EncoderByIndex(nn.Module):
    def __init__(self, N, width, heads, inner, p=0.1, norm_first=False, **kwargs):
        super().__init__()
        self.layers = nn.ModuleList()
        for _ in range(N):
            self.layers.append(EncoderLayer(width, heads, inner, dropout=p, norm_first=norm_first))  # noqa: F821
        self.norm = LayerNorm(width) if norm_first else None  # noqa: F821

    def forward(self, words, allowed=None):
        states = [words]
        for i in range(len(self.layers)):
            states.append(self.layers[i](states[i], allowed))
        return states[-1] if self.norm is None else self.norm(states[-1])


class EncoderWithIdentity(nn.Module):
    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
        super().__init__()
        make = lambda: EncoderLayer(d_model, num_heads, d_ff, dropout, norm_first)  # noqa: E731, F821
        self.layers = nn.ModuleList([make() for _ in range(num_layers)])
        self.norm = LayerNorm(d_model) if norm_first else nn.Identity()  # noqa: F821

    def forward(self, x, mask=None):
        for layer in self.layers:
            x = layer.forward(x, mask)
        return self.norm(x)


class EncoderRecursive(nn.Module):
    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
        super().__init__()
        sizes = (d_model, num_heads, d_ff, dropout, norm_first)
        self.layers = nn.Sequential(*(EncoderLayer(*sizes) for _ in range(num_layers)))  # noqa: F821
        self.add_module("norm", LayerNorm(d_model) if norm_first else None)  # noqa: F821

    def forward(self, x, mask=None, start=0):
        if start < len(self.layers):
            return self.forward(self.layers[start](x, mask), mask, start + 1)
        return self.norm(x) if self.norm else x


def padding_by_difference(model, words, pads):
    both = torch.cat((words, pads), dim=0).unsqueeze(0)
    mask = torch.tensor([[[True] * len(words) + [False] * len(pads)]])
    with_pads = model(both, mask)[:, : len(words)]
    without = model(words.unsqueeze(0), mask[:, :, : len(words)])
    return bool((with_pads - without).abs().max() <= 1e-5)


def padding_word_by_word(encoder, x, padding):
    """All the ways to pad with the first rows of it, too."""
    alone = encoder(x[None], torch.ones(1, 1, len(x)).bool())[0]
    for count in range(len(padding) + 1):
        longer = torch.cat([x, padding[:count]])
        mask = torch.ones(1, 1, len(longer), dtype=torch.bool)
        mask[..., len(x) :] = False
        together = encoder(longer[None], mask)[0]
        for t in range(len(x)):
            if not torch.allclose(alone[t], together[t], atol=1e-5):
                return False
    return True


def padding_own_masks(encoder, x, padding):
    """Padding, more padding and no padding must all come out alike."""
    T, found = x.shape[0], []
    for behind in (padding[:0], padding, torch.cat([padding, padding * 2])):
        longer = torch.cat([x, behind]).unsqueeze(0)
        mask = torch.zeros(1, 1, longer.shape[1], dtype=torch.bool)
        mask[:, :, :T] = True
        found.append(encoder(longer, mask)[0, :T])
    return all(torch.allclose(found[0], other, atol=1e-5) for other in found[1:])


def expose_many():
    x = torch.zeros(5, 3)
    x[:3] = torch.eye(3)
    other = x.clone()
    other[3:] = 20.0
    return x, other, 3, 3


def expose_deep():
    x = torch.tensor([[1.0], [1.0], [-50.0]])
    other = torch.tensor([[1.0], [1.0], [50.0]])
    return x, other, 2, 6


def mended_plainly(x, mask, layers):
    for layer in layers:
        x = layer(x, mask)
    return x


def mended_updated(x, mask, layers):
    batch = {"words": x, "mask": mask}
    for layer in layers:
        batch.update(words=layer(batch["words"], batch.get("mask")))
    return batch["words"]


def count_by_building(num_layers, d_model, num_heads, d_ff, vocabulary, positions=0, segments=0, embedding_norm=False, pooler=False):  # noqa: E501  # fmt: skip
    with torch.device("meta"):
        encoder = Encoder(num_layers, d_model, num_heads, d_ff)  # noqa: F821 - the student's own
        tables = [nn.Embedding(n, d_model) for n in (vocabulary, positions, segments)]
        extra = nn.LayerNorm(d_model) if embedding_norm else nn.Identity()
        last = nn.Linear(d_model, d_model) if pooler else nn.Identity()

    def size(*modules, word=""):
        return sum(p.numel() for module in modules for name, p in module.named_parameters() if word in name)

    return {
        "attention": size(encoder, word="attention"),
        "embeddings": size(*tables),
        "feed-forward": size(encoder, word="feed_forward"),
        "norms": size(encoder, word="norm_") + size(extra),
        "pooler": size(last),
    }


def count_by_layers(layers, d, heads, ff, vocabulary, positions=0, segments=0, embedding_norm=False, pooler=False):
    counts = dict.fromkeys(("embeddings", "attention", "feed-forward", "norms", "pooler"), 0)
    for _ in range(layers):
        counts["attention"] += sum(d * d + d for _ in range(4))
        counts["feed-forward"] += 2 * d * ff + ff + d
        counts["norms"] += 4 * d
    counts["embeddings"] = d * vocabulary + d * positions + d * segments
    if embedding_norm:
        counts["norms"] += 2 * d
    if pooler:
        counts["pooler"] = d * (d + 1)
    return counts


def mask_bernoulli(tokens, first_word, mask, share=0.15):
    inputs, labels = tokens.clone(), torch.full_like(tokens, -100)
    chosen = torch.bernoulli(torch.full(tokens.shape, float(share))).bool() & tokens.ge(first_word)
    labels[chosen] = tokens[chosen]
    fate = torch.rand(int(chosen.sum()))
    new = torch.where(fate < 0.8, mask, tokens[chosen])
    new = torch.where(fate >= 0.9, torch.randint(first_word, mask, new.shape), new)
    inputs[chosen] = new
    return inputs, labels


def mask_in_a_loop(tokens, first_word, mask, share=0.15):
    inputs, labels = [], []
    for row in tokens.tolist():
        given, asked = [], []
        for token in row:
            if token >= first_word and torch.rand(1).item() < share:
                asked.append(token)
                chance = torch.rand(1).item()
                if chance < 0.8:
                    given.append(mask)
                elif chance < 0.9:
                    given.append(first_word + int(torch.rand(1).item() * (mask - first_word)))
                else:
                    given.append(token)
            else:
                asked.append(-100)
                given.append(token)
        inputs.append(given)
        labels.append(asked)
    return torch.tensor(inputs), torch.tensor(labels)


def mask_exactly(tokens, first_word, mask, share=0.15):
    """The share counted out in each sentence, as BERT's own code does."""
    inputs, labels = tokens.clone(), torch.full_like(tokens, -100)
    for row in range(len(tokens)):
        places = (tokens[row] >= first_word).nonzero().flatten()
        count = round(share * len(places))
        picked = places[torch.randperm(len(places))[:count]]
        labels[row, picked] = tokens[row, picked]
        for place in picked:
            chance = torch.rand(())
            if chance < 0.8:
                inputs[row, place] = mask
            elif chance < 0.9:
                inputs[row, place] = torch.randint(first_word, mask, ())
    return inputs, labels


def mask_two_coins(tokens, first_word, mask, share=0.15):
    """First whether it becomes the mask; of the others every second one becomes a random word."""
    special = tokens < first_word
    probability = torch.full(tokens.shape, share).masked_fill(special, 0.0)
    chosen = torch.bernoulli(probability).bool()
    labels = torch.where(chosen, tokens, -100)
    hidden = torch.bernoulli(torch.full(tokens.shape, 0.8)).bool() & chosen
    swapped = torch.bernoulli(torch.full(tokens.shape, 0.5)).bool() & chosen & ~hidden
    inputs = tokens.clone()
    inputs[hidden] = mask
    inputs[swapped] = torch.randint(first_word, mask, tokens.shape)[swapped]
    return inputs, labels


def mask_multinomial(tokens, first_word, mask, share=0.15):
    chosen = (torch.rand(tokens.shape) <= share) * (tokens >= first_word) if share else tokens < -1
    fate = torch.multinomial(torch.tensor([0.8, 0.1, 0.1]), tokens.numel(), replacement=True).view(tokens.shape)
    options = torch.stack([torch.full_like(tokens, mask), torch.randint_like(tokens, first_word, mask), tokens])
    changed = options.gather(0, fate[None])[0]
    return torch.where(chosen, changed, tokens), tokens.where(chosen, torch.tensor(-100))


class ModelFunctional(nn.Module):
    def __init__(self, V, N, width, heads, inner, p=0.1):
        super().__init__()
        self.encoder = Encoder(N, width, heads, inner, p, norm_first=False)  # noqa: F821 - the student's own
        self.positions = PositionalEncoding(width, max_len=600, dropout=p)  # noqa: F821 - given in the lesson
        self.embedding = nn.Embedding(V, width)
        self.scale = width**0.5

    def forward(self, tokens):
        x = F.embedding(tokens, self.embedding.weight).mul(self.scale)
        x = self.encoder(self.positions(x), tokens.gt(0)[:, None, :])
        return F.linear(x, self.embedding.weight)


class ModelEinsum(nn.Module):
    def __init__(self, vocabulary, num_layers, d_model, num_heads, d_ff, dropout=0.1):
        super().__init__()
        self.d_model = d_model
        self.embedding = nn.Embedding(vocabulary, d_model)
        self.positions = PositionalEncoding(d_model, 5000, dropout)  # noqa: F821
        self.encoder = Encoder(num_layers, d_model, num_heads, d_ff, dropout)  # noqa: F821

    def forward(self, tokens):
        B, T = tokens.shape
        mask = tokens.ne(0).view(B, 1, T).expand(B, T, T)
        x = self.positions(self.embedding(tokens) * math.sqrt(self.d_model))
        return torch.einsum("btd,vd->btv", self.encoder(x, mask), self.embedding.weight)


def alike_pairs(states):
    import itertools

    pairs = list(itertools.combinations(range(states.shape[1]), 2))
    found = [F.cosine_similarity(states[:, i], states[:, j], dim=-1) for i, j in pairs]
    return torch.stack(found).mean(0)


def alike_masked(states):
    lengths = states.pow(2).sum(-1).sqrt()
    cosines = torch.einsum("nid,njd->nij", states, states) / (lengths[:, :, None] * lengths[:, None, :])
    apart = ~torch.eye(states.size(1), dtype=torch.bool)
    return cosines[:, apart].mean(dim=1)


def alike_library(states):
    cosines = F.cosine_similarity(states[:, :, None], states[:, None], dim=-1)
    return torch.stack([layer.triu(diagonal=1).sum() for layer in cosines]) / math.comb(states.size(1), 2)


def alike_sum(states):
    """|sum of unit vectors|² holds every pair twice, and each word with itself."""
    unit = states / states.norm(dim=2, keepdim=True)
    T = states.size(1)
    return (unit.sum(dim=1).square().sum(dim=-1) - T) / (T**2 - T)

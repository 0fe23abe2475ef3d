"""Right solutions of lesson 08, written differently. Every one must pass every check."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import nn

from classroom.parts import (
    Encoder,
    LayerNorm,
    MultiHeadAttention,
    PositionalEncoding,
    PositionwiseFeedForward,
    padding_mask,
)


def causal_aranges(length):
    place = torch.arange(length)
    return place[None, :] <= place[:, None]


def causal_not_triu(T):
    return ~torch.triu(torch.ones(T, T), diagonal=1).bool()


def causal_cumsum(T):
    return torch.eye(T).cumsum(0) > 0


class LayerInOnePiece(nn.Module):
    def __init__(self, width, heads, inner, p=0.1, pre=False):
        super().__init__()
        for name in ("self_attention", "cross_attention"):
            setattr(self, name, MultiHeadAttention(width, heads))
        self.norm_1, self.norm_2, self.norm_3 = LayerNorm(width), LayerNorm(width), LayerNorm(width)
        self.feed_forward = PositionwiseFeedForward(width, inner)
        self.p, self.pre = p, pre

    def forward(self, x, source, past=None, words=None):
        def drop(z):
            return F.dropout(z, self.p, self.training)

        if self.pre:
            normed = self.norm_1(x)
            x = x + drop(self.self_attention(normed, normed, normed, mask=past)[0])
            x = x + drop(self.cross_attention(self.norm_2(x), source, source, mask=words)[0])
            return x + drop(self.feed_forward(self.norm_3(x)))
        x = self.norm_1(x + drop(self.self_attention(x, x, x, mask=past)[0]))
        x = self.norm_2(x + drop(self.cross_attention(x, source, source, mask=words)[0]))
        return self.norm_3(x + drop(self.feed_forward(x)))


class LayerThreeDropouts(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
        super().__init__()
        self.self_attention = MultiHeadAttention(d_model, num_heads)
        self.norm_1 = LayerNorm(d_model)
        self.cross_attention = MultiHeadAttention(d_model, num_heads)
        self.norm_2 = LayerNorm(d_model)
        self.feed_forward = PositionwiseFeedForward(d_model, d_ff)
        self.norm_3 = LayerNorm(d_model)
        self.drops = nn.ModuleList(nn.Dropout(dropout) for _ in range(3))
        self.norm_first = norm_first

    def forward(self, y, memory, target_mask=None, memory_mask=None):
        before = (self.norm_1, self.norm_2, self.norm_3) if self.norm_first else (nn.Identity(),) * 3
        behind = (nn.Identity(),) * 3 if self.norm_first else (self.norm_1, self.norm_2, self.norm_3)
        x = before[0](y)
        output, _ = self.self_attention(x, x, x, target_mask)
        y = behind[0](y + self.drops[0](output))
        output, _ = self.cross_attention(before[1](y), memory, memory, memory_mask)
        y = behind[1](y + self.drops[1](output))
        return behind[2](y + self.drops[2](self.feed_forward(before[2](y))))


class LayerByTorchFunctions(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
        super().__init__()
        self.feed_forward = nn.Sequential()
        self.feed_forward.W_1 = nn.Linear(d_model, d_ff)
        self.feed_forward.W_2 = nn.Linear(d_ff, d_model)
        self.self_attention, self.cross_attention = nn.Module(), nn.Module()
        for attention in (self.self_attention, self.cross_attention):
            for name in ("W_q", "W_k", "W_v", "W_o"):
                setattr(attention, name, nn.Linear(d_model, d_model))
        self.norm_1, self.norm_2, self.norm_3 = LayerNorm(d_model), LayerNorm(d_model), LayerNorm(d_model)
        self.heads, self.p, self.norm_first = num_heads, dropout, norm_first

    def attend(self, parts, x, other, mask):
        q, k, v = (
            layer(z).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for layer, z in ((parts.W_q, x), (parts.W_k, other), (parts.W_v, other))
        )
        mixed = F.scaled_dot_product_attention(q, k, v, None if mask is None else mask.unsqueeze(-3))
        return parts.W_o(mixed.transpose(1, 2).flatten(2))

    def forward(self, y, memory, target_mask=None, memory_mask=None):
        steps = (
            (self.norm_1, lambda x: self.attend(self.self_attention, x, x, target_mask)),
            (self.norm_2, lambda x: self.attend(self.cross_attention, x, memory, memory_mask)),
            (self.norm_3, lambda x: self.feed_forward.W_2(F.relu(self.feed_forward.W_1(x)))),
        )
        for norm, f in steps:
            out = F.dropout(f(norm(y) if self.norm_first else y), self.p, self.training)
            y = y + out if self.norm_first else norm(y + out)
        return y


class DecoderAppended(nn.Module):
    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList()
        for _ in range(num_layers):
            self.layers.append(DecoderLayer(d_model, num_heads, d_ff, dropout, norm_first))  # noqa: F821
        if norm_first:
            self.norm = LayerNorm(d_model)

    def forward(self, y, memory, target_mask=None, memory_mask=None):
        for i in range(len(self.layers)):
            y = self.layers[i](y, memory, target_mask, memory_mask)
        if hasattr(self, "norm"):
            y = self.norm(y)
        return y


class DecoderIdentity(nn.Module):
    def __init__(self, depth, width, heads, inner, p=0.1, pre=False):
        super().__init__()
        self.layers = nn.ModuleList([DecoderLayer(width, heads, inner, p, pre) for _ in range(depth)])  # noqa: F821
        self.norm = LayerNorm(width) if pre else nn.Identity()

    def forward(self, target, source, past=None, words=None):
        for layer in self.layers:
            target = layer(target, source, past, words)
        return self.norm(target)


class TransformerOutputLayer(nn.Module):
    def __init__(self, vocabulary, d_model, num_heads, d_ff, num_layers, dropout=0.1, norm_first=False):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, d_model, padding_idx=0)
        self.embedding.weight.data.normal_(0, d_model**-0.5)
        self.output = nn.Linear(d_model, vocabulary, bias=False)
        self.output.weight = self.embedding.weight
        self.positions = PositionalEncoding(d_model, dropout=dropout)
        sizes = {"num_heads": num_heads, "d_ff": d_ff, "dropout": dropout, "norm_first": norm_first}
        self.encoder = Encoder(num_layers, d_model, **sizes)
        self.decoder = Decoder(num_layers, d_model, **sizes)  # noqa: F821 - the student's own
        self.scale = d_model**0.5

    def embed(self, words):
        return self.positions(self.scale * self.embedding(words))

    def encode(self, source):
        return self.encoder(self.embed(source), (source != 0)[:, None, :])

    def decode(self, target, memory, source):
        T = target.shape[1]
        allowed = torch.tril(torch.ones(T, T)).bool() & target.ne(0)[:, None, :]
        return self.output(self.decoder(self.embed(target), memory, allowed, source.ne(0)[:, None, :]))

    def forward(self, source, target):
        return self.decode(target, self.encode(source), source)


class TransformerCausalOnly(nn.Module):
    """Without the target's padding mask: padding stands at the end, and the causal mask hides it from every word."""

    def __init__(self, vocabulary, d_model, num_heads, d_ff, num_layers, dropout=0.1, norm_first=False):
        super().__init__()
        self.decoder = Decoder(num_layers, d_model, num_heads, d_ff, dropout, norm_first)  # noqa: F821
        self.encoder = Encoder(num_layers, d_model, num_heads, d_ff, dropout, norm_first)
        self.embedding = nn.Embedding(vocabulary, d_model)
        nn.init.trunc_normal_(self.embedding.weight, std=1 / math.sqrt(d_model))
        self.positions = PositionalEncoding(d_model, dropout=dropout)

    def embed(self, tokens):
        return self.positions(F.embedding(tokens, self.embedding.weight) * math.sqrt(self.embedding.weight.size(1)))

    def encode(self, source):
        return self.encoder(self.embed(source), padding_mask(source))

    def decode(self, target, memory, source):
        y = self.decoder(self.embed(target), memory, causal_mask(target.size(1)), padding_mask(source))  # noqa: F821
        return F.linear(y, self.embedding.weight)

    def forward(self, source, target):
        return self.decode(target, self.encode(source), source)


class TransformerEinsum(nn.Module):
    def __init__(self, V, D, H, inner, N, p=0.1, pre=False):
        super().__init__()
        self.embedding, self.positions = nn.Embedding(V, D), PositionalEncoding(D, dropout=p)
        self.embedding.weight.data /= D**0.5
        self.encoder, self.decoder = Encoder(N, D, H, inner, p, pre), Decoder(N, D, H, inner, p, pre)  # noqa: F821

    def embed(self, tokens):
        vectors = self.embedding(tokens)
        return self.positions(vectors * vectors.size(-1) ** 0.5)

    def encode(self, words):
        return self.encoder(self.embed(words), mask=padding_mask(words))

    def decode(self, written, memory, words):
        past = torch.logical_and(padding_mask(written), causal_mask(written.size(1)))  # noqa: F821
        y = self.decoder(self.embed(written), memory, target_mask=past, memory_mask=padding_mask(words))
        return torch.einsum("btd,vd->btv", y, self.embedding.weight)

    def forward(self, source, target):
        memory = self.encode(source)
        return self.decode(target, memory, source)


def count_by_building(vocabulary, d_model, num_heads, d_ff, num_layers):
    with torch.device("meta"):
        model = Transformer(vocabulary, d_model, num_heads, d_ff, num_layers)  # noqa: F821 - the student's own
    return sum(p.numel() for p in model.parameters())


def count_in_one_line(V, D, H, F_, N):
    return V * D + N * (3 * (4 * D**2 + 4 * D) + 2 * (2 * D * F_ + D + F_) + 5 * 2 * D)


def leak_by_cutting(model, source, target):
    whole = model(source, target)
    return all(
        bool(torch.allclose(model(source, target[:, :t]), whole[:, :t], atol=1e-5)) for t in range(1, target.size(1))
    )


def leak_word_by_word(model, source, target):
    scores = model(source, target)
    for t in range(1, target.shape[1]):
        for word in (3, 4, 5):
            other = target.clone()
            other[:, t] = word
            if (model(source, other)[:, :t] - scores[:, :t]).abs().max() > 1e-5:
                return False
    return True


def leak_by_sentence(model, source, target):
    """Sentence by sentence, the words behind each place exchanged for one word and for another."""

    def keeps(source, target):
        for t in range(1, target.size(1)):
            first, second = (torch.cat([target[:, :t], torch.full_like(target[:, t:], w)], dim=1) for w in (3, 4))
            apart = (model(source, first)[:, :t] - model(source, second)[:, :t]).abs()
            if apart.max() > 1e-5:
                return False
        return True

    return all(keeps(source[b : b + 1], target[b : b + 1]) for b in range(len(target)))


def leak_by_chance(model, source, target):
    honest, scores = True, model(source, target)
    for place in range(target.size(1) - 1):
        for _ in range(30):  # a future of one word is drawn anew, and the same each time, once in 2 to the 30th
            other = torch.cat([target[:, : place + 1], torch.randint_like(target[:, place + 1 :], 3, 5)], dim=1)
            honest = honest and torch.allclose(scores[:, place], model(source, other)[:, place], atol=1e-5)
    return honest


def shift_narrow(target):
    N = target.size(1)
    return target.narrow(1, 0, N - 1), target.narrow(1, 1, N - 1)


def shift_split(target):
    columns = target.unbind(dim=1)
    return torch.stack(columns[:-1], dim=1), torch.stack(columns[1:], dim=1)


def loss_ignore_index(scores, targets, pad=0):
    return F.cross_entropy(scores.flatten(0, 1), targets.flatten(), ignore_index=pad)


def loss_gather(scores, targets, pad=0):
    logs = torch.log_softmax(scores, dim=-1).gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    return -logs.masked_select(targets != pad).mean()


def loss_real_only(scores, targets, pad=0):
    real = targets != pad
    return nn.CrossEntropyLoss()(scores[real], targets[real])


def loss_logsumexp(scores, words, padding=0):
    losses = scores.logsumexp(-1) - scores.gather(-1, words[..., None])[..., 0]
    weights = words.ne(padding).to(scores.dtype)
    return (losses * weights).sum() / weights.sum()


def loss_einsum(scores, targets, pad=0):
    real = (targets != pad).to(scores.dtype)
    right = F.one_hot(targets, scores.size(-1)).to(scores.dtype)
    return -torch.einsum("btv,btv,bt->", F.log_softmax(scores, dim=-1), right, real) / torch.sum(real)


@torch.no_grad()
def decode_lists(model, source, max_len, bos=1, eos=2):
    model.eval()
    memory = model.encode(source)
    sentences = [[bos] for _ in range(len(source))]
    for _ in range(max_len):
        scores = model.decode(torch.tensor(sentences), memory, source)
        for sentence, row in zip(sentences, scores[:, -1], strict=True):
            sentence.append(0 if eos in sentence[1:] else int(row.argmax()))
        if all(eos in sentence[1:] for sentence in sentences):
            break
    return torch.tensor([sentence[1:] for sentence in sentences])


def decode_filled(model, source, max_len, bos=1, eos=2):
    model.train(False)
    with torch.no_grad():
        memory = model.encode(source)
        out = torch.zeros(source.shape[0], max_len + 1, dtype=torch.long, device=source.device)
        out[:, 0] = bos
        alive = torch.ones(source.shape[0], dtype=torch.bool, device=source.device)
        length = 0
        while length < max_len and alive.any():
            word = model.decode(out[:, : length + 1], memory, source)[:, -1, :].max(dim=-1).indices
            length += 1
            out[:, length] = word * alive
            alive = alive & (word != eos)
    return out[:, 1 : length + 1]


@torch.inference_mode()
def decode_topk(model, source, max_len, bos=1, eos=2):
    model.eval()
    memory = model.encode(source)
    written = torch.full((source.size(0), 1), bos)
    for _ in range(max_len):
        if (written[:, 1:] == eos).any(dim=1).all():
            break
        probabilities = torch.softmax(model.decode(written, memory, source)[:, -1], dim=-1)
        word = probabilities.topk(1, dim=-1).indices
        word = word.masked_fill((written[:, 1:] == eos).any(dim=1, keepdim=True), 0)
        written = torch.cat((written, word), 1)
    return written[:, 1:].clone()


def decode_unfinished_only(model, source, max_len, bos=1, eos=2):
    """Sentences that have their eos are left out of the batch."""
    model.eval()
    device = next(model.parameters()).device
    with torch.no_grad():
        memory = model.encode(source.to(device))
        words = torch.zeros(len(source), max_len, dtype=torch.long)
        going, written = torch.arange(len(source)), torch.full((len(source), 1), bos)
        for t in range(max_len):
            word = model.decode(written, memory[going], source[going])[:, -1].argmax(-1)
            words[going, t] = word
            going, written = going[word != eos], torch.cat([written, word[:, None]], 1)[word != eos]
            if len(going) == 0:
                return words[:, : t + 1]
    return words


def expose_longer():
    source = torch.tensor([[4, 4, 9, 2, 0, 0, 0]])
    return source, torch.tensor([[1, 3, 3, 5, 8, 2, 0]])


def mended_by_parts(source, target, pad=0):
    place = torch.arange(target.size(1))
    past = place.unsqueeze(0) <= place.unsqueeze(1)
    return torch.logical_and(padding_mask(target, pad), past), padding_mask(source, pad)

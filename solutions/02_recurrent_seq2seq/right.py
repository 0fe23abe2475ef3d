"""Right solutions of lesson 02, written differently. Every one must pass every check."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import nn


def rnn_functional(word, state, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(F.linear(word, W_ih, b_ih) + F.linear(state, W_hh, b_hh))


def rnn_one_matrix(x, h, W_ih, W_hh, b_ih, b_hh):
    both = torch.cat([x, h], dim=1) @ torch.cat([W_ih, W_hh], dim=1).mT + (b_ih + b_hh)
    e = torch.exp(-2 * both.abs())
    return both.sign() * (1 - e) / (1 + e)


def rnn_torch_itself(x, h, *weights):
    return torch.rnn_tanh_cell(x, h, *weights)


def gru_cut_weights(x, h, W_ih, W_hh, b_ih, b_hh):
    H = h.shape[1]

    def parts(i):
        part = slice(i * H, (i + 1) * H)
        return F.linear(x, W_ih[part], b_ih[part]), F.linear(h, W_hh[part], b_hh[part])

    reset, update = (sum(parts(i)).sigmoid() for i in (0, 1))
    new, old = parts(2)
    return torch.lerp((new + reset * old).tanh(), h, update)


def gru_difference(x, h, W_ih, W_hh, b_ih, b_hh):
    a, b = x @ W_ih.T + b_ih, h @ W_hh.T + b_hh
    H = h.size(-1)
    gates = torch.sigmoid(a[:, : 2 * H] + b[:, : 2 * H])
    r, z = gates[:, :H], gates[:, H:]
    n = torch.tanh(a[:, 2 * H :] + r * b[:, 2 * H :])
    return n + z * (h - n)


def gru_torch_itself(x, h, *weights):
    return torch.gru_cell(x, h, *weights)


def encode_mask_times(x, lengths, W_ih, W_hh, b_ih, b_hh):
    B, S, _ = x.shape
    real = (torch.arange(S)[None, :] < lengths[:, None]).to(x.dtype)
    h, states = torch.zeros(B, W_hh.shape[1], dtype=x.dtype), []
    for s, word in enumerate(x.unbind(1)):
        m = real[:, s : s + 1]
        h = m * gru_step(word, h, W_ih, W_hh, b_ih, b_hh) + (1 - m) * h  # noqa: F821 - the student's own step
        states += [h]
    return torch.stack(states, 1), states[-1]


def encode_sentence_by_sentence(x, lengths, *weights):
    everything = []
    for sentence, length in zip(x, lengths.tolist(), strict=True):
        h, states = sentence.new_zeros(1, weights[1].shape[1]), []
        for s in range(len(sentence)):
            if s < length:
                h = gru_step(sentence[s : s + 1], h, *weights)  # noqa: F821 - the student's own step
            states.append(h[0])
        everything.append(torch.stack(states))
    states = torch.stack(everything)
    return states, states[:, -1]


def encode_by_torch(x, lengths, W_ih, W_hh, b_ih, b_hh):
    first = x.new_zeros(1, x.size(0), W_hh.size(1))
    raw, _ = torch.gru(x, first, [W_ih, W_hh, b_ih, b_hh], True, 1, 0.0, False, False, True)
    with_first = torch.cat([first.transpose(0, 1), raw], dim=1)
    last = torch.minimum(torch.arange(1, x.size(1) + 1)[None], lengths[:, None])
    states = with_first.gather(1, last[:, :, None].expand(-1, -1, raw.size(2)))
    return states, states[:, -1]


def shift_pad(target, bos=1):
    return F.pad(target, (1, 0), value=bos)[:, :-1]


def shift_empty(words, begin=1):
    out = torch.empty_like(words)
    out[:, 0] = begin
    out[:, 1:] = words[:, :-1]
    return out


def shift_roll(target, bos=1):
    out = target.roll(1, dims=1)
    out[:, 0] = bos
    return out


def decode_collect_states(target, start, table, W_ih, W_hh, b_ih, b_hh, W_out):
    vectors, states, h = F.embedding(shift_right(target), table), [], start  # noqa: F821
    for t in range(target.shape[1]):
        h = gru_step(vectors[:, t], h, W_ih, W_hh, b_ih, b_hh)  # noqa: F821
        states.append(h)
    return F.linear(torch.stack(states, 1), W_out)


def decode_own_shift(target, start, table, W_ih, W_hh, b_ih, b_hh, W_out):
    B, T = target.shape
    h, out = start, start.new_empty(0)
    rows = []
    for t in range(T):
        word = target[:, t - 1] if t else torch.ones(B, dtype=torch.int64)
        h = torch.gru_cell(table[word], h, W_ih, W_hh, b_ih, b_hh)
        rows.append(torch.einsum("bh,vh->bv", h, W_out)[:, None])
    return torch.cat(rows, dim=1).to(out.dtype)


def decode_by_torch(target, start, table, *weights):
    *gru, W_out = weights
    states, _ = torch.gru(table[shift_right(target)], start[None], gru, True, 1, 0.0, False, False, True)  # noqa: F821
    return states @ W_out.T


def accuracy_counts(step, state, target, bos=1, pad=0):
    word = torch.full((len(target),), bos)
    right = total = 0
    good = torch.ones(len(target), dtype=torch.bool)
    for t in range(target.size(1)):
        logits, state = step(word, state)
        word = logits.max(dim=1).indices
        real = target[:, t] != pad
        hit = word == target[:, t]
        right, total = right + int((hit & real).sum()), total + int(real.sum())
        good &= hit | ~real
    return right / total, good.double().mean().item()


def accuracy_python(step, state, target, begin=1, padding=0):
    word, lines = torch.tensor([begin] * target.shape[0]), [[] for _ in target]
    for _ in range(target.shape[1]):
        logits, state = step(word, state)
        word = torch.argmax(logits, dim=-1)
        for line, w in zip(lines, word.tolist(), strict=True):
            line.append(w)
    pairs = [[(w, t) for w, t in zip(line, row, strict=True) if t != padding]
             for line, row in zip(lines, target.tolist(), strict=True)]  # fmt: skip
    flat = [w == t for sentence in pairs for w, t in sentence]
    return sum(flat) / len(flat), sum(all(w == t for w, t in s) for s in pairs) / len(pairs)


def accuracy_tensors(step, state, target, bos=1, pad=0):
    word, columns = target.new_full((target.size(0),), bos), []
    for _ in target[0]:
        logits, state = step(word, state)
        word = torch.softmax(logits, -1).argmax(-1)
        columns.append(word)
    wrong = (torch.stack(columns, 1) != target) & (target != pad)
    return float(1 - wrong.sum() / (target != pad).sum()), float((wrong.sum(1) == 0).float().mean())


def attention_einsum(query, states, mask):
    scores = torch.einsum("bth,bsh->bts", query, states)
    scores = torch.where(mask[:, None], scores, torch.full_like(scores, -1e9))
    weights = F.softmax(scores, dim=-1)
    return torch.einsum("bts,bsh->bth", weights, states), weights


def attention_bmm(q, h, real):
    hide = torch.zeros(real.shape, dtype=q.dtype).masked_fill(real.logical_not(), -1e30)
    weights = torch.softmax(torch.bmm(q, h.mT) + hide.unsqueeze(1), -1)
    return torch.bmm(weights, h), weights


def attention_by_torch(query, states, mask):
    eye = torch.eye(states.size(1), dtype=query.dtype).expand(len(states), -1, -1)
    hide = torch.zeros(mask.shape, dtype=query.dtype).masked_fill(~mask, -1e20)[:, None, :]
    weights = F.scaled_dot_product_attention(query, states, eye, attn_mask=hide, scale=1.0)
    return weights @ states, weights


def attention_loops(query, states, mask):
    rows = []
    for q, h, m in zip(query, states, mask, strict=True):
        e = (q @ h.T).masked_fill(~m, -1e15)
        e = (e - e.max(dim=1, keepdim=True).values).exp()
        rows.append(e / e.sum(1, keepdim=True))
    weights = torch.stack(rows)
    return (weights[..., None] * states[:, None]).sum(2), weights


def expose_wide():
    query = torch.zeros(5)
    query[0] = 7.0
    states = torch.full((3, 5), -1.0)
    states[2, 0] = 1.0
    return query, states, torch.eye(5) + 0.01


def expose_by_W():
    return torch.ones(2), torch.tensor([[0.0, 2.0], [2.0, 0.0]]), torch.diag(torch.tensor([6.0, 1.0]))


def mended_einsum(query, states, W):
    weights = torch.einsum("sh,hk,k->s", states, W, query).softmax(-1)
    return torch.einsum("s,sh->h", weights, states), weights


def mended_states_first(q, h, W):
    weights = F.softmax((h @ W) @ q, dim=0)
    return (weights[:, None] * h).sum(0), weights


def conv_cut(x, weight, bias, dilation=1):
    both = (weight.shape[-1] - 1) * dilation
    out = F.conv1d(x.mT, weight, bias, padding=both, dilation=dilation)
    return out[..., : x.shape[1]].mT


def conv_taps(x, weight, bias, dilation=1):
    B, T, _ = x.shape
    out = bias.expand(B, T, -1)
    for tap in range(weight.size(2)):
        back = (weight.size(2) - 1 - tap) * dilation
        moved = torch.cat([x.new_zeros(B, min(back, T), x.size(2)), x[:, : max(T - back, 0)]], dim=1)
        out = out + moved @ weight[:, :, tap].T
    return out


def conv_module(x, weight, bias, dilation=1):
    before = torch.zeros(len(x), (weight.size(-1) - 1) * dilation, x.size(-1), dtype=x.dtype)
    return nn.functional.conv1d(torch.cat([before, x], 1).permute(0, 2, 1), weight, bias, 1, 0, dilation).permute(
        0, 2, 1
    )


def layers_division(distance, kernel, dilated=False):
    if not dilated:
        return -(-distance // (kernel - 1))
    layers = 0
    while kernel**layers - 1 < distance:
        layers += 1
    return layers


def layers_recursive(distance, kernel, dilated=False, dilation=1):
    if distance <= 0:
        return 0
    rest = distance - (kernel - 1) * dilation
    return 1 + layers_to_connect(rest, kernel, dilated, dilation * (kernel if dilated else 1))  # noqa: F821


def layers_ceil(places, taps, spread=False):
    if spread:
        guess = max(math.ceil(math.log(places + 1) / math.log(taps)) - 1, 0)
        return next(m for m in range(guess, guess + 3) if taps**m > places)
    return math.ceil(places / (taps - 1))


def complexity_dictionary(layer_type, n, d, k=3):
    table = {
        "self-attention": (n**2 * d, 1, 1),
        "recurrent": (n * d**2, n, n),
        "convolutional": (k * n * d**2, 1, math.log(n, k)),
        "restricted self-attention": (k * n * d, 1, n / k),
    }
    if layer_type not in table:
        raise ValueError(layer_type)
    return table[layer_type]


def complexity_match(kind, n, d, width=3):
    match kind:
        case "self-attention":
            return [n * n * d, 1, 1]
        case "recurrent":
            return [n * d * d, n, n]
        case "convolutional":
            return [width * n * d * d, 1, math.log2(n) / math.log2(width)]
        case "restricted self-attention":
            return [width * n * d, 1, n / width]
        case _:
            raise ValueError("unknown layer")


def depth_by_levels(loss):
    level, depth = {loss.grad_fn} - {None}, 0
    while level:
        level = {f for node in level for f, _ in node.next_functions if f is not None}
        depth += bool(level)
    return depth


def depth_in_order(loss):
    if loss.grad_fn is None:
        return 0
    order, seen, todo = [], set(), [(loss.grad_fn, False)]
    while todo:
        node, done = todo.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            todo.append((node, True))
            todo.extend((f, False) for f, _ in node.next_functions if f is not None)
    depth = {}
    for node in order:
        depth[node] = max((depth[f] + 1 for f, _ in node.next_functions if f is not None), default=0)
    return depth[loss.grad_fn]


VARIANTS = {
    "rnn_step": (rnn_functional, rnn_one_matrix, rnn_torch_itself),
    "gru_step": (gru_cut_weights, gru_difference, gru_torch_itself),
    "encode": (encode_mask_times, encode_sentence_by_sentence, encode_by_torch),
    "shift_right": (shift_pad, shift_empty, shift_roll),
    "decode": (decode_collect_states, decode_own_shift, decode_by_torch),
    "accuracy": (accuracy_counts, accuracy_python, accuracy_tensors),
    "dot_attention": (attention_einsum, attention_bmm, attention_by_torch, attention_loops),
    "expose": (expose_wide, expose_by_W),
    "mended": (mended_einsum, mended_states_first),
    "causal_conv1d": (conv_cut, conv_taps, conv_module),
    "layers_to_connect": (layers_division, layers_recursive, layers_ceil),
    "complexity": (complexity_dictionary, complexity_match),
    "graph_depth": (depth_by_levels, depth_in_order),
}

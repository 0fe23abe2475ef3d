"""Right solutions of lesson 09, written differently. Every one must pass every check."""

from __future__ import annotations

import math
import os
from collections import Counter

import torch
import torch.nn.functional as F


def merge_with_flag(words, two):
    out, skip = [], False
    for here, behind in zip(words, [*words[1:], None], strict=False):
        if skip:
            skip = False
        elif here == two[0] and behind == two[1]:
            out.append(here + behind)
            skip = True
        else:
            out.append(here)
    return out


def merge_by_stack(tokens, pair):
    first, second = pair
    merged, fresh = [], False
    for token in tokens:
        if merged and not fresh and merged[-1] == first and token == second:
            merged[-1], fresh = first + second, True
        else:
            merged.append(token)
            fresh = False
    return tuple(merged)


def buckets_by_torch(lengths, cells):
    if any(length > cells for length in lengths):
        raise ValueError("There is a sentence that no batch can hold.")
    order = torch.tensor(lengths, dtype=torch.long).argsort(stable=True).tolist()
    batches, batch = [], []
    for i in order:
        if batch and (len(batch) + 1) * lengths[i] > cells:
            batches.append(batch)
            batch = []
        batch.append(i)
    return [*batches, batch] if batch else batches


def buckets_by_pairs(sentence_lengths, room):
    pairs = sorted((length, number) for number, length in enumerate(sentence_lengths))
    if pairs and pairs[-1][0] > room:
        raise ValueError(f"{pairs[-1][0]} is more than {room}")
    found = []
    while pairs:
        size = 1
        while size < len(pairs) and (size + 1) * pairs[size][0] <= room:
            size += 1
        found.append(tuple(number for _, number in pairs[:size]))
        pairs = pairs[size:]
    return found


def rate_by_cases(step, d_model, warmup):
    if step == 0:
        step = 1
    factor = step / warmup / math.sqrt(warmup) if step < warmup else 1 / math.sqrt(step)
    return factor / math.sqrt(d_model)


def rate_by_torch(step, width, rise):
    step = torch.tensor(float(step or 1), dtype=torch.float64)
    return torch.minimum(step.pow(-0.5), step * rise**-1.5) * width**-0.5


def loss_by_torch(scores, target, smoothing=0.1, pad=0):
    return F.cross_entropy(scores.transpose(1, 2), target, label_smoothing=smoothing, ignore_index=pad)


def loss_of_asked_distribution(scores, target, smoothing=0.1, pad=0):
    V = scores.size(-1)
    asked = F.one_hot(target, V).to(scores.dtype) * (1 - smoothing) + smoothing / V
    losses = -(asked * F.log_softmax(scores, -1)).sum(-1)
    return losses[target != pad].mean()


def loss_real_first(scores, words, eps=0.1, padding=0):
    real = words.ne(padding)
    scores, words = scores[real], words[real]
    logs = scores - scores.logsumexp(dim=-1, keepdim=True)
    hit = logs[torch.arange(len(words)), words]
    return -((1 - eps) * hit + eps / scores.size(-1) * logs.sum(-1)).mean()


def loss_mixture(scores, target, smoothing=0.1, pad=0):
    flat, asked = scores.reshape(-1, scores.size(-1)), target.reshape(-1)
    plain = F.nll_loss(F.log_softmax(flat, dim=1), asked, reduction="none", ignore_index=pad)
    spread = -F.log_softmax(flat, dim=1).mean(dim=1).masked_fill(asked == pad, 0.0)
    return ((1 - smoothing) * plain + smoothing * spread).sum() / (asked != pad).sum()


def step_read_and_asked(model, optimizer, scheduler, source, target, criterion, scaler, max_norm=1.0):
    read, asked = target[:, :-1], target[:, 1:]
    model.train(True)
    loss = criterion(model(source, read), asked)
    for parameter in model.parameters():
        parameter.grad = None
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    torch.nn.utils.clip_grad_norm_(list(model.parameters()), max_norm=max_norm)
    scaler.step(optimizer)
    scheduler.step()
    scaler.update()
    with torch.no_grad():
        return loss.clone()


def step_set_to_zero(m, o, s, x, y, loss_of, big, length=1.0):
    m.train()
    n = y.size(1)
    value = loss_of(m(x, y.narrow(1, 0, n - 1)), y.narrow(1, 1, n - 1))
    o.zero_grad(set_to_none=False)
    big.scale(value).backward()
    big.unscale_(o)
    gradients = [p.grad for p in m.parameters() if p.grad is not None]
    total = torch.sqrt(sum(g.square().sum() for g in gradients))
    for g in gradients:
        g.mul_(torch.clamp(length / (total + 1e-6), max=1.0))
    big.step(o)
    big.update()
    s.step()
    return value.detach()


def train_in_one(update, model, optimizer, scheduler, batches, path, every=100):
    parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler}

    def save(done):
        with open(str(path) + "~", "wb") as file:
            torch.save([{name: part.state_dict() for name, part in parts.items()}, done], file)
        os.rename(str(path) + "~", path)

    done, losses = 0, []
    try:
        states, done = torch.load(path, weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(states[name])
    except FileNotFoundError:
        pass
    for batch in batches[done:]:
        losses.append(update(*batch))
        done += 1
        if done % every == 0 or done == len(batches):
            save(done)
    return losses


def train_pickled(update, model, optimizer, scheduler, batches, path, every=100):
    import pickle

    done, losses = 0, []
    if os.path.isfile(path):
        with open(path, "rb") as file:
            state = pickle.load(file)
        model.load_state_dict(state["m"])
        optimizer.load_state_dict(state["o"])
        scheduler.load_state_dict(state["s"])
        done = state["n"]
    while done < len(batches):
        loss = update(*batches[done])
        losses.append(loss)
        done += 1
        if done % every and done < len(batches):
            continue
        state = {"m": model.state_dict(), "o": optimizer.state_dict(), "s": scheduler.state_dict(), "n": done}
        with open(f"{path}.new", "wb") as file:
            pickle.dump(state, file)
        os.replace(f"{path}.new", path)
    return losses


def next_by_inference(model, source):
    source = source[None]
    with torch.inference_mode():
        memory = model.eval().encode(source)

    @torch.inference_mode()
    def ask(words):
        return model.decode(torch.as_tensor(words)[None], memory, source)[0, len(words) - 1].log_softmax(0)

    return ask


@torch.no_grad()
def next_by_lambda(model, source):
    model.train(False)
    source = source.reshape(1, -1)
    memory = model.encode(source)

    @torch.no_grad()
    def ask(words):
        scores = model.decode(source.new_tensor(words).unsqueeze(0), memory, source).squeeze(0)
        return scores[-1] - scores[-1].logsumexp(dim=-1)

    return ask


def beam_by_heap(next_log_probs, bos, eos, beam, max_len, alpha):
    import heapq

    live, done = [(0.0, (bos,))], []
    for _ in range(max_len):
        candidates = (
            (total + p, (*words, w))
            for total, words in live
            for w, p in enumerate(next_log_probs(list(words)).tolist())
        )
        live = []
        for total, words in heapq.nlargest(beam, candidates):
            (done if words[-1] == eos else live).append((total, words))
    pool = done if done else live
    scored = [(total * (6 / (4 + len(words))) ** alpha, words) for total, words in pool]
    score, words = max(scored)
    return list(words[1:]), score


def beam_by_topk(next_log_probs, bos, eos, beam, max_len, alpha):
    words, totals = [[bos]], torch.zeros(1, dtype=torch.float64)
    best_words, best = None, -math.inf

    def penalty(n):
        return ((5 + n) / (5 + 1)) ** alpha

    for length in range(1, max_len + 1):
        table = totals[:, None] + torch.stack([next_log_probs(w) for w in words]).double()
        V = table.size(1)
        values, places = table.flatten().topk(min(beam, table.numel()))
        longer = [(words[p // V] + [p % V], v) for p, v in zip(places.tolist(), values.tolist(), strict=True)]
        for one, total in longer:
            if one[-1] == eos and total / penalty(length) > best:
                best_words, best = one, total / penalty(length)
        going = [(one, total) for one, total in longer if one[-1] != eos]
        if not going:
            break
        words = [one for one, _ in going]
        totals = torch.tensor([total for _, total in going], dtype=torch.float64)
    if best_words is None:
        best_words, best = words[0], totals[0].item() / penalty(len(words[0]) - 1)
    return tuple(best_words[1:]), best


def ngrams_by_list(translations, references, n):
    matches, written = 0, 0
    for mine, right in zip(translations, references, strict=True):
        left = [right[i : i + n] for i in range(len(right) - n + 1)]
        for i in range(len(mine) - n + 1):
            written += 1
            if mine[i : i + n] in left:
                left.remove(mine[i : i + n])
                matches += 1
    return 0.0 if written == 0 else matches / written


def ngrams_by_zip(candidates, truth, order):
    def count(words):
        return Counter(zip(*(words[k:] for k in range(order)), strict=False))

    pairs = [(count(c), count(t)) for c, t in zip(candidates, truth, strict=True)]
    below = sum(sum(c.values()) for c, _ in pairs)
    above = sum(min(number, t[gram]) for c, t in pairs for gram, number in c.items())
    return above / below if below > 0 else 0.0


def brevity_by_cases(c, r):
    if c > r:
        return 1.0
    return math.exp(1 - r / c) if c else 0.0


def brevity_by_torch(length, reference_length):
    if not length:
        return 0.0
    return torch.tensor(1 - reference_length / length).clamp(max=0).exp()


def aer_by_counting(found, sure, possible):
    found, sure = [tuple(link) for link in found], [tuple(link) for link in sure]
    allowed = sure + [tuple(link) for link in possible]
    if len(found) + len(sure) == 0:
        return 0.0
    hits = sum(link in sure for link in found) + sum(link in allowed for link in found)
    return 1.0 - hits / (len(found) + len(sure))


def aer_by_text(found, sure, possible):
    A, S, P = ({f"{s}-{t}" for s, t in links} for links in (found, sure, [*sure, *possible]))
    size = len(A) + len(S)
    return (size - len(A.intersection(S)) - len(A.intersection(P))) / size if size else 0.0


def expose_longer():
    return torch.tensor([0.5, -1.0, 2.0, 4.0, 7.0, 1.0]), 3


def mended_by_split(gradients, k):
    return torch.stack([piece.mean() for piece in gradients.split(k)])


def mended_by_condition(gradients, k):
    updates, total, count = [], 0.0, 0
    for i, gradient in enumerate(gradients, start=1):
        total, count = total + gradient, count + 1
        if i % k == 0 or i == len(gradients):
            updates.append(total / count)
            total, count = 0.0, 0
    return torch.stack(updates)

"""Right solutions of lesson 01, written differently. Every one must pass every check."""

from __future__ import annotations

import torch


def compose_einsum(W1, b1, W2, b2):
    return torch.einsum("oh,hi->oi", W2, W1), torch.einsum("oh,h->o", W2, b1) + b2


def compose_by_columns(first, c1, second, c2):
    zero, eye = torch.zeros(1, first.shape[1], dtype=first.dtype), torch.eye(first.shape[1], dtype=first.dtype)

    def both(x):
        return (x @ first.T + c1) @ second.T + c2

    return [(both(eye) - both(zero)).T, both(zero)[0]]


def relu_where(x):
    return torch.where(x > 0, x, torch.zeros_like(x))


def relu_product(values):
    return values * (values > 0)


def relu_maximum(x):
    return torch.maximum(x, torch.zeros((), dtype=x.dtype))


def sigmoid_where_safe(x):
    negative = x < 0
    e = torch.exp(torch.where(negative, x, -x))
    return torch.where(negative, e / (1 + e), 1 / (1 + e))


def sigmoid_half_steps(x):
    x = x.clip(-60, 60)
    return torch.exp(x / 2) / (torch.exp(x / 2) + torch.exp(-x / 2))


def sigmoid_floor_85(x):
    return 1 / (1 + torch.exp(-torch.clamp(x, min=-85)))


def sigmoid_floor_40(x):
    return (1 + (-x.clamp(-40, 40)).exp()) ** -1


def tanh_expm1(x):
    e = torch.expm1(-2 * x.clamp(min=-40))
    return -e / (e + 2)


def tanh_clamped(x):
    x = torch.clamp(x, -30, 30)
    up, down = torch.exp(x), torch.exp(-x)
    return (up - down) / (up + down)


def tanh_clamped_closely(x):
    return 2 * sigmoid(2 * x.clamp(-20, 20)) - 1  # noqa: F821 - the student's own


def gelu_ndtr(x):
    return x * torch.special.ndtr(x)


def gelu_erfc(x):
    return x * 0.5 * torch.erfc(-x * 2**-0.5)


def slope_both_sides(x):
    return sigmoid(x) * sigmoid(-x)  # noqa: F821 - the student's own


def slope_square(x):
    s = sigmoid(x)  # noqa: F821 - the student's own
    return s - s.pow(2)


def softmax_values(x, dim):
    e = (x - x.max(dim, keepdim=True).values).exp()
    return e.div(e.sum(dim, keepdim=True))


def softmax_logsumexp(x, dim=-1):
    return torch.exp(x - torch.logsumexp(x, dim, keepdim=True))


def softmax_transposed(logits, axis):
    moved = logits.movedim(axis, -1)
    e = torch.exp(moved - moved.max(-1)[0].unsqueeze(-1))
    return (e / e.sum(-1)[..., None]).movedim(-1, axis)


def forward_functional(x, W1, b1, W2, b2):
    h = torch.relu(torch.nn.functional.linear(x, W1, b1))
    return h, torch.nn.functional.linear(h, W2, b2)


def forward_einsum(x, A, a, B, b):
    pre = torch.einsum("bi,hi->bh", x, A) + a[None]
    hidden = pre * (pre > 0)
    return [hidden, torch.addmm(b, hidden, B.mT)]


def backward_einsum(x, y, W1, b1, W2, b2):
    pre = x @ W1.T + b1
    hidden = pre.clamp(min=0)
    p = torch.softmax(hidden @ W2.T + b2, -1)
    p = (p - torch.nn.functional.one_hot(y, W2.shape[0]).to(p.dtype)) / x.shape[0]
    back = torch.einsum("bo,oh->bh", p, W2) * (pre > 0).to(p.dtype)
    return torch.einsum("bh,bi->hi", back, x), back.sum(0), torch.einsum("bo,bh->oh", p, hidden), p.sum(0)


def backward_loop(x, y, W1, b1, W2, b2):
    grads = [torch.zeros_like(w) for w in (W1, b1, W2, b2)]
    for example, right in zip(x, y, strict=True):
        hidden = torch.relu(W1 @ example + b1)
        d = torch.softmax(W2 @ hidden + b2, 0)
        d[right] = d[right] - 1
        d_pre = (W2.T @ d) * hidden.sign()
        for total, part in zip(grads, (torch.outer(d_pre, example), d_pre, torch.outer(d, hidden), d), strict=True):
            total += part
    return tuple(g / len(x) for g in grads)


def backward_listed(x, y, W1, b1, W2, b2):
    hidden, logits = mlp_forward(x, W1, b1, W2, b2)  # noqa: F821 - the student's own
    d_logits = softmax(logits, 1)  # noqa: F821 - the student's own
    d_logits[range(len(y)), y] -= 1
    d_logits /= len(x)
    d_hidden = torch.where(hidden > 0, d_logits @ W2, 0)
    return [d_hidden.T @ x, d_hidden.sum(0), d_logits.T @ hidden, d_logits.sum(0)]


def train_clones(x, y, W1, b1, W2, b2, batches, lr):
    weights = [w.clone() for w in (W1, b1, W2, b2)]
    for batch in batches:
        for w, g in zip(weights, mlp_backward(x[batch], y[batch], *weights), strict=True):  # noqa: F821
            w -= lr * g
    return weights


def train_one_by_one(x, y, W1, b1, W2, b2, batches, rate):
    for i in batches:
        g1, g2, g3, g4 = mlp_backward(x[i], y[i], W1, b1, W2, b2)  # noqa: F821 - the student's own
        W1, b1, W2, b2 = W1 - rate * g1, b1 - rate * g2, W2 - rate * g3, b2 - rate * g4
    return W1, b1, W2, b2


def expose_many():
    return torch.linspace(-4, 4, 9), 3


def mended_expm1(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * torch.expm1(torch.minimum(x, torch.zeros_like(x))))


def mended_relu(x, alpha=1.0):
    return torch.relu(x) - alpha * (1 - torch.exp(-torch.relu(-x)))


def mended_clamp(values, a=1.0):
    return values.clamp(min=0) + a * torch.expm1(values.clamp(max=0))

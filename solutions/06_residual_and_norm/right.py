"""Right solutions of lesson 06, written differently. Every one must pass every check."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn


def gradients_retained(inputs, target, layers, residual=False, norm=False):
    states = []
    h = inputs.clone()
    with torch.enable_grad():
        for layer in layers:
            h = h + layer(h) if residual else layer(h)
            if norm:
                h = F.layer_norm(h, (h.size(-1),))
            h.retain_grad()
            states.append(h)
        F.mse_loss(h, target).backward()
    return torch.tensor([state.grad.pow(2).sum().sqrt() for state in states], dtype=inputs.dtype)


def gradients_one_by_one(x, y, layers, residual, norm):
    state, kept = x, [x]
    for number in range(len(layers)):
        new = layers[number](state)
        if residual:
            new = new + state
        if norm:
            centred = new - new.mean(-1, keepdim=True)
            new = centred / (centred.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt()
        kept.append(new)
        state = new
    loss = (state - y).pow(2).sum() / y.numel()
    sizes = []
    for here in kept[1:]:
        (gradient,) = torch.autograd.grad(loss, here, retain_graph=True)
        sizes.append(torch.linalg.vector_norm(gradient))
    return torch.stack(sizes)


def layer_norm_var(x, weight, bias, epsilon=1e-5):
    mu = x.mean(-1, keepdim=True)
    var = x.var(-1, keepdim=True, correction=0)
    return weight * ((x - mu) / (var + epsilon) ** 0.5) + bias


def layer_norm_var_mean(x, gamma, beta, eps=1e-5):
    variance, mean = torch.var_mean(x, dim=-1, unbiased=False, keepdim=True)
    return torch.addcmul(beta, gamma, (x - mean) * torch.rsqrt(variance + eps))


def layer_norm_by_moments(x, gamma, beta, eps=1e-5):
    D = x.shape[-1]
    centred = x - x.sum(-1, keepdim=True) / D
    second = centred.square().sum(-1).unsqueeze(-1) / D
    return centred.div(second.add(eps).sqrt()).mul(gamma).add(beta)


def layer_norm_std(x, gamma, beta, eps=1e-5):
    """The deviation of D - 1 turned into that of D, and eps added to its square."""
    D = x.size(-1)
    variance = x.var(dim=-1, keepdim=True) * (D - 1) / D
    return (x - x.mean(dim=-1, keepdim=True)) / torch.sqrt(variance + eps) * gamma + beta


def layer_norm_rsqrt(x, gamma, beta, eps=1e-5):
    moved = x.transpose(0, -1) if x.dim() > 1 else x[:, None]
    mean = moved.mean(0)
    centred = moved - mean
    out = centred * (centred.pow(2).mean(0) + eps).rsqrt()
    out = out.transpose(0, -1) if x.dim() > 1 else out[:, 0]
    return out * gamma + beta


def layer_norm_matrix(x, gamma, beta, eps=1e-5):
    """Subtracting the mean is a matrix, too."""
    D = x.shape[-1]
    centring = torch.eye(D, dtype=x.dtype) - 1 / D
    centred = x @ centring
    variance = torch.einsum("...d,...d->...", centred, centred)[..., None] / D
    return gamma * centred / (variance + eps).sqrt() + beta


class ModuleByHand(nn.Module):
    def __init__(self, features, epsilon=1e-5, **kwargs):
        super().__init__()
        self.beta = nn.Parameter(torch.zeros(features))
        self.gamma = nn.Parameter(torch.ones(features))
        self.epsilon = epsilon

    def forward(self, words):
        centred = words - words.mean(-1, keepdim=True)
        return self.gamma * centred / (centred.pow(2).mean(-1, keepdim=True) + self.epsilon).sqrt() + self.beta


class ModuleByTorch(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        for name, start in (("gamma", 1.0), ("beta", 0.0)):
            self.register_parameter(name, nn.Parameter(torch.full((d_model,), start)))
        self.shape, self.eps = (d_model,), eps

    def forward(self, x):
        return F.layer_norm(x, self.shape, self.gamma, self.beta, self.eps)


class ResidualInSteps(nn.Module):
    def __init__(self, d_model, dropout=0.1, norm_first=False):
        super().__init__()
        self.norm = LayerNorm(d_model)  # noqa: F821 - the student's own
        self.drop = nn.Dropout(dropout)
        self.pre = norm_first

    def forward(self, x, sublayer):
        inner = self.norm(x) if self.pre else x
        inner = self.drop(sublayer(inner))
        total = inner + x
        return total if self.pre else self.norm(total)


class ResidualFunctional(nn.Module):
    def __init__(self, width, p=0.1, norm_first=False):
        super().__init__()
        self.norm = LayerNorm(width)  # noqa: F821 - the student's own
        self.p, self.norm_first = p, norm_first

    def forward(self, x, f):
        out = f(self.norm(x)) if self.norm_first else f(x)
        out = torch.add(x, F.dropout(out, self.p, self.training))
        return out if self.norm_first else self.norm(out)


class ForwardByHand(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.W_2 = nn.Linear(inner, width)
        self.W_1 = nn.Linear(width, inner)

    def forward(self, words):
        inner = (words @ self.W_1.weight.T + self.W_1.bias).clamp(min=0)
        return F.linear(inner, self.W_2.weight, self.W_2.bias)


class ForwardWithModule(nn.Module):
    def __init__(self, d_model, d_ff, **kwargs):
        super().__init__()
        self.W_1 = nn.Linear(d_model, d_ff, bias=True)
        self.activation = nn.ReLU()
        self.W_2 = nn.Linear(d_ff, d_model, bias=True)

    def forward(self, x):
        if x.dim() == 1:
            return self.W_2(self.activation(self.W_1(x)))
        return torch.stack([self.forward(part) for part in x])


def wise_all_alone(f, words):
    alone = torch.cat([f(words[[t]]) for t in range(len(words))])
    return torch.allclose(f(words), alone, atol=1e-5)


def wise_largest_difference(model, x):
    company = model(x)
    largest = 0.0
    for t, word in enumerate(x):
        largest = max(largest, float((model(word.unsqueeze(0)).squeeze(0) - company[t]).abs().max()))
    return largest < 1e-4


class StackWithIdentity(nn.Module):
    def __init__(self, num_layers, d_model, d_ff, dropout=0.0, norm_first=False):
        super().__init__()
        self.feed_forwards, self.residuals = nn.ModuleList(), nn.ModuleList()
        for _ in range(num_layers):
            self.feed_forwards.append(PositionwiseFeedForward(d_model, d_ff))  # noqa: F821 - the student's own
            self.residuals.append(ResidualSublayer(d_model, dropout, norm_first))  # noqa: F821 - the student's own
        self.final_norm = LayerNorm(d_model) if norm_first else nn.Identity()  # noqa: F821 - the student's own

    def forward(self, x):
        for i in range(len(self.residuals)):
            x = self.residuals[i](x, lambda words, i=i: self.feed_forwards[i](words))
        return self.final_norm(x)


class StackByIndex(nn.Module):
    def __init__(self, N, width, inner, p=0.0, norm_first=False):
        super().__init__()
        self.norm_first = norm_first
        self.feed_forwards = nn.ModuleList([PositionwiseFeedForward(width, inner) for _ in range(N)])  # noqa: F821
        self.residuals = nn.ModuleList([ResidualSublayer(width, p, norm_first=norm_first) for _ in range(N)])  # noqa: F821
        if norm_first:
            self.final_norm = LayerNorm(width)  # noqa: F821 - the student's own

    def forward(self, x):
        for i, around in enumerate(self.residuals):
            x = around(x, self.feed_forwards[i])
        return self.final_norm(x) if self.norm_first else x


def expose_random():
    x = torch.randn(4, 3)
    other = x.clone()
    other[-1] += 1000
    return x, other


def mended_call(x, gamma, beta, eps=1e-5):
    return layer_norm(x, gamma, beta, eps)  # noqa: F821 - the student's own


def mended_torch(x, gamma, beta, eps=1e-5):
    return F.layer_norm(x, (x.size(2),), gamma, beta, eps)


def rms_power(x, scale, epsilon=1e-5):
    return x * (x.pow(2).mean(-1, keepdim=True) + epsilon).rsqrt() * scale


def rms_norm_of_vector(x, gamma, eps=1e-5):
    size = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return gamma * (x / (size**2 / x.shape[-1] + eps).sqrt())


def rms_by_torch(x, gamma, eps=1e-5):
    return F.rms_norm(x, (x.size(-1),), gamma, eps)

"""Lesson 05's module equals nn.MultiheadAttention with the same weights, in float64, for any sizes and masks."""

from __future__ import annotations

import random

import pytest
import torch
from torch import nn

from autograder.authoring.lesson import namespace, read
from autograder.course import Course

CASES = range(40)


@pytest.fixture(scope="module")
def lesson() -> dict:
    return namespace(read(Course.find(), "05_multi_head_attention"))


def draw(case: int) -> tuple[int, int, int, int, int]:
    """B, T, S, H and D of a case."""
    random_ = random.Random(case)
    heads = random_.choice([1, 2, 3, 4, 6])
    return random_.randint(1, 4), random_.randint(1, 7), random_.randint(1, 7), heads, heads * random_.randint(1, 5)


def modules(lesson: dict, d_model: int, heads: int) -> tuple[nn.Module, nn.Module]:
    """The lesson's module and torch's, with the same weights, brought across by the lesson's own to_torch."""
    mine = lesson["MultiHeadAttention"](d_model, heads).double()
    theirs = nn.MultiheadAttention(d_model, heads, batch_first=True).double()
    with torch.no_grad():
        for parameter in mine.parameters():
            parameter.copy_(torch.randn_like(parameter))
    parts = [p for layer in (mine.W_q, mine.W_k, mine.W_v) for p in (layer.weight, layer.bias)]
    weight, bias, _ = lesson["to_torch"](*parts, torch.ones(1, 1, dtype=torch.bool))
    state = {"in_proj_weight": weight, "in_proj_bias": bias}
    theirs.load_state_dict(state | {f"out_proj.{name}": p for name, p in mine.W_o.state_dict().items()})
    return mine, theirs


def masks(kind: str, b: int, t: int, s: int, heads: int) -> tuple[torch.Tensor | None, dict]:
    """A mask in the lesson's sense, and the same as torch wants it: every query may see one key at least."""
    if kind == "none":
        return None, {}
    shape = {"table": (t, s), "padding": (b, 1, s), "own": (b, t, s)}[kind]
    mask = torch.rand(shape) < 0.6
    mask[..., 0] = True
    if kind == "table":
        return mask, {"attn_mask": ~mask}
    if kind == "padding":
        return mask, {"key_padding_mask": ~mask[:, 0]}
    return mask, {"attn_mask": (~mask).repeat_interleave(heads, 0)}


@pytest.mark.parametrize("kind", ["none", "table", "padding", "own"])
@pytest.mark.parametrize("cross", [False, True], ids=["self", "cross"])
def test_outputs_weights_and_gradients_equal_torchs_own_to_1e_9(lesson, cross, kind):
    for case in CASES:
        torch.manual_seed(case)
        b, t, s, heads, d_model = draw(case)
        mine, theirs = modules(lesson, d_model, heads)
        query = torch.randn(b, t, d_model).double().requires_grad_()
        key, value = (torch.randn(b, s, d_model).double() for _ in range(2)) if cross else (query, query)
        mask, in_torchs_words = masks(kind, b, t, key.size(1), heads)
        output, weights = mine(query, key, value, mask)
        wanted, looked = theirs(query, key, value, average_attn_weights=False, **in_torchs_words)
        assert torch.allclose(output, wanted, rtol=0, atol=1e-9), (case, b, t, s, heads, d_model)
        assert torch.allclose(weights, looked, rtol=0, atol=1e-9)
        one, other = (torch.autograd.grad(x.square().sum(), query)[0] for x in (output, wanted))
        assert torch.allclose(one, other, rtol=1e-9, atol=1e-9)


def test_the_count_of_parameters_is_the_modules_and_does_not_depend_on_the_heads(lesson):
    for d_model, heads in ((12, 1), (12, 3), (12, 12), (64, 8)):
        module = lesson["MultiHeadAttention"](d_model, heads)
        assert lesson["count_parameters"](d_model, heads) == sum(p.numel() for p in module.parameters())
    assert len({lesson["count_parameters"](48, heads) for heads in (1, 2, 3, 4, 6, 8)}) == 1


def test_merging_undoes_splitting_for_every_number_of_heads(lesson):
    x = torch.randn(3, 5, 24)
    for heads in (1, 2, 3, 4, 6, 8, 12, 24):
        assert torch.equal(lesson["merge_heads"](lesson["split_heads"](x, heads)), x)


def test_silencing_every_head_but_one_leaves_what_that_head_says(lesson):
    """The output is a sum over heads, plus the bias: W_o taken apart by its columns."""
    torch.manual_seed(0)
    module = lesson["MultiHeadAttention"](12, 3).double()
    x = torch.randn(2, 4, 12).double()
    whole, _ = module(x, x, x)
    W_o, parts = module.W_o.weight.detach().clone(), []
    for head in range(3):
        others = [h for h in range(3) if h != head]
        only = W_o
        for other in others:
            only = lesson["silence_head"](only, other, 3)
        with torch.no_grad():
            module.W_o.weight.copy_(only)
        parts.append(module(x, x, x)[0] - module.W_o.bias)
    assert torch.allclose(sum(parts) + module.W_o.bias, whole, atol=1e-12)

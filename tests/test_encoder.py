"""Lesson 07: its solutions against torch's own, its counts and masks, what its checks hand over, its training."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from autograder.authoring.lesson import Lesson, namespace, read, read_notebook
from autograder.authoring.record import wrong_sources
from autograder.course import Course
from classroom import bugs, parts
from classroom.checking.made import make
from classroom.checking.models.encoders import ENCODERS
from classroom.checking.properties import judge
from classroom.checking.properties.hidden_words import habits
from classroom.checking.questions import Answer, Case, Question
from classroom.checking.runner import ask
from classroom.reach import reach

COURSE = Course.find()
CASES = range(12)  # each draws its own sizes, weights and inputs


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return read(COURSE, "07_encoder")


@pytest.fixture(scope="module")
def solved(lesson: Lesson) -> dict:
    return namespace(lesson)


def randomized(module: nn.Module) -> nn.Module:
    """Random float64 numbers for every parameter."""
    module = module.double().eval()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn_like(parameter) / 2)
    return module


def pair(solved: dict, norm_first: bool, sizes: tuple[int, int, int, int]) -> tuple[nn.Module, nn.Module]:
    """The lesson's encoder and torch's, with the same weights."""
    layers, d_model, heads, d_ff = sizes
    mine = randomized(solved["Encoder"](layers, d_model, heads, d_ff, 0.3, norm_first))
    layer = nn.TransformerEncoderLayer(d_model, heads, d_ff, dropout=0.3, batch_first=True, norm_first=norm_first)
    last = nn.LayerNorm(d_model) if norm_first else None
    theirs = nn.TransformerEncoder(layer, layers, last, enable_nested_tensor=False).double().eval()
    theirs.load_state_dict(parts.torch_names(mine.state_dict()))
    return mine, theirs


def drawn(case: int) -> tuple[int, int, tuple[int, int, int, int]]:
    """B, T, and the sizes of an encoder."""
    draw = random.Random(case)
    heads = draw.choice((1, 2, 3, 4))
    return draw.randint(1, 4), draw.randint(2, 7), (draw.randint(1, 4), heads * draw.randint(3, 5), heads,
                                                    draw.randint(1, 20))  # fmt: skip


def masks(kind: str, b: int, t: int) -> tuple[Tensor | None, dict]:
    """A mask in the course's sense, and the same in torch's: every word may see itself at least."""
    if kind == "none":
        return None, {}
    if kind == "padding":
        real = torch.arange(t) < torch.randint(1, t + 1, (b, 1))
        return real.unsqueeze(1), {"src_key_padding_mask": ~real}
    table = (torch.rand(t, t) < 0.5) | torch.eye(t, dtype=torch.bool)
    return table, {"mask": ~table}


@pytest.mark.parametrize("kind", ["none", "padding", "table"])
@pytest.mark.parametrize("norm_first", [False, True], ids=["post-norm", "pre-norm"])
def test_outputs_and_all_gradients_equal_torchs_own_to_1e_9(solved: dict, norm_first: bool, kind: str) -> None:
    for case in CASES:
        torch.manual_seed(case)
        b, t, sizes = drawn(case)
        mine, theirs = pair(solved, norm_first, sizes)
        x = torch.randn(b, t, sizes[1], dtype=torch.float64, requires_grad=True)
        mask, in_torchs_words = masks(kind, b, t)
        outputs = mine(x, mask), theirs(x, **in_torchs_words)
        assert torch.allclose(*outputs, rtol=0, atol=1e-9), (case, b, t, sizes)
        goal = torch.randn_like(outputs[0])
        named = dict(mine.named_parameters())
        found = torch.autograd.grad((outputs[0] * goal).sum(), [x, *named.values()])
        wanted = torch.autograd.grad((outputs[1] * goal).sum(), [x, *theirs.parameters()])
        assert torch.allclose(found[0], wanted[0], rtol=1e-9, atol=1e-9)
        renamed = parts.torch_names(dict(zip(named, found[1:], strict=True)))
        for name, gradient in zip(dict(theirs.named_parameters()), wanted[1:], strict=True):
            assert torch.allclose(renamed[name], gradient, rtol=1e-9, atol=1e-9), (case, name)


@pytest.mark.parametrize("norm_first", [False, True], ids=["post-norm", "pre-norm"])
def test_one_layer_equals_torchs_layer(solved: dict, norm_first: bool) -> None:
    torch.manual_seed(0)
    mine = randomized(solved["EncoderLayer"](12, 3, 20, 0.1, norm_first))
    theirs = nn.TransformerEncoderLayer(12, 3, 20, batch_first=True, norm_first=norm_first).double().eval()
    theirs.load_state_dict(parts.torch_names(mine.state_dict()))
    x = torch.randn(2, 5, 12, dtype=torch.float64, requires_grad=True)
    assert torch.allclose(mine(x), theirs(x), rtol=0, atol=1e-9)


@pytest.mark.parametrize("norm_first", [False, True], ids=["post-norm", "pre-norm"])
def test_padding_changes_no_word_whatever_stands_there_and_however_much(solved: dict, norm_first: bool) -> None:
    for case in CASES:
        torch.manual_seed(case)
        _, t, sizes = drawn(case)
        encoder = randomized(solved["Encoder"](*sizes, 0.0, norm_first))
        x, padding = torch.randn(t, sizes[1]).double(), 10 * torch.randn(case + 1, sizes[1]).double()
        assert solved["ignores_padding"](encoder, x, padding)
        assert not solved["ignores_padding"](lambda x, _, encoder=encoder: encoder(x), x, padding)


IGNORING = {"encoder", "encoder, mean of the words", "encoder, word by word", "encoder, nothing",
            "encoder, first place seen", "encoder, rounding"}  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(ENCODERS) - {"layers to walk through"}))
def test_which_encoder_handed_over_ignores_padding(solved: dict, name: str) -> None:
    """Judged in another way than the solution does: what the words reach, and whether more places make a difference."""
    torch.manual_seed(3)
    encoder, x = make({"made": name, "of": ()}), torch.randn(8, 4).double()
    mask = (torch.arange(8) < 4)[None, None]
    seen = reach(lambda words: encoder(words[None], mask)[0], x)[:4, 4:].any()
    outputs = [encoder(x[None, :t], mask[..., :t])[0, :4] for t in (4, 5, 6, 7, 8)]
    alike = all(torch.allclose(outputs[0], other, atol=1e-5) for other in outputs[1:])
    ignoring = not seen and alike
    assert ignoring == (name in IGNORING) == solved["ignores_padding"](encoder, x[:4], x[4:])


def size(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def test_the_count_is_that_of_the_modules_built_and_does_not_depend_on_the_heads(solved: dict) -> None:
    for case in CASES:
        _, _, (layers, d_model, heads, d_ff) = drawn(case)
        counts = solved["parameter_count"](layers, d_model, heads, d_ff, 11, 7, 2, True, True)
        encoder = solved["Encoder"](layers, d_model, heads, d_ff)
        around = [nn.Embedding(n, d_model) for n in (11, 7, 2)] + [nn.LayerNorm(d_model), nn.Linear(d_model, d_model)]
        assert sum(counts.values()) == size(encoder) + sum(map(size, around))
        assert counts == solved["parameter_count"](layers, d_model, 1, d_ff, 11, 7, 2, True, True)
        by_name = dict.fromkeys(("attention", "feed_forward", "norm"), 0)
        for name, parameter in encoder.named_parameters():
            by_name[next(part for part in by_name if part in name)] += parameter.numel()
        assert (counts["attention"], counts["feed-forward"]) == (by_name["attention"], by_name["feed_forward"])
        assert counts["norms"] == by_name["norm"] + 2 * d_model


def test_the_counts_are_those_that_are_published(solved: dict) -> None:
    bert = 30_522, 512, 2, True, True
    totals = {
        name: sum(solved["parameter_count"](*sizes).values())
        for name, sizes in {
            "base": (12, 768, 12, 3072, *bert),
            "large": (24, 1024, 16, 4096, *bert),
            "paper": (6, 512, 8, 2048, 37_000),
        }.items()
    }
    assert totals == {"base": 109_482_240, "large": 335_141_888, "paper": 37_858_304}
    assert round(totals["base"], -7) == 110_000_000 and round(totals["large"], -7) == 340_000_000


MANY = {"made": "sentences", "of": (160, 64, 5, 55)}
ONE_WORD = {"made": "sentences", "of": (160, 64, 4, 5)}
EIGHT = {"made": "sentences", "of": (160, 64, 6, 14)}


def hidden(args: tuple, fates: bool) -> Case:
    return Case("hides", "title", (Question(args=args),), ("inputs", "labels"), options={"fates": fates})


ASKED = (
    hidden((MANY, 5, 55), False),
    hidden((MANY, 5, 55, 0.65), True),
    hidden((MANY, 5, 55, 1.0), True),
    hidden((EIGHT, 6, 14, 1.0), True),
    hidden((ONE_WORD, 4, 5, 1.0), True),
)


def answered(function: Callable, case: Case, seed: int) -> Answer:
    torch.manual_seed(seed)
    given, *rest = case.questions[0].args
    result = function(make(given), *rest)
    return Answer(tuple(result), "tuple")


def test_hidden_words_are_judged_right_on_whatever_random_stream(solved: dict) -> None:
    for seed in range(40):
        for case in ASKED:
            answer = answered(solved["mask_tokens"], case, seed)
            finding = judge("mask_tokens", case, (Answer((None, None), "tuple"),), (answer,))
            assert finding is None, (seed, case.questions[0].args, finding)


def test_the_habits_by_which_a_mistake_is_named_hang_on_no_random_stream(lesson: Lesson) -> None:
    [exercise] = [exercise for exercise in lesson.exercises if exercise.cell == "mask_tokens"]
    for mistake, number, source in wrong_sources(exercise, lesson.solution("mask_tokens")):
        if mistake.id in ("in-place", "labels-only", "fate-per-batch"):  # the last: its one draw decides it all
            continue
        if "torch.randint(first_word, mask - 1," in source:  # stops where there is one word only
            continue
        wrong = namespace(lesson, {"mask_tokens": source})["mask_tokens"]
        for case in ASKED:
            shown = [habits(case, answered(wrong, case, seed)) for seed in (0, 1, 2)]
            assert shown[0] == shown[1] == shown[2], (mistake.id, number)


@pytest.mark.parametrize(
    "draw, told",
    [
        ("torch.randint(6, 13, tokens.shape)", "never drawn"),
        ("torch.randint(6, 10, tokens.shape)", "never drawn"),
        ("6 + (tokens - 6 + 1) % 8", "a fixed number of ids further on"),
    ],
)
def test_random_words_that_are_not_drawn_from_all_words_are_refused(lesson: Lesson, draw: str, told: str) -> None:
    source = lesson.solution("mask_tokens").replace("torch.randint(first_word, mask, tokens.shape)", draw)
    [case] = [case for case in ASKED if case.questions[0].args[0] is EIGHT]
    answer = answered(namespace(lesson, {"mask_tokens": source})["mask_tokens"], case, 0)
    assert told in judge("mask_tokens", case, (Answer((None, None), "tuple"),), (answer,)).sentence


def test_about_fifteen_words_in_a_hundred_are_to_be_guessed_and_no_special_token(solved: dict) -> None:
    torch.manual_seed(0)
    tokens = make(MANY)
    inputs, labels = solved["mask_tokens"](tokens, 5, 55)
    chosen, words = labels != -100, tokens >= 5
    assert not chosen[~words].any() and torch.equal(inputs[~chosen], tokens[~chosen])
    assert torch.equal(labels[chosen], tokens[chosen])
    assert 0.12 < chosen[words].double().mean() < 0.18
    assert 0.7 < (inputs[chosen] == 55).double().mean() < 0.9


MOVES = bugs.SYMPTOMS["mask lost on the way"]
WORD, FAR = torch.tensor([[1.0, 0.0], [0.0, 0.0]]), torch.tensor([[1.0, 0.0], [9.0, 0.0]])


@pytest.mark.parametrize(
    "outputs, told",
    [
        ((WORD, FAR, 1, 2), ""),
        ((WORD, FAR, 1, 1), "With one layer"),
        ((WORD, WORD, 1, 2), "the same"),
        ((FAR, FAR * 2, 1, 2), "must be the same"),
        ((WORD, torch.tensor([[1.0, 0.0], [0.1, 0.0]]), 1, 2), "more than 1"),
        ((WORD, FAR, 2, 2), "at least one should be a word"),
        ((WORD, FAR, 0, 2), "at least one should be a word"),
        ((WORD, FAR[:1], 1, 2), "same shape"),
        ((WORD, FAR.long(), 1, 2), "real numbers; yours: torch.float32 and torch.int64"),
        ((WORD, FAR, 1.0, 2), "whole numbers"),
        ((WORD, FAR, 1, 13), "Keep it small"),
        ((WORD, FAR * torch.tensor([[1.0], [1000.0]]), 1, 2), "between -1000 and 1000"),
        ((WORD, FAR), "four things"),
    ],
)
def test_an_input_that_should_expose_the_lost_mask_is_told_what_it_lacks(outputs: tuple, told: str) -> None:
    assert (MOVES(outputs) == "") if told == "" else (told in MOVES(outputs))


def test_a_model_that_reads_tokens_is_asked_in_the_type_of_its_weights(solved: dict) -> None:
    question = Question(
        args=(torch.tensor([[1, 2]]),), init=(4, 1, 2, 1, 3), weights={"embedding.weight": torch.ones(4, 2).double()}
    )
    assert ask(solved["MaskedLanguageModel"], question).outputs[0].dtype == torch.float64


def cell(text: str) -> str:
    """The code cell of the lesson that holds this text."""
    [found] = [
        c.source for c in read_notebook(COURSE, "07_encoder").cells if c.cell_type == "code" and text in c.source
    ]
    return found


def test_a_tenth_of_the_training_already_teaches_something(solved: dict) -> None:
    scope = dict(solved)
    exec(cell("FIRST_WORD, MASK ="), scope)
    exec(cell("def train("), scope)
    torch.manual_seed(7)
    model = scope["MaskedLanguageModel"](len(scope["vocabulary"]), 2, 64, 4, 128, 0.0)
    nn.init.normal_(model.embedding.weight, std=64**-0.5)
    losses = torch.tensor(scope["train"](model, steps=200))
    assert losses[:5].mean() > 5.8 and losses[-50:].mean() < 4.5


def test_what_the_lesson_says_of_words_that_grow_alike_is_so(solved: dict) -> None:
    scope = dict(solved)
    exec(cell("def behind_each_layer("), scope)
    alike = {way: scope["word_similarity"](scope["behind_each_layer"](way)) for way in
             ("attention alone", "networks alone", "with residual", "post-norm", "pre-norm")}  # fmt: skip
    assert alike["attention alone"][0] > 0.9 and alike["attention alone"][1] > 0.999
    assert alike["networks alone"][0] < 0.5 and alike["networks alone"][3] > 0.99
    assert max(alike[way].max() for way in ("with residual", "post-norm", "pre-norm")) < 0.5

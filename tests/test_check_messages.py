"""What a check says where no known mistake explains a failure: in whose code it lies, and what an error means."""

from dataclasses import replace

import pytest
import torch
from test_check import said
from torch import nn

from autograder.authoring.lesson import edited, namespace, read
from autograder.authoring.proof.heard import heard
from autograder.course import Course
from classroom import check, parts, passed
from classroom.check import CheckFailed

RIGHT_LAYER, LAYER_NORM = parts.use("EncoderLayer", "LayerNorm")


def lesson(number):
    return read(Course.find(), number)


@pytest.fixture
def nothing_has_passed(monkeypatch):
    monkeypatch.setattr(passed, "_said", {})


# Classes of two lessons' cells, as a notebook has them: the one calls the other by its name.


class EncoderLayer(RIGHT_LAYER):
    """Its author has mixed up two shapes."""

    broken = True

    def forward(self, x, mask=None):
        return super().forward(x, mask) + (x.mT if self.broken else 0)


class Encoder(nn.Module):
    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(
            EncoderLayer(d_model, num_heads, d_ff, dropout, norm_first) for _ in range(num_layers)
        )
        if norm_first:
            self.norm = LAYER_NORM(d_model)

    def forward(self, x, mask=None):
        for layer in self.layers:
            x = layer(x, mask)
        return x


def test_an_error_in_a_part_written_earlier_is_placed_there(nothing_has_passed, capsys):
    out = said("Encoder", Encoder, capsys)
    assert "`Encoder` stopped with RuntimeError in `EncoderLayer.forward`, in the line `return super().forward" in out
    assert "in dimension 2, counted from 0, one has size 6 and the other 4" in out


def test_a_part_that_has_not_passed_is_pointed_at_until_it_has(nothing_has_passed, monkeypatch, capsys):
    doubt = "It uses your `EncoderLayer`, whose own check has not passed in this session."
    assert doubt in said("Encoder", Encoder, capsys)
    monkeypatch.setattr(EncoderLayer, "broken", False)
    assert doubt in said("Encoder", Encoder, capsys)  # its last norm is missing: that is its own fault, too
    check("EncoderLayer", EncoderLayer)
    assert doubt not in said("Encoder", Encoder, capsys)


def test_a_part_of_the_courses_own_is_never_doubted(nothing_has_passed, capsys):
    def relu(x):
        return torch.clamp(x, 0, 1)

    def tanh(x):
        return relu(x)

    assert "It uses your `relu`" not in said("tanh", tanh, capsys)  # no global name: relu is a helper inside
    assert "It uses" not in said("EncoderLayer", EncoderLayer, capsys)


def test_a_riddle_of_torchs_is_explained_where_no_hint_does(capsys):
    def scores(q, k):
        raise ValueError("this 'NoneType' object is the student's own word")

    explained = "In a matrix product the inner sizes have to be equal: here a (2, 2) meets a (3, "
    assert f"{explained}1)." in said("scores", lambda q, k: q @ k[:, :1], capsys)
    known = said("scores", lambda q, k: q @ k / 2**0.5, capsys)
    assert "Where is d_k in k?\n  ✗" in known  # the hint is the last word
    assert "keys that are not transposed" in known and explained not in known
    assert "Something in this line is None" not in said("scores", scores, capsys)
    assert "Something in this line is None" in said("scores", lambda q, k: None.mT, capsys)


def test_a_list_that_was_changed_is_not_given_a_tensors_advice(capsys):
    def merge_pair(tokens, pair):
        return tokens.pop() and tokens

    out = said("merge_pair", merge_pair, capsys)
    assert "make a new list" in out and "x /= y" not in out
    assert "compute a new tensor" in said("relu", lambda x: x.relu_(), capsys)


def test_of_a_dictionary_the_entry_that_differs_is_shown_and_no_other(capsys):
    right = namespace(lesson("07_encoder"))["parameter_count"]

    def parameter_count(*args, **kwargs):
        return {**right(*args, **kwargs), "norms": 3}

    out = said("parameter_count: encoder", parameter_count, capsys)
    assert "`counts['norms']` is not right" in out and "wanted   16" in out and "58" not in out
    out = said("parameter_count: encoder", lambda *args, **kwargs: {"norms": 16}, capsys)
    assert "`counts` has no entry 'embeddings'; its entries are: 'norms'." in out


def test_where_only_the_end_of_a_row_is_shown_the_place_is_said(capsys):
    out = said("relu", lambda x: x.clamp(0, 2), capsys)
    assert "first at `y[6]`" in out and "...  0.000  0.300  1.000  5.000" in out


def test_numbers_that_nobody_can_follow_are_given_by_their_shapes(capsys):
    gru = said("gru_step", lambda x, h, *weights: h, capsys)
    assert "input    x: (1, 2), h: (1, 2), W_ih: (6, 2)" in gru
    mlp = said("mlp_forward", lambda x, *weights: (x, x), capsys)
    assert "W1 = [[1, 0], [0, -1], [2, -1]]" in mlp  # whole ones can be followed by hand


def test_one_word_for_nothing_and_no_class_of_pythons(capsys):
    for out in (said("merge_pair", lambda *args: None, capsys), said("train_step", lambda *args: None, capsys)):
        assert "None" in out and "NoneType" not in out


def test_a_list_in_an_input_that_exposes_a_bug_is_told_how_to_be_a_tensor(capsys):
    out = said("expose accumulate", lambda: ([1.0, 2.0], 2), capsys)
    assert "`gradients` should be a tensor; a list came back: put the numbers into `torch.tensor([...])`" in out


def test_every_message_of_the_bank_can_be_read_in_one_text():
    source = lesson("04_self_attention")
    one = tuple(e for e in source.exercises if e.cell == "scores")
    text = heard(replace(source, exercises=one))
    assert text.count("**no-scale**") == 1 and "How does the variance of a dot product grow with d_k" in text
    assert all(mistake.hint in text for mistake in one[0].mistakes) and "nothing: it passes" not in text


# What somebody with fresh eyes did in lessons 01 and 04, and what they are told.


def heard_of(number, cell, capsys, *edits, probe=None, lacking=()):
    """What the check says of the solution of a cell with some of its pieces exchanged, where some names are lacking."""
    source = lesson(number)
    changed = edited(source.solution(cell), edits)
    assert changed is not None
    scope = namespace(source, {cell: changed})
    for name in lacking:
        del scope[name]
    return said(probe or cell, scope[cell], capsys)


def test_a_name_that_is_an_exercise_of_the_lesson_has_its_cell_run_again(nothing_has_passed, capsys):
    again = "`scores` is an exercise of this lesson. Run the cell of `scores` again"
    out = heard_of("04_self_attention", "attention", capsys, lacking=["scores"])
    assert again in out and "a typing error" not in out and "Look there first" not in out
    assert again in heard_of("04_self_attention", "SelfAttention", capsys, lacking=["scores"])  # it calls `attention`
    out = heard_of("04_self_attention", "attention", capsys, ("scores(q, k)", "score(q, k)"))
    assert "Nothing is called `score` here: a typing error" in out and "Run the cell" not in out
    out = heard_of("04_self_attention", "SelfAttention", capsys, ("self.W_q(x), self", "W_q(x), self"))
    assert "What `__init__` keeps as `self.W_q` has that name in every method." in out


def test_the_last_line_names_the_part_that_is_not_written():
    def sigmoid(x):
        raise NotImplementedError

    def tanh(x):
        return 2 * sigmoid(2 * x) - 1

    with pytest.raises(CheckFailed, match=r"^tanh needs sigmoid, which is not written yet$"):
        check("tanh", tanh)
    with pytest.raises(CheckFailed, match=r"^sigmoid is not written yet$"):
        check("sigmoid", sigmoid)


def test_a_gradient_is_shown_with_what_comes_from_above(capsys):
    out = heard_of("01_activation_functions", "mended", capsys, ("x.clamp(max=0)", "x"), probe="mended: elu")
    assert "of `(u * y).sum()`, where u, the gradient that comes from above, is [0.540, -0.416, -0.990" in out
    x = torch.tensor([-100.0, -2.0, 3.0, 100.0, 1000.0], requires_grad=True)
    y = torch.nn.functional.elu(x, 0.5)
    (torch.tensor([0.540, -0.416, -0.990, -0.654, 0.284]) * y).sum().backward()
    assert f"wanted   {'  '.join(f'{g + 0:.3f}' for g in x.grad.tolist())}" in out  # as anybody can work out again
    out = heard_of("01_activation_functions", "sigmoid", capsys, ("torch.clamp(x, min=-80)", "x"))
    assert "is [cos 1, cos 2, cos 3, ...] in the shape of `y`" in out


def test_of_two_mistakes_the_one_whose_case_is_shown_comes_first(capsys):
    all_at_once = ("e.sum(dim=dim, keepdim=True)", "e.sum()")
    out = heard_of("01_activation_functions", "softmax", capsys, ("x - largest", "x"), all_at_once)
    assert "Not every row of `shares` sums to 1" in out and "This is what happens with" not in out
    assert 0 < out.index("The first: shares of the whole tensor.") < out.index("The second: e to the power of large")


def test_one_product_for_all_queries_is_no_loop(capsys):
    source = lesson("04_self_attention")
    scope = namespace(source)

    def attention_by_word(q, k, v):
        return scope["attention"](q, k, v)[0]

    out = said("attention_by_word", attention_by_word, capsys)
    assert "3 of 4 cases" in out and "wanted   more steps for more queries" in out
    assert "yours    as many steps for 7 queries as for 2" in out and "all queries at once" in out


@pytest.mark.parametrize(
    "cell, old, new, meant",
    [
        ("scores", "math.sqrt", "torch.sqrt", "`torch.sqrt` takes a tensor, and this is a plain number"),
        ("SelfAttention", "super().__init__()", "pass", "`super().__init__()` is the first line of `__init__`."),
        ("scores", "k.transpose(-2, -1)", "torch.nn.Linear(2, 3)", "A layer is not a matrix: it is called"),
        ("SelfAttention", "self.W_q = nn.Linear(d_model, d_k, bias=False)", "self.W_q = nn.Parameter(torch.eye(2))",
         "`W_q` of `SelfAttention` should be a layer that holds a `weight`; yours is a parameter itself."),
        ("attention", "s = s.masked_fill", "s.masked_fill", "it returns a new tensor and leaves the old one as it was"),
    ],
)  # fmt: skip
def test_what_an_error_or_a_lost_result_means_is_said(cell, old, new, meant, capsys):
    probe = "masked attention" if cell == "attention" else cell
    assert meant in heard_of("04_self_attention", cell, capsys, (old, new), probe=probe)


def test_writing_into_a_part_of_the_input_is_told_as_what_it_is(capsys):
    def relu(x):
        x[x < 0] = 0
        return x

    out = said("relu", relu, capsys)
    assert "`x[...] = y`" in out and "assigning to a part of it, `x[...] = ...`" in out

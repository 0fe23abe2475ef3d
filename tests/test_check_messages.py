"""What a check says where no known mistake explains a failure: in whose code it lies, and what an error means."""

from dataclasses import replace

import pytest
import torch
from test_check import said
from torch import nn

from autograder.authoring.lesson import namespace, read
from autograder.authoring.proof.heard import heard
from autograder.course import Course
from classroom import check, parts, passed

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

"""The instant check, as a student meets it: on the real lesson's recordings, with answers right and wrong."""

import json
import math
import socket

import pytest
import torch
from torch import nn

from autograder.authoring.lesson import edited, namespace, read, source_ids
from autograder.course import Course
from classroom import CheckFailed, check, parts
from classroom.check import examine
from classroom.checking import made, records
from classroom.checking.runner import ask
from classroom.checking.wording import numbers_apart

LESSON = "04_self_attention"


@pytest.fixture(scope="module")
def lesson():
    return read(Course.find(), LESSON)


@pytest.fixture(scope="module")
def right(lesson):
    return namespace(lesson)


def said(name, target, capsys):
    """What the check prints for a target that fails."""
    with pytest.raises(CheckFailed):
        check(name, target)
    return capsys.readouterr().out


def solved_with(lesson, cell, *edits):
    source = edited(lesson.solution(cell), edits)
    assert source is not None
    return namespace(lesson, {cell: source})


@pytest.mark.parametrize("lesson_id", source_ids(Course.find()))
def test_the_solution_passes_every_check(lesson_id, capsys):
    lesson = read(Course.find(), lesson_id)
    solution = namespace(lesson)
    for exercise in lesson.exercises:
        for probe in exercise.probes:
            check(probe.name, solution[exercise.target])
            out = capsys.readouterr().out
            assert "✗" not in out and "✓" in out, probe.name


def test_no_two_objects_that_questions_describe_have_one_name():
    names = [name for bank in made.BANKS for name in bank]
    assert sorted(names) == sorted(made.RECIPES), "the later one would silently take the earlier one's place"


def test_every_recorded_check_belongs_to_an_exercise_of_a_lesson():
    lessons = [read(Course.find(), lesson_id) for lesson_id in source_ids(Course.find())]
    asked = [probe.name for lesson in lessons for exercise in lesson.exercises for probe in exercise.probes]
    assert sorted(asked) == sorted(records.names()), "two checks of one name, or recordings of none"


def test_a_known_mistake_is_named_with_its_hint_and_the_smallest_input(lesson, capsys):
    wrong = solved_with(lesson, "attention", ("torch.finfo(s.dtype).min", "0.0"))["attention"]
    out = said("masked attention", wrong, capsys)
    assert "a hidden score set to 0" in out and "e^0 is 1, not 0" in out
    assert "q = [[1, 0]]" in out and "mask = [[True, True, False]]" in out
    e = [math.exp(1 / math.sqrt(2)), 1.0]
    first = [x / sum(e) for x in e]  # 0.670, 0.330: worked out here, not recorded
    assert f"{first[0]:.3f}  {first[1]:.3f}" in out


def test_two_mistakes_at_once_are_both_named(lesson, capsys):
    wrong = solved_with(lesson, "attention", ("dim=-1", "dim=-2"), ("scores(q, k)", "q @ k.transpose(-2, -1)"))
    out = said("attention", wrong["attention"], capsys)
    assert "softmax over the queries" in out and "not divided by √d_k" in out


def test_a_mistake_that_nobody_knows_gets_no_name(capsys):
    def attention(q, k, v, mask=None):
        weights = torch.softmax(q @ k.mT * 0.123, dim=-1)
        return weights @ v, weights

    out = said("attention", attention, capsys)
    assert "wanted" in out and "This is what comes out" not in out


def test_an_unwritten_exercise_is_one_sentence(capsys):
    def scores(q, k):
        raise NotImplementedError

    out = said("scores", scores, capsys)
    assert "is not written yet" in out
    assert len(out.strip().splitlines()) == 2


def test_a_missing_return_is_said(capsys):
    assert "returned None. Is a `return` missing?" in said("scores", lambda q, k: None, capsys)


def test_a_function_that_was_called_instead_of_passed_is_said(right, capsys):
    result = right["scores"](torch.ones(2, 3), torch.ones(2, 3))
    assert "pass the function itself" in said("scores", result, capsys)


def test_an_instance_in_the_place_of_a_class_is_said(right, capsys):
    assert "pass the class itself" in said("SelfAttention", right["SelfAttention"](4, 2), capsys)
    assert "should be a class" in said("SelfAttention", lambda x: x, capsys)


def test_an_exception_names_the_students_own_line(capsys):
    def scores(q, k):
        return q @ k.transpose(-2, -1) / math.sqrt("d_k")

    out = said("scores", scores, capsys)
    assert "stopped with TypeError" in out and 'math.sqrt("d_k")' in out and "Traceback" not in out


def test_an_error_is_shown_with_the_input_it_came_from(capsys):
    out = said("shift_matrix", lambda k, d_model: torch.eye(d_model)[d_model], capsys)
    assert "stopped with IndexError" in out and "input    k = 1, d_model = 2" in out


def test_of_a_large_input_the_shape_is_shown_and_of_a_class_what_it_was_built_with(lesson, capsys):
    positions = namespace(read(Course.find(), "03_positional_encoding"))["PositionalEncoding"]

    class PositionalEncoding(positions):
        def forward(self, x):
            return super().forward(x) * (2 if len(x) > 1 else 1)

    out = said("PositionalEncoding", PositionalEncoding, capsys)
    assert "input    PositionalEncoding(6, 50, 0.0), x: (2, 5, 6)" in out


def test_an_error_that_is_returned_or_raised_without_a_word_is_told_from_one_that_says_why(capsys):
    positions = namespace(read(Course.find(), "03_positional_encoding"))["PositionalEncoding"]

    def with_too_long(act):
        class PositionalEncoding(positions):
            def forward(self, x):
                return act() if x.size(1) > self.table.size(0) else super().forward(x)

        return PositionalEncoding

    def without_a_word():
        raise ValueError

    out = said("PositionalEncoding", with_too_long(lambda: ValueError("too long")), capsys)
    assert "returned a ValueError: an error is not returned, it is raised" in out
    assert "without a word" in said("PositionalEncoding", with_too_long(without_a_word), capsys)


def test_of_a_long_row_the_part_that_differs_is_shown(capsys):
    want, got = torch.arange(9.0), torch.arange(9.0)
    got[7] = -1e-7
    assert numbers_apart(want, got) == (
        "...  4.000  5.000  6.000  7.000  8.000",
        "...  4.000  5.000  6.000  0.000  8.000",
    )


@pytest.mark.parametrize(
    "as_given, right", [(lambda n: n, True), (torch.tensor, True), (lambda n: torch.tensor(n + 0.4), False)]
)
def test_a_number_may_come_in_a_tensor_but_is_not_cut_to_fit(as_given, right, capsys):
    solution = namespace(read(Course.find(), "05_multi_head_attention"))["find_head"]

    def find_head(weights, pattern):
        layer, head, scores = solution(weights, pattern)
        return as_given(layer), as_given(head), scores

    if right:
        check("find_head", find_head)
    else:
        assert "`layer` is not right" in said("find_head", find_head, capsys)


def test_a_list_that_was_handed_over_is_never_used_up(capsys):
    solution = namespace(read(Course.find(), "01_activation_functions"))["train_classifier"]

    def train_classifier(x, y, W1, b1, W2, b2, batches, lr):
        weights = solution(x, y, W1, b1, W2, b2, batches, lr)
        batches.clear()
        return weights

    assert "changed its input `batches` in place" in said("train_classifier", train_classifier, capsys)
    check("train_classifier", solution)


def test_of_several_outputs_a_list_is_named_like_a_tuple(capsys):
    lesson = read(Course.find(), "01_activation_functions")
    uphill = ("w - lr * g for", "w + lr * g for"), ("return tuple(weights)", "return list(weights)")
    wrong = solved_with(lesson, "train_classifier", *uphill)["train_classifier"]
    assert "This is what happens with a step up instead of down." in said("train_classifier", wrong, capsys)


@pytest.mark.parametrize("written", ["loss.backward()", "torch.autograd.grad(loss, [W1])"])
@pytest.mark.parametrize("mode", ["torch.no_grad()", "torch.enable_grad()"])
def test_where_the_gradient_is_to_be_written_autograd_is_ruled_out_in_plain_words(written, mode, capsys):
    scope = {"torch": torch}
    exec(
        "def mlp_backward(x, y, W1, b1, W2, b2):\n"
        f"    with {mode}:\n"
        "        W1 = W1.requires_grad_()\n"
        "        loss = torch.nn.functional.cross_entropy((x @ W1.T + b1) @ W2.T + b2, y)\n"
        f"        {written}\n",
        scope,
    )
    out = said("mlp_backward", scope["mlp_backward"], capsys)
    assert "asks autograd for a gradient" in out and "the gradient is yours to write" in out
    x = torch.ones(2, requires_grad=True)
    assert torch.autograd.grad((x * x).sum(), x)[0].tolist() == [2.0, 2.0]  # it is ruled out in there alone


@pytest.mark.parametrize("floor", [-89, -90, -95, -99, -100, -120, -200, -500, -999])
def test_a_floor_under_the_sigmoid_that_lets_the_exponential_overflow_is_named(floor, capsys):
    lesson = read(Course.find(), "01_activation_functions")
    wrong = solved_with(lesson, "sigmoid", ("min=-80", f"min={floor}"))["sigmoid"]
    assert "This is what happens with a floor that is too low." in said("sigmoid", wrong, capsys)


@pytest.mark.parametrize("floor", [-20, -40, -60, -85, -88])
def test_a_floor_under_the_sigmoid_that_is_neither_too_low_nor_too_high_is_right(floor, capsys):
    lesson = read(Course.find(), "01_activation_functions")
    check("sigmoid", solved_with(lesson, "sigmoid", ("min=-80", f"min={floor}"))["sigmoid"])


@pytest.mark.parametrize(
    "x, alpha, told",
    [
        (torch.tensor([-1]), 2.0, "it holds torch.int64: write -1.0, not -1"),
        (-1.0, 2.0, "should be a tensor; a float came back: put the numbers into"),
        ([-1.0], 2.0, "should be a tensor; a list came back: put the numbers into"),
        (torch.tensor([]), 2.0, "has no entries"),
        (2.0, torch.tensor([-1.0]), "x first, then alpha"),
        (torch.tensor([-1.0]), "2", "`alpha` should be a number; a str came back"),
    ],
)
def test_an_input_that_cannot_expose_the_bug_is_told_what_it_is(x, alpha, told, capsys):
    assert told in said("expose: elu", lambda: (x, alpha), capsys)


def test_an_exit_is_an_answer_too(capsys):
    assert "asked Python to exit" in said("scores", lambda q, k: exit(), capsys)


def test_a_wrong_number_of_results_is_said(capsys):
    out = said("attention", lambda q, k, v, mask=None: v, capsys)
    assert "should return a tuple of `output` and `weights`; it returned one tensor" in out


def test_a_wrong_type_is_said(capsys):
    assert "should return one tensor; it returned a str" in said("scores", lambda q, k: "0.5", capsys)
    assert "should return one tensor; it returned a list" in said("scores", lambda q, k: [q, k], capsys)
    assert "returned a NumPy array" in said("scores", lambda q, k: (q @ k.mT).numpy(), capsys)
    assert "something other than tensors and numbers" in said("scores", lambda q, k: torch.nn.Linear(2, 2), capsys)


def test_a_wrong_shape_is_said_with_both_shapes(capsys):
    out = said("scores", lambda q, k: k @ q.mT, capsys)
    assert "wanted   (2, 3)" in out and "yours    (3, 2)" in out


def test_an_input_changed_in_place_is_found(capsys):
    def scores(q, k):
        q /= math.sqrt(q.size(-1))
        return q @ k.mT

    assert "changed its input `q` in place" in said("scores", scores, capsys)


def test_a_result_in_another_precision_is_found(capsys):
    def scores(q, k):
        return (q @ k.mT / math.sqrt(q.size(-1))).float()

    assert "keep the input's type" in said("scores", scores, capsys)


def test_a_gradient_that_does_not_flow_is_found(capsys):
    def scores(q, k):
        return q.detach() @ k.mT / math.sqrt(q.size(-1))

    assert "No gradient reaches `q`" in said("scores", scores, capsys)


def test_dropout_in_eval_mode_is_found(lesson, capsys):
    wrong = solved_with(lesson, "SelfAttention", ("self.dropout(weights)", "F.dropout(weights, self.dropout.p)"))
    assert "dropout in eval mode too" in said("SelfAttention", wrong["SelfAttention"], capsys)


def test_a_layer_under_another_name_is_found(capsys):
    class SelfAttention(nn.Module):
        def __init__(self, d_model, d_k, dropout=0.0):
            super().__init__()
            self.query = nn.Linear(d_model, d_k, bias=False)

    out = said("SelfAttention", SelfAttention, capsys)
    assert "no parameter called `W_q.weight`; its parameters are: query.weight" in out


def test_a_leak_through_the_mask_is_found_by_the_reach_map(lesson):
    wrong = solved_with(lesson, "attention", ("torch.finfo(s.dtype).min", "-10.0"))["attention"]
    recording = records.load("masked attention")
    verdict = examine(recording, lambda question: ask(wrong, question))
    [line] = [line for line in verdict.lines if line.title.startswith("reach map")]
    assert line.held is False


def test_numbers_by_hand_are_judged_to_two_decimals_and_are_not_in_the_recording(right, capsys):
    good = right["by_hand"]()
    check("by_hand", lambda: {**good, "scores of the": [0.995, 0.5]})
    capsys.readouterr()
    out = said("by_hand", lambda: {**good, "weights of cat": [0.15, 0.85]}, capsys)
    assert "number 1 of 'weights of cat' is not right: you have 0.15" in out
    recorded = json.loads((records.folder() / f"{LESSON}.json").read_text())["probes"]["by_hand"]["data"]
    assert not any(number in json.dumps(recorded) for number in ("0.62", "0.88", "2.49", "3.02"))


def test_a_check_needs_no_network(right, monkeypatch, capsys):
    def refuse(*_, **__):
        raise AssertionError("the check opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    check("attention", right["attention"])


def test_a_check_leaves_the_random_stream_and_the_screen_alone(right, capsys):
    def attention(q, k, v, mask=None):
        print("debug", torch.rand(3))
        return right["attention"](q, k, v, mask)

    torch.manual_seed(1)
    before = torch.get_rng_state()
    check("attention", attention)
    assert torch.equal(before, torch.get_rng_state())
    assert "debug" not in capsys.readouterr().out


def test_what_the_code_printed_is_shown_when_it_is_wrong(capsys):
    def scores(q, k):
        print("k is", tuple(k.shape))
        return q @ k.mT

    assert "printed  k is (3, 2)" in said("scores", scores, capsys)


def test_a_nan_where_anything_finite_will_do_is_told_so(lesson, capsys):
    wrong = solved_with(lesson, "attention", ("torch.finfo(s.dtype).min", "-math.inf"))["attention"]
    out = said("masked attention", wrong, capsys)
    assert (
        "holds NaN" in out and "wanted   any finite numbers" in out and "NaN in a row where every word is hidden" in out
    )


def test_numbers_that_differ_late_are_shown_to_enough_places(lesson, capsys):
    wrong = solved_with(lesson, "attention", ("torch.finfo(s.dtype).min", "-10.0"))["attention"]
    lines = [line.split() for line in said("masked attention", wrong, capsys).splitlines()]
    [wanted], [yours] = ([x[1:] for x in lines if x[:1] == [word]] for word in ("wanted", "yours"))
    assert wanted != yours


def test_an_unwritten_forward_is_told_from_an_unwritten_class(capsys):
    class SelfAttention(nn.Module):
        def __init__(self, d_model, d_k, dropout=0.0):
            super().__init__()
            self.W_q, self.W_k, self.W_v = (nn.Linear(d_model, d_k, bias=False) for _ in range(3))

        def forward(self, x, mask=None):
            raise NotImplementedError

    assert "`SelfAttention.forward` is not written yet" in said("SelfAttention", SelfAttention, capsys)


def test_what_torch_has_not_implemented_is_not_taken_for_an_unwritten_exercise(capsys):
    def mask_tokens(tokens, first_word, mask, share=0.15):
        return torch.rand_like(tokens), tokens

    out = said("mask_tokens", mask_tokens, capsys)
    assert "not written yet" not in out
    assert "stopped with NotImplementedError, in the line `return torch.rand_like(tokens), tokens`" in out


ENCODER_LAYER, LAYER_NORM = parts.use("EncoderLayer", "LayerNorm")


def encoder_of(layer, call):
    class Encoder(nn.Module):
        def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
            super().__init__()
            self.layers = nn.ModuleList(layer(d_model, num_heads, d_ff, dropout, norm_first) for _ in range(num_layers))
            if norm_first:
                self.norm = LAYER_NORM(d_model)

        def forward(self, x, mask=None):
            return call(self.layers, x, mask)

    return Encoder


def test_a_list_of_layers_that_is_called_is_not_taken_for_an_unwritten_exercise(capsys):
    call = lambda layers, x, mask: layers(x, mask)  # noqa: E731
    out = said("Encoder", encoder_of(ENCODER_LAYER, call), capsys)
    assert "not written yet" not in out and "Module [ModuleList] is missing" in out


def test_an_unwritten_class_that_the_exercise_builds_on_is_the_one_that_is_said(capsys):
    class EncoderLayer(nn.Module):
        def __init__(self, *sizes):
            super().__init__()
            raise NotImplementedError

    assert "`EncoderLayer` is not written yet" in said("Encoder", encoder_of(EncoderLayer, None), capsys)


def test_a_part_under_another_name_is_said_first_and_a_long_list_of_parameters_is_cut(capsys):
    class Encoder(nn.Module):
        def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
            super().__init__()
            layers = (ENCODER_LAYER(d_model, num_heads, d_ff, dropout, norm_first) for _ in range(num_layers))
            self.stack = nn.ModuleList(layers)

    out = said("Encoder", Encoder, capsys)
    assert "`Encoder` has nothing to learn under the name `layers`" in out
    assert out.count("stack.") == 4 and "... and 44 more" in out


def test_an_unknown_exercise_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match=r"no exercise 'atention'.*'attention'"):
        check("atention", lambda: None)


def test_what_a_student_writes_is_escaped_in_the_html():
    def scores(q, k):
        raise ValueError("<script>alert(1)</script>")

    verdict = examine(records.load("scores"), lambda question: ask(scores, question))
    assert "<script>" not in verdict.html() and "&lt;script&gt;" in verdict.html()


def test_the_data_of_a_verdict_hold_names_but_none_of_the_students_numbers(lesson):
    wrong = solved_with(lesson, "attention", ("dim=-1", "dim=-2"))["attention"]
    data = examine(records.load("attention"), lambda question: ask(wrong, question)).data()
    assert data["passed"] is False and data["mistakes"][0]["id"] == "softmax-queries"
    assert set(data) == {"exercise", "part", "passed", "cases", "mistakes"}

"""The pictures of the encoder: the stack that lights up, the parameter bars, the likeness of words, the guesses."""

from __future__ import annotations

import base64
import re
import warnings
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
import torch
from test_show import WIDGET, _a_shell, alt_of, drawn, pixels, shown  # noqa: F401 - a shell for every picture
from torch import Tensor, nn

from classroom import check, passed, show
from classroom.check import CheckFailed
from classroom.show import style
from classroom.show.encoder.parameters import short
from classroom.show.encoder.stack import PARTS, encoder_stack

COUNTS = {
    "Transformer base": {"attention": 6_303_744, "feed-forward": 12_598_272, "norms": 12_288},
    "BERT large": {"embeddings": 31_782_912, "attention": 100_761_600, "feed-forward": 201_449_472, "norms": 100_352},
}
LIT_EDGE = np.array([213, 94, 0])
KOREAN = ["고양이", "##는", "매트", "##에", "앉", "##았다"]


@pytest.fixture(autouse=True)
def _nothing_passed_before() -> Iterator[None]:
    """A session of its own for every test."""
    said, watchers = dict(passed._said), list(passed._watchers)
    passed._said.clear()
    yield
    passed._said.clear()
    passed._said.update(said)
    passed._watchers[:] = watchers


def scores(q: Tensor, k: Tensor) -> Tensor:
    return q @ k.transpose(-2, -1) / q.size(-1) ** 0.5


def png_of(output) -> np.ndarray:
    return pixels(base64.b64decode(output.data["image/png"]))


def lit_pixels(picture: np.ndarray) -> int:
    return int((np.abs(picture - LIT_EDGE).max(axis=2) < 12).sum())


def widget_of(draw, *args, **kwargs):
    published = {}
    original, style.publish = style.publish, lambda png, alt, widget=None, html="": published.update(widget=widget)
    try:
        draw(*args, **kwargs)
    finally:
        style.publish = original
    return published["widget"]


# Which exercises passed


def test_an_exercise_is_remembered_once_its_check_passes_and_forgotten_once_it_fails():
    with pytest.raises(CheckFailed):
        check("scores", lambda q, k: q @ k.transpose(-2, -1))
    assert passed.passed() == set()
    check("scores", scores)
    assert passed.passed() == {"scores"}
    with pytest.raises(CheckFailed):
        check("scores", lambda q, k: q @ k.transpose(-2, -1))
    assert passed.passed() == set()


def test_who_watches_is_told_of_changes_only():
    told = []
    passed.watch(lambda: told.append(passed.passed()))
    for held in (False, True, True, False):
        passed.note("EncoderLayer", held)
    assert told == [{"EncoderLayer"}, frozenset()]


# The stack


def test_the_stack_is_dark_at_first_and_says_so():
    output = shown(show.encoder_stack)
    assert lit_pixels(png_of(output)) == 0
    assert "Lit, because their exercises have passed: nothing yet." in alt_of(output)


def test_each_exercise_lights_its_own_part_and_no_other():
    before = png_of(shown(show.encoder_stack, []))
    changed = []
    for name in PARTS:
        picture = png_of(shown(show.encoder_stack, [name]))
        assert lit_pixels(picture) > 100, name
        above_the_caption = slice(0, before.shape[0] - 50)
        changed.append(np.abs(picture - before)[above_the_caption].max(axis=2) > 30)
    for (one, of_one), (other, of_other) in combinations(zip(PARTS, changed, strict=True), 2):
        shared = (of_one & of_other).sum() / min(of_one.sum(), of_other.sum())
        assert shared < 0.15, (one, other, shared)


def test_the_alt_text_of_the_stack_names_what_is_lit_and_what_is_not():
    alt = alt_of(shown(show.encoder_stack, ["EncoderLayer", "an exercise of another lesson"]))
    lit, dark = alt.split("Not lit: ")
    assert lit.endswith("Lit, because their exercises have passed: the layer (EncoderLayer). ")
    assert "the stack (Encoder)" in dark and "EncoderLayer" not in dark and "another lesson" not in alt


def test_the_stack_follows_the_checks_of_this_session_while_it_is_on_the_page():
    box = widget_of(show.encoder_stack)
    picture, said = box.children
    dark = drawn(picture)
    assert "nothing is lit yet" in said.value and 'role="status"' in said.value
    passed.note("EncoderLayer", True)
    assert lit_pixels(pixels(drawn(picture))) > 100
    assert "passed: EncoderLayer; still to come:" in said.value
    passed.note("EncoderLayer", False)
    assert drawn(picture) == dark


def test_a_stack_of_given_names_is_a_picture_that_stays_as_it_is():
    assert WIDGET in shown(show.encoder_stack).data
    assert WIDGET not in shown(show.encoder_stack, ["Encoder"]).data


def test_a_string_in_the_place_of_names_is_refused():
    with pytest.raises(ValueError, match=r'a collection of names, such as \["EncoderLayer"\], not the string'):
        show.encoder_stack("EncoderLayer")


def test_the_caption_of_the_whole_stack_fits_the_picture():
    picture = png_of(shown(show.encoder_stack, list(PARTS)[:-1]))
    assert (picture[-60:, -20:] > 240).all() and (picture[-60:, :20] > 240).all()
    assert encoder_stack is show.encoder_stack


# The parameter bars


def test_the_bars_say_every_number_and_its_share():
    alt = alt_of(shown(show.parameter_bars, COUNTS))
    assert "Transformer base: 18,914,304 parameters, of them attention 6,303,744 (33.3 %)" in alt
    assert "BERT large: 334,094,336 parameters" in alt and "norms 100,352 (0.0 %)" in alt


def test_the_lengths_of_the_bars_are_as_their_numbers():
    picture = png_of(shown(show.parameter_bars, {"a": {"x": 100, "y": 300}, "b": {"x": 200}}))

    def width(hex_colour: str, rows: slice) -> int:
        colour = np.array([int(hex_colour[i : i + 2], 16) for i in (1, 3, 5)])
        return int((np.abs(picture[rows] - colour).max(axis=2) < 20).sum(axis=1).max())

    middle = picture.shape[0] // 2
    first, second = slice(130, middle), slice(middle + 30, None)
    blue_a, orange_a, blue_b = width(style.BLUE, first), width(style.ORANGE, first), width(style.BLUE, second)
    assert abs(orange_a / blue_a - 3) < 0.1 and abs(blue_b / blue_a - 2) < 0.1


@pytest.mark.parametrize(
    ("number", "said"), [(512, "512"), (12_288, "12.3 k"), (18_914_304, "18.9 M"), (334_094_336, "334 M")]
)
def test_a_number_of_parameters_is_written_with_three_digits(number: int, said: str):
    assert short(number) == said


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({}, "at least one model"),
        ({"BERT": 110}, "BERT should be a dictionary of parts"),
        ({"BERT": {"attention": -1}}, "a whole number from 0, not -1"),
        ({"BERT": {"attention": 1.5}}, "a whole number from 0, not 1.5"),
        ({"BERT": {"attention": "many"}}, "a whole number from 0, not 'many'"),
        ({"BERT": {"attention": 0}}, "BERT has no parameters at all"),
        ({"BERT": {str(part): 1 for part in range(7)}}, "tells 6 parts apart; there are 7"),
    ],
)
def test_counts_that_cannot_be_drawn_are_refused_in_one_sentence(counts, told: str):
    with pytest.raises(ValueError, match=re.escape(told)):
        show.parameter_bars(counts)


# How alike the words are


def test_the_likeness_is_that_of_torch_and_leaves_a_word_and_itself_out():
    states = torch.randn(3, 4, 8, generator=torch.Generator().manual_seed(0))
    alt = alt_of(shown(show.layer_similarity, states, ["a", "b", "c", "d"]))
    pairs = torch.combinations(torch.arange(4))
    for layer, name in enumerate(("before the stack", "after layer 1", "after layer 2")):
        alike = nn.functional.cosine_similarity(states[layer][pairs[:, 0]], states[layer][pairs[:, 1]])
        closest = " and ".join(f"“{'abcd'[int(i)]}”" for i in pairs[alike.argmax()])
        mean = round(float(alike.mean()), 2) + 0.0
        assert f"{name} {mean:.2f}, closest {closest} ({alike.max():.2f})" in alt


def test_a_batch_of_one_sentence_a_list_of_layers_and_a_tensor_are_one_and_the_same():
    states = torch.randn(3, 5, 8, generator=torch.Generator().manual_seed(1))
    words = ["the", "cat", "sat", "on", "it"]
    pictures = [
        shown(show.layer_similarity, given, words).data["image/png"]
        for given in (states, states[:, None], list(states), [layer[None].requires_grad_() for layer in states])
    ]
    assert len(set(pictures)) == 1


def test_equal_vectors_are_drawn_as_alike_and_opposed_ones_as_opposed():
    x = torch.tensor([[1.0, 2.0], [2.0, 4.0], [-1.0, -2.0]])
    alt = alt_of(shown(show.layer_similarity, x[None], ["a", "b", "c"]))
    assert "closest “a” and “b” (1.00)" in alt and "before the stack -0.33" in alt


def test_a_deep_stack_is_drawn_whole_and_told_in_part():
    states = torch.randn(13, 4, 8, generator=torch.Generator().manual_seed(2))
    output = shown(show.layer_similarity, states, ["a", "b", "c", "d"], "BERT base")
    alt = alt_of(output)
    assert alt.startswith("BERT base. ") and "after layer 12" in alt and "after layer 7" not in alt
    assert png_of(output).shape[0] > 900


@pytest.mark.parametrize(
    ("states", "words", "told"),
    [
        (torch.ones(2, 3, 4), ["a", "b"], "There are 2 words, but the states have 3 positions"),
        (torch.ones(3, 4), ["a", "b", "c"], "should have the shape (layers + 1, T, D), not (3, 4)"),
        ([torch.ones(3, 4), torch.ones(2, 4)], ["a", "b", "c"], "should have one shape, (T, D); they have (3, 4), (2"),
        ([], ["a"], "they have none"),
        (torch.full((2, 3, 4), torch.nan), ["a", "b", "c"], "NaN"),
        (torch.tensor([[[1.0, 0.0], [0.0, 0.0]]]), ["a", "b"], "word 1 after layer 0 is all zeros"),
    ],
)
def test_states_that_cannot_be_compared_are_refused_in_one_sentence(states, words, told: str):
    with pytest.raises(ValueError, match=re.escape(told)):
        show.layer_similarity(states, words)


# The guesses


def test_the_guesses_are_told_likeliest_first_and_the_hidden_word_is_named():
    words = ["the", "cat", "[MASK]", "on", "a", "[MASK]"]
    output = shown(
        show.guesses, words, {5: {"bed": 0.2, "mat": 0.5}, 2: {"sat": 0.7, "lay": 0.2}}, {2: "sat", 5: "log"}
    )
    alt = alt_of(output)
    assert "A sentence with hidden words: the cat [1] on a [2]." in alt
    assert "[1] sat 0.70, lay 0.20 (hidden: sat, among them)" in alt
    assert "[2] mat 0.50, bed 0.20 (hidden: log, not among them)" in alt
    page = output.data["text/html"]
    assert "<b>sat ✓</b>" in page and "hidden: log" in page and "hidden: sat" not in page


def test_what_stands_at_a_hidden_place_is_not_shown():
    output = shown(show.guesses, ["the", "secret", "sat"], {1: {"cat": 0.9}})
    assert "secret" not in alt_of(output) + output.data["text/html"]


def test_hangul_is_hangul_on_the_page_and_latin_letters_in_the_picture():
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of a glyph that its typeface does not have
        output = shown(show.guesses, KOREAN, {0: {"고양이": 0.6, "개": 0.3}}, KOREAN, title="알림")
    page = output.data["text/html"]
    assert "고양이 ✓" in page and "개" in page and "매트" in page and "##" not in page


def test_words_are_no_markup_and_no_mathematics():
    output = shown(show.guesses, ["a$b$c", "x"], {1: {"<script>": 0.5, "$\\frac{$": 0.2}})
    assert "<script>" not in output.data["text/html"] and "&lt;script&gt;" in output.data["text/html"]


def test_the_truth_may_be_the_whole_sentence():
    alt = alt_of(shown(show.guesses, ["the", "[MASK]"], {1: {"cat": 0.5}}, ["the", "cat"]))
    assert "(hidden: cat, among them)" in alt


@pytest.mark.parametrize(
    ("words", "given", "truth", "told"),
    [
        (["a"], {}, None, "at least one hidden place"),
        (["a"], {1: {"b": 0.5}}, None, "Place 1 lies outside the sentence: its 1 words count from 0"),
        (["a"], {0: {}}, None, "The guesses for place 0 should be {word: probability}"),
        (["a"], {0: {"b": 1.5}}, None, "those for place 0: 1.5 among them"),
        (["a"], {0: {"b": float("nan")}}, None, "those for place 0: nan among them"),
        (["a"], {0: {"b": 0.8, "c": 0.7}}, None, "those for place 0: 1.5 in all"),
        (["a", "b"], {0: {"b": 0.8}}, ["a"], "truth is the 2 words of the whole sentence"),
    ],
)
def test_guesses_that_do_not_fit_are_refused_in_one_sentence(words, given, truth, told: str):
    with pytest.raises(ValueError, match=re.escape(told)):
        show.guesses(words, given, truth)

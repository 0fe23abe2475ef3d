"""The pictures of lesson 09: padding, the learning rate, translations as training goes on, gold links."""

from __future__ import annotations

import pytest
import torch
from test_show import _a_shell, alt_of, drawn, shown  # noqa: F401 - a shell for every picture
from test_show_encoder import widget_of

from classroom import show
from classroom.show.translation.diary import marked
from classroom.show.translation.padding import ROWS, SENTENCES, sentence_lengths, widths
from classroom.show.translation.rates import peak

SOURCES, REFERENCES = ["고양이가 잔다", "개가 왔다"], ["the cat sleeps", "the dog came"]


def test_a_batch_is_as_wide_as_its_longest_sentence_and_sorting_wastes_least():
    lengths = sentence_lengths()
    assert len(lengths) == SENTENCES and max(lengths[:ROWS]) == widths(lengths)[0]
    assert sum(lengths) < sum(widths(sorted(lengths))) < sum(widths(lengths)) < SENTENCES * 40


def test_the_padding_that_is_told_is_the_padding_that_is_drawn():
    lengths = sentence_lengths()
    told = alt_of(shown(show.padding))
    for wide in ([40] * SENTENCES, widths(lengths), widths(sorted(lengths))):
        assert f"{1 - sum(lengths) / sum(wide):.0%} of all cells are padding" in told


def test_the_highest_rate_is_the_papers():
    assert peak(512, 4_000) == pytest.approx(512**-0.5 * 4_000**-0.5)
    assert peak(512, 4_000) == pytest.approx(512**-0.5 * 4_000 * 4_000**-1.5)


def test_both_controls_of_the_rate_change_the_picture_and_what_is_said():
    width, warmup, picture, said = widget_of(show.rates).children
    for control, value in ((width, 128), (warmup, 9_000)):
        before = drawn(picture), said.value
        control.value = value
        assert drawn(picture) != before[0] and said.value != before[1]
    assert "9,000" in said.value and "128" in said.value


def test_a_word_is_marked_that_the_reference_does_not_have_so_often():
    assert marked("the the dog", "the cat dog") == [("the", True), ("the", False), ("dog", True)]
    assert marked("", "the cat") == []


def test_translations_stand_under_their_source_with_errors_marked_and_right_ones_ticked():
    diary = {"update 40": ["the the", ""], "the end": ["the cat sleeps", "the <dog> went"]}
    output = shown(show.translations, SOURCES, REFERENCES, diary, "as it goes on")
    page = output.data["text/html"]
    assert "고양이가 잔다" in page and "the cat sleeps ✓" in page and "(nothing)" in page
    assert "<dog>" not in page and ">went</span>" in page
    assert ">Underlined</span>: not in the reference" in page and "<b>✓</b>: the whole sentence is right" in page
    told = alt_of(output)
    assert "the end: “the cat sleeps”, right" in told and "“the dog came”" in told


@pytest.mark.parametrize(
    "references, diary, said",
    [
        (REFERENCES[:1], {"a": SOURCES}, "references"),
        (REFERENCES, {"update 40": ["one"]}, "update 40"),
        (REFERENCES, {"update 40": "ab"}, "update 40"),
        (REFERENCES, {}, "at least one"),
    ],
)
def test_translations_that_do_not_fit_together_are_refused_in_a_sentence(references, diary, said):
    with pytest.raises(ValueError, match=said):
        show.translations(SOURCES, references, diary)


def test_known_links_are_framed_and_counted():
    weights = torch.tensor([[0.9, 0.1], [0.8, 0.2]])
    output = shown(show.alignment, weights, ["cat", "sleeps"], ["고양이", "잔다"], "where", [(0, 0), (1, 1)])
    assert output.data["text/html"].count("2px solid") == 2
    assert "Of 2 words with a known link, 1 look most at one of theirs" in alt_of(output)
    assert "2px solid" not in shown(show.alignment, weights, ["a", "b"], ["가", "나"], "where").data["text/html"]

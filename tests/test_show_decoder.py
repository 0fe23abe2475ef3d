"""The widgets of the decoder: the mask explorer, and the translation that is written word by word."""

from __future__ import annotations

import base64
import html
import re
import warnings
import xml.etree.ElementTree as ElementTree

import ipywidgets
import numpy as np
import pytest
import torch
from test_show import WIDGET, _a_shell, alt_of, drawn, pixels, shown  # noqa: F401 - a shell for every picture
from test_show_encoder import widget_of

from classroom import show
from classroom.show import style
from classroom.show.decoder.masks import mask
from classroom.show.decoder.scene import scene

SOURCE = ["고양이", "##가", "매트", "##에", "앉", "##았다"]
WRITTEN = ["the", "cat", "sat", "on", "the", "mat", "eos"]
SVG = "{http://www.w3.org/2000/svg}"


def weights(looks: list[int], s: int = len(SOURCE), most: float = 0.9) -> torch.Tensor:
    """(T, S): step t gives `most` to the source word looks[t], and the rest to the others alike."""
    given = torch.full((len(looks), s), (1 - most) / (s - 1), dtype=torch.float64)
    given[torch.arange(len(looks)), looks] = most
    return given


LOOKS = weights([0, 0, 4, 3, 2, 2, 5])


# The mask


@pytest.mark.parametrize("real", [1, 3, 6])
def test_the_mask_is_that_of_torch_with_true_for_may_attend(real: int):
    causal = torch.ones(6, 6).tril().bool()
    padding = (torch.arange(6) < real).expand(6, 6)
    assert np.array_equal(mask(True, False, real, 6), causal)
    assert np.array_equal(mask(False, True, real, 6), padding)
    assert np.array_equal(mask(True, True, real, 6), causal & padding)
    assert mask(False, False, real, 6).all()
    assert mask(True, True, real, 6).any(axis=1).all(), "nobody is left with nothing to attend to"


def the_masks() -> tuple[ipywidgets.Checkbox, ipywidgets.Checkbox, ipywidgets.IntSlider, ipywidgets.HTML, object]:
    return widget_of(show.mask_explorer).children


def share_of_blue(png: bytes) -> float:
    """Pixels of blue per cell that may attend, without those of the key."""
    blue = np.array([0, 114, 178])
    return float((np.abs(pixels(png) - blue).max(axis=2) < 12).sum())


def test_every_control_of_the_mask_changes_the_picture_and_what_is_said():
    causal, padding, length, picture, said = the_masks()
    for control, value in ((causal, False), (padding, False), (length, 2), (causal, True), (padding, True)):
        before = drawn(picture), said.value
        control.value = value
        assert drawn(picture) != before[0] and said.value != before[1]


def test_as_many_cells_are_blue_as_the_mask_has_true():
    causal, padding, length, picture, _ = the_masks()
    causal.value = padding.value = False
    all_64 = share_of_blue(drawn(picture))
    for on_causal, on_padding, real in ((True, False, 5), (False, True, 5), (True, True, 5), (True, True, 1)):
        causal.value, padding.value, length.value = on_causal, on_padding, real
        cells = mask(on_causal, on_padding, real, 8).sum()
        key = all_64 / (64 * (0.9 * 0.36) ** 2 + 0.27**2) * 0.27**2
        found = (share_of_blue(drawn(picture)) - key) / (all_64 - key) * 64
        assert abs(found - cells) < 0.5


def test_the_mask_explorer_says_who_sees_whom():
    causal, padding, length, _, said = the_masks()
    assert "Both masks: the future is hidden, and so is the padding" in said.value
    assert "“cat” (word 2) may attend to 3 of 8: bos, the, cat." in said.value and 'role="status"' in said.value
    causal.value = False
    assert "the future from nobody" in said.value and "5 of 8: bos, the, cat, sat, on." in said.value
    padding.value = False
    assert "No mask" in said.value and "8 of 8: bos, the, cat, sat, on, pad, pad, pad." in said.value
    causal.value = True
    assert "Real words see no pad even so" in said.value and "the rows of the pads do" in said.value
    length.value = 1
    assert "1 real word, 7 pad. Causal mask" in said.value and "“bos” (word 0) may attend to 1 of 8: bos." in said.value
    length.value = 8
    assert "8 real words, no pad." in said.value and "the rows of the pads" not in said.value


def test_the_controls_of_the_mask_have_labels_and_the_slider_waits():
    causal, padding, length, _, _ = the_masks()
    assert (causal.description, padding.description) == ("causal mask: hide the future", "padding mask: hide pad")
    assert length.description == "real words" and length.continuous_update is False


def test_the_still_picture_of_the_masks_tells_three_of_them():
    output = shown(show.mask_explorer)
    assert WIDGET in output.data
    alt = alt_of(output)
    assert "bos the cat sat on pad pad pad" in alt
    assert [alt.index(name) for name in ("Causal: ", "Padding: ", "Both: ")] == sorted(
        alt.index(name) for name in ("Causal: ", "Padding: ", "Both: ")
    )


@pytest.mark.parametrize("words", [["bos"], [], "bos the"])
def test_too_few_words_for_a_mask_are_refused(words):
    with pytest.raises(ValueError, match="a list of at least two words"):
        show.mask_explorer(words)


def test_two_words_are_enough_for_a_mask_and_words_are_no_markup():
    *_, said = widget_of(show.mask_explorer, ["<b>", "$x$"]).children
    assert "<b>" not in said.value and "&lt;b&gt;" in said.value


# The writing


def the_writing(*args, **kwargs):
    """Its parts: both buttons, slider, picture, what it says, the table."""
    box = widget_of(show.writing, *(args or (SOURCE, WRITTEN, LOOKS)), **kwargs)
    *_, hands, picture, said, table = box.children
    return (*hands.children, picture, said, table)


def words_in(svg: bytes) -> list[str]:
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def lines_in(svg: bytes) -> list[float]:
    """The widths of the lines from the word written to the source, thinnest first."""
    return sorted(float(path.get("stroke-width")) for path in ElementTree.fromstring(svg).iter(f"{SVG}path"))


def test_only_the_words_written_so_far_are_shown():
    for step in range(len(WRITTEN)):
        svg, _ = scene(["a", "b"], WRITTEN, np.full((7, 2), 0.5), step)
        found = [word for word in words_in(svg) if word in WRITTEN]
        assert found == WRITTEN[: step + 1]


def test_the_widest_line_leads_to_the_word_most_looked_at():
    svg, _ = scene(["a", "b", "c"], ["x"], np.array([[0.1, 0.895, 0.005]]), 0)
    assert lines_in(svg) == [1.5, 5.47], "a weight under 0.01 has no line"
    paths = {float(p.get("stroke-width")): p.get("d") for p in ElementTree.fromstring(svg).iter(f"{SVG}path")}
    boxes = [box for box in ElementTree.fromstring(svg).iter(f"{SVG}rect") if box.get("rx")]
    middle = float(boxes[1].get("x")) + float(boxes[1].get("width")) / 2
    assert f",{middle:.1f}," in paths[5.47]


def test_the_picture_of_the_writing_keeps_its_size():
    sizes = {scene(SOURCE, WRITTEN, LOOKS.numpy(), step)[0].split(b">")[0] for step in range(len(WRITTEN))}
    assert len(sizes) == 1


def test_long_sentences_are_broken_into_lines_within_the_page():
    svg, width = scene(["단어들"] * 40, ["word"] * 40, np.full((40, 40), 1 / 40), 39)
    right = [
        float(b.get("x")) + float(b.get("width")) for b in ElementTree.fromstring(svg).iter(f"{SVG}rect") if b.get("rx")
    ]
    assert width <= 802 and max(right) <= width
    assert len({b.get("y") for b in ElementTree.fromstring(svg).iter(f"{SVG}rect") if b.get("rx")}) > 4


def test_buttons_and_slider_step_through_the_writing_and_stop_at_its_ends():
    back, ahead, slider, picture, said, _ = the_writing()
    assert slider.value == 1 and "Word 1 of 7. Nothing is written yet. Now: <b>the</b>" in said.value
    assert "“고양이” 0.90" in said.value and 'role="status"' in said.value
    first = drawn(picture)
    back.click()
    assert slider.value == 1 and drawn(picture) == first
    ahead.click()
    ahead.click()
    assert slider.value == 3 and drawn(picture) != first
    assert "Written so far: the cat. Now: <b>sat</b>; the decoder attends to “앉” 0.90" in said.value
    slider.value = 7
    assert said.value.count("That is the last word.") == 1
    ahead.click()
    assert slider.value == 7
    back.click()
    assert slider.value == 6 and "last word" not in said.value


def test_the_writing_has_all_its_numbers_in_a_table():
    *_, table = the_writing()
    rows = re.findall(r"<tr>.*?</tr>", table.value)
    assert len(rows) == 1 + len(WRITTEN)
    assert [html.unescape(word) for word in re.findall(r"<th scope='col'[^>]*>(.*?)</th>", rows[0])] == [
        "word", "고양이", "-가", "매트", "-에", "앉", "-았다"
    ]  # fmt: skip
    assert re.findall(r"<td[^>]*>(.*?)</td>", rows[3]) == ["0.02", "0.02", "0.02", "0.02", "0.90", "0.02"]


def test_the_alt_text_of_the_writing_says_what_each_word_comes_from():
    alt = alt_of(shown(show.writing, SOURCE, WRITTEN, LOOKS, title="One sentence"))
    assert alt.startswith("One sentence. A decoder writes “the cat sat on the mat eos” word by word from “고양이 -가")
    assert "“sat” from “앉” 0.90" in alt and "“the” (word 4) from “매트” 0.90" in alt


def test_the_still_picture_has_latin_letters_where_its_typeface_has_no_hangul():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        output = shown(show.writing, SOURCE, WRITTEN, LOOKS, title="한국어")
    assert WIDGET in output.data and "text/html" not in output.data
    assert pixels(base64.b64decode(output.data["image/png"])).shape[1] <= 8.5 * style.DPI


def test_weights_may_be_a_batch_of_one_that_still_has_its_graph():
    assert alt_of(shown(show.writing, ["a"], ["x"], torch.ones(1, 1, 1, requires_grad=True))).endswith("“a” 1.00.")


def test_words_of_the_writing_are_no_markup():
    *_, picture, said, table = the_writing(["<i>", "&"], ["<b>x", "y"], [[0.5, 0.5]] * 2, title="<u>")
    assert "<i>" in words_in(drawn(picture))
    for part in (said.value, table.value):
        assert "<i>" not in part and "<b>x" not in part


def test_a_step_that_attends_to_nothing_says_so():
    *_, said, _ = the_writing(["a"], ["x"], [[0.0]])
    assert "the decoder attends to nothing at all" in said.value


@pytest.mark.parametrize(
    ("source", "written", "given", "told"),
    [
        (["a", "b"], ["x"], [[1.0]], "weights is 1 × 1; for 1 written and 2 source words it should be 1 × 2."),
        (["a"], ["x"], [1.0], "weights should have 2 dimensions"),
        (["a"], ["x"], [[float("nan")]], "NaN or infinity"),
        (["a"], ["x"], [[3.0]], "from 3 to 3: are they scores"),
        ([], ["x"], [[1.0]], "source_words is a list of words"),
        (["a"], "x", [[1.0]], "written_words is a list of words"),
    ],
)
def test_what_cannot_be_written_is_refused_in_one_sentence(source, written, given, told: str):
    with pytest.raises(ValueError, match=re.escape(told)):
        show.writing(source, written, given)

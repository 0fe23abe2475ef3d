"""The head view: what reaches the notebook, its size, its words, its table, and what it says to what does not fit."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.colors import to_rgb
from test_show import alt_of, pixels, shown
from torch import Tensor

from classroom import show
from classroom.show.heads.latin import latin
from classroom.show.heads.sheet import colour

WORDS = ["the", "cat", "sat", "on", "the", "mat"]
TWELVE = ["the", "cat", "sat", "on", "the", "mat", "while", "a", "dog", "lay", "there", "too"]
KOREAN = ["고양이", "가", "매트", "에", "앉았다"]


@pytest.fixture(autouse=True)
def _a_shell() -> Iterator[None]:
    InteractiveShell.instance()
    yield
    InteractiveShell.clear_instance()


def weights(*shape: int, scale: float = 1.5, seed: int = 0) -> Tensor:
    """Rows that sum to 1, of shape `shape`, drawn from a seed; the larger the scale, the more uneven."""
    return torch.softmax(scale * torch.randn(*shape, generator=torch.Generator().manual_seed(seed)), -1)


def page_of(*args, **kwargs) -> str:
    return shown(show.head_view, *args, **kwargs).data["text/html"]


class Parsed(HTMLParser):
    """All elements of a page, in order: (tag, attributes); and the text of its tables' cells."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.cells: list[str] = []
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("td", "th"):
            self.cells.append("")
        self.inside = tag in ("td", "th") or (self.inside and tag not in ("tr", "table"))

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "table"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.cells[-1] += data

    def all(self, tag: str, css: str = "") -> list[dict]:
        return [a for name, a in self.elements if name == tag and (not css or css in a.get("class", "").split())]


def test_one_output_holds_the_page_the_picture_and_the_alt_text():
    output = shown(show.head_view, weights(2, 4, 6, 6), WORDS, title="An encoder")
    assert set(output.data) == {"text/html", "image/png", "text/plain"}
    assert output.data["text/plain"] == alt_of(output)
    assert alt_of(output).startswith("An encoder. Head view of encoder (2 × 4) (layers × heads).")
    assert Parsed(output.data["text/html"]).all("img")[0]["alt"] == alt_of(output)


@pytest.mark.parametrize("scale", [0.0, 0.5, 1.5, 4.0], ids=["uniform", "flat", "uneven", "sharp"])
def test_two_layers_of_eight_heads_on_twelve_words_are_less_than_100_kilobytes(scale):
    assert len(page_of(weights(2, 8, 12, 12, scale=scale), TWELVE).encode()) < 100_000
    assert len(page_of(weights(2, 8, 12, 12, scale=scale), TWELVE, sentence_b=6).encode()) < 125_000


def test_there_is_no_script_and_nothing_is_loaded_from_anywhere():
    page = page_of(weights(1, 2, 6, 6), WORDS)
    assert "<script" not in page and not re.search(r"\bon\w+=|@import|url\(|https?:", page)
    assert [a["src"][:22] for a in Parsed(page).all("img")] == ["data:image/png;base64,"]


def test_every_weight_from_2_percent_up_is_a_line_and_the_page_says_what_is_left_out():
    attention = torch.tensor([[0.9, 0.081, 0.019], [0.0, 1.0, 0.0], [0.02, 0.0, 0.98]], dtype=torch.float64)
    page = page_of(attention, ["a", "b", "c"])
    lines = re.findall(r"M0,(\d),9,(\d)", page)
    assert sorted(lines) == [("0", "0"), ("0", "1"), ("1", "1"), ("2", "0"), ("2", "2")]
    assert "weights under 2 % are left out" in page


def test_a_line_is_as_opaque_as_its_weight_to_a_tenth():
    page = page_of(torch.tensor([[1.0, 0.0], [0.22, 0.78]]), ["a", "b"])
    assert {m[1]: float(m[0]) for m in re.findall(r"<path opacity=([\d.]+) d=M0,1,9,(\d) />", page)} == {
        "0": 0.2,
        "1": 0.8,
    }


def test_the_words_say_what_a_word_attends_to_in_which_head():
    attention = torch.zeros(1, 2, 3, 3)
    attention[0, 0] = torch.eye(3)
    attention[0, 1] = torch.tensor([[0.83, 0.17, 0.0], [0.83, 0.1, 0.07], [0.0, 0.0, 1.0]])
    page = page_of(attention, ["the", "cat", "sat"])
    said = re.search(r"<b>cat</b> →(.*?)</div>", page)[1]
    assert re.sub("<[^>]+>", "|", said).strip("|").split("||") == [
        "cat 1.00 (head 0)",
        "the 0.83, cat 0.10, sat 0.07 (head 1)",
    ]
    spoken = [a["aria-label"] for a in Parsed(page).all("div", "w")]
    assert spoken[1] == "cat attends most to cat, 1.00 (head 0 of layer 0)"


def test_a_word_that_occurs_twice_is_told_apart_by_its_position():
    page = page_of(torch.eye(6), WORDS)
    assert "<b>the [4]</b> →" in page and "the [4] 1.00 (head 0)" in page


def test_every_word_takes_the_keyboards_focus_and_every_control_has_a_name():
    parsed = Parsed(page_of(weights(2, 4, 6, 6), WORDS, sentence_b=3))
    assert len(parsed.all("div", "w")) == 12 and all(a["tabindex"] == "0" for a in parsed.all("div", "w"))
    names = [a["aria-label"] for a in parsed.all("input") if "hidden" not in a]
    assert names[:6] == ["layer 0", "layer 1", "head 0", "head 1", "head 2", "head 3"]
    assert "only head 3" in names and "from sentence B to sentence A" in names
    assert all(names)


def test_two_views_of_the_same_weights_share_no_id_and_no_group_of_buttons():
    one, two = (Parsed(page_of(weights(2, 2, 6, 6), WORDS)) for _ in range(2))

    def own(parsed: Parsed) -> set[str]:
        return {a[key] for _, a in parsed.elements for key in ("id", "name") if key in a}

    assert len(own(one)) > 3 and not own(one) & own(two)
    assert len(one.all("form")) == 1


def test_every_rule_of_the_style_sheet_is_of_this_view_only():
    page = page_of(weights(2, 2, 6, 6), WORDS, sentence_b=3)
    view = re.search(r'<div id="([^"]+)"', page)[1]
    sheet = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    selectors = [s.strip() for rule in re.findall(r"([^{}]+)\{", sheet) for s in rule.split(",")]
    assert len(selectors) > 40 and all(re.match(rf"#{view}(?![\w-])", s) for s in selectors)


def test_the_table_says_the_same_for_every_layer_head_and_word():
    attention = weights(2, 3, 6, 6, scale=4)
    parsed = Parsed(page_of(attention, WORDS))
    assert len(parsed.all("table")) == 2 and len(parsed.all("td")) == 2 * 3 * 6
    for layer in range(2):
        row = parsed.cells[layer * 28 + 4 : layer * 28 + 8]  # the head of the table, then "the [0]" and three heads
        assert row[0] == "the [0]"
        for head in range(3):
            place = int(attention[layer, head, 0].argmax())
            assert row[1 + head].startswith(f"{WORDS[place]}{f' [{place}]' if place in (0, 4) else ''} ")
            assert f"{attention[layer, head, 0].max():.2f}" in row[1 + head]


def test_encoder_decoder_and_cross_attention_are_a_choice():
    given = {"encoder": weights(2, 4, 5, 5), "decoder": weights(2, 4, 6, 6), "cross-attention": weights(3, 4, 6, 5)}
    page = page_of(given, KOREAN, WORDS)
    parsed = Parsed(page)
    assert [a["data-t"] for a in parsed.all("input") if a["name"].endswith("-kind")] == list(given)
    assert page.count("<table>") == 7
    assert page.count("The encoder has 2 layers: none of this number.") == 1
    left = [a["aria-label"] for a in parsed.all("div", "w")]
    assert len(left) == 2 * 5 + 2 * 6 + 3 * 6
    assert left[-1].startswith("mat attends most to ") and any(word in left[-1] for word in KOREAN)


def test_without_names_a_target_makes_it_cross_attention():
    output = shown(show.head_view, weights(1, 2, 6, 5), KOREAN, WORDS)
    assert "cross-attention, layer 0" in alt_of(output)
    assert "“mat” attends most to “" in alt_of(output)


def test_korean_words_are_text_in_the_page_and_latin_letters_in_the_picture():
    output = shown(show.head_view, weights(1, 2, 5, 5), KOREAN)
    assert "고양이" in output.data["text/html"] and "고양이" in alt_of(output)
    assert [latin(word) for word in KOREAN] == ["go-yang-i", "ga", "mae-teu", "e", "an-at-da"]
    assert latin("읽은 책, OK") == "ik-eun chaek, OK"


@pytest.mark.parametrize("heads", [3, 4, 8])
def test_every_heads_own_colour_is_in_both_pictures(heads):
    output = shown(show.head_view, weights(1, heads, 12, 12, scale=2.5), TWELVE)
    inside = re.search(r"data:image/png;base64,([^\"]+)", output.data["text/html"])[1]
    for picture in (output.data["image/png"], inside):
        seen = pixels(base64.b64decode(picture))
        for head in range(heads):
            own = 255 * np.array(to_rgb(colour(head)))
            assert np.abs(seen - own).max(axis=2).min() < 12, head


def test_words_that_look_like_markup_are_shown_as_they_are():
    page = page_of(torch.eye(2), ["<bos>", '"&"'])
    assert "&lt;bos&gt;" in page and "<bos>" not in page and "&quot;&amp;&quot;" in page


@pytest.mark.parametrize(
    "given",
    [
        weights(2, 4, 6, 6),
        weights(2, 4, 6, 6).numpy(),
        list(weights(2, 4, 6, 6)),
        [layer[None] for layer in weights(2, 4, 6, 6)],
        weights(2, 4, 6, 6)[:, None],
        weights(2, 4, 6, 6).requires_grad_(),
    ],
    ids=["a tensor", "numpy", "a list", "a list with a batch", "a batch of one", "a graph"],
)
def test_weights_may_come_in_each_form_that_models_give_them(given):
    unique = r"heads-[\w]+-\d+|Head view \d+"
    assert re.sub(unique, "", page_of(given, WORDS)) == re.sub(unique, "", page_of(weights(2, 4, 6, 6), WORDS))


def test_layer_and_heads_may_be_chosen_beforehand():
    parsed = Parsed(page_of(weights(3, 4, 6, 6), WORDS, layer=2, heads=[1, 3]))
    on = [a["aria-label"] for a in parsed.all("input") if "checked" in a and "hidden" not in a]
    assert on == ["layer 2", "head 1", "head 3", "all heads that are switched on"]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: show.head_view(weights(2, 4, 6, 6), WORDS[:5]), "6 × 6 in each head, but there are 5 words"),
        (lambda: show.head_view(weights(6), WORDS), r"should have the shape \(layers, heads, T, S\)"),
        (lambda: show.head_view(weights(2, 3, 4, 6, 6), WORDS), "of one sentence; it has"),
        (lambda: show.head_view(torch.randn(6, 6) * 9, WORDS), "are they scores, from before softmax"),
        (lambda: show.head_view(torch.rand(6, 6) * 9, WORDS), "go from .* are they scores, from before softmax"),
        (lambda: show.head_view(torch.full((1, 2, 6, 6), torch.nan), WORDS), "NaN or infinity, first in layer 0"),
        (lambda: show.head_view("weights", WORDS), "should be numbers"),
        (lambda: show.head_view([], WORDS), "an empty list"),
        (lambda: show.head_view([weights(2, 6, 6), weights(3, 6, 6)], WORDS), "should have one shape"),
        (lambda: show.head_view(weights(2, 4, 6, 6), "the cat sat"), "tokens is a list of words"),
        (lambda: show.head_view(weights(6, 6), [1, 2, 3, 4, 5, 6]), "holds words as text; 1 is a int"),
        (lambda: show.head_view(weights(6, 6), WORDS, sentence_b=6), "from 1 to 5, not 6"),
        (lambda: show.head_view({"crossed": weights(6, 6)}, WORDS), "attention names 'crossed'"),
        (lambda: show.head_view({"decoder": weights(6, 6)}, WORDS), "give them as target"),
        (lambda: show.head_view(weights(2, 4, 6, 6), WORDS, layer=2), "layer counts from 0 to 1 here; it is 2"),
        (lambda: show.head_view(weights(2, 4, 6, 6), WORDS, heads=[4]), "heads count from 0 to 3"),
        (lambda: show.head_view(weights(12, 12, 40, 40, scale=0.1), ["w"] * 40), "more than the 20,000"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_one_sentence(call, says):
    with pytest.raises(ValueError, match=says) as refused:
        call()
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 250


def test_rows_that_do_not_sum_to_1_are_said_not_to():
    assert "Not every row sums to 1." in page_of(torch.full((2, 2), 0.25), ["a", "b"])
    assert "Not every row" not in page_of(torch.full((2, 2), 0.5), ["a", "b"])

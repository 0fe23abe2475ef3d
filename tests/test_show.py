"""The pictures: what reaches the notebook, what the alt text says, and the committed figures."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import ipywidgets
import matplotlib
import nbformat
import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import RichOutput, capture_output
from nbclient import NotebookClient
from PIL import Image

from classroom import show
from classroom.reach import reach
from classroom.show import style

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "assets" / "figures"
WIDGET = "application/vnd.jupyter.widget-view+json"
CAUSAL = torch.ones(5, 5).tril().bool()


@pytest.fixture(autouse=True)
def _a_shell() -> Iterator[None]:
    """Pictures go to IPython's display, which needs a shell."""
    InteractiveShell.instance()
    yield
    InteractiveShell.clear_instance()


def shown(draw, *args, **kwargs) -> RichOutput:
    """The one output that a picture publishes."""
    with capture_output() as captured:
        assert draw(*args, **kwargs) is None
    assert captured.stderr == "" and captured.stdout == ""
    (output,) = captured.outputs
    return output


def alt_of(output: RichOutput) -> str:
    return output.metadata["image/png"]["alt"]


def drawn(picture: ipywidgets.HTML) -> bytes:
    """The picture that a live view shows now, as it is in its HTML."""
    return base64.b64decode(re.search(r'src="data:image/[a-z+]+;base64,([^"]+)"', picture.value)[1])


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=float)


def patches(picture: np.ndarray, size: int = 32) -> np.ndarray:
    """The mean colour of each square of 32 pixels.

    Matplotlib 3.10 sets the type of these figures a hair differently from 3.11: up to 3.8 in the mean over all
    pixels, 15 in a square. Two columns missing from a matrix are 1.9 in the mean and 50 in a square.
    """
    height, width = (side // size * size for side in picture.shape[:2])
    return picture[:height, :width].reshape(height // size, size, width // size, size, 3).mean((1, 3))


def a_picture() -> bytes:
    with style.figure(2, 1) as fig:
        fig.text(0.1, 0.5, "word")
        return style.png(fig)


@pytest.fixture
def drawing(monkeypatch):
    """assets/figures/draw.py, imported as its own command would."""
    monkeypatch.syspath_prepend(str(FIGURES))
    import draw

    return draw


def test_a_bundle_holds_the_picture_its_alt_text_and_the_widget():
    box = ipywidgets.VBox([])
    output = shown(style.publish, a_picture(), "a word", box)
    assert set(output.data) == {"image/png", "text/plain", WIDGET}
    assert output.data["text/plain"] == "a word"
    assert output.data[WIDGET]["model_id"] == box.model_id
    assert output.metadata["image/png"] == {"alt": "a word", "width": 192}


def test_without_a_widget_the_bundle_promises_none():
    output = shown(style.publish, a_picture(), 'a "word"')
    assert set(output.data) == {"image/png", "text/plain", "text/html"}
    assert 'alt="a &quot;word&quot;"' in output.data["text/html"]  # JupyterLab shows an output's PNG without its alt
    assert f'base64,{output.data["image/png"]}"' in output.data["text/html"]


def test_outside_ipython_the_alt_text_is_printed():
    code = "from classroom import show; show.attention([[1.0]], ['cat'])"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("Attention matrix") and "“cat” looks most at “cat” (1.00)" in ran.stdout
    assert ran.stderr == ""


def test_the_same_drawing_gives_the_same_bytes():
    assert a_picture() == a_picture()


def test_a_students_rcparams_do_not_change_the_pictures_nor_the_pictures_the_rcparams():
    plain = a_picture()
    with matplotlib.rc_context({"font.size": 30, "savefig.bbox": "tight", "text.color": "red"}):
        assert a_picture() == plain
        assert matplotlib.rcParams["font.size"] == 30


def test_the_attention_matrix_says_what_each_word_looks_at_most():
    weights = torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]], requires_grad=True)
    alt = alt_of(shown(show.attention, weights, ["je", "dors"], ["I", "am", "sleeping"], title="French"))
    assert alt.startswith("French. Attention matrix")
    assert "“je” looks most at “I” (0.70); “dors” looks most at “sleeping” (0.80)" in alt
    assert "Each row sums to 1" in alt


def test_a_word_that_occurs_twice_is_told_apart_by_its_position():
    alt = alt_of(shown(show.attention, torch.eye(3), ["the", "cat", "the"]))
    assert "“the” (word 2) looks most at “the” (word 2)" in alt


def test_rows_that_do_not_sum_to_1_are_not_said_to():
    alt = alt_of(shown(show.attention, torch.tensor([[0.5, 0.5], [0.9, 0.9]]), ["a", "b"]))
    assert "1 of 2 rows does not sum to 1" in alt and "Each row" not in alt


def test_nan_weights_are_drawn_and_named():
    alt = alt_of(shown(show.attention, torch.tensor([[torch.nan, 1.0], [0.0, 1.0]]), ["a", "b"]))
    assert "“a” has NaN in its row" in alt


def test_words_that_do_not_fit_the_weights_are_refused_with_both_numbers():
    with pytest.raises(ValueError, match="2 words for 3 positions"):
        show.attention(torch.eye(3), ["a", "b"])


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: x * 2, torch.eye(5).bool()),
        (lambda x: x.cumsum(0), CAUSAL),
        (lambda x: x.mean(0, keepdim=True).expand(5, -1), torch.ones(5, 5).bool()),
        (lambda x: x[1:3], torch.eye(5).bool()[1:3]),
        (lambda x: torch.ones(2, 3), torch.zeros(2, 5).bool()),
        (lambda x: x / (x - x), torch.ones(5, 5).bool()),
    ],
    ids=["each word alone", "cumulative sum", "mean", "two of five words", "a constant", "nan spoils all"],
)
def test_reach_of_a_known_function_is_right(function, expected):
    torch.manual_seed(0)
    found = reach(function, torch.randn(5, 3))
    assert found.dtype == torch.bool and torch.equal(found, expected)


def test_reach_works_on_a_module_with_float32_parameters_and_under_no_grad():
    torch.manual_seed(0)
    layer = torch.nn.Linear(3, 2)
    with torch.no_grad():
        assert torch.equal(reach(layer, torch.randn(4, 3)), torch.eye(4).bool())


def test_reach_sees_what_float32_would_round_away():
    scores = torch.tensor([[0.0, 120.0], [0.0, 0.0]])
    found = reach(lambda x: torch.softmax(scores.to(x.dtype), -1) @ x, torch.randn(2, 3))
    assert found.all()


def test_a_leak_past_the_mask_is_named_in_the_alt_text():
    leaking = CAUSAL.clone()
    leaking[2, 4] = True
    alt = alt_of(shown(show.reach, leaking, CAUSAL))
    assert "disagree in 1 cell: word 2 can see word 4, though the mask hides it" in alt


def test_a_word_that_should_be_seen_and_is_not_is_named_by_its_word():
    blind = CAUSAL.clone()
    blind[3, 1] = False
    alt = alt_of(shown(show.reach, blind, CAUSAL, words=["I", "love", "you", "very", "much"]))
    assert "“very” cannot see “love”, though the mask allows it" in alt


def test_a_disagreement_is_drawn_too():
    leaking = CAUSAL.clone()
    leaking[2, 4] = True
    vermillion = np.array([213, 94, 0])

    def outlined(output: RichOutput) -> int:
        far = np.abs(pixels(base64.b64decode(output.data["image/png"])) - vermillion).max(axis=2)
        return int((far < 12).sum())

    assert outlined(shown(show.reach, CAUSAL, CAUSAL)) == 0
    assert outlined(shown(show.reach, leaking, CAUSAL)) > 100


def test_a_reach_map_equal_to_its_mask_is_said_to_be():
    padding = torch.tensor([True, True, True, False, False])
    alt = alt_of(shown(show.reach, padding.expand(5, 5), padding))
    assert "agree in every cell" in alt and "disagree" not in alt


def the_explorer() -> tuple[ipywidgets.FloatSlider, ipywidgets.HTML, ipywidgets.HTML]:
    published = {}
    original, style.publish = style.publish, lambda png, alt, widget=None: published.update(widget=widget)
    try:
        show.softmax_explorer()
    finally:
        style.publish = original
    return published["widget"].children


def test_moving_the_slider_changes_the_picture_and_the_words_under_it():
    slider, picture, said = the_explorer()
    before = drawn(picture), said.value
    slider.value = 8.0
    assert drawn(picture) != before[0] and said.value != before[1]
    assert "0.9997" in said.value and "0.0003" in said.value
    slider.value = 1.0
    assert (drawn(picture), said.value) == before


def test_the_slider_has_a_label_and_moves_only_when_let_go():
    slider, _, _ = the_explorer()
    assert slider.description == "scores times" and slider.continuous_update is False


def test_the_explorers_still_picture_tells_three_scales():
    output = shown(show.softmax_explorer)
    assert WIDGET in output.data
    assert "scores times 0.1: largest weight 0.231" in alt_of(output)
    assert "scores times 8: largest weight 1.000, on cat, and the steepest slope p(1 − p) is 0.0003" in alt_of(output)


def test_the_spread_of_scores_grows_with_the_root_of_d_k_unless_divided_by_it():
    undivided, divided = alt_of(shown(show.score_spread, (4, 64))).split("Divided by")
    assert "d_k = 4: standard deviation 2.0" in undivided and "d_k = 64: standard deviation 8.0" in undivided
    assert "d_k = 4: standard deviation 1.0" in divided and "d_k = 64: standard deviation 1.0" in divided


def test_timing_says_the_numbers_and_the_ratio_at_the_longest_length():
    alt = alt_of(shown(show.timing, [8, 1024], {"loop": [2e-4, 0.04], "matrix": [3e-5, 0.002]}))
    assert "loop: 200 µs at 8, 40 ms at 1,024; matrix: 30 µs at 8, 2 ms at 1,024" in alt
    assert "At 1,024 words, loop takes 20 times as long as matrix" in alt


def test_the_lookup_tells_each_words_match_and_weight():
    keys = torch.tensor([[1.0, 0.0], [-1.0, 0.5]])
    alt = alt_of(shown(show.lookup, torch.tensor([2.0, 1.0]), keys, ["cat", "mat"], [0.9, 0.1]))
    assert "“cat”: query · key 2.00, weight 0.90; “mat”: query · key -1.50, weight 0.10" in alt


def test_the_committed_figures_are_what_their_scripts_draw(drawing):
    assert {path.name for path in FIGURES.glob("*.png")} == set(drawing.FIGURES)
    for name, (draw, _) in drawing.FIGURES.items():
        fresh, kept = pixels(style.png(draw())), pixels((FIGURES / name).read_bytes())
        assert fresh.shape == kept.shape, name
        assert np.abs(patches(fresh) - patches(kept)).max() < 25, name
        if f"matplotlib=={matplotlib.__version__}\n" in (ROOT / "constraints.txt").read_text():
            assert np.abs(fresh - kept).mean() < 2, name


def test_every_figure_is_small_and_has_alt_text(drawing):
    for name, (_, alt) in drawing.FIGURES.items():
        assert (FIGURES / name).stat().st_size < 90_000
        assert 100 < len(alt) < 1500 and alt.endswith(".")


def test_the_numbers_in_the_query_key_value_figure_are_those_of_its_vectors(drawing):
    figure = drawing.query_key_value
    matches = [sum(q * k for q, k in zip(figure.QUERY.tolist(), key, strict=True)) for key in figure.KEYS.tolist()]
    grown = np.exp(np.array(matches) / np.sqrt(2))
    weights = grown / grown.sum()
    written = {text.get_text() for text in figure.draw().axes[0].texts}
    assert {f"{weight:.2f}" for weight in weights} <= written
    by_hand = np.round(weights, 2) @ figure.VALUES.double().numpy()
    assert f"({by_hand[0]:.2f}, {by_hand[1]:.2f})" in written


@pytest.mark.parametrize("lesson", range(1, 10))
def test_the_course_map_lights_each_lesson_and_only_that_one(drawing, lesson):
    course_map = drawing.course_map
    words = course_map.draw(lesson).axes[0].texts
    bold = [text.get_text() for text in words if text.get_weight() == "bold"]
    assert bold == [course_map.LESSONS[lesson - 1]]
    assert f"Lit: lesson {lesson}, {course_map.LESSONS[lesson - 1]}" in course_map.alt(lesson)


def test_a_real_notebook_shows_every_picture_without_a_word_on_stderr():
    cell = nbformat.v4.new_code_cell(
        "import torch\nfrom classroom import show\nfrom classroom.reach import reach\n"
        "words = ['I', 'love', 'you']\n"
        "show.attention(torch.eye(3), words)\n"
        "show.reach(reach(lambda x: x.cumsum(0), torch.randn(3, 2)), torch.ones(3, 3).tril().bool(), words)\n"
        "show.softmax_explorer()\nshow.score_spread()\n"
        "show.timing([8, 16], {'loop': [0.1, 0.2], 'matrix': [0.01, 0.01]})\n"
        "show.lookup(torch.ones(2), torch.eye(3, 2), words, [0.4, 0.4, 0.2])"
    )
    notebook = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(notebook, timeout=120, store_widget_state=False, resources={"metadata": {"path": ROOT}}).execute()
    assert [output.output_type for output in cell.outputs] == ["display_data"] * 6
    for output in cell.outputs:
        assert output.metadata["image/png"]["alt"] == output.data["text/plain"]
    assert [WIDGET in output.data for output in cell.outputs] == [False, False, True, False, False, False]

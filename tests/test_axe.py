"""axe-core on a solved lesson as a web page, and on all that the course shows in JupyterLab, light and dark.

The feedback page and the class page are looked at in tests/test_feedback.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import axe
import pytest
from browser import ROOT, Lesson, course_copy, jupyterlab, opened
from conftest import need, need_browser
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook
from small_course import write_nb
from test_head_view_browser import page_at

EXPORTED = ("04_self_attention", "05_multi_head_attention")
ALL = """\
import sys
sys.path[:0] = [{root!r}, {tests!r}]
from every_picture import PICTURES
from classroom import check
for name in {names}:
    PICTURES[name]()"""
CHECKS = """\
import torch, math
from torch import nn
def scores(q, k): return q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
check("scores", scores)"""
WRONG = """\
def scores(q, k): return q @ k.transpose(-2, -1)
check("scores", scores)"""
UNWRITTEN = """\
def scores(q, k): raise NotImplementedError
check("scores", scores)"""
SHOWN = (  # one of each kind: plain, with a menu, sliders, boxes or buttons, with a table, with words in HTML
    "attention", "activation_explorer", "alignment", "encoder_stack", "guesses", "head_view", "layer_norm_explorer",
    "live_training", "mask_explorer", "receptive_field", "translations", "writing",
)  # fmt: skip
OUTPUTS = ".jp-Cell-outputArea"


@pytest.fixture(scope="module", autouse=True)
def _needs() -> None:
    need_browser()
    need(find_spec("playwright"), "playwright is not installed: pip install -e '.[test]'.")
    need(find_spec("axe_playwright_python"), "axe is not installed: pip install -e '.[test]'.")


@pytest.mark.parametrize("lesson_id", EXPORTED)
def test_a_solved_lesson_as_a_web_page(lesson_id: str, tmp_path: Path):
    exporter = HTMLExporter(mathjax_url="", require_js_url="")
    html, _ = exporter.from_filename(str(ROOT / "solutions" / lesson_id / f"{lesson_id}.ipynb"))
    (tmp_path / "lesson.html").write_text(html, encoding="utf-8")
    with page_at((tmp_path / "lesson.html").as_uri()) as (page, _, _):
        axe.check(page, "exported lesson")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lesson]:
    """Pictures of every kind and three answers of a check, open in JupyterLab."""
    here = tmp_path_factory.mktemp("axe")
    folder = course_copy(here / "course")
    code = ALL.format(root=str(ROOT), tests=str(ROOT / "tests"), names=SHOWN)
    cells = [new_code_cell(source, id=f"c{n}") for n, source in enumerate((code, CHECKS, WRONG, UNWRITTEN))]
    for cell in cells:
        cell.metadata["tags"] = ["raises-exception"]  # Run All goes on behind a check that fails
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    write_nb(folder / "views.ipynb", new_notebook(cells=cells, metadata=kernel))
    with jupyterlab(folder, here / "home") as address, opened(address, "views.ipynb", height=6000) as lesson:
        lesson.run_all()
        # JupyterLab's body has no height of its own: axe takes all that is in it for hidden, and skips colours.
        lesson.page.add_style_tag(content="body { overflow: visible !important }")
        yield lesson


def test_all_that_the_course_shows_in_jupyterlab(outputs: Lesson):
    outputs.page.get_by_role("slider").last.wait_for()
    axe.check(outputs.page, "outputs in JupyterLab", OUTPUTS)


def test_every_slider_has_the_name_that_is_written_beside_it_and_says_its_value(outputs: Lesson):
    sliders = outputs.page.locator(f"{OUTPUTS} .widget-slider")
    assert sliders.count() == 8
    for slider in sliders.all():
        name = slider.locator(".widget-label").text_content()
        handle = slider.get_by_role("slider", name=name, exact=True)
        handle.wait_for()
        assert handle.get_attribute("aria-valuetext") == slider.locator(".widget-readout").text_content()
    size = outputs.page.get_by_role("slider", name="times", exact=True)
    size.focus()
    before = size.get_attribute("aria-valuetext")
    outputs.page.keyboard.press("ArrowRight")
    outputs.page.wait_for_function(
        "([handle, before]) => handle.getAttribute('aria-valuetext') !== before && "
        "handle.getAttribute('aria-valuetext').includes('×')",
        arg=[size.element_handle(), before],
    )
    assert size.get_attribute("aria-label") == "times"


def test_and_in_its_dark_theme(outputs: Lesson):
    outputs.page.locator(".lm-MenuBar-item").get_by_text("Settings", exact=True).click()
    outputs.page.locator(".lm-Menu-item").get_by_text("Theme", exact=True).hover()
    outputs.page.locator(".lm-Menu-item").get_by_text("JupyterLab Dark", exact=True).click()
    outputs.page.locator("body[data-jp-theme-light=false]").wait_for(state="attached")
    outputs.page.locator("#jupyterlab-splash").wait_for(state="detached")  # it lies over all while the theme is fetched
    axe.check(outputs.page, "outputs in JupyterLab, dark", OUTPUTS)

"""The head view under a hand and a keyboard, in Chromium: in JupyterLab, in Notebook 7, and in a feedback page.

In each: pointing at a word, going to it with Tab, switching a head and a layer, a clean console, and no request that
leaves the machine. In a notebook that is not trusted JupyterLab strips styles and SVG: there a picture is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlparse

import pytest
from browser import CHROMIUM, chromium, course_copy, jupyterlab, opened
from conftest import need, need_browser
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_course import CONFIG, graded, nbgrader_api, released, write_nb

from autograder.course import Course

ROOT = Path(__file__).resolve().parents[1]
LESSON = "heads"
CODE = f"""\
import sys
sys.path.insert(0, {str(ROOT)!r})
import torch
from classroom import show
words = ["the", "cat", "sat", "on", "the", "mat"]
weights = torch.full((2, 3, 6, 6), 0.004)
for layer in range(2):
    for head in range(3):
        for place in range(6):
            weights[layer, head, place, (place + layer + head) % 6] = 0.98
show.head_view(weights, words, sentence_b=3, title="first")
show.head_view({{"encoder": weights, "decoder": weights}}, words, words, title="second")"""
JUPYTERS_OWN = "ERR_UNKNOWN_URL_SCHEME (attachment:"


@pytest.fixture(scope="module", autouse=True)
def _needs() -> None:
    need_browser()
    need(find_spec("playwright"), "playwright is not installed: pip install -e '.[test]'.")


@contextmanager
def page_at(address: str) -> Iterator:
    """A page in Chromium, with what it asked for and what it complained of."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=list(CHROMIUM))
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        try:
            yield page, asked, complaints
        finally:
            browser.close()


@pytest.fixture(scope="module")
def feedback_page(tmp_path_factory) -> Path:
    """The feedback page of a submission whose cell shows two head views: real nbgrader, from release to page."""
    root = tmp_path_factory.mktemp("course")
    (root / "nbgrader_config.py").write_text(CONFIG.format(root=str(root)))
    cells = [
        new_code_cell(CODE, id="view"),
        graded(
            new_code_cell("answer = 42\n### BEGIN SOLUTION\n### END SOLUTION", id="answer"), "answer", solution=True
        ),
        graded(new_code_cell("assert answer == 42", id="test_answer"), "test_answer", points=1),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    write_nb(root / "solutions" / LESSON / f"{LESSON}.ipynb", new_notebook(cells=cells, metadata=kernel))
    course = Course(root)
    course.class_dir.mkdir(parents=True)
    api = nbgrader_api(course)
    assert api.generate_assignment(LESSON)["success"]
    write_nb(course.submitted / "ada" / LESSON / f"{LESSON}.ipynb", released(course, LESSON))
    for done in (api.autograde(LESSON, "ada"), api.generate_feedback(LESSON)):
        assert done["success"], done["log"]
    return course.feedback / "ada" / LESSON / f"{LESSON}.html"


def lines(view) -> int:
    """How many lines of a view can be seen."""
    return view.evaluate(
        """view => [...view.querySelectorAll('path')].filter(
            path => path.getClientRects().length && getComputedStyle(path).visibility === 'visible').reduce(
            (sum, path) => sum + path.getAttribute('d').split('M').length - 1, 0)"""
    )


def word(view, place: int):
    return view.locator(".w:visible").nth(place)


def said(view) -> str:
    """What is said beside the words of a view, as far as it can be seen."""
    seen = view.locator(".say:visible, .how:visible")
    assert seen.count() == 1
    return " ".join(seen.inner_text().split())


def try_by_hand(page, views) -> None:
    """Point, Tab, switch: what a student would do with two views on one page."""
    one, two = views.nth(0), views.nth(1)
    one.scroll_into_view_if_needed()
    page.mouse.move(1, 1)
    assert (lines(one), lines(two)) == (18, 18)
    assert said(one).startswith("Point at a word at the left")

    word(one, 1).hover()
    assert said(one) == "cat → cat 0.98 (head 0) sat 0.98 (head 1) on 0.98 (head 2)"
    assert (lines(one), lines(two)) == (3, 18)
    box, svg = word(one, 1).bounding_box(), word(one, 1).locator("svg").bounding_box()
    assert svg["width"] == 170 and abs(svg["x"] - box["x"] - box["width"]) < 1  # the lines begin at the words
    assert svg["height"] == 6 * box["height"]
    page.mouse.move(1, 1)
    assert lines(one) == 18

    one.get_by_label("head 2", exact=True).focus()
    page.keyboard.press("Space")  # head 2 off
    assert (lines(one), lines(two)) == (12, 18)
    one.get_by_label("layer 0", exact=True).focus()
    page.keyboard.press("ArrowRight")
    assert one.get_by_label("layer 1", exact=True).is_checked()
    word(one, 0).focus()
    assert said(one) == "the [0] → cat 0.98 (head 0) sat 0.98 (head 1)"
    page.keyboard.press("Tab")
    assert said(one) == "cat → sat 0.98 (head 0) on 0.98 (head 1)"
    assert (lines(one), lines(two)) == (2, 18)
    one.get_by_label("only head 2", exact=True).click()
    assert lines(one) == 6, "one head, though it is switched off"
    one.get_by_label("all heads that are switched on").click()
    one.get_by_label("head 2", exact=True).click()
    assert lines(one) == 18

    one.get_by_label("from sentence A to sentence B").click()
    page.mouse.move(1, 1)
    word(one, 1).focus()
    assert said(one) == "cat → on 0.98 (head 1) the [4] 0.98 (head 2)"
    one.get_by_label("words of both sentences").click()

    two.get_by_label("decoder attention").click()
    two.get_by_label("layer 1", exact=True).click()
    assert (lines(one), lines(two)) == (18, 18)
    word(two, 5).hover()
    assert said(two) == "mat → the [0] 0.98 (head 0) cat 0.98 (head 1) sat 0.98 (head 2)"
    assert two.locator("img").is_hidden()
    two.locator("summary").click()
    assert two.locator("table").count() == 4 and "cat 0.98" in two.locator("table").first.inner_text()


def nothing_leaves(asked: list[str]) -> None:
    outside = {urlparse(address).hostname for address in asked} - {None, "", "127.0.0.1", "localhost"}
    assert asked and outside == set()


def test_in_a_feedback_page_the_view_answers_to_mouse_and_keyboard_offline(feedback_page: Path):
    with page_at(feedback_page.as_uri()) as (page, asked, complaints):
        views = page.locator("div[id^='heads-']")
        assert views.count() == 2
        try_by_hand(page, views)
        outside = [address for address in asked if not address.startswith(("file:", "data:"))]
        assert [
            address for address in outside if "/mathjax/" not in address
        ] == []  # nbgrader's own template asks for it
        assert len(complaints) == len(outside) <= 1


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A student's course with three notebooks: one to run, one that was run by somebody else, one for Notebook 7."""
    here = tmp_path_factory.mktemp("browser")
    folder = course_copy(here / "course")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [new_markdown_cell("# Heads", id="title"), new_code_cell(CODE, id="view")]
    write_nb(folder / "fresh.ipynb", new_notebook(cells=cells, metadata=kernel))
    ran = new_notebook(cells=cells, metadata=kernel)
    NotebookClient(ran, timeout=120, resources={"metadata": {"path": str(ROOT)}}).execute()
    write_nb(folder / "stranger.ipynb", ran)
    return folder


@pytest.fixture(scope="module")
def jupyter(course: Path, tmp_path_factory) -> Iterator[str]:
    with jupyterlab(course, tmp_path_factory.mktemp("home")) as address:
        yield address


def test_in_jupyterlab_the_view_answers_to_mouse_and_keyboard(jupyter: str):
    with opened(jupyter, "fresh.ipynb") as lesson:
        cell = lesson.cell("show.head_view")
        lesson.run(cell)
        views = cell.locator("div[id^='heads-']")
        views.nth(1).wait_for()
        try_by_hand(lesson.page, views)
        assert [said for said in lesson.complaints if JUPYTERS_OWN not in said] == []
        nothing_leaves(lesson.requests)


def test_in_notebook_7_the_view_answers_to_mouse_and_keyboard(jupyter: str):
    address = jupyter.replace("/lab?", "/notebooks/fresh.ipynb?")
    with page_at(address) as (page, asked, complaints):
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
        page.wait_for_timeout(2000)
        complaints.clear()  # what Notebook says of its own extensions as it starts
        page.locator(".jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Control+Enter")
        views = page.locator("div[id^='heads-']")
        views.nth(1).wait_for(timeout=60_000)
        page.keyboard.press("Escape")
        try_by_hand(page, views)
        assert complaints == []
        nothing_leaves(asked)


def test_in_a_notebook_that_is_not_trusted_a_picture_and_the_table_are_left(jupyter: str):
    with opened(jupyter.replace("?", "?reset&"), "stranger.ipynb") as lesson:  # without the tabs of the test before
        output = lesson.cell("show.head_view").locator(".jp-Cell-outputArea")
        picture = output.locator("img").first
        picture.wait_for()
        assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") > 300
        assert picture.get_attribute("alt").startswith("first. Head view of encoder")
        ours = output.locator("svg.ls, input:visible, .w:visible")  # JupyterLab has icons of its own
        assert ours.count() == 0, [mark.evaluate("e => e.outerHTML.slice(0, 200)") for mark in ours.all()]
        output.locator("summary").first.click()
        assert "cat 0.98 " in output.locator("table").first.inner_text() + " "

"""The released lesson as a student sees it: JupyterLab, Chromium, a mouse and a keyboard.

One JupyterLab and one page serve all the tests, in the order in which they stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from urllib.parse import urlparse

import pytest
from browser import LESSON, ROOT, Lesson, course_copy, jupyterlab, opened, wait_for_another
from conftest import need, need_browser

SCORES = """\
def scores(q, k):
    return q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
"""
ATTENTION = """\
def attention(q, k, v, mask=None):
    weights = torch.softmax(scores(q, k), dim={dim})
    return weights @ v, weights
"""
# JupyterLab's Markdown renderer puts `attachment:` addresses into the page for a moment, before it resolves them.
# The browser complains of each; there is no setting for it. The pictures themselves are tested below.
JUPYTERLABS_OWN = "ERR_UNKNOWN_URL_SCHEME (attachment:"


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lesson]:
    """The released lesson, open in JupyterLab, after Run All Cells."""
    need_browser()
    need(find_spec("playwright"), "playwright is not installed: pip install -e '.[test]'.")
    here = tmp_path_factory.mktemp("browser")
    with jupyterlab(course_copy(here / "course"), here / "home") as address, opened(address) as lesson:
        lesson.run_all()
        yield lesson


def code_cells() -> list[str]:
    """The sources of the released lesson's code cells."""
    cells = json.loads((ROOT / LESSON).read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def numbers_of_cells(lesson: Lesson) -> list[str]:
    """What stands in front of each code cell: "[3]:", or "[ ]:" where it was not run."""
    return [text.strip() for text in lesson.page.locator(".jp-CodeCell .jp-InputPrompt").all_text_contents()]


def test_run_all_runs_every_cell_up_to_the_first_check_and_stops_there(lesson: Lesson) -> None:
    sources = code_cells()
    first_check = next(number for number, source in enumerate(sources) if source.startswith("check("))
    ran = first_check + 1
    assert numbers_of_cells(lesson) == [f"[{n}]:" for n in range(1, ran + 1)] + ["[ ]:"] * (len(sources) - ran)
    assert lesson.said(lesson.cell("start(")).startswith("04_self_attention · Python")


def test_an_unwritten_exercise_is_told_in_one_sentence_without_a_traceback(lesson: Lesson) -> None:
    title, sentence, raised = lesson.said(lesson.cell('check("project"')).splitlines()
    assert title == "project"
    assert sentence == "project is not written yet: put your code in the place of raise NotImplementedError."
    assert raised.startswith("CheckFailed: project")


def test_the_pictures_before_the_first_exercise_are_drawn(lesson: Lesson) -> None:
    picture = lesson.cell("show.lookup(").locator(".jp-Cell-outputArea img")
    assert picture.count() == 1
    assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") > 0


def test_the_attached_figures_show_with_their_alt_text(lesson: Lesson) -> None:
    figures = lesson.page.locator(".jp-MarkdownCell .jp-RenderedMarkdown img")
    for begins in ("A map of the Transformer", 'The word "sat" asks', "Boxes with shapes"):
        figure = figures.and_(lesson.page.locator(f"img[alt^='{begins}']"))
        assert figure.count() == 1, f"no figure whose alt text begins {begins!r}"
        figure.scroll_into_view_if_needed()
        assert figure.evaluate("img => img.decode().then(() => img.naturalWidth)") > 0


def test_formulas_are_typeset(lesson: Lesson) -> None:
    cells = json.loads((ROOT / LESSON).read_text(encoding="utf-8"))["cells"]
    written = sum("".join(cell["source"]).count("$$") // 2 for cell in cells if cell["cell_type"] == "markdown")
    assert written and lesson.page.locator(".jp-MarkdownCell mjx-container").count() == written
    assert "$$" not in "".join(lesson.page.locator(".jp-RenderedMarkdown").all_text_contents())


def test_a_hint_is_folded_until_it_is_clicked(lesson: Lesson) -> None:
    hint = lesson.page.locator(".jp-RenderedMarkdown details").first
    assert hint.get_attribute("open") is None
    hint.locator("summary").click()
    assert hint.get_attribute("open") is not None
    assert "Three outputs, three matrices" in hint.inner_text()


def test_the_slider_of_the_softmax_explorer_moves_by_keyboard_and_changes_the_picture(lesson: Lesson) -> None:
    cell = lesson.cell("show.softmax_explorer()")
    lesson.run(cell)
    output = cell.locator(".jp-Cell-outputArea")
    picture = output.locator("img")
    handle = output.get_by_role("slider")
    handle.wait_for()
    before, said_before = picture.get_attribute("src"), output.get_by_role("status").inner_text()
    handle.focus()
    for _ in range(20):
        lesson.page.keyboard.press("ArrowRight")
    wait_for_another(picture, before)
    assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") > 0
    assert output.locator(".widget-readout").inner_text() == "3.0"
    assert output.get_by_role("status").inner_text() != said_before


def test_with_the_focus_on_a_slider_a_letter_is_no_command_and_shift_enter_runs_the_cell(lesson: Lesson) -> None:
    from playwright.sync_api import expect

    cell = lesson.cell("show.softmax_explorer()")
    handle, prompt = cell.get_by_role("slider"), cell.locator(".jp-InputPrompt")
    handle.wait_for()
    many, before = len(numbers_of_cells(lesson)), prompt.text_content()
    handle.focus()
    lesson.page.keyboard.press("b")  # adds a cell below, where a cell has the focus
    lesson.page.keyboard.press("Shift+Enter")
    expect(prompt).not_to_have_text(before)
    expect(prompt).to_have_text(re.compile(r"\d"))
    assert len(numbers_of_cells(lesson)) == many


def test_a_wrong_answer_is_named_and_the_right_one_gets_all_its_marks(lesson: Lesson) -> None:
    scores, attention, check = map(lesson.cell, ("def scores(", "def attention(", 'check("attention"'))
    lesson.write(scores, SCORES)
    lesson.run(scores)

    lesson.write(attention, ATTENTION.format(dim=-2))
    lesson.run(attention)
    lesson.run(check)
    told = lesson.said(check)
    assert "✗" in told and "softmax over the queries" in told
    assert "Each row of the weights should sum to 1" in told
    assert "Traceback" not in told and "---->" not in told

    lesson.write(attention, ATTENTION.format(dim=-1))
    lesson.run(attention)
    lesson.run(check)
    told = lesson.said(check)
    assert "5 of 5 cases" in told and told.count("✓") == 5
    assert "✗" not in told and "CheckFailed" not in told


def test_nothing_is_asked_of_another_machine_and_the_console_has_no_errors(lesson: Lesson) -> None:
    """Holds for all that was done in the lesson so far: alone, for opening it and Run All."""
    asked = [urlparse(address) for address in lesson.requests]
    assert len(asked) > 20, "the browser's requests were not recorded"
    assert [
        place.geturl()
        for place in asked
        if place.scheme in ("http", "https", "ws", "wss", "ftp") and place.hostname not in ("127.0.0.1", "localhost")
    ] == []
    assert {place.scheme for place in asked} <= {"http", "ws", "data", "blob", "attachment"}
    assert [said for said in lesson.complaints if JUPYTERLABS_OWN not in said] == []


def test_jupyterlab_puts_no_question_of_its_own_in_the_way(lesson: Lesson) -> None:
    """It would ask whether to fetch news: switched off by its settings, in tests/browser.py."""
    assert lesson.page.locator(".Toastify__toast").count() == 0
    assert not [address for address in lesson.requests if "/lab/api/news" in address or "/lab/api/update" in address]

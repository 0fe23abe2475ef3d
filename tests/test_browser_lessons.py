"""Every released lesson in JupyterLab and Chromium: it runs up to its first check, its pictures are drawn, and every
slider and menu answers to the keyboard. A new lesson is covered by being there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlparse

import pytest
from browser import ROOT, Lesson, course_copy, jupyterlab, opened, wait_for_another
from conftest import need, need_browser
from test_browser import JUPYTERLABS_OWN

LESSONS = sorted(path.parent.name for path in (ROOT / "lessons").glob("*/*.ipynb"))
LOADED = "img => img.decode().then(() => img.naturalWidth)"


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    need_browser()
    need(find_spec("playwright"), "playwright is not installed: pip install -e '.[test]'.")
    here = tmp_path_factory.mktemp("browser")
    with jupyterlab(course_copy(here / "course"), here / "home") as address:
        yield address


@pytest.fixture(scope="module", params=LESSONS)
def lesson(request: pytest.FixtureRequest, jupyter: str) -> Iterator[tuple[str, Lesson]]:
    name = request.param
    with opened(jupyter, f"lessons/{name}/{name}.ipynb") as lesson:
        lesson.run_all()
        yield name, lesson


def code_cells(name: str) -> list[dict]:
    text = Path(ROOT, "lessons", name, f"{name}.ipynb").read_text(encoding="utf-8")
    return [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


def test_run_all_stops_at_the_first_check_and_says_that_it_is_not_written(lesson: tuple[str, Lesson]) -> None:
    name, page = lesson
    sources = ["".join(cell["source"]) for cell in code_cells(name)]
    first = next(number for number, source in enumerate(sources) if source.startswith("check("))
    prompts = [text.strip() for text in page.page.locator(".jp-CodeCell .jp-InputPrompt").all_text_contents()]
    assert prompts == [f"[{n}]:" for n in range(1, first + 2)] + ["[ ]:"] * (len(sources) - first - 1)
    told = page.said(page.page.locator(".jp-Notebook .jp-CodeCell").nth(first))
    assert "is not written yet" in told and "Traceback" not in told


def test_every_picture_is_drawn_with_no_answer_written_and_every_control_changes_it(lesson: tuple[str, Lesson]) -> None:
    name, page = lesson
    moved = 0
    for number, cell in enumerate(code_cells(name)):
        tags = cell["metadata"].get("tags", [])
        if "nbgrader" in cell["metadata"] or {"training", "measured"} & set(tags):
            continue
        shown = page.page.locator(".jp-Notebook .jp-CodeCell").nth(number)
        shown.scroll_into_view_if_needed()
        page.run(shown)
        if "picture" not in tags:
            continue
        output = shown.locator(".jp-Cell-outputArea")
        if "show.head_view(" in "".join(cell["source"]):
            moved += _try_head_view(page.page, output.locator("form[aria-label^='Head view']"))
            continue
        picture = output.locator("img")
        picture.wait_for()
        assert picture.evaluate(LOADED) > 0, "".join(cell["source"])
        for control in output.get_by_role("slider").all() + output.locator("select").all():
            before = picture.get_attribute("src")
            control.focus()
            for _ in range(3):
                page.page.keyboard.press("ArrowLeft" if _at_its_end(control) else "ArrowRight")
            wait_for_another(picture, before)
            assert picture.evaluate(LOADED) > 0
            assert output.get_by_role("status").text_content().strip()  # inner_text is empty off screen
            moved += 1
    assert moved >= 1, "a lesson has at least one picture that answers to a hand"


def _try_head_view(page, view) -> int:
    """Every button of a head view, by the keyboard; how many there were."""
    view.wait_for()
    buttons = view.locator("input:visible").all()
    for button in buttons:
        before = button.is_checked()
        button.focus()
        page.keyboard.press("Space")
        assert button.is_checked() == (button.get_attribute("type") == "radio" or not before)
        assert view.locator(".w:visible").count() > 1
    return len(buttons)


def _at_its_end(control) -> bool:
    if control.evaluate("e => e.tagName") == "SELECT":
        return control.evaluate("e => e.selectedIndex === e.options.length - 1")
    return control.get_attribute("aria-valuenow") == control.get_attribute("aria-valuemax")


def test_nothing_is_asked_of_another_machine_and_the_console_has_no_errors(lesson: tuple[str, Lesson]) -> None:
    """Holds for all that was done in the lesson so far: alone, for opening it and Run All."""
    _, page = lesson
    asked = [urlparse(address) for address in page.requests]
    assert len(asked) > 10, "the browser's requests were not recorded"
    outside = {place.hostname for place in asked if place.hostname not in (None, "", "127.0.0.1", "localhost")}
    assert outside == set()
    assert [said for said in page.complaints if JUPYTERLABS_OWN not in said] == []

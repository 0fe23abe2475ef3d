"""Every solved lesson in Chromium. In Notebook 7 it is opened: the pictures that it was built with are there for
whoever only reads. In JupyterLab it is also cleared and run, and its controls answer to the keyboard and to the mouse.

Cells that train a model (their tag: "training") take from seconds to five minutes a lesson. They are not run here, as
they are not run at grading; nor is the check of lesson 9 that needs the model. `pytest -m long` runs them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import hand
import pytest
from browser import Lesson, chromium_open, instructors_copy, jupyterlab, opened, stop_kernels
from conftest import need, need_browser
from matrix import Row

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instructor's copy: a solved lesson's hidden tests ask the sealed checks, which need it."""
    return instructors_copy(tmp_path_factory.mktemp("course"), *hand.LESSONS)


@pytest.fixture(scope="module")
def browser() -> Iterator[BrowserContext]:
    need_browser()
    need(find_spec("playwright"), "playwright is not installed: pip install -e '.[test]'.")
    with chromium_open() as browser:
        yield browser


@pytest.fixture(scope="module")
def lab(course: Path, browser: BrowserContext, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple]:
    """A server of its own: one on which Notebook 7 was open refuses JupyterLab its fonts. Address and Chromium."""
    with jupyterlab(course, tmp_path_factory.mktemp("lab")) as address:
        yield address, browser


@pytest.fixture(scope="module")
def notebook_7(course: Path, browser: BrowserContext, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple]:
    need(find_spec("notebook"), "Notebook 7 is not installed: pip install -e '.[lab]'.")
    with jupyterlab(course, tmp_path_factory.mktemp("notebook")) as address:
        yield address, browser


@pytest.mark.parametrize("name", hand.LESSONS)
def test_in_jupyterlab_a_solved_lesson_shows_its_pictures_and_runs_and_they_answer_to_a_hand(
    name: str, lab: tuple, record_property
) -> None:
    _open_and_run(name, lab, Row(record_property, name, "solved", "JupyterLab"), training=False)


@pytest.mark.long
@pytest.mark.parametrize("name", hand.LESSONS)
def test_in_jupyterlab_a_solved_lesson_runs_with_its_training(name: str, lab: tuple, record_property) -> None:
    _open_and_run(name, lab, Row(record_property, name, "solved, trained", "JupyterLab"), training=True)


@pytest.mark.parametrize("name", hand.LESSONS)
def test_in_notebook_7_a_solved_lesson_shows_its_pictures_to_who_only_opens_it(
    name: str, notebook_7: tuple, record_property
) -> None:
    row = Row(record_property, name, "solved", "Notebook 7")
    address, browser = notebook_7
    with opened(address, f"solutions/{name}/{name}.ipynb", in_notebook=True, within=browser) as page:
        with row("pictures") as seen:
            seen(_pictures_as_built(page, hand.notebook("solutions", name)))
        _nothing_is_amiss(page, row)
    stop_kernels(address)


def _open_and_run(name: str, lab: tuple, row: Row, training: bool) -> None:
    address, browser = lab
    cells = hand.notebook("solutions", name)
    code = hand.code_of(cells)
    runs = [number for number, cell in enumerate(code) if training or not _needs_training(cell)]
    with opened(address, f"solutions/{name}/{name}.ipynb", within=browser) as page:
        with row("pictures") as seen:
            seen(_pictures_as_built(page, cells))
        with row("runs") as seen:
            page.clear()
            for first, last in _stretches(runs):
                page.run_from_to(first, last, seconds=900 if training else 60)
            _all_went_well(page, runs)
            seen(f"{len(runs)} of {len(code)} cells")
            drawn = [number for number in runs if hand.pictures_of(code[number])]
            for number in drawn:
                hand.shows(hand.cell_at(page, number), hand.pictures_of(code[number]))
        with row("mouse") as seen:
            seen(hand.all_answer(page, drawn, hand.try_mouse))
        with row("keyboard") as seen:
            seen(hand.all_answer(page, drawn, hand.try_keyboard))
        _nothing_is_amiss(page, row)
    stop_kernels(address)


def _needs_training(cell: dict) -> bool:
    """It trains a model, or it is the check of one that was trained."""
    return "training" in hand.tags(cell) or ("measured" in hand.tags(cell) and "nbgrader" in cell["metadata"])


def _stretches(numbers: list[int]) -> list[tuple[int, int]]:
    """The first and the last of each stretch of numbers without a gap."""
    starts = [number for number in numbers if number - 1 not in numbers]
    ends = [number for number in numbers if number + 1 not in numbers]
    return list(zip(starts, ends, strict=True))


def _pictures_as_built(page: Lesson, cells: list[dict]) -> int:
    seen = hand.figures(page, cells)
    for number, cell in enumerate(hand.code_of(cells)):
        if wanted := hand.pictures_of(cell):
            hand.shows(hand.cell_at(page, number), wanted)
            seen += wanted
    return seen


def _all_went_well(page: Lesson, runs: list[int]) -> None:
    """Each of these cells was run, in this order, and none ended with an error or a check that failed."""
    said = page.page.locator(".jp-CodeCell .jp-Cell-outputArea").all_text_contents()
    assert [text for text in said if re.search("✗|Traceback|CheckFailed", text)] == []
    numbers = page.numbers()
    assert [numbers[number] for number in runs] == [f"[{n + 1}]:" for n in range(len(runs))]


def _nothing_is_amiss(page: Lesson, row: Row) -> None:
    with row("console"):
        hand.console_is_clean(page)
    with row("requests") as seen:
        seen(f"{hand.nothing_leaves(page)}, none off")

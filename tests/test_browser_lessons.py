"""Every released lesson in Chromium, in JupyterLab and in Notebook 7: it opens and runs up to its first check, its
figures and pictures are drawn with no answer written, every control answers to the keyboard and to the mouse, the
console has no errors, and nothing is asked of another machine. A new lesson is covered by being there.

The run ends with a table of what was seen: `pytest tests/test_browser_lessons.py tests/test_browser_solved.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import hand
import pytest
from browser import Lesson, chromium_open, course_copy, jupyterlab, opened, stop_kernels
from conftest import need, need_browser
from matrix import Row


@pytest.fixture(scope="module", params=["JupyterLab", "Notebook 7"])
def edition(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple]:
    """A server for each: one on which Notebook 7 was open refuses JupyterLab its fonts. Name, address and Chromium."""
    need_browser()
    need(find_spec("playwright"), "playwright is not installed: pip install -e '.[test]'.")
    need(find_spec("notebook"), "Notebook 7 is not installed: pip install -e '.[lab]'.")
    here: Path = tmp_path_factory.mktemp("browser")
    with jupyterlab(course_copy(here / "course"), here / "home") as address, chromium_open() as browser:
        yield request.param, address, browser


@pytest.mark.parametrize("name", hand.LESSONS)
def test_a_released_lesson_runs_to_its_first_check_and_its_pictures_answer_to_a_hand(
    name: str, edition: tuple, record_property
) -> None:
    in_, address, browser = edition
    row = Row(record_property, name, "released", in_)
    cells = hand.notebook("lessons", name)
    code = hand.code_of(cells)
    first = next(number for number, cell in enumerate(code) if hand.source(cell).startswith("check("))
    with opened(address, f"lessons/{name}/{name}.ipynb", in_notebook=in_ == "Notebook 7", within=browser) as page:
        with row("runs") as seen:
            _runs_to(page, first, len(code))
            seen(f"{first + 1} cells")
        drawn = []
        with row("pictures") as seen:
            figures = hand.figures(page, cells)
            for number, cell in enumerate(code):
                if "nbgrader" in cell["metadata"] or {"training", "measured"} & hand.tags(cell):
                    continue  # what a student writes, and what needs it
                shown = hand.cell_at(page, number)
                if number > first:
                    page.run(shown)
                if "picture" in hand.tags(cell):
                    hand.shows(shown, 1)
                    drawn.append(number)
            seen(figures + len(drawn))
        with row("mouse") as seen:
            seen(hand.all_answer(page, drawn, hand.try_mouse))
        with row("keyboard") as seen:
            seen(hand.all_answer(page, drawn, hand.try_keyboard))
        with row("console"):
            hand.console_is_clean(page)
        with row("requests") as seen:
            seen(f"{hand.nothing_leaves(page)}, none off")
    stop_kernels(address)


def _runs_to(page: Lesson, first: int, many: int) -> None:
    """Run All runs every cell up to the first check, which says that its answer is not written, and no cell behind."""
    page.run_all()
    assert page.numbers() == [f"[{n}]:" for n in range(1, first + 2)] + ["[ ]:"] * (many - first - 1)
    told = page.said(hand.cell_at(page, first))
    assert "is not written yet" in told and "Traceback" not in told

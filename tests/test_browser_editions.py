"""Lessons in Jupyter Notebook 7, as released; and, as solved, in JupyterLab without running them: the pictures that
they were built with are there for whoever only reads. Two lessons stand for all here, for the time it takes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlparse

import pytest
from browser import ROOT, Lesson, course_copy, jupyterlab, opened
from conftest import need, need_browser
from test_browser import JUPYTERLABS_OWN
from test_browser_lessons import LESSONS, LOADED, code_cells

# Notebook 7.6 says this of every notebook, an empty one too.
OWN = (JUPYTERLABS_OWN, "Cannot read properties of undefined (reading 'schema')")


@contextmanager
def served(here: Path) -> Iterator[str]:
    """Jupyter in a copy of what a student has, with the solved lessons beside it in `solved`; its address."""
    need_browser()
    need(find_spec("playwright"), "playwright is not installed: pip install -e '.[test]'.")
    need(find_spec("notebook"), "Notebook 7 is not installed: pip install -e '.[lab]'.")
    course = course_copy(here / "course")
    (course / "solved").mkdir()
    for path in (ROOT / "solutions").glob("*/*.ipynb"):
        shutil.copy(path, course / "solved" / path.name)
    with jupyterlab(course, here / "home") as address:
        yield address


@pytest.fixture(scope="module")
def notebook_7(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("notebook")) as address:
        yield address


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own: one on which Notebook 7 was open refuses JupyterLab its fonts."""
    with served(tmp_path_factory.mktemp("lab")) as address:
        yield address


def nothing_is_amiss(page: Lesson) -> None:
    """No request to another machine, no error in the console."""
    hosts = {urlparse(address).hostname for address in page.requests}
    assert len(page.requests) > 10 and hosts <= {None, "", "127.0.0.1", "localhost"}
    assert [said for said in page.complaints if not any(own in said for own in OWN)] == []


@pytest.mark.parametrize("name", [name for name in LESSONS if name.startswith("04")])
def test_in_notebook_7_a_lesson_runs_to_its_first_check_with_its_pictures(name: str, notebook_7: str) -> None:
    with opened(notebook_7, f"lessons/{name}/{name}.ipynb", in_notebook=True) as page:
        page.run_all()
        sources = ["".join(cell["source"]) for cell in code_cells(name)]
        first = next(number for number, source in enumerate(sources) if source.startswith("check("))
        cells = page.page.locator(".jp-Notebook .jp-CodeCell")
        assert "is not written yet" in page.said(cells.nth(first))
        for number, cell in enumerate(code_cells(name)[:first]):
            if "picture" in cell["metadata"].get("tags", []):
                cells.nth(number).scroll_into_view_if_needed()
                shown = cells.nth(number).locator(".jp-Cell-outputArea img, form[aria-label='Head view']").first
                shown.wait_for()
        nothing_is_amiss(page)


@pytest.mark.parametrize("name", [name for name in LESSONS if name.startswith(("04", "06"))])
def test_a_solved_lesson_shows_all_its_pictures_to_who_only_opens_it(name: str, lab: str) -> None:
    built = json.loads(Path(ROOT, "solutions", name, f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in built if cell["cell_type"] == "code"]
    with opened(lab, f"solved/{name}.ipynb") as page:
        seen = 0
        for number, cell in enumerate(code):
            wanted = sum("image/png" in output.get("data", {}) for output in cell["outputs"])
            if not wanted:
                continue
            shown = page.page.locator(".jp-Notebook .jp-CodeCell").nth(number)
            shown.scroll_into_view_if_needed()
            pictures = shown.locator(".jp-Cell-outputArea img")
            views = shown.locator(".jp-Cell-outputArea form[aria-label='Head view']")
            pictures.or_(views).first.wait_for()
            assert pictures.count() + views.count() == wanted
            for picture in pictures.all():
                assert picture.evaluate(LOADED) > 0 and (picture.get_attribute("alt") or "").strip()
            seen += wanted
        assert seen >= 4
        nothing_is_amiss(page)

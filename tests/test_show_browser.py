"""The widgets of the encoder and the decoder under a hand and a keyboard: Chromium, JupyterLab and Notebook 7."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlparse

import pytest
from browser import ROOT, course_copy, jupyterlab, opened, wait_for_another
from conftest import need, need_browser
from nbformat.v4 import new_code_cell, new_notebook
from small_course import write_nb
from test_browser import JUPYTERLABS_OWN
from test_head_view_browser import page_at

CODE = f"""\
import sys
sys.path.insert(0, {str(ROOT)!r})
import torch
from classroom import passed, show
show.mask_explorer()
show.writing(["고양이", "##가", "앉", "##았다"], ["the", "cat", "sat"], torch.eye(4)[[0, 0, 2]])
show.encoder_stack()"""
LATER = 'passed.note("EncoderLayer", True)'
LOADED = "img => img.decode().then(() => img.naturalWidth)"


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    need_browser()
    need(find_spec("playwright"), "playwright is not installed: pip install -e '.[test]'.")
    here: Path = tmp_path_factory.mktemp("browser")
    folder = course_copy(here / "course")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [new_code_cell(CODE, id="widgets"), new_code_cell(LATER, id="later")]
    for name in ("lab", "notebook"):  # one each: a notebook that is opened again keeps its kernel
        write_nb(folder / f"{name}.ipynb", new_notebook(cells=cells, metadata=kernel))
    with jupyterlab(folder, here / "home") as address:
        yield address


def try_by_keyboard(page, output, run_later: Callable[[], None]) -> None:
    """What a student would do with the three widgets, with the keyboard alone."""
    mask, writing, stack = (output.locator(".jp-OutputArea-child").nth(number) for number in range(3))

    def changes(widget, act: Callable[[], None]) -> str:
        """Do something, wait for the picture of the widget to be another, and return what the widget says of it."""
        picture = widget.locator("img")
        before = picture.get_attribute("src")
        act()
        wait_for_another(picture, before)
        assert picture.evaluate(LOADED) > 300
        return " ".join(widget.get_by_role("status").inner_text().split())

    mask.scroll_into_view_if_needed()
    assert mask.locator("img").evaluate(LOADED) > 300
    mask.get_by_label("causal mask: hide the future").focus()
    said = changes(mask, lambda: page.keyboard.press("Space"))
    assert "Padding mask" in said and "5 of 8: bos, the, cat, sat, on." in said
    page.keyboard.press("Tab")
    said = changes(mask, lambda: page.keyboard.press("Space"))
    assert "No mask" in said and "8 of 8" in said
    mask.get_by_role("slider").focus()
    assert "8 real words, no pad." in changes(mask, lambda: page.keyboard.press("End"))
    assert "7 real words, 1 pad." in changes(mask, lambda: page.keyboard.press("ArrowLeft"))

    writing.scroll_into_view_if_needed()
    assert writing.locator("img").evaluate(LOADED) > 300
    writing.get_by_role("button", name="next word").focus()
    said = changes(writing, lambda: page.keyboard.press("Space"))
    assert "Word 2 of 3. Written so far: the. Now: cat; the decoder attends to “고양이” 1.00." in said
    said = changes(writing, lambda: page.keyboard.press("Space"))
    assert "Now: sat; the decoder attends to “앉” 1.00. That is the last word." in said
    writing.get_by_role("button", name="previous word").focus()
    assert "Word 2 of 3." in changes(writing, lambda: page.keyboard.press("Space"))
    writing.get_by_role("slider").focus()
    assert "Word 1 of 3." in changes(writing, lambda: page.keyboard.press("Home"))
    table = writing.locator("table")
    assert not table.is_visible()
    writing.locator("summary").focus()
    page.keyboard.press("Enter")  # which the notebook would take to itself, to write in the cell
    table.wait_for()
    assert "고양이" in table.inner_text() and "##" not in table.inner_text()

    stack.scroll_into_view_if_needed()
    assert "nothing is lit yet" in stack.get_by_role("status").inner_text()
    assert "passed: EncoderLayer; still to come: Encoder" in changes(stack, run_later)


def nothing_leaves(asked: list[str]) -> None:
    outside = {urlparse(address).hostname for address in asked} - {None, "", "127.0.0.1", "localhost"}
    assert asked and outside == set()


def test_in_jupyterlab_the_widgets_answer_to_the_keyboard(jupyter: str):
    with opened(jupyter, "lab.ipynb") as lesson:
        cell = lesson.cell("show.mask_explorer")
        lesson.run(cell)
        output = cell.locator(".jp-Cell-outputArea")
        output.locator("img").nth(2).wait_for()
        later = lesson.cell("passed.note")
        try_by_keyboard(lesson.page, output, lambda: lesson.run(later))
        assert [said for said in lesson.complaints if JUPYTERLABS_OWN not in said] == []
        nothing_leaves(lesson.requests)


def test_in_notebook_7_the_widgets_answer_to_the_keyboard(jupyter: str):
    with page_at(jupyter.replace("/lab?", "/notebooks/notebook.ipynb?")) as (page, asked, complaints):
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
        page.wait_for_timeout(2000)
        complaints.clear()  # what Notebook says of its own extensions as it starts

        def run(number: int) -> None:
            page.locator(".jp-CodeCell .jp-InputPrompt").nth(number).click()
            page.keyboard.press("Control+Enter")

        run(0)
        output = page.locator(".jp-CodeCell").first.locator(".jp-Cell-outputArea")
        output.locator("img").nth(2).wait_for(timeout=60_000)
        try_by_keyboard(page, output, lambda: run(1))
        assert [said for said in complaints if JUPYTERLABS_OWN not in said] == []
        nothing_leaves(asked)

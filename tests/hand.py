"""A lesson in the browser, looked at and tried by a hand: the mouse and the keyboard.

All of it is done with JupyterLab's and Notebook 7's own settings, as a student has them. By these a cell that is off
screen is in the page but not laid out (it has no size and no inner text), so each is scrolled to first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlparse

from browser import POLL, ROOT, Lesson, wait_for_another

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

LESSONS = sorted(path.parent.name for path in (ROOT / "lessons").glob("*/*.ipynb"))
LOADED = "img => img.decode().then(() => img.naturalWidth)"
HEAD_VIEW = "form[aria-label^='Head view']"
OWN = (
    # JupyterLab's Markdown renderer puts `attachment:` addresses into the page for a moment, before it resolves them.
    # The browser complains of each; there is no setting for it. `figures` sees the pictures themselves.
    "ERR_UNKNOWN_URL_SCHEME (attachment:",
    # Notebook 7.6 says this of every notebook, an empty one too.
    "Cannot read properties of undefined (reading 'schema')",
)


def notebook(version: str, name: str) -> list[dict]:
    """The cells of a lesson, of `lessons` or `solutions`."""
    return json.loads(Path(ROOT, version, name, f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]


def code_of(cells: Sequence[dict]) -> list[dict]:
    return [cell for cell in cells if cell["cell_type"] == "code"]


def source(cell: dict) -> str:
    return "".join(cell["source"])


def tags(cell: dict) -> set[str]:
    return set(cell["metadata"].get("tags", []))


def pictures_of(cell: dict) -> int:
    """How many pictures the cell had when the lesson was built."""
    return sum("image/png" in output.get("data", {}) for output in cell["outputs"])


def cell_at(page: Lesson, number: int) -> Locator:
    """A code cell by its number, from 0, on screen."""
    cell = page.page.locator(".jp-Notebook .jp-CodeCell").nth(number)
    cell.scroll_into_view_if_needed()
    return cell


def figures(page: Lesson, cells: Sequence[dict]) -> int:
    """The figures in the text are there, loaded, each with its alt text; how many there are."""
    wanted = sum(source(cell).count("](attachment:") for cell in cells if cell["cell_type"] == "markdown")
    shown = ".jp-MarkdownCell .jp-RenderedMarkdown img"
    loaded = f"wanted => {{ const all = [...document.querySelectorAll('{shown}')]; return all.length === wanted && "
    page.page.wait_for_function(
        loaded + "all.every(img => img.naturalWidth > 0 && img.alt.trim()) }", arg=wanted, polling=POLL
    )
    assert wanted
    return wanted


def shows(cell: Locator, wanted: int) -> None:
    """The cell's output has that many pictures, head views or, where words are Korean, tables; a picture is loaded and
    has alt text."""
    output = cell.locator(".jp-Cell-outputArea")
    seen = output.locator(".jp-OutputArea-output").filter(has=cell.page.locator(f"img, {HEAD_VIEW}, table"))
    seen.first.wait_for()
    assert seen.count() == wanted
    for picture in output.locator("img:visible").all():
        assert picture.evaluate(LOADED) > 0 and (picture.get_attribute("alt") or "").strip()


def all_answer(page: Lesson, numbers: Sequence[int], tried: Callable[[Page, Locator], int]) -> int:
    """Every control in the outputs of these cells answers to a hand; how many. A lesson has at least one."""
    many = sum(tried(page.page, cell_at(page, number)) for number in numbers)
    assert many, "no picture answers to a hand"
    return many


def try_keyboard(page: Page, cell: Locator) -> int:
    """Every slider, box, menu and button of a head view in the output of a cell, by the keyboard; how many."""
    tried = 0
    for box in _boxes(cell):
        for control in [*_sliders(box), *_ticks(box), *box.locator("select").all()]:
            changes(box, control, lambda control=control: _press(page, control))
            tried += 1
    return tried + sum(_head_view_by_keyboard(page, view) for view in cell.locator(HEAD_VIEW).all())


def try_mouse(page: Page, cell: Locator) -> int:
    """Every slider and box by the mouse, and words and buttons of a head view; how many. No menus: what one unfolds is
    drawn by the system, where no test can click."""
    tried = 0
    for box in _boxes(cell):
        for number, control in enumerate([*_sliders(box), *_ticks(box)]):
            changes(box, control, lambda control=control, first=number == 0: _click_or_drag(page, control, first))
            tried += 1
    return tried + sum(_head_view_by_mouse(page, view) for view in cell.locator(HEAD_VIEW).all())


def _boxes(cell: Locator) -> list[Locator]:
    return cell.locator(".jp-Cell-outputArea .widget-vbox:has(img)").all()


def _sliders(box: Locator) -> list[Locator]:
    return box.get_by_role("slider").all()


def _ticks(box: Locator) -> list[Locator]:
    return box.get_by_role("checkbox").all()


def changes(box: Locator, control: Locator, act: Callable[[], None]) -> None:
    """A hand on the control changes its value and the picture, and something is said of the new picture."""
    picture, said = box.locator("img").first, box.get_by_role("status")
    before, value = picture.get_attribute("src"), _value(control)
    act()
    wait_for_another(picture, before)
    assert _value(control) != value, f"{value} before and after"
    assert picture.evaluate(LOADED) > 0 and said.inner_text().strip()


def _value(control: Locator) -> str:
    return control.evaluate("e => e.type === 'checkbox' ? `${e.checked}` : e.getAttribute('aria-valuenow') || e.value")


def _press(page: Page, control: Locator) -> None:
    control.focus()
    if control.get_attribute("type") == "checkbox":
        page.keyboard.press("Space")
    else:
        at_end = "e => e.options ? e.selectedIndex === e.options.length - 1 : e.ariaValueNow === e.ariaValueMax"
        page.keyboard.press("ArrowLeft" if control.evaluate(at_end) else "ArrowRight")


def _click_or_drag(page: Page, control: Locator, drag: bool) -> None:
    """Click a box; click into a slider's track, far from its handle, or drag the handle there."""
    if control.get_attribute("type") == "checkbox":
        return control.click()
    track = control.locator("xpath=ancestor::*[contains(@class, 'noUi-target')]")
    track.scroll_into_view_if_needed()
    rail, handle = track.bounding_box(), control.bounding_box()
    from_left = 0.8 if handle["x"] + handle["width"] / 2 < rail["x"] + rail["width"] / 2 else 0.2
    if not drag:
        return track.click(position={"x": from_left * rail["width"], "y": rail["height"] / 2})
    control.hover()
    page.mouse.down()
    page.mouse.move(rail["x"] + from_left * rail["width"], rail["y"] + rail["height"] / 2)
    page.mouse.up()


def _head_view_by_mouse(page: Page, view: Locator) -> int:
    """Three words and two buttons. To be tried first: with heads off or a sentence chosen, a word may have no lines."""
    words = view.locator(".w:visible").all()[:3]
    for word in words:
        word.hover()
        assert view.locator(".say:visible").count() == 1, "pointed at, a word says what it attends to"
    buttons = [view.get_by_role("checkbox").first, view.get_by_role("radio").first]
    for button in buttons:
        before = button.is_checked()
        button.click()
        assert button.is_checked() == (button.get_attribute("type") == "radio" or not before)
    page.mouse.move(1, 1)
    return len(words) + len(buttons)


def _head_view_by_keyboard(page: Page, view: Locator) -> int:
    buttons = view.locator("input:visible").all()
    for button in buttons:
        before = button.is_checked()
        button.focus()
        page.keyboard.press("Space")
        assert button.is_checked() == (button.get_attribute("type") == "radio" or not before)
        assert view.locator(".w:visible").count() > 1
    return len(buttons)


def console_is_clean(page: Lesson) -> None:
    assert [said for said in page.complaints if not any(own in said for own in OWN)] == []


def nothing_leaves(page: Lesson) -> int:
    """No request to another machine; how many there were."""
    hosts = {urlparse(address).hostname for address in page.requests}
    assert len(page.requests) > 10, "the browser's requests were not recorded"
    assert hosts <= {None, "", "127.0.0.1", "localhost"}
    return len(page.requests)

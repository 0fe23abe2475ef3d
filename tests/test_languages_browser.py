"""The Korean edition as a student meets it, in JupyterLab and Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from browser import Lesson, course_copy, jupyterlab, opened
from conftest import need, need_browser

LESSON = "lessons-ko/04_self_attention/04_self_attention.ipynb"


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lesson]:
    need_browser()
    need(find_spec("playwright"), "playwright is not installed: pip install -e '.[test]'.")
    here = tmp_path_factory.mktemp("browser")
    with jupyterlab(course_copy(here / "course"), here / "home") as address, opened(address, LESSON) as lesson:
        lesson.run_all()
        yield lesson


def test_its_text_is_shown_as_text_with_its_figures_and_formulas(lesson: Lesson) -> None:
    page = lesson.page
    cells = page.locator(".jp-MarkdownCell .jp-MarkdownOutput")
    assert cells.count() == 32
    shown = [cells.nth(number).evaluate("cell => cell.textContent") for number in range(32)]
    assert "4 · 셀프 어텐션: 각 단어는 무엇을 보는가" in shown[0]
    left = [text for text in shown if re.search(r"\*\*|\*[가-힣]|[가-힣.]\*|`|\]\(|\$\$|<code>", text)]
    assert left == []
    assert page.locator(".jp-MarkdownOutput mjx-container[display=true]").count() == 4
    [button] = page.locator(".jp-MarkdownOutput a:has(> img)").all()
    assert button.get_attribute("href").endswith(f"/{LESSON}") and "colab" in button.get_attribute("href")
    figures = page.locator(".jp-MarkdownOutput :not(a) > img")
    assert figures.count() == 3
    for number in range(3):
        figures.nth(number).scroll_into_view_if_needed()
        assert figures.nth(number).evaluate("img => img.decode().then(() => img.naturalWidth)") > 300
        assert re.search("[가-힣]", figures.nth(number).get_attribute("alt"))


def test_a_hint_unfolds(lesson: Lesson) -> None:
    hint = lesson.page.locator(".jp-MarkdownOutput details").first
    hint.scroll_into_view_if_needed()
    answer = "출력이 셋, 행렬이 셋입니다."
    assert answer not in hint.inner_text()
    hint.locator("summary").click()
    assert hint.inner_text().startswith("힌트 1: 실마리") and answer in hint.inner_text()


def test_it_runs_up_to_the_first_check(lesson: Lesson) -> None:
    assert "is not written yet" in lesson.said(lesson.cell('check("project"'))

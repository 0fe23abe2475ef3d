"""The last cell of a lesson in JupyterLab and Chromium, as a student runs it: before saving, and after."""

from __future__ import annotations

from importlib.util import find_spec

from browser import course_copy, jupyterlab, opened
from conftest import need, need_browser
from test_browser import JUPYTERLABS_OWN

LAST = "from classroom import progress, submit"
PROJECT = "def project(x, W_q, W_k, W_v):\n    return x @ W_q, x @ W_k, x @ W_v\n"


def test_the_last_cell_looks_at_what_was_saved_and_draws_the_map(tmp_path, monkeypatch):
    need_browser()
    need(find_spec("playwright"), "playwright is not installed: pip install -e '.[test]'.")
    course = course_copy(tmp_path / "course")
    monkeypatch.delenv("TRANSFORMER_LESSONS_KEPT")  # the copy's own folder, as on a student's machine
    with jupyterlab(course, tmp_path / "home") as address, opened(address) as lesson:
        for source in ("# Run me first.", "import math"):
            lesson.run(lesson.cell(source))
        lesson.write(lesson.cell("def project("), PROJECT)
        lesson.run(lesson.cell("def project("))
        lesson.run(lesson.cell('check("project", project)'))
        last = lesson.cell(LAST)
        last.scroll_into_view_if_needed()
        lesson.run(last)
        told = lesson.said(last)
        assert "0 of 10 answers are written, 1 more is not saved yet. Checks in this session: 1 pass" in told
        assert "before a check passed last" in told and "the file does not have it yet: save it" in told
        lesson.page.keyboard.press("Control+s")
        lesson.page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')")
        lesson.run(last)
        told = lesson.said(last)
        assert "1 of 10 answers are written. Checks in this session: 1 pass, 9 were not run." in told
        assert "before a check passed last" not in told and "project: check “project” passes" in told
        picture = last.locator("img")
        assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") > 1000
        assert "4 Self-attention (self-attention inside the encoder and the decoder): 1 of 10 checks passed" in (
            picture.get_attribute("alt")
        )
        assert (course / "kept" / "passed.jsonl").is_file()
        assert [said for said in lesson.complaints if JUPYTERLABS_OWN not in said] == []

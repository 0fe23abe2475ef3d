"""`autograder lint`: every lesson is free of findings, and each rule finds what it is for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from small_course import graded

from autograder.authoring.lesson import source_ids
from autograder.authoring.lint import RULES, findings, lint
from autograder.authoring.lint.colours import ratio_of
from autograder.authoring.lint.language import readability
from autograder.authoring.lint.length import HEAVIEST
from autograder.authoring.lint.page import read
from autograder.cli import main
from autograder.course import Course

COURSE = Course.find()
TITLE = "# 1 · Sums: why they are short"
ALT = "Two boxes with an arrow from the left one to the right one"
LINE = "**Exercise 1.1 · `add`** · 2 points · ● ○ ○ · 5 minutes · paper, section 3"
WORDS = "a short word and one more of them "  # eight

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="


def text(paragraphs: int) -> str:
    """Paragraphs of sixteen words each."""
    return "\n\n".join([f"{WORDS.capitalize()}{WORDS.strip()}."] * paragraphs)


# Of each rule: a text, or a piece of HTML that a cell shows, that breaks it, and one near it that does not.
BROKEN = [
    ("one-title", "# Another title", "## A part"),
    ("one-title", "<h1>In an output</h1>", "<h2>In an output</h2>"),
    ("heading-order", "## A part\n\n#### Far below", "## A part\n\n### Below\n\n## Another"),
    ("heading-order", "<h2></h2>", "<h2>A part</h2>"),
    ("table-header", "<table><tr><td>1</td></tr></table>", "<table><tr><th>n</th><td>1</td></tr></table>"),
    ("table-header", "| | n |\n|---|---|\n| a | 1 |", "| name | n |\n|---|---|\n| a | 1 |"),
    ("alt-text", "![](a.png)", f"![{ALT}](a.png)"),
    ("alt-text", "[![a.png](a.png)](https://a.example)", "[![Open in Colab](a.png)](https://a.example)"),
    ("alt-text", "![map_01.png](map_01.png)", f"![{ALT}](map_01.png)"),
    ("alt-text", "<img src='a.png' alt='a map'>", f"<img src='a.png' alt='{ALT}'>"),
    ("svg-name", "<svg><path d='M0,0'/></svg>", f"<svg role='img'><title>{ALT}</title></svg>"),
    ("svg-name", f"<svg role='img'><g><title>{ALT}</title></g></svg>", "<svg aria-hidden='true'></svg>"),
    ("label", "<input type='checkbox'>", "<label>head 1 <input type='checkbox'></label>"),
    ("label", "<select id='s'></select>", "<label for='s'>head</label><select id='s'></select>"),
    ("link-text", "Read it [here](https://example.org).", "Read [the paper](https://example.org)."),
    ("link-text", "See <https://example.org/paper>.", "See [a paper](https://example.org/paper)."),
    ("folded", "Hint 1: look at the axis.", "<details><summary>Hint 1: a nudge</summary>Look.</details>"),
    ("folded", "<details>Look at it.</details>", "<details><summary>Hint 2: approach</summary>Look.</details>"),
    ("folded", "<details open><summary>Hint 1: a nudge</summary>Look.</details>", "no fold"),
    ("hover", "<style>.a:hover b{display:block}</style>", "<style>.a:hover b,.a:focus-within b{left:0}</style>"),
    ("hover", "<b title='only by pointing'>word</b>", "<b title='word'>word</b>"),
    ("contrast", "<b style='color:#008f6b'>✓</b>", "<b style='background:#007a5a;color:#fff'>✓</b>"),
    (
        "contrast",
        "<b style='color:#222'>dark</b>",
        "<p style='background:rgb(255,255,255)'><b style='color:#222'>x</b>",
    ),
    ("exercise-line", LINE.replace(" · 5 minutes", ""), LINE),
    ("exercise-line", LINE.replace("● ○ ○", "●"), LINE.replace("● ○ ○", "● ● ●")),
    ("exercise-line", LINE.replace("○ ○", "○ ●"), LINE.replace(" · paper, section 3", "")),
    ("exercise-line", LINE.replace("2 points · ", ""), LINE.replace("2 points", "1 point for each, 3 in all")),
    ("exercise-line", LINE.replace("1.1", "1.2"), f"{LINE}\n\n{LINE.replace('1.1', '1.2')}"),
    ("exercise-line", LINE.replace(" · `add`", ""), LINE.replace("`add`", "find the bug")),
    ("screen", text(16), text(15)),
    ("screen", text(16), f"{text(10)}\n\n## A part\n\n{text(10)}"),
    ("screen", text(16), f"{text(10)}\n\n![{ALT}](a.png)\n\n{text(10)}"),
    ("screen", text(16), f"{text(10)}\n\n{LINE}\n\n{text(10)}"),
    ("sentence", f"{WORDS * 6}.\n\n{text(9)}", f"{WORDS * 3}. {WORDS.capitalize() * 3}.\n\n{text(9)}"),
    ("grade", "Multidimensional interpretability notwithstanding considerable characteristics.", "It is so."),
]


def page(folder: Path, cells: Sequence[nbformat.NotebookNode], released: bool = True):
    path = folder / "lesson.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell(TITLE), *cells]), path)
    return read(path, released)


def broken(folder: Path, *cells: nbformat.NotebookNode) -> set[str]:
    """The rules that these cells break."""
    return {finding.rule for finding in findings(page(folder, cells), "01_sums")}


@pytest.mark.parametrize("lesson_id", source_ids(COURSE))
def test_a_lesson_has_no_findings_released_and_solved(lesson_id):
    assert [str(finding) for finding in lint(COURSE, lesson_id)] == []


@pytest.mark.parametrize(("rule", "wrong", "right"), BROKEN)
def test_a_rule_finds_what_it_is_for_and_nothing_else_is_found(tmp_path, rule, wrong, right):
    assert broken(tmp_path, new_markdown_cell(wrong)) == {rule}
    assert broken(tmp_path, new_markdown_cell(right)) == set()
    if wrong.startswith("<"):
        shown = [
            new_code_cell("show()", outputs=[new_output("display_data", {"text/html": html})])
            for html in (wrong, right)
        ]
        assert broken(tmp_path, shown[0]) == {rule} and broken(tmp_path, shown[1]) == set()


def test_every_rule_is_broken_by_a_test():
    assert set(RULES) == {rule for rule, _, _ in BROKEN} | {"weight"}


def test_a_picture_among_the_outputs_needs_its_alt_text(tmp_path):
    def cell(metadata: dict) -> nbformat.NotebookNode:
        shown = new_output("display_data", {"image/png": PNG, "text/plain": ALT}, metadata=metadata)
        return new_code_cell("show()", outputs=[shown])

    assert broken(tmp_path, cell({})) == {"alt-text"}
    assert broken(tmp_path, cell({"image/png": {"alt": "plot.png"}})) == {"alt-text"}
    assert broken(tmp_path, cell({"image/png": {"alt": ALT}})) == set()


def test_a_released_notebook_of_a_megabyte_is_too_heavy_and_a_solved_one_is_not(tmp_path):
    heavy = [new_code_cell("#" * HEAVIEST)]
    assert {finding.rule for finding in findings(page(tmp_path, heavy), "01_sums")} == {"weight"}
    assert not list(findings(page(tmp_path, heavy, released=False), "01_sums"))


def test_a_lesson_without_a_title_is_told_at_its_first_cell(tmp_path):
    path = tmp_path / "lesson.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("## A part"), new_markdown_cell(TITLE)]), path)
    assert [finding.rule for finding in findings(read(path, True), "01_sums")] == ["one-title", "one-title"]


def test_a_key_for_graders_may_be_long_and_what_is_folded_is_not_on_the_screen(tmp_path):
    long = text(17)
    key = graded(new_markdown_cell(f"{long} {WORDS * 9}"), "why", solution=True, points=1)
    folded = f"<details><summary>Hint 1: a nudge</summary>{long}</details>"
    assert broken(tmp_path, key) == set() and broken(tmp_path, new_markdown_cell(folded)) == set()
    assert broken(tmp_path, new_markdown_cell(long)) == {"screen"}


def test_the_contrast_is_wcags():
    assert ratio_of("#000000", "#ffffff") == pytest.approx(21) and ratio_of("#777777", "#777777") == 1
    assert ratio_of("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # WCAG's own well-known near miss
    assert ratio_of("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def test_the_reading_index_is_that_of_its_authors():
    letters, words, sentences = 5 + 5 + 3 + 4, 4, 2
    by_hand = 4.71 * letters / words + 0.5 * words / sentences - 21.43
    assert readability(["Every model.", "Has 𝑥 rows."]) == pytest.approx(by_hand)


def test_the_command_tells_a_line_for_each_finding_and_json_to_a_script(tmp_path, capsys, monkeypatch):
    course = tmp_path / "course"
    for folder in ("solutions", "lessons"):
        path = course / folder / "01_sums" / "01_sums.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(new_notebook(cells=[new_markdown_cell(TITLE), new_markdown_cell("![](a.png)", id="fig")]), path)
    (course / "nbgrader_config.py").touch()
    (course / "solutions" / "01_sums" / "01_sums.py").touch()
    monkeypatch.chdir(course)
    assert main(["lint"]) == 1
    line, sum_up = capsys.readouterr().out.splitlines()
    assert line == (
        "01_sums  cell 2 (fig)  alt-text: the picture “a.png” has no alt text. "
        "Mend: say in words what it shows, as its alt."
    )
    assert sum_up == f"1 lesson, {len(RULES)} rules: 1 to mend."
    assert main(["lint", "01_sums", "--json"]) == 1
    [found] = json.loads(capsys.readouterr().out)
    assert (found["lesson"], found["cell"], found["rule"]) == ("01_sums", "cell 2 (fig)", "alt-text")
    (course / "lessons" / "01_sums" / "01_sums.ipynb").write_text("{")
    assert main(["lint"]) == 2
    assert "not readable as a notebook: `autograder build 01_sums`" in capsys.readouterr().err

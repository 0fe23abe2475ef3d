"""The formgrader on the real course, in a real browser: written answers graded by a person, feedback, releases.

In the order in which an instructor does it; each test begins where the one before it has ended.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from importlib.util import find_spec

import nbformat
import pytest
from browser import CHROMIUM, chromium, instructors_copy, jupyterlab
from conftest import need, need_browser
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook
from small_course import cell, graded, write_nb

from autograder.authoring import lesson as lessons
from autograder.cli import main
from autograder.course import Course
from autograder.demo.classroom import demo_class
from autograder.grading.run import grade

LESSON = "04_self_attention"
MINUTE = 60_000  # milliseconds
HOSTILE = "<img src=x onerror=\"document.title = 'taken'\"><script>document.title = 'taken'</script>"
ANSWER = f"모든 점수가 같으므로 가중치는 모두 $\\frac{{1}}{{S}}$ 이다: `a<b`.\n\n{HOSTILE}"
PRINTS = f"from IPython.display import HTML, display\n\ndisplay(HTML({HOSTILE!r}))\n"
COMMENT = "잘 썼어요: 가중치는 $\\frac{1}{S}$. Say why, as in `a<b`: <b>no tag <!-- hides the rest."


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    """ada's answers are right; of 20 points the two of the written answer wait for a person."""
    course = Course(instructors_copy(tmp_path_factory.mktemp("formgrader") / "course", LESSON))
    course.class_dir.mkdir()
    hand_in(course, 9)
    [result] = grade(course, LESSON)
    assert (result.score, result.points, result.waiting) == (18, 20, True), result.reason
    return course


def hand_in(course: Course, day: int) -> None:
    """ada's notebook, as `collect` leaves it; day: of October."""
    master = nbformat.read(course.lesson(LESSON), as_version=4)
    ada = demo_class(lessons.read_built(course, LESSON), master, {"explain": ANSWER})[0].notebook
    cell(ada, "project").source = PRINTS + cell(ada, "project").source
    folder = course.submitted / "ada" / LESSON
    write_nb(folder / f"{LESSON}.ipynb", ada)
    (folder / "timestamp.txt").write_text(f"2026-10-{day:02} 12:00:00.000000 UTC")


@pytest.fixture(scope="module")
def page(course, tmp_path_factory):
    """JupyterLab as an instructor opens it."""
    need_browser()
    need(find_spec("playwright"), "playwright is not installed: pip install -e '.[test]'.")
    from playwright.sync_api import sync_playwright

    home = tmp_path_factory.mktemp("home")
    with jupyterlab(course.root, home, instructor=True) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=list(CHROMIUM))
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(MINUTE)
        page.goto(address.replace("/lab?", "/lab?reset&"))
        yield page
        browser.close()


@pytest.fixture(scope="module")
def formgrader(page):
    """Nbgrader > Formgrader, a page within JupyterLab's."""
    page.locator(".lm-MenuBar-item").get_by_text("Nbgrader", exact=True).click()
    page.locator(".lm-Menu-item").get_by_text("Formgrader", exact=True).click()
    frame = page.frame_locator("iframe[src*=formgrader]")
    frame.get_by_role("link", name="Manual Grading").first.wait_for()
    return frame


def open_submission(formgrader) -> None:
    """Manual Grading > the lesson > its notebook > Submission #1."""
    formgrader.get_by_role("link", name="Manual Grading").first.click()
    formgrader.locator("td.name").get_by_role("link", name=LESSON, exact=True).click()
    formgrader.locator("td.name").get_by_role("link", name=LESSON, exact=True).click()
    formgrader.get_by_role("link", name="Submission #1").click()
    formgrader.locator("#explain.needs_manual_grade").wait_for()


def typed(formgrader, box: str, text: str, tick: str) -> None:
    """Type into a box and leave it, and wait for the tick that says it was saved."""
    formgrader.locator(box).fill(text)
    formgrader.locator(box).press("Escape")
    panel = formgrader.locator(".nbgrader_cell").filter(has=formgrader.locator(box))
    panel.locator(f"{tick}.glyphicon-ok").and_(formgrader.locator(":visible")).wait_for()


@dataclass(frozen=True)
class Standing:
    """What the gradebook says of ada's written answer, and of all her work."""

    points: float | None
    extra: float | None
    waiting: bool
    comment: str | None
    total: float


def standing(course: Course) -> Standing:
    with Gradebook(course.db_url) as book:
        found = book.find_grade("explain", LESSON, LESSON, "ada")
        comment = book.find_comment("explain", LESSON, LESSON, "ada").manual_comment
        total = book.find_submission(LESSON, "ada").score
        return Standing(found.manual_score, found.extra_credit, bool(found.needs_manual_grade), comment, total)


GIVEN = Standing(points=1, extra=0.5, waiting=False, comment=COMMENT, total=19.5)


def test_points_extra_credit_and_a_comment_typed_in_the_formgrader_are_in_the_gradebook(course, formgrader):
    open_submission(formgrader)
    typed(formgrader, "#explain", "1", ".score-saved")
    typed(formgrader, "#explain_extra_credit", "0.5", ".score-saved")
    typed(formgrader, "#explain-comment", COMMENT, ".comment-saved")
    assert standing(course) == GIVEN


def test_nothing_that_a_student_wrote_is_live_on_the_page_on_which_a_person_grades(page, formgrader):
    assert formgrader.locator("body").evaluate("body => body.ownerDocument.title") == LESSON
    answer = formgrader.locator(".nbgrader_cell").filter(has=formgrader.locator("#explain"))
    assert HOSTILE in answer.inner_text().replace("\u2060", "") and "모든 점수가" in answer.inner_text()
    assert formgrader.locator("#notebook-container").locator("script", has_text="taken").count() == 0
    assert formgrader.locator("[onerror]").count() == 0
    assert answer.locator("code").inner_text().replace("\u2060", "") == "a<b"
    figure = formgrader.locator("#notebook-container img").first
    assert figure.evaluate("image => image.width <= image.closest('#notebook-container').clientWidth")


@pytest.fixture
def within(course, monkeypatch) -> Course:
    monkeypatch.chdir(course.root)
    return course


def feedback(course: Course, page) -> str:
    """The text of ada's feedback page, which is looked at in a tab of its own."""
    shown = page.context.browser.new_page()
    shown.goto((course.feedback / "ada" / LESSON / f"{LESSON}.html").as_uri())
    text = shown.locator("body").inner_text()
    for place in (".comment-said", "#notebook .panel-footer"):  # at the top, and below the answer
        comment = shown.locator(place)
        assert comment.locator("mfrac").count() == 1, "the formula is drawn"
        assert COMMENT.split("`")[2] in comment.inner_text(), "a tag is shown as it was typed"
    shown.close()
    return text


def test_after_report_the_feedback_page_shows_total_points_and_the_comment_as_it_was_typed(within, page):
    assert main(["report", LESSON]) == 0
    text = feedback(within, page)
    assert "19.5 of 20 points" in text and "explain 1.5 of 2" in text and "Start with" not in text
    assert text.count("잘 썼어요: 가중치는") == 2
    [row] = json.loads((within.class_dir / "report.json").read_text())["lessons"][0]["rows"]
    assert (row["state"], row["total"]) == ("graded", 19.5)


def test_grading_again_keeps_what_a_person_gave_and_a_new_submission_asks_for_another_look(within, formgrader):
    assert main(["grade", LESSON]) == 0
    assert standing(within) == GIVEN
    hand_in(within, 10)
    assert main(["grade", LESSON]) == 0
    assert standing(within) == replace(GIVEN, waiting=True)
    open_submission(formgrader)
    answer = formgrader.locator(".nbgrader_cell").filter(has=formgrader.locator("#explain"))
    answer.get_by_role("button", name="Resolve").click()
    formgrader.locator("#explain:not(.needs_manual_grade)").wait_for()
    assert standing(within) == GIVEN


def pressed(formgrader, button: str, answer: str) -> str:
    """Manage Assignments, the button in the lesson's row, and the window that comes: it says `answer`. Its text."""
    formgrader.get_by_role("link", name="Manual Grading").first.click()  # a submission's page has no other way out
    formgrader.get_by_role("link", name="Manage Assignments").click()
    row = formgrader.locator("#main-table tr").filter(has=formgrader.get_by_role("link", name=LESSON, exact=True))
    row.locator(f".{button} a").click()
    window = formgrader.locator(".modal.in")
    window.get_by_text(answer).wait_for()
    text = window.inner_text()
    window.get_by_role("button", name="Close").first.click()
    formgrader.locator(".modal-backdrop").wait_for(state="detached")
    return text


def test_the_generate_feedback_button_writes_the_page_that_report_writes(within, formgrader):
    assert main(["report", LESSON]) == 0
    page = within.feedback / "ada" / LESSON / f"{LESSON}.html"
    by_report = page.read_bytes()
    page.unlink()
    pressed(formgrader, "generate-feedback", "Successfully generated feedback")
    assert page.read_bytes() == by_report


def test_the_generate_button_makes_the_lesson_that_build_has_made(within, formgrader):
    lesson = within.lesson(LESSON)
    built = lesson.read_bytes()
    lesson.write_text("an old one")
    said = pressed(formgrader, "assign", "Successfully created the student version")
    assert lesson.read_bytes() == built and [path.name for path in lesson.parent.iterdir()] == [lesson.name]
    assert "says something else" not in said


def test_where_the_generate_button_cannot_make_the_lesson_anew_the_old_one_stays_and_the_reason_is_said(
    within, formgrader
):
    lesson, source = within.lesson(LESSON), within.solutions / LESSON / f"{LESSON}.ipynb"
    built, good = lesson.read_bytes(), source.read_bytes()
    notebook = nbformat.reads(good.decode(), as_version=4)
    notebook.cells.append(graded(new_code_cell("assert True", id="one-more"), "one_more", points=1))
    write_nb(source, notebook)
    said = pressed(formgrader, "assign", "There was an error creating the student version")
    assert "The released lesson stays as it is." in said and "Cannot add or remove cells" in said
    assert lesson.read_bytes() == built
    notebook.cells.pop()
    cell(notebook, "test_project").metadata.nbgrader.points = 3  # points may change; but the .py does not say so
    write_nb(source, notebook)
    assert "says something else than its .py" in pressed(formgrader, "assign", "Successfully created")
    assert cell(nbformat.read(lesson, as_version=4), "test_project").metadata.nbgrader.points == 3

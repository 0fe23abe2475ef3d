"""The instructor's page, nbgrader's formgrader, in a real browser: its autograde button is the sealed grader."""

from __future__ import annotations

from importlib.util import find_spec

import nbformat
import pytest
from browser import CHROMIUM, chromium, jupyterlab
from conftest import need, need_browser
from nbgrader.api import Gradebook
from small_class import ANSWERS, hand_in
from small_course import LESSON, SEALED, cell, small_course, write_nb

from autograder import nbgrader_api
from autograder.course import Course
from autograder.grading.run import grade

MINUTE = 60_000  # milliseconds


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = small_course(tmp_path_factory.mktemp("formgrader") / "course", SEALED)
    for student, answers in ANSWERS.items():
        hand_in(course, student, answers, 1)
    return course


@pytest.fixture(scope="module")
def page(course, tmp_path_factory):
    """nbgrader's page of the lesson's submissions."""
    need_browser()
    need(find_spec("playwright"), "playwright is not installed: pip install -e '.[test]'.")
    from playwright.sync_api import sync_playwright

    with jupyterlab(course.root, tmp_path_factory.mktemp("home")) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=list(CHROMIUM))
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.goto(address.replace("/lab?", "/login?"))  # the page's own calls want a cookie, not the token
        page.goto(address.replace("/lab?", f"/formgrader/manage_submissions/{LESSON}?"))
        yield page
        browser.close()


def test_the_autograde_button_grades_as_the_command_does_tampering_and_all(course, page, tmp_path):
    for student in ANSWERS:
        row = page.locator("tr").filter(has=page.get_by_text(student, exact=True))
        row.locator(".autograde a").click(timeout=MINUTE)
        said = page.locator(".modal.in, .modal.show").first
        said.get_by_text(f"Successfully autograded '{LESSON}' for student '{student}'").wait_for(timeout=MINUTE)
        said.get_by_role("button", name="Close").first.click()
        page.locator(".modal-backdrop").wait_for(state="detached", timeout=MINUTE)
    other = Course(course.root, tmp_path / "class")
    for student, answers in ANSWERS.items():
        hand_in(other, student, answers, 1)
    by_command = {one.student: one.score for one in grade(other, LESSON)}
    with Gradebook(course.db_url) as book:
        by_button = {one.student.id: one.score for one in book.assignment_submissions(LESSON)}
    assert by_button == by_command
    page.reload()
    for student, score in by_command.items():
        row = page.locator("tr").filter(has=page.get_by_text(student, exact=True))
        row.locator(".score").get_by_text(f"{score:g} / 6", exact=True).wait_for(timeout=MINUTE)


def test_what_the_button_graded_shows_the_sealed_graders_word_in_nbgraders_own_view(course, page):
    """cy ends its process in the first answer: the page a person grades on says so."""
    with Gradebook(course.db_url) as book:
        number = book.find_submission_notebook(LESSON, LESSON, "cy").id
    page.goto(page.url.split("/formgrader/")[0] + f"/formgrader/submissions/{number}/")
    page.get_by_text("because the notebook was stopped").first.wait_for(timeout=MINUTE)


def test_below_a_written_answer_stands_its_rubric_in_the_formgrader_and_in_no_page_of_a_student(course, page):
    source = course.solutions / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    cell(
        notebook, "why"
    ).source = "### BEGIN SOLUTION\nA mean is a share.\n\n*For the grader.* 1 point: it is a share.\n### END SOLUTION"
    write_nb(source, notebook)
    with Gradebook(course.db_url) as book:
        number = book.find_submission_notebook(LESSON, LESSON, "ada").id
    page.goto(page.url.split("/formgrader/")[0] + f"/formgrader/submissions/{number}/")
    answer = page.locator(".cell").filter(has=page.locator("#why-comment"))
    rubric = answer.locator("xpath=following-sibling::*[1]")
    rubric.get_by_text("How its points are given. 1 point: it is a share.").wait_for(timeout=MINUTE)
    assert "not for the student" in rubric.inner_text() and "A mean is a share." in rubric.inner_text()
    assert page.get_by_text("How its points are given").count() == 1
    nbgrader_api.feedback(course, LESSON, "ada")
    [feedback] = (course.feedback / "ada" / LESSON).glob("*.html")
    assert "because a mean is a share" in feedback.read_text().lower(), "the student's own answer"
    assert "points are given" not in feedback.read_text()

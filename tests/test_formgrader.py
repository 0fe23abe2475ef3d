"""The instructor's page, nbgrader's formgrader, in a real browser: its autograde button is the sealed grader."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from browser import CHROMIUM, chromium, jupyterlab
from conftest import need, need_browser
from nbgrader.api import Gradebook
from small_class import ANSWERS, hand_in
from small_course import LESSON, SEALED, small_course

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

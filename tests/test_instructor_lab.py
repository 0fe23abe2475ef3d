"""nbgrader's parts of JupyterLab on the real course: Validate on a lesson, Create Assignment on its source."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec

import nbformat
import pytest
from browser import instructors_copy, jupyterlab, opened
from conftest import need, need_browser
from small_course import cell, nbgrader_api, write_nb

from autograder.authoring import lesson as lessons
from autograder.course import Course
from autograder.demo.classroom import demo_class

LESSON = "04_self_attention"
RELEASED, SOURCE = f"lessons/{LESSON}/{LESSON}.ipynb", f"solutions/{LESSON}/{LESSON}.ipynb"
MINUTE = 60_000  # milliseconds
VALIDATING = 5 * MINUTE


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    course = Course(instructors_copy(tmp_path_factory.mktemp("lab") / "course", LESSON))
    course.class_dir.mkdir()
    return course


@pytest.fixture(scope="module")
def address(course, tmp_path_factory):
    need_browser()
    need(find_spec("playwright"), "playwright is not installed: pip install -e '.[test]'.")
    with jupyterlab(course.root, tmp_path_factory.mktemp("home"), instructor=True) as address:
        yield address


def solved(course: Course, number: int) -> nbformat.NotebookNode:
    """The notebook of one of the demo class's students: 0 has it all right, 3 fills hidden scores with 0."""
    master = nbformat.read(course.lesson(LESSON), as_version=4)
    return demo_class(lessons.read_built(course, LESSON), master, {"explain": "They are all 1/S."})[number].notebook


def graded_cells(course: Course) -> list[nbformat.NotebookNode]:
    cells = nbformat.read(course.lesson(LESSON), as_version=4).cells
    return [one for one in cells if one.metadata.get("nbgrader", {}).get("grade")]


def validated(lesson) -> str:
    """The toolbar's Validate button, and what the window that comes says."""
    lesson.page.locator(".validate-button").get_by_text("Validate", exact=True).click()
    window = lesson.page.locator(".jp-Dialog").filter(has_text="Validation Results")
    window.wait_for(timeout=VALIDATING)
    return window.inner_text()


def test_validate_names_every_cell_of_an_unsolved_lesson_that_fails_in_the_sentence_of_its_check(course, address):
    with opened(address, RELEASED) as lesson:
        said = validated(lesson)
    assert said.count("The following cell failed") == len(graded_cells(course))
    for name in ("project", "scores", "attention", "padding_mask", "SelfAttention", "mended"):
        assert f"`{name}` is not written yet: put your code in the place of `raise" in said
    assert said.count("You did not provide a response.") == 1, "of the written answer"
    assert "Traceback" not in said and "NotImplementedError:" not in said


def test_validate_names_the_mistake_of_a_cell_that_is_wrong_and_explains_it(course, address):
    write_nb(course.lessons / LESSON / "wrong.ipynb", solved(course, 3))
    with opened(address, RELEASED.replace(f"{LESSON}.ipynb", "wrong.ipynb")) as lesson:
        said = validated(lesson)
    assert "This is what happens with a hidden score set to 0." in " ".join(said.split())


def test_validate_passes_a_solved_lesson(course):
    path = write_nb(course.lessons / LESSON / "right.ipynb", solved(course, 0))
    command = [sys.executable, "-m", "nbgrader", "validate", str(path.relative_to(course.root))]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True)
    assert done.stdout == "Success! Your notebook passes all the tests.\n", done.stderr


# The panel's name for each kind of cell: (autograded, solution, code) -> type.
KINDS = {
    (True, False, True): "tests",
    (False, True, True): "solution",
    (True, True, False): "manual",
}
PANEL = """panel => [...panel.querySelectorAll('.nbgrader-CellWidget')].map(cell => ({
    kind: cell.querySelector('select').value,
    id: cell.querySelector('.nbgrader-CellId input').value,
    points: cell.querySelector('.nbgrader-CellPoints input').valueAsNumber,
    locked: cell.querySelector('.nbgrader-LockButton').classList.contains('nbgrader-mod-locked'),
}))"""


def create_assignment(lesson):
    """Nbgrader > Create assignment: the panel at the right."""
    lesson.page.locator(".lm-MenuBar-item").get_by_text("Nbgrader", exact=True).click()
    lesson.page.locator(".lm-Menu-item").get_by_text("Create assignment", exact=True).click()
    panel = lesson.page.locator(".nbgrader-NotebookPanelWidget:visible")
    panel.locator(".nbgrader-CellWidget").first.wait_for(timeout=MINUTE)
    return panel


def as_the_panel_says(notebook: nbformat.NotebookNode) -> list[dict]:
    said = []
    for one in notebook.cells:
        marks = one.metadata.get("nbgrader")
        if not marks:
            said.append({"kind": "", "id": "", "points": 0, "locked": False})
            continue
        kind = KINDS[marks.grade, marks.solution, one.cell_type == "code"]
        points = marks.get("points", 0)
        said.append({"kind": kind, "id": marks.grade_id, "points": points, "locked": kind == "tests"})
    return said


def change_points(lesson, panel, grade_id: str, points: str, file: str) -> None:
    """Type the points of a cell into the panel, and save the notebook."""
    place = [one["id"] for one in panel.evaluate(PANEL)].index(grade_id)
    box = panel.locator(".nbgrader-CellWidget").nth(place).locator(".nbgrader-CellPoints input")
    total = panel.locator(".nbgrader-TotalPointsInput")
    wanted = float(total.input_value()) - float(box.input_value()) + float(points)
    box.fill(points)
    box.press("Tab")
    assert float(total.input_value()) == wanted
    with lesson.page.expect_response(lambda said: said.request.method == "PUT" and file in said.url) as saving:
        lesson.page.keyboard.press("Control+s")
    assert saving.value.ok


def test_create_assignment_shows_every_cell_of_the_source_and_takes_a_change(course, address):
    """Points are changed for good in the .py, from which the notebook is built (see below). What is changed in the
    notebook is released by Generate, which says that the two differ, and is gone after the next `autograder build`."""
    path = course.root / SOURCE
    before = nbformat.read(path, as_version=4)
    with opened(address, SOURCE) as lesson:
        panel = create_assignment(lesson)
        assert panel.evaluate(PANEL) == as_the_panel_says(before)
        change_points(lesson, panel, "test_project", "3", SOURCE)
        assert [said for said in lesson.complaints if "(attachment:" not in said] == []  # JupyterLab's own
    after = nbformat.read(path, as_version=4)
    nbformat.validate(after)
    cell(before, "test_project").metadata.nbgrader.points = 3
    assert [(c.id, c.source, c.metadata.get("nbgrader")) for c in after.cells] == [
        (c.id, c.source, c.metadata.get("nbgrader")) for c in before.cells
    ]
    done = nbgrader_api(course).generate_assignment(LESSON)
    assert done["success"] and "says something else than its .py" in done["log"]
    assert sum(one.metadata.nbgrader.points for one in graded_cells(course)) == 21


def test_create_assignment_changes_points_in_the_source_itself_and_leaves_the_rest_of_it_as_it_was(course, address):
    """What an instructor does: right click on the .py, Open With > Jupytext Notebook, Nbgrader > Create assignment,
    change the points, save, and `autograder build` the lesson. (Or change the number in the .py in any editor.)"""
    path = (course.root / SOURCE).with_suffix(".py")
    before, cells = path.read_text(), lessons.read_notebook(course, LESSON).cells
    with opened(address, SOURCE) as lesson:
        lesson.page.keyboard.press("Control+b")  # the files come back
        files = lesson.page.locator(".jp-DirListing-item")
        files.filter(has=lesson.page.get_by_text(path.name, exact=True)).click(button="right")
        lesson.page.locator(".lm-Menu-item").get_by_text("Open With", exact=True).hover()
        lesson.page.locator(".lm-Menu-item").get_by_text("Jupytext Notebook", exact=True).click()
        lesson.page.locator(".jp-NotebookPanel:visible .jp-CodeCell").first.wait_for(timeout=MINUTE)
        lesson.page.locator(".lm-TabBar-tab.lm-mod-current").get_by_text(path.name).wait_for(timeout=MINUTE)
        panel = create_assignment(lesson)
        assert panel.evaluate(PANEL) == as_the_panel_says(nbformat.v4.new_notebook(cells=cells))
        change_points(lesson, panel, "test_project", "4", path.name)
    head, text = re.match(r"(# ---\n.*?# ---\n)(.*)", path.read_text(), re.S).groups()
    _, old = re.match(r"(# ---\n.*?# ---\n)(.*)", before, re.S).groups()
    marks = '"grade_id": "test_project", "locked": true, "points": {}'
    assert text == old.replace(marks.format(2), marks.format(4)) != old
    assert "format_name: percent" in head and "name: python3" in head  # jupytext adds its version

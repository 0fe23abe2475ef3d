"""A submission damaged, rearranged or forged is graded like a whole one, and what was done is said."""

import shutil
from copy import deepcopy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from small_course import LESSON, REBUILD, cell, graded, nbgrader_api, released, small_course, solved, write_nb

from autograder.course import Course
from autograder.grading.answers import TOP_CELL, rebuild


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    return small_course(tmp_path_factory.mktemp("course"), REBUILD)


@pytest.fixture
def master(course):
    return released(course)


def without(nb, *grade_ids):
    nb.cells = [c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") not in grade_ids]
    return nb


def forget_everything(nb):
    """All metadata and cell ids lost, as after a detour through another editor."""
    for number, each in enumerate(nb.cells):
        each.metadata.clear()
        each["id"] = f"new-{number}"
    return nb


def sources(nb):
    return [c.source for c in nb.cells]


def test_a_whole_submission_goes_through_unchanged_and_without_a_note(master):
    submission = solved(deepcopy(master))
    submission.cells[5].source = "numbers = [7]"
    before = deepcopy(submission)
    nb, notes = rebuild(master, submission)
    assert notes == [] and nb.cells == submission.cells == before.cells
    assert "transformer_lessons" not in nb.metadata


def test_of_a_doubled_answer_the_last_that_was_worked_on_counts_and_runs_last(master):
    submission = solved(deepcopy(master))
    first, last, stub = (deepcopy(cell(submission, "add")) for _ in range(3))
    first.source, stub.source = "def add(a, b): return 0", cell(master, "add").source
    for number, each in enumerate((first, last, stub)):
        each["id"] = f"copy-{number}"
    test_at = [c.id for c in submission.cells].index("test_add")
    submission.cells[test_at + 1 : test_at + 1] = [last, stub]
    submission.cells[test_at - 1] = first
    nb, notes = rebuild(master, submission)
    assert notes == ["The answer to `add` was in the file 3 times: the last one that was worked on counts."]
    code = [c.source for c in nb.cells if "def add" in c.source]
    assert code == [first.source, last.source]
    assert [c.metadata.get("nbgrader", {}).get("grade_id") for c in nb.cells].count("add") == 1


def test_both_halves_of_a_split_answer_run_in_their_order(master):
    submission = solved(deepcopy(master))
    half = deepcopy(cell(submission, "mean"))
    half.source, half["id"] = "def total(values):\n    return sum(values)", "half"
    cell(submission, "mean").source = "def mean(values):\n    return total(values) / len(values)"
    submission.cells.insert(6, half)
    nb, _ = rebuild(master, submission)
    names = {}
    exec("\n".join(c.source for c in nb.cells if c.cell_type == "code" and "test" not in c.id), names)
    assert names["mean"]([2, 4]) == 3


def test_a_missing_answer_is_said_loudly_and_the_stub_stands_in(master):
    nb, notes = rebuild(master, without(solved(deepcopy(master)), "mean"))
    assert notes == ["The answer to `mean` is missing from the file: 0 points, ask the student."]
    assert cell(nb, "mean").source == cell(master, "mean").source
    assert nb.metadata.transformer_lessons == {"repairs": notes}
    assert (
        nb.cells[0].id == TOP_CELL
        and "repaired before grading" in nb.cells[0].source
        and notes[0] in nb.cells[0].source
    )


def test_an_answer_written_into_another_answers_cell_counts(master):
    submission = solved(deepcopy(master))
    cell(submission, "add").source += "\n" + cell(submission, "mean").source
    nb, notes = rebuild(master, without(submission, "mean"))
    assert "not in its own cell but in another" in notes[0]
    names = {}
    exec("\n".join(c.source for c in nb.cells if c.cell_type == "code" and "assert" not in c.source), names)
    assert names["mean"]([2, 4]) == 3


def test_deleted_changed_and_forged_cells_of_the_course_come_from_the_master(master):
    submission = without(solved(deepcopy(master)), "test_add", "read_me")
    cell(submission, "test_mean").source = "pass"
    cell(submission, "test_mean").metadata.nbgrader.update(points=100, solution=True)
    submission.cells.append(graded(new_code_cell("1", id="bonus"), "bonus", points=50))
    nb, notes = rebuild(master, submission)
    assert notes == [
        "Tests missing from the file were put back: `test_add`.",
        "Tests that had been changed were put back as they were: `test_mean`.",
        "Cells of the lesson missing from the file were put back: 1.",
        "Cells marked as graded or as answers that this lesson does not have lost their mark: 1.",
    ]
    for name in ("test_add", "test_mean", "read_me"):
        assert cell(nb, name) == cell(master, name)
    assert nb.cells[-1].source == "1" and nb.cells[-1].metadata == {}


def test_the_students_own_cells_stay_where_they_were_without_marks(master):
    submission = solved(deepcopy(master))
    helper = new_code_cell("def helper():\n    return 1", id="test_add", metadata={"tags": ["skip-execution"]})
    submission.cells[3:3] = [helper, new_markdown_cell("my notes", id="mine")]
    submission.cells.insert(0, new_code_cell("first = True", id="mine"))
    nb, notes = rebuild(master, submission)
    assert notes == [] and sources(nb) == sources(submission)
    assert nb.cells[4].metadata == {}
    assert len({c.id for c in nb.cells}) == len(nb.cells)
    nbformat.validate(nb)


def test_answers_that_lost_all_metadata_are_found_by_what_they_hold_or_where_they_stand(master):
    submission = forget_everything(solved(deepcopy(master)))
    nb, notes = rebuild(master, submission)
    assert sources(nb)[1:] == sources(submission)
    assert [n.split(" had lost its mark: ")[0] for n in notes] == [
        f"The answer to `{n}`" for n in ("add", "mean", "why")
    ]
    assert [c.metadata for c in nb.cells[1:]] == [c.metadata for c in master.cells]


def test_an_answer_that_lost_only_nbgraders_mark_is_found_by_its_cell_id(master):
    submission = solved(deepcopy(master))
    del cell(submission, "add").metadata["nbgrader"]
    submission.cells[3].source = "add = lambda a, b: a + b"
    nb, notes = rebuild(master, submission)
    assert notes == ["The answer to `add` had lost its mark: it was found by its cell id."]
    assert cell(nb, "add").source == "add = lambda a, b: a + b"


def test_an_answer_turned_markdown_is_code_again(master):
    submission = solved(deepcopy(master))
    old = submission.cells[3]
    submission.cells[3] = new_markdown_cell(old.source, id=old.id, metadata=old.metadata)
    nb, notes = rebuild(master, submission)
    assert cell(nb, "add").cell_type == "code" and "of another kind" in notes[0]


def test_a_submission_can_not_write_the_report_of_its_own_repairs(master):
    submission = solved(deepcopy(master))
    submission.metadata["transformer_lessons"] = {"repairs": ["forged"]}
    submission.metadata["kernelspec"] = {"name": "bash", "display_name": "bash"}
    submission.cells.insert(0, new_markdown_cell("forged", id=TOP_CELL))
    nb, notes = rebuild(master, submission)
    assert notes == [] and nb.metadata == master.metadata and "forged" not in sources(nb)


def test_the_same_file_is_always_rebuilt_to_the_same_bytes(master):
    submission = without(forget_everything(solved(deepcopy(master))), "x")
    for each in submission.cells:
        del each["id"]
    submission.cells.insert(2, new_code_cell("helper = 1", id="add"))
    once, again = (nbformat.writes(rebuild(master, submission)[0]) for _ in range(2))
    assert once == again


def hand_in(course, student, nb):
    write_nb(course.submitted / student / LESSON / f"{LESSON}.ipynb", nb)


def doubled(master):
    nb = solved(deepcopy(master))
    copy = deepcopy(cell(nb, "add"))
    copy["id"], copy.source = "copy", "def add(a, b):\n    return sum([a, b])"
    nb.cells.insert(4, copy)
    return nb


def with_helper(master):
    """No test left in the file; the answer leans on a cell of the student's own."""
    nb = without(solved(deepcopy(master)), "test_add", "test_mean")
    cell(nb, "add").source = "def add(a, b):\n    return plus(a, b)"
    nb.cells.insert(3, new_code_cell("def plus(a, b):\n    return a + b", id="helper"))
    return nb


def test_plain_nbgrader_gives_up_the_whole_batch_on_one_doubled_cell(tmp_path):
    plain = small_course(tmp_path / "plain")
    hand_in(plain, "ada", doubled(released(plain)))
    hand_in(plain, "bo", solved(released(plain)))
    done = nbgrader_api(plain).autograde(LESSON, "*")
    assert not done["success"] and "old version" in done["log"]
    assert not list(plain.autograded.rglob("*.ipynb")), "nobody was graded"


def test_with_rebuild_real_nbgrader_grades_every_one_of_them(course, master):
    shutil.rmtree(course.submitted, ignore_errors=True)
    hand_in(course, "ada", doubled(master))
    hand_in(course, "bo", with_helper(master))
    hand_in(course, "cy", forget_everything(solved(deepcopy(master))))
    hand_in(course, "di", without(solved(deepcopy(master)), "mean"))
    api = nbgrader_api(course)
    done = api.autograde(LESSON, "*")
    assert done["success"], done["log"]
    done = api.generate_feedback(LESSON)
    assert done["success"], done["log"]

    with api.gradebook as gradebook:
        scores = {s: gradebook.find_submission(LESSON, s).score for s in ("ada", "bo", "cy", "di")}
        written = gradebook.find_grade("why", LESSON, LESSON, "cy")
        assert written.needs_manual_grade
    assert scores == {"ada": 5, "bo": 5, "cy": 5, "di": 2}
    repairs = {}
    for student in scores:
        nb = nbformat.read(course.autograded / student / LESSON / f"{LESSON}.ipynb", as_version=4)
        repairs[student] = nb.metadata["transformer_lessons"]["repairs"]
        assert "the sealed number is 13" in cell(nb, "test_add").source, "hidden tests are run"
        assert "What was repaired before grading" in (course.feedback / student / LESSON / f"{LESSON}.html").read_text()
    assert repairs["bo"] == ["Tests missing from the file were put back: `test_add`, `test_mean`."]
    assert "0 points, ask the student" in repairs["di"][0]


def test_a_lesson_that_was_never_released_is_one_clear_sentence(course, master):
    hand_in(course, "ed", solved(deepcopy(master)))
    moved = course.lesson(LESSON).rename(course.root / "away.ipynb")
    try:
        done = nbgrader_api(course).autograde(LESSON, "ed")
    finally:
        moved.rename(course.lesson(LESSON))
    assert not done["success"] and "is missing: build the lesson" in done["log"]


def as_left_behind(master, *sources_of_cells):
    """A submission of code cells without any metadata in the place of the answer to `mean`; the rest is whole."""
    submission = solved(deepcopy(master))
    at = [c.id for c in submission.cells].index("mean")
    submission.cells[at : at + 1] = [new_code_cell(source, id=f"mine-{n}") for n, source in enumerate(sources_of_cells)]
    return submission


def run_before_tests(nb):
    names = {}
    for each in nb.cells:
        if each.get("id") == "test_mean":
            return names
        if each.cell_type == "code" and not each.get("id", "").startswith("test_"):
            exec(each.source, names)


MINE = "def mean(values):\n    return sum(values) / len(values)"
STUB = 'def mean(values):\n    """The mean of a list of numbers: their sum divided by how many they are."""\n'


def test_an_answer_in_a_cell_of_ones_own_counts_though_its_own_cell_still_holds_the_stub(master):
    for own_first in (True, False):
        submission = solved(deepcopy(master))
        stub = cell(submission, "mean")
        stub.source = cell(master, "mean").source
        submission.cells.insert(submission.cells.index(stub) + (not own_first), new_code_cell(MINE, id="mine"))
        nb, notes = rebuild(master, submission)
        assert notes == [
            "The answer to `mean` was not in its own cell but in another: that one counts; please check it."
        ]
        assert run_before_tests(nb)["mean"]([2, 4]) == 3


def test_a_copy_of_the_stub_that_lost_its_mark_does_not_undo_the_answer(master):
    nb, _ = rebuild(master, as_left_behind(master, MINE, cell(master, "mean").source))
    assert run_before_tests(nb)["mean"]([2, 4]) == 3


def test_an_answer_split_over_cells_without_marks_is_put_together(master):
    two = deepcopy(master)
    cell(two, "mean").source = (
        STUB + "    raise NotImplementedError\n\ndef total(values):\n    raise NotImplementedError"
    )
    halves = ("def mean(values):\n    return total(values) / len(values)", "def total(values):\n    return sum(values)")
    nb, notes = rebuild(two, as_left_behind(master, *halves))
    assert "was not in its own cell but in 2 others: they were put together" in notes[0]
    assert run_before_tests(nb)["mean"]([2, 4]) == 3


def test_an_answer_under_another_name_without_marks_is_found_by_its_place(master):
    nb, notes = rebuild(master, as_left_behind(master, "average = lambda values: sum(values) / len(values)"))
    assert cell(nb, "mean").source.startswith("average") and "`mean`" in notes[0] and "please check" in notes[0]


def test_a_written_answer_below_its_cell_is_read_and_not_a_silent_zero(master):
    submission = solved(deepcopy(master))
    why = cell(submission, "why")
    why.source = cell(master, "why").source
    at = submission.cells.index(why)
    submission.cells[at + 1 : at + 1] = [
        new_markdown_cell("A mean is a share,", id="a"),
        new_markdown_cell("so divide.", id="b"),
    ]
    nb, notes = rebuild(master, submission)
    assert cell(nb, "why").source == "A mean is a share,\n\nso divide." and "`why`" in notes[0]

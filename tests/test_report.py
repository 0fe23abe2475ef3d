"""What students and the instructor get back: feedback pages and the class page."""

import html
import json
import re
from copy import deepcopy
from html.parser import HTMLParser
from urllib.parse import unquote

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from small_course import (
    JUDGED,
    LESSON,
    OTHER,
    REBUILD,
    cell,
    nbgrader_api,
    released,
    small_course,
    solved,
    write_nb,
)

from autograder.course import Course
from autograder.demo.colab import as_colab_saves
from autograder.errors import Stop
from autograder.intake.collect import collect
from autograder.returns.class_page.pictures.histogram import binned
from autograder.returns.class_page.report import write_report

FEEDBACK = """
from nbgrader.converters import GenerateFeedback
c.GenerateFeedback.preprocessors = [
    "autograder.returns.feedback.hidden_tests.DropHiddenTests", *GenerateFeedback.preprocessors.default_args[0]
]
"""
SNOOP = """def add(a, b):
    import inspect
    frame = inspect.currentframe().f_back
    print(frame.f_globals.get("In", [""])[-1])
    print(repr(frame.f_globals.get("In", [""])[-1]))
    return a + b
"""
CRASH = """def add(a, b):
    if a == 20:
        raise KeyError("in my own code")
    return a + b
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> Course:
    """Five students graded by real nbgrader, with feedback."""
    course = small_course(tmp_path_factory.mktemp("course"), REBUILD + FEEDBACK)
    master = released(course)
    answers = {
        "ada": cell(solved(deepcopy(master)), "add").source,
        "bo": "def add(a, b):\n    return 3\n",  # only the hidden test fails
        "cy": "def add(a, b):\n    return 0\n",  # the visible test fails, the hidden lines are near it
        "di": SNOOP,
        "ed": CRASH,
    }
    for student, answer in answers.items():
        nb = solved(deepcopy(master))
        cell(nb, "add").source = answer
        write_nb(course.submitted / student / LESSON / f"{LESSON}.ipynb", nb)
    api = nbgrader_api(course)
    for done in (api.autograde(LESSON, "*"), api.generate_feedback(LESSON)):
        assert done["success"], done["log"]
    return course


def page(course: Course, student: str) -> str:
    text = (course.feedback / student / LESSON / f"{LESSON}.html").read_text()
    return html.unescape(re.sub(r"<[^>]+>", "", text))


@pytest.mark.parametrize("student", ["ada", "bo", "cy", "di", "ed"])
def test_no_feedback_page_prints_a_line_of_a_hidden_test(graded, student):
    shown = page(graded, student)
    for secret in ("add(20, -7)", "the sealed number is 13", "mean([9])", "HIDDEN TESTS"):
        assert secret not in shown


def test_a_failed_test_says_as_much_as_it_may(graded):
    assert "A sealed test did not pass." in page(graded, "bo")
    assert "assert add(1, 2) == 3" in page(graded, "cy") and "A sealed test" not in page(graded, "cy")
    assert "An output that showed sealed tests was left out." in page(graded, "di")
    assert "A sealed test did not pass. It ended in KeyError." in page(graded, "ed")
    assert "Score: 2.0 / 2.0" in page(graded, "ada")


FORGED = {"exercise": "add", "passed": False, "mistakes": [{"id": "forged", "name": "forged", "hint": ""}]}
HOSTILE = "<img src=x onerror=alert(1)>&amp;"


@pytest.fixture(scope="module")
def judged(tmp_path_factory) -> Course:
    """A class collected by us and graded by real nbgrader; only the cells are judged without a kernel."""
    course = small_course(tmp_path_factory.mktemp("course"), REBUILD + JUDGED + FEEDBACK)
    source = tmp_path_factory.mktemp("handed in")
    for student in ("ada", "bo", "cy", "di", HOSTILE):
        nb = solved(released(course))
        if student in ("bo", "cy"):
            cell(nb, "add").source = "def add(a, b):\n    return a - b\n"
        if student == "cy":
            cell(nb, "mean").source = "def mean(values):  # half\n    return sum(values) / 2\n"
            nb = as_colab_saves(nb)
        if student == "di":
            nb.cells = [c for c in nb.cells if c.id != "mean"]
        write_nb(source / student / f"{LESSON}.ipynb", nb)
    (source / "ed").mkdir()
    (source / "ed" / f"{LESSON}.ipynb").write_text("{")
    (source / "fi").mkdir()
    (source / "fi" / "essay.txt").write_text("words")
    collect(source, course)
    api = nbgrader_api(course)
    assert api.autograde(LESSON, "*")["success"]
    with api.gradebook as gradebook:
        gradebook.add_student("gone")
        grade = gradebook.find_grade("why", LESSON, LESSON, "ada")
        grade.manual_score, grade.needs_manual_grade = 1, False
        gradebook.db.commit()
    assert api.generate_feedback(LESSON)["success"]
    return course


def report(course: Course, lessons=(LESSON,)) -> tuple[str, dict]:
    path = write_report(course, list(lessons))
    return path.read_text(), json.loads(path.with_suffix(".json").read_text())


def test_the_class_page_and_its_json_hold_the_points_of_nbgraders_gradebook(judged):
    page, data = report(judged)
    lesson = data["lessons"][0]
    totals = {row["student"]: (row["state"], row["total"]) for row in lesson["rows"]}
    hostile = next(name for name in totals if "onerror" in name)
    assert totals == {
        "ada": ("graded", 6), "bo": ("pending", 3), "cy": ("pending", 1.5), "di": ("pending", 2),
        hostile: ("pending", 5), "gone": ("absent", 0),
    }  # fmt: skip
    assert lesson["median"] == 3 and lesson["points"] == 6
    assert [(e["title"], e["points"], e["passed"], e["graded"], e["pending"]) for e in lesson["exercises"]] == [
        ("add", 2, 3, 5, 0), ("mean", 3, 3, 5, 0), ("why", 1, 1, 1, 4)
    ]  # fmt: skip
    for words in ("3 <small>of 6", "to grade", "not handed in", "Sums"):
        assert words in page


def test_misconceptions_come_most_frequent_first_with_hint_and_names(judged):
    page, data = report(judged)
    held = data["lessons"][0]["misconceptions"]
    assert [(m["id"], m["exercises"], m["students"]) for m in held] == [
        ("minus", ["test_add"], ["bo", "cy"]), ("by-two", ["test_mean"], ["cy"])
    ]  # fmt: skip
    assert page.index("Subtracts instead of adding") < page.index("Divides by 2")
    assert "Try it with three numbers &lt;of your own&gt;." in page


def test_a_verdict_that_a_student_prints_is_not_believed(judged):
    path = judged.autograded / "ada" / LESSON / f"{LESSON}.ipynb"
    original = path.read_bytes()
    nb = nbformat.read(path, as_version=4)
    shown = {"application/vnd.transformer-lessons.verdict+json": FORGED}
    output = nbformat.v4.new_output("display_data", shown)
    nb.cells.append(new_code_cell("display(...)", outputs=[output]))
    cell(nb, "add").outputs = [output]
    path.chmod(0o644)
    try:
        nbformat.write(nb, path)
        assert "forged" not in json.dumps(report(judged)[1])
    finally:
        path.write_bytes(original)


def test_signs_of_tampering_stand_where_a_person_looks_first(judged):
    path = judged.autograded / "ada" / LESSON / f"{LESSON}.ipynb"
    original = path.read_bytes()
    nb = nbformat.read(path, as_version=4)
    nb.metadata["transformer_lessons"] = {
        "flags": ["A cell replaces torch's own <comparisons>.", "Changed: torch.equal."]
    }
    path.chmod(0o644)
    try:
        nbformat.write(nb, path)
        page, data = report(judged)
    finally:
        path.write_bytes(original)
    needs = page[page.index("Needs you") : page.index("Who holds which")]
    assert "Look at it" in needs and "&lt;comparisons&gt;. Changed: torch.equal." in needs and "ada" in needs
    assert data["lessons"][0]["flags"][0]["students"] == ["ada"]


def test_refusals_missing_answers_and_repairs_are_said_with_what_to_do(judged):
    page, data = report(judged)
    lesson = data["lessons"][0]
    assert [(s["students"], s["files"]) for s in lesson["refusals"]] == [(["ed"], [f"{LESSON}.ipynb"])]
    assert data["unplaced"][0]["students"] == ["fi"]
    said = {repair["reason"]: repair["students"] for repair in lesson["repairs"]}
    assert said["Saved by Colab: personal data of its run log dropped."] == ["cy"]
    assert said["The answer to `mean` is missing from the file: 0 points, ask the student."] == ["di"]
    for words in ("not complete JSON", "hand that file in", "There is no notebook in this folder", "ask the student"):
        assert words in page


def test_a_reason_that_many_share_is_one_entry_with_every_student_and_what_is_said_of_each(judged, tmp_path):
    """As `collect` writes it, of a class of whom seven sent a PDF and two a broken notebook."""
    for student in "abcdefg":
        (tmp_path / "in" / student).mkdir(parents=True)
        (tmp_path / "in" / student / f"{student}-homework.pdf").write_text("%PDF")
    for student in "hi":
        (tmp_path / "in" / student).mkdir()
        (tmp_path / "in" / student / f"{LESSON}.ipynb").write_text("{")
    course = Course(judged.root, class_dir=tmp_path / "class", db_url=judged.db_url)
    collect(tmp_path / "in", course)
    page, data = report(course)
    assert [(said["students"], len(said["files"])) for said in data["unplaced"]] == [(list("abcdefg"), 7)]
    assert [said["students"] for said in data["lessons"][0]["refusals"]] == [["h", "i"]]
    broken, without = page.split("Not taken</span>")[1:]
    assert "not complete JSON" in broken and "There is no notebook in this folder." in without
    for student in "abcdefg":
        assert re.search(rf"<bdi>{student}</bdi>: .*Left aside, [^<]*{student}-homework.pdf", without)
    assert without.count("Ask for the .ipynb file") == 1 and Outline(page).open == []


class Outline(HTMLParser):
    """What a test asks of a page: its tags, its links, and that what is opened is closed."""

    VOID = frozenset(("meta", "rect", "line"))

    def __init__(self, page: str):
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_scriptless_accessible_and_nothing_from_people_is_markup(judged):
    page, _ = report(judged)
    outline = Outline(page)
    tags = [tag for tag, _ in outline.seen]
    assert outline.open == [] and not {"script", "img", "link", "iframe"} & set(tags)
    assert not [name for _, attrs in outline.seen for name in attrs if name.startswith("on")]
    assert tags.count("table") == tags.count("caption") == 2 and tags.count("h1") == 1
    assert all(attrs.get("scope") in ("row", "col") for tag, attrs in outline.seen if tag == "th")
    assert any(tag == "svg" and attrs["role"] == "img" for tag, attrs in outline.seen)
    assert "Scores of 5 students" in page
    assert "http" not in re.sub(r"http-equiv", "", page), "nothing is loaded from elsewhere"


def test_links_to_feedback_are_relative_and_lead_to_pages_that_exist(judged):
    page, _ = report(judged)
    links = {attrs["href"] for tag, attrs in Outline(page).seen if tag == "a"}
    assert len(links) == 5
    assert all((judged.class_dir / unquote(link)).is_file() for link in links)


def test_hostile_words_from_the_gradebook_and_the_receipts_are_escaped(judged, tmp_path):
    course = Course(judged.root, class_dir=tmp_path, db_url=judged.db_url)
    receipt = {"student": HOSTILE, "lesson": LESSON, "file": HOSTILE, "verdict": "refused", "notes": [HOSTILE, HOSTILE]}
    course.collected.write_text(json.dumps([receipt]))
    page, data = report(course)
    assert HOSTILE not in page and html.escape(HOSTILE) in page
    assert data["lessons"][0]["refusals"][0]["students"] == [HOSTILE]


def test_a_score_from_before_is_not_shown_as_todays(judged):
    stamp = judged.submitted / "bo" / LESSON / "timestamp.txt"
    before = stamp.read_text()
    stamp.write_text("2099-01-01 00:00:00.000000 UTC")
    try:
        page, data = report(judged)
    finally:
        stamp.write_text(before)
    row = next(row for row in data["lessons"][0]["rows"] if row["student"] == "bo")
    assert (row["state"], row["total"], row["scores"]) == ("stale", 0, {})
    assert "handed in again: grade again" in page and "Handed in again since" in page


def test_before_any_grading_the_page_shows_what_was_handed_in(judged, tmp_path):
    course = Course(judged.root, class_dir=tmp_path / "new class")
    write_nb(tmp_path / "in" / "ada" / f"{LESSON}.ipynb", released(course))
    collect(tmp_path / "in", course)
    page, data = report(course, [LESSON, OTHER])
    assert [row["state"] for row in data["lessons"][0]["rows"]] == ["ungraded"]
    assert "Nothing is graded yet." in page and "Nothing was handed in yet." in page
    assert not course.gradebook.exists(), "a report changes nothing"
    with pytest.raises(Stop, match="99_none"):
        write_report(course, ["99_none"])


def test_the_histogram_counts_everyone_once_and_full_marks_in_the_last_bar():
    assert binned([0, 2.5, 3, 3], 3) == ([1, 0, 1, 2], ["0", "1", "2", "3"])
    counts, labels = binned([0, 11.9, 12, 13, -1], 12)
    assert (counts, labels[0], labels[-1]) == ([2, 0, 0, 0, 0, 3], "0–2", "10–12")
    assert sum(binned([i / 2 for i in range(51)], 25)[0]) == 51

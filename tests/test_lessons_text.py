"""What the lessons promise in their text: folded hints, rubrics, an up-to-date syllabus, a right glossary."""

from __future__ import annotations

import functools
import re

import nbformat
import pytest
from traitlets.utils.importstring import import_item

from autograder import nbgrader_api
from autograder.authoring.build import syllabus
from autograder.authoring.lesson import read_notebook, source_ids
from autograder.authoring.syllabus import PATH, outline
from autograder.course import Course

COURSE = Course.find()
LESSONS = source_ids(COURSE)
HINTS = ("Hint 1: a nudge", "Hint 2: the approach", "Hint 3: almost code")
SECRET = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS).*?### END \1", re.DOTALL)
FIGURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")


@functools.cache
def cells(lesson: str) -> list:
    return read_notebook(COURSE, lesson).cells


@functools.cache
def read_by_students(lesson: str) -> str:
    """The lesson's text and code as a student has it, up to what it says of other lessons at its end; no figures."""
    text = "\n".join(FIGURE.sub("", SECRET.sub("", cell.source)) for cell in cells(lesson))
    return text.split("\n## What you built")[0]


# Hints


def exercises(lesson: str) -> dict[str, str]:
    """The number of each exercise -> the text from its heading to the next exercise's."""
    text = "\n".join(cell.source for cell in cells(lesson) if cell.cell_type == "markdown")
    _, *parts = re.split(r"^\*\*Exercise ", text, flags=re.MULTILINE)
    return {part.split(" ")[0]: part for part in parts}


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_exercise_that_is_checked_has_three_hints_folded_with_titles_that_say_how_much_they_tell(lesson):
    given = exercises(lesson)
    assert len(given) >= 8
    for number, text in given.items():
        folded = re.findall(r"<details([^>]*)><summary>([^<]*)</summary>(.*?)</details>", text, re.DOTALL)
        assert text.count("<details") == len(folded), f"{number}: a fold without title, or not closed"
        assert not any(attributes for attributes, _, _ in folded), f"{number}: a hint lies open"
        titles = [title for _, title, _ in folded]
        read = "read by a person" in text.split("\n")[0] or number == "9.14"  # nothing to hint at
        assert titles == [] if read else titles and titles == list(HINTS) * (len(titles) // 3), number
        assert all(len(hint.strip()) > 20 for _, _, hint in folded), f"{number}: a hint that says nothing"


# Rubrics

RUBRIC = re.compile(r"(\d+) points?(?: for\b|:)")


def written(lesson: str) -> list:
    return [c for c in cells(lesson) if c.cell_type == "markdown" and c.metadata.get("nbgrader", {}).get("grade")]


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_written_answer_has_a_model_answer_and_a_rubric_whose_points_are_the_cells(lesson):
    asked = written(lesson)
    assert asked
    for cell in asked:
        secret = re.fullmatch(r"### BEGIN SOLUTION\n(.*)\n### END SOLUTION", cell.source.strip(), re.DOTALL)
        assert secret, "the answer stands in the solution region, and nothing else does"
        answer, _, rubric = secret[1].partition("*For the grader.*")
        assert len(answer.split()) > 40, "a model answer"
        assert sum(map(int, RUBRIC.findall(rubric))) == cell.metadata.nbgrader.points, rubric


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_student_finds_a_model_answer_or_a_rubric(lesson):
    released = COURSE.lesson(lesson).read_text(encoding="utf-8")
    assert "For the grader" not in released
    recorded = (COURSE.assets / "probes" / f"{lesson}.json").read_text(encoding="utf-8")
    assert "For the grader" not in recorded and "Double-click here and write your answer" in recorded


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_formgrader_shows_a_grader_the_model_answer_and_the_rubric_below_each_written_answer(lesson):
    config = nbgrader_api.configuration(COURSE)
    *_, name = config.HTMLExporter.preprocessors  # the last word: what students wrote has been cleaned before
    show = import_item(name)(config=config)
    handed_in = nbformat.read(COURSE.lesson(lesson), as_version=4)
    before = [cell.source for cell in handed_in.cells]
    elsewhere, _ = show.preprocess(handed_in, {})
    assert [cell.source for cell in elsewhere.cells] == before, "in no other page"
    shown, _ = show.preprocess(handed_in, {"submission_id": "1", "assignment_id": lesson, "notebook_id": lesson})
    assert len(shown.cells) == len(before) + len(written(lesson))
    for number, cell in enumerate(shown.cells):
        if cell.metadata.get("nbgrader", {}).get("grade_id") in {
            asked.metadata.nbgrader.grade_id for asked in written(lesson)
        }:
            told = shown.cells[number + 1].source
            assert "How its points are given" in told and "### " not in told
            assert [part for part in secret_lines_of(lesson, cell) if part not in told] == []


def secret_lines_of(lesson: str, answer) -> list[str]:
    """The lines of the model answer and of the rubric."""
    grade_id = answer.metadata.nbgrader.grade_id
    [source] = [cell.source for cell in written(lesson) if cell.metadata.nbgrader.grade_id == grade_id]
    lines = [line.replace("*For the grader.*", "").strip() for line in source.splitlines()[1:-1]]
    return [line for line in lines if line]


# The syllabus


def test_the_syllabus_is_what_the_sources_make_and_names_every_exercise():
    made = syllabus(COURSE).files[PATH].decode()
    assert (COURSE.root / PATH).read_text(encoding="utf-8") == made, "run `autograder build`"
    for lesson in LESSONS:
        assert f"({lesson}/{lesson}.ipynb)" in made
        for number in exercises(lesson):
            assert made.count(f"\n| {number} | ") == 1
    for target in re.findall(r"\]\(([^)#]+)\)", made):
        assert target.startswith("https://") or (COURSE.root / "lessons" / target).is_file(), target


HOURS = {"two": 2, "three": 3, "four": 4}
MORE = {None: 0, "half": 30, "quarter": 15}


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_time_that_a_lesson_names_is_that_of_its_exercises_and_its_text(lesson):
    """Within an eighth: it is an estimate."""
    brief = outline(lesson, read_notebook(COURSE, lesson))
    said = re.match(r"about (\w+)(?: and a (half|quarter))? hours", brief.time)
    minutes = 60 * HOURS[said[1]] + MORE[said[2]]
    assert abs((brief.exercise_minutes + brief.reading_minutes) / minutes - 1) <= 1 / 8
    assert brief.points == sum(task.points for task in brief.tasks)
    assert brief.question.endswith("?") and len(brief.can) == 3 and brief.needs


# The glossary

_, WORDS, SYMBOLS = re.split(r"^# .*$", (COURSE.lessons / "glossary.md").read_text(encoding="utf-8"), flags=re.M)


def rows(table: str) -> list[list[str]]:
    _, _, *lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[entry.strip() for entry in line.strip("|").split("|")] for line in lines]


def lesson_number(number: str) -> str:
    return LESSONS[int(number) - 1]


def uses(lesson: str, term: str) -> bool:
    """Whether a student reads the term there, in the text or as part of a name in the code; its plural counts."""
    spelled = re.sub(r"\\[ -]", r"[-_\\s]+", re.escape(term))
    return bool(re.search(rf"(?<![a-z]){spelled}(?:s|es)?(?![a-z])", read_by_students(lesson), re.IGNORECASE))


def test_the_glossary_is_in_order_and_each_term_has_korean_and_a_short_sentence():
    terms = rows(WORDS)
    assert len(terms) >= 80
    names = [row[0].lower() for row in terms]
    assert names == sorted(set(names))
    for english, korean, what, first, explained in terms:
        assert re.search(r"[가-힣]", korean), english
        assert 3 <= len(what.split()) <= 25 and not what.endswith("."), english
        assert int(first) <= int(explained) <= len(LESSONS), english


def test_a_term_is_first_used_in_the_lesson_that_the_glossary_names_and_in_none_before():
    for english, _, _, first, explained in rows(WORDS):
        using = [lesson for lesson in LESSONS if uses(lesson, english)]
        assert using and using[0] == lesson_number(first), (english, using)
        assert lesson_number(explained) in using, english


def test_every_code_name_of_the_symbols_stands_in_the_lesson_that_is_named():
    found = rows(SYMBOLS)
    assert len(found) >= 25
    for symbol, what, shape, code, _, lesson in found:
        names = re.findall(r"`([^`]+)`", code)
        assert what and shape and names, symbol
        for name in names:
            assert re.search(rf"\b{name}\b", read_by_students(lesson_number(lesson))), f"{name}, lesson {lesson}"


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_letter_that_a_lesson_explains_in_its_conventions_stands_in_the_table_of_symbols(lesson):
    conventions = re.search(r"\*\*Conventions(?:.|\n)*?\n\n", read_by_students(lesson))[0]
    known = {name.strip() for row in rows(SYMBOLS) for name in row[0].split(",")}
    known |= {name for row in rows(SYMBOLS) for name in re.findall(r"`([^`]+)`", row[3])}
    letters = re.findall(r"`([A-Za-z_]+)` (?=batch|length|width|model|words|heads|number|size|inner)", conventions)
    letters += re.findall(r"`(\w+) = \d`", conventions)
    assert letters and set(letters) <= known, set(letters) - known


# The map


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_opens_with_the_map_of_the_course_on_which_it_is_lit(lesson):
    opening = cells(lesson)[0].source
    [figure] = re.findall(r"!\[([^\]]+)\]\((\S+)\)", opening)
    assert figure[1] == f"../../assets/figures/map_{lesson[:2]}.png"
    assert figure[0].startswith(("A map of the Transformer", "Map of the course"))
    assert re.search(rf"lesson (is number )?{int(lesson[:2])}\b", figure[0])

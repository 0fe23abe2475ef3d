"""Signs of tampering are for a person to look at: those who tamper leave one, and those who only solve leave none."""

import nbformat
import pytest
from nbgrader.utils import is_grade

from attacks.exam import hand_in, right
from autograder.authoring import lesson as lessons
from autograder.authoring.record import wrong_sources
from autograder.course import Course
from autograder.grading.exam.child.flags import in_sources, own_lines

FINISHED = "A cell takes a part that is finished."
BUILT_ON_PARTS = {"LayerByTorchFunctions"}  # a right answer that takes a finished part, which is what the sign says


@pytest.mark.parametrize(
    "answer",
    [
        "from classroom.parts import attention",
        "import classroom.parts.layers.attention as mine\nattention = mine.attention",
        "from classroom import parts\ndef attention(q, k, v, mask=None):\n    return parts.attention(q, k, v, mask)",
        "from classroom import parts\n(attention,) = parts.use('attention')",
        "from classroom import parts as p\nattention = p.attention",
    ],
)
def test_a_part_that_the_course_has_finished_is_no_answer_without_a_sign(course, answer):
    """Later lessons need it, so it is there to be taken: it scores, and a person is told."""
    result = hand_in(course, {**right(course), "attention": answer})
    assert result.score == 18 and result.flags == (FINISHED,)


def test_a_part_that_is_taken_by_a_name_that_is_made_up_leaves_a_sign_too(course):
    taken = "import importlib\nattention = getattr(importlib.import_module('classroom.' + 'par' + 'ts'), 'attention')"
    assert hand_in(course, {**right(course), "attention": taken}).flags == ("A cell imports what it does not name.",)


def test_a_cell_of_the_course_that_was_changed_a_little_is_no_sign(course):
    result = hand_in(course, right(course))
    nb = result.notebook
    imports = next(cell for cell in nb.cells if cell.id == "imports")
    assert "classroom" in imports.source
    imports.source += "\nimport math"
    assert not hand_in(course, right(course), nb=nb).flags


@pytest.mark.parametrize("lesson_id", Course.find().lesson_ids())
def test_no_answer_of_the_banks_right_or_wrong_carries_a_sign(lesson_id):
    course = Course.find()
    lesson = lessons.read(course, lesson_id)
    released = nbformat.read(course.lesson(lesson_id), as_version=4)
    given = [cell.source for cell in released.cells if not is_grade(cell)]
    answers = {}
    for exercise in lesson.exercises:
        for mistake, way, source in wrong_sources(exercise, lesson.solution(exercise.cell)):
            answers[f"{exercise.cell}: {mistake.id} ({way + 1})"] = source
        for variant in exercise.right:
            if variant.__name__ not in BUILT_ON_PARTS:
                answers[f"{exercise.cell}: {variant.__name__}"] = lessons.variant_source(variant, exercise.target)
    assert answers
    signs = {name: in_sources(own_lines([source], given)) for name, source in answers.items()}
    assert {name: said for name, said in signs.items() if said} == {}

"""The sealed grader inside real nbgrader: honest work scores the same, messages and pictures reach the student."""

import inspect
import json
import re
import subprocess
import sys
from copy import deepcopy

import nbformat
import pytest
import torch
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.utils import determine_grade, is_grade
from small_course import LESSON as SUMS
from small_course import SEALED, cell, lesson_source, nbgrader_api, released, small_course, solved, write_nb

from autograder import nbgrader_api as our_nbgrader
from autograder.authoring import lesson as lessons
from autograder.course import Course
from autograder.demo import answers, classroom
from autograder.demo.models import trained_model
from autograder.errors import Stop
from autograder.grading import judge, task
from autograder.grading.exam.drawing import pictures
from autograder.grading.exam.drawing.calls import LOGARITHMIC, call, same
from autograder.grading.exam.drawing.drawn import CALL, drawn
from autograder.grading.exam.parents import parents
from autograder.grading.limits import Limits
from autograder.grading.run import prepare, submissions
from autograder.grading.task import exam_paper, grade
from autograder.grading.translator.expected import expected_files
from autograder.intake.collect import collect
from classroom import show

LESSON = "04_self_attention"
ROOT = Course.find().root
STOCK = "nbgrader.preprocessors.Execute"


def scores(nb):
    return {c.metadata.nbgrader.grade_id: determine_grade(c)[0] for c in nb.cells if is_grade(c)}


@pytest.fixture(scope="module")
def demo_class(tmp_path_factory):
    """The demo class of lesson 04, collected; only the cells that draw or measure, alike for both, are emptied."""
    course = Course(Course.find().root, tmp_path_factory.mktemp("both ways"))
    lesson = lessons.read(course, LESSON)
    nb = nbformat.read(course.lesson(LESSON), as_version=4)
    for each in nb.cells:
        if {"picture", "measured"} & set(each.metadata.get("tags", [])):
            each.source = "vectors = torch.ones(2, 3)" if "vectors = " in each.source else ""
    solved_nb = nbformat.read(course.solutions / LESSON / f"{LESSON}.ipynb", as_version=4)
    handed_in = classroom.demo_class(lesson, nb, answers.essays(solved_nb))
    classroom.write(handed_in, LESSON, course.class_dir / "handed_in")
    collect(course.class_dir / "handed_in", course)
    return course


def test_the_demo_class_scores_the_same_cell_by_cell_as_in_plain_nbgrader(demo_class, monkeypatch):
    paper = exam_paper(demo_class, LESSON)
    prepare(demo_class, LESSON)
    configuration = our_nbgrader.configuration

    def plain(course):
        config = configuration(course)
        steps = config.Autograde.autograde_preprocessors
        config.Autograde.autograde_preprocessors = [STOCK, *[s for s in steps if "SealedExecute" not in s]]
        return config

    monkeypatch.setattr(our_nbgrader, "configuration", plain)
    students = submissions(demo_class, LESSON)
    assert len(students) == 12
    for student in students:
        file = demo_class.submitted / student / LESSON / f"{LESSON}.ipynb"
        ours = grade(paper, file.read_bytes(), LESSON, student)
        assert ours.reason == "" and ours.flags == ()
        our_nbgrader.autograde(demo_class, LESSON, student)
        theirs = nbformat.read(demo_class.autograded / student / LESSON / f"{LESSON}.ipynb", as_version=4)
        graded = nbformat.reads(ours.notebook.decode(), as_version=4)
        assert scores(graded) == scores(theirs), student
        assert said(graded) == said(theirs), student


def said(nb):
    """What the checks of a notebook said, by test."""
    found = {}
    for each in nb.cells:
        if is_grade(each) and each.cell_type == "code":
            shown = [o.data["text/plain"] for o in each.outputs if o.output_type == "display_data"]
            errors = [(o.ename, o.evalue) for o in each.outputs if o.output_type == "error"]
            found[each.metadata.nbgrader.grade_id] = (shown, errors)
    return found


@pytest.mark.parametrize("lesson_id", [name for name in Course.find().lesson_ids() if name != LESSON])
def test_the_right_variants_of_every_other_bank_get_full_marks_and_a_mistake_does_not(lesson_id):
    course = Course.find()
    lesson = lessons.read(course, lesson_id)
    nb = nbformat.read(course.lesson(lesson_id), as_version=4)
    paper = exam_paper(course, lesson_id)
    tests = [c for c in nb.cells if is_grade(c) and c.cell_type == "code"]  # what is written, a person grades
    best = {c.metadata.nbgrader.grade_id: c.metadata.nbgrader.points for c in tests}
    largest = max(lesson.exercises, key=lambda exercise: len(exercise.mistakes))
    wrong = answers.with_mistakes(lesson, {largest.cell: largest.mistakes[0].id})
    models = {name: trained_model() for name in expected_files(nb)}
    for written, full in ((answers.variants(lesson), True), (wrong, False)):
        done = grade(paper, json.dumps(answers.filled(nb, written)).encode(), lesson_id, "ada", files=models)
        graded = scores(nbformat.reads(done.notebook.decode(), as_version=4))
        assert ({name: graded[name] for name in best} == best) is full
        assert done.flags == () and done.reason == ""


def test_a_picture_that_comes_out_as_in_the_solved_lesson_is_that_very_picture_and_another_is_drawn():
    course, lesson_id = Course.find(), "04_self_attention"
    nb = nbformat.read(course.lesson(lesson_id), as_version=4)
    paper, lesson = exam_paper(course, lesson_id), lessons.read(course, lesson_id)
    built = drawn(course.solutions / lesson_id / f"{lesson_id}.ipynb")
    known = {output["data"]["image/png"].strip() for _, outputs in built for output in outputs}
    assert len(known) >= 5

    def shown(sources):
        """The pictures in the cells of the course's own."""
        done = grade(paper, json.dumps(answers.filled(nb, sources)).encode(), lesson_id, "ada")
        cells = nbformat.reads(done.notebook.decode(), as_version=4).cells
        outputs = [o for c in cells for o in c.get("outputs", []) if "image/png" in o.get("data", {})]
        assert not any(CALL in output.metadata for output in outputs)
        return [output.data["image/png"].strip() for output in outputs]

    right = answers.solutions(lesson)
    assert set(shown(right)) <= known
    leaking = shown(answers.with_mistakes(lesson, {"attention": "fill-zero"}))
    assert len(set(leaking) - known) == 1 and len(leaking) == len(shown(right))


def test_the_picture_is_not_drawn_again_where_the_solved_notebook_has_one_of_the_same_call(tmp_path):
    course = small_course(tmp_path / "course", SEALED)
    path = course.solutions / SUMS / f"{SUMS}.ipynb"
    built = nbformat.read(path, as_version=4)
    known = call("bars", ({"a": 1.0, "b": 2.0 + 1e-6},), {"title": "two"})
    held = {"text/plain": "the built one"}
    built.cells[1].outputs = [new_output("display_data", held, metadata={CALL: known})]
    write_nb(path, built)
    nb = solved(released(course))
    same, other = "show.bars({'a': 1.0, 'b': 2.0}, title='two')", "show.bars({'a': 1.0, 'b': 2.5}, title='two')"
    nb.cells += [new_code_cell(f"from classroom import show\n{each}") for each in (same, other)]
    done = grade(exam_paper(course, SUMS), json.dumps(nb).encode(), SUMS, "ada", course=course)
    last = nbformat.reads(done.notebook.decode(), as_version=4).cells[-2:]
    assert last[0].outputs == [new_output("display_data", held)]
    assert last[1].outputs[0].data.keys() >= {"image/png", "text/plain"}


def test_a_picture_of_what_has_passed_so_far_is_never_another_sessions(tmp_path):
    """What looks at the session is drawn anew, and so is a call that was seen to show two things."""
    looking = {
        path.stem
        for path in (Course.find().root / "classroom" / "show").rglob("*.py")
        if re.search(r"^from classroom import .*\bpassed\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = {name for name in show.__all__ if getattr(show, name).__module__.rsplit(".", 1)[-1] in looking}
    assert named == pictures.OF_THE_SESSION != set()
    known = call("bars", ({"a": 1.0},), {})
    shown = [new_output("display_data", {"text/plain": text}, metadata={CALL: known}) for text in ("one", "two", "one")]
    cells = [new_code_cell("", outputs=[output]) for output in shown]
    one, two = write_nb(tmp_path / "1.ipynb", new_notebook(cells=cells[::2])), tmp_path / "2.ipynb"
    write_nb(two, new_notebook(cells=cells))
    assert [call for call, _ in drawn(one)] == [known, known] and drawn(two) == []


def test_a_call_is_the_same_as_another_processor_rounds_it_and_not_where_anything_to_be_seen_differs():
    weights = torch.randn(7, 9, generator=torch.Generator().manual_seed(0)).softmax(-1)
    weights[0, 0] = -torch.inf
    first = ("attention", (weights, ["a", "b"], 3), {"peak": 0.5, "lines": {"x": [1e-9, 2.0]}})
    rounded = ("attention", (weights * (1 + 1e-7), ["a", "b"], 3), {"peak": 0.5, "lines": {"x": [1e-9, 2.000001]}})
    known = call(*first)
    assert same(known, call(*rounded)) and same(json.loads(json.dumps(known)), call(*rounded))
    assert not same(known, call("head_map", *first[1:]))
    changed = weights.clone()
    changed[3, 4] += 0.002
    hidden = weights.clone()
    hidden[0, 1] = -torch.inf
    swapped = weights[torch.tensor([0, 2, 1, 3, 4, 5, 6])]
    for other in (changed, hidden, swapped, weights.T, weights[None], weights.double(), 2 * weights, weights.tolist()):
        assert not same(known, call("attention", (other, ["a", "b"], 3), first[2]))
    for args, named in (
        ((weights, ["a", "c"], 3), first[2]),
        ((weights, ["a", "b"], 4), first[2]),
        ((weights, ["a", "b"], 3.0), first[2]),
        (first[1], {**first[2], "peak": 0.501}),
        (first[1], {**first[2], "lines": {"x": [2e-9, 2.0]}}),
        (first[1], {**first[2], "lines": {"x": [1e-9, 2.0, 2.0]}}),
        (first[1], {**first[2], "lines": {"y": [1e-9, 2.0]}}),
    ):
        assert not same(known, call("attention", args, named))
    assert call("attention", (len,), {}) is None


def test_where_small_numbers_are_seen_as_well_as_large_ones_tensors_are_taken_exactly():
    taking = set()
    for name in show.__all__:
        draw = inspect.unwrap(getattr(show, name))
        source = inspect.getsource(inspect.getmodule(draw))
        if inspect.signature(draw).parameters and re.search(r"[xy]scale=\"log\"|\bdraw_lines\b", source):
            taking.add(name)
    assert taking == LOGARITHMIC
    numbers = torch.tensor([1.0, 1e-9])
    assert not same(call("by_layer", ({"a": numbers},), {}), call("by_layer", ({"a": numbers * (1 + 1e-6)},), {}))


def test_what_is_asked_sealed_is_worked_out_before_a_submission_is_forked_and_stays_the_same_for_it():
    course = Course.find()
    paper = nbformat.reads(exam_paper(course, LESSON).decode(), as_version=4)
    tests = [cell.source for cell in paper.cells if is_grade(cell) and cell.cell_type == "code"]
    judge._recording.cache_clear()
    judge.preload(LESSON, f"ada/{LESSON}", tests)
    ready = judge._recording.cache_info()
    assert ready.currsize == sum("sealed(" in test for test in tests) >= 5
    judge.preload(LESSON, f"ada/{LESSON}", tests)
    assert judge._recording.cache_info().misses == ready.misses
    versions = {judge.version(f"student{number}/{LESSON}") for number in range(100)}
    assert versions == set(range(judge.VERSIONS))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return small_course(tmp_path_factory.mktemp("course"), SEALED)


TEST = """
values = [3, 1, 2]
assert add(values, [4]) == [3, 1, 2, 4], "lists are added, too"
Points = 0
for a, b in ((1, 2), (5, 5)):
    Points += add(a, b) == a + b
try:
    add(1, "2")
except TypeError:
    Points += 1
Points
"""


def changed_lesson(course, test):
    """The lesson's sealed test of `add`, with this test in its place."""
    paper = nbformat.reads(exam_paper(course, SUMS).decode(), as_version=4)
    cell(paper, "test_add").source = test
    cell(paper, "test_add").metadata.nbgrader.points = 3
    return nbformat.writes(paper).encode()


def asserted(course, answer, test=TEST, own=()):
    nb = solved(released(course))
    cell(nb, "add").source = answer
    nb.cells[3:3] = [new_code_cell(source) for source in own]
    done = grade(changed_lesson(course, test), json.dumps(nb).encode(), SUMS, "ada", course=course)
    graded = nbformat.reads(done.notebook.decode(), as_version=4)
    return determine_grade(cell(graded, "test_add"))[0], graded, done


ADD = "def add(a, b):\n    return a + b"


def test_plain_asserts_and_partial_credit_work_on_what_the_students_code_answers(course):
    assert asserted(course, ADD)[0] == 3
    assert asserted(course, "def add(a, b):\n    return a + b if a != 5 else 0")[0] == 2
    assert asserted(course, "def add(a, b):\n    return 0")[0] == 0
    assert asserted(course, "add = 3")[0] == 0 and asserted(course, "")[0] == 0


@pytest.mark.parametrize(
    "answer, test",
    [
        ("def add(a, b):\n    a.append(b)", "x = [1]\nadd(x, 2)\nassert x == [1, 2]"),
        ("def add(a, b):\n    b['a'] = a", "x = {}\nadd(1, x)\nassert x == {'a': 1}"),
        ("import torch\ndef add(a, b):\n    a += b", "import torch\nx = torch.ones(2)\nadd(x, 1)\nassert x.sum() == 4"),
        ("class add:\n    def __init__(me, a):\n        me.a = a\n    def plus(me, b):\n        return me.a + b",
         "thing = add(2)\nassert thing.a == 2 and thing.plus(b=3) == 5"),
        ("import torch\nadd = torch.nn.Linear(2, 3)",
         "import torch\nassert add(torch.ones(4, 2)).shape == (4, 3) and add.weight.shape == (3, 2)"),
        ("def add(n):\n    return [object(), n]", "made, n = add(4)\nassert n == 4 and made is not None"),
        ("add = [1, 2, 3]", "assert len(add) == 3 and sum(add) == 6"),
        ("def add(a, b):\n    return a * b",
         "import torch\na, b = torch.ones(3, requires_grad=True), torch.full((3,), 4.0)\n"
         "(2 * add(a, b=b)).sum().backward()\nassert a.grad.tolist() == [8, 8, 8] and b.grad is None\n"
         "assert torch.autograd.grad(add(a, a).sum(), a)[0].tolist() == [2, 2, 2]"),
        ("def add(a, b):\n    return (a * b).detach()",
         "import torch\na = torch.ones(3, requires_grad=True)\nassert not add(a, 4.0).requires_grad"),
        ("def add(a, b):\n    return 2 * a, [3 * b, 'none']",
         "import torch\na, b = (torch.ones(1, requires_grad=True) for _ in 'ab')\nx, (y, _) = add(a, b)\n"
         "(x + y).backward()\nassert a.grad == 2 and b.grad == 3"),
        ("import torch\nadd = torch.nn.Linear(2, 1, bias=False)",
         "import torch\nassert add.weight.grad is None\nadd(torch.ones(4, 2)).sum().backward()\n"
         "assert add.weight.grad.tolist() == [[4, 4]] and add.weight.requires_grad\nadd.zero_grad()\n"
         "with torch.no_grad():\n    assert not add(torch.ones(4, 2)).requires_grad"),
        ("def add(f, x):\n    return f(x)\ndef twice(x):\n    return 2 * x", "assert add(twice, 4) == 8"),
    ],
)  # fmt: skip
def test_objects_of_the_student_can_be_used_from_a_test(course, answer, test):
    points, graded, done = asserted(course, answer, test)
    assert points == 3, cell(graded, "test_add").outputs
    assert done.reason == ""


@pytest.mark.parametrize(
    "answer, test",
    [
        ("class Equal(int):\n    __eq__ = lambda *a: True\nadd = lambda *a: Equal()", "assert add(1, 2) == 3"),
        ("class Yes:\n    __bool__ = lambda s: True\nadd = lambda *a: Yes()", "assert add(1, 2)"),
        ("class Near:\n    __lt__ = __le__ = __sub__ = __abs__ = lambda *a: Near()\nadd = lambda *a: Near()",
         "assert abs(add(1, 2) - 3) < 1e-6"),
        ("add = lambda *a: 3\nall = len = lambda *a: True", "assert all(add(n, 1) == n + 1 for n in (1, 5))"),
        ("add = lambda *a: 99", "add(1, 2)\nassert add(1, 2) == 3"),
    ],
)  # fmt: skip
def test_what_only_pretends_gets_nothing(course, answer, test):
    assert asserted(course, answer, test)[0] == 0


def test_the_value_of_a_call_in_the_last_line_is_no_score(course):
    """Else the student's code would set it; the test has come to its end, so it is full marks."""
    assert asserted(course, "add = lambda *a: 1", "assert add(0, 1) == 1\nadd(0, 1)")[0] == 3
    assert asserted(course, ADD, "score = 7\nscore")[0] == 3, "never more than there are"
    assert asserted(course, ADD, "score = -7\nscore")[0] == 0


def test_code_that_is_locked_is_there_for_the_student_and_for_the_tests(course):
    paper = nbformat.reads(exam_paper(course, SUMS).decode(), as_version=4)
    locked = cell(lesson_source(), "test_add")
    locked.update(id="given", source="BASE = 10\ndef by_base(x):\n    return add(x, BASE)")
    locked.metadata.nbgrader.update(grade=False, grade_id="given")
    paper.cells.insert(2, locked)
    cell(paper, "test_add").source = "assert by_base(1) == 11 and add(1, 1) == 12"
    nb = solved(released(course))
    cell(nb, "add").source = "def add(a, b):\n    return a + b + (BASE if b == 1 else 0)"
    done = grade(nbformat.writes(paper).encode(), json.dumps(nb).encode(), SUMS, "ada", course=course)
    assert scores(nbformat.reads(done.notebook.decode(), as_version=4))["test_add"] == 2


def test_through_nbgrader_itself_the_feedback_shows_the_students_pictures_and_no_hidden_test(course):
    nb = solved(released(course))
    cell(nb, "add").source = "def add(a, b):\n    return 3"
    nb.cells.append(new_code_cell("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('mine' * 2)"))
    write_nb(course.submitted / "ada" / SUMS / f"{SUMS}.ipynb", nb)
    api = nbgrader_api(course)
    for done in (api.autograde(SUMS, "ada"), api.generate_feedback(SUMS)):
        assert done["success"], done
    with api.gradebook as book:
        assert book.find_submission(SUMS, "ada").score == 3
    page = (course.feedback / "ada" / SUMS / f"{SUMS}.html").read_text()
    assert "minemine" in page and "data:image/png;base64," in page
    plain = re.sub(r"<[^>]+>", "", page)
    assert "A sealed test did not pass." in plain and "add(20" not in plain and "the sealed number" not in plain


LIVE = """
from IPython.display import HTML, Javascript, SVG, display
display(HTML("<script>steal()</script><img src=x onerror=steal()><b onclick=steal()>bold</b>"
             "<a href='javascript:steal()'>link</a><form action=//evil><input></form><iframe src=//evil></iframe>"))
display(Javascript("steal()"))
display(SVG(data="<svg xmlns='http://www.w3.org/2000/svg' onload='steal()'><script>steal()</script></svg>"))
words = "<script>steal()</script>[x](javascript:steal()) [y](&#106;avascript:steal())"
display({"text/plain": "", "text/markdown": words}, raw=True)
"""


def test_nothing_that_a_student_wrote_is_live_in_the_feedback(course):
    nb = solved(released(course))
    cell(nb, "why").source = "2 < 3, and <script>steal()</script> <img src=x onerror=steal()> [x](javascript:steal())"
    nb.cells[0].source += "\n<script>steal()</script>"
    nb.cells += [new_code_cell(LIVE), new_code_cell("<script>steal()</script>")]
    write_nb(course.submitted / "eve" / SUMS / f"{SUMS}.ipynb", nb)
    api = nbgrader_api(course)
    for done in (api.autograde(SUMS, "eve"), api.generate_feedback(SUMS, "eve")):
        assert done["success"], done
    page = (course.feedback / "eve" / SUMS / f"{SUMS}.html").read_text()
    tags = re.findall(r"<[a-zA-Z][^>]*>", page)
    live = re.compile(r"""=["']?\s*(javascript|&#)|\bon\w+=.*steal|evil|<(form|iframe)""")
    assert not [tag for tag in tags if live.search(tag)]
    assert not re.findall(r"<script[^>]*>[^<]*steal", page) and "<b>bold</b>" in page
    assert "2 &lt; 3" in page or "2 < 3" in page


def test_a_cell_with_the_skipped_tag_is_not_run(course):
    paper = nbformat.reads(exam_paper(course, SUMS).decode(), as_version=4)
    paper.cells[1].metadata["tags"] = ["training"]
    nb = deepcopy(paper)
    nb.cells[1].source = "print('trained for hours')"
    done = grade(nbformat.writes(paper).encode(), json.dumps(nb).encode(), SUMS, "ada", course=course)
    assert "trained for hours\\n" not in done.notebook.decode()


def test_grading_again_asks_the_same_and_another_student_is_asked_something_else(course):
    source = "import random, torch\nprint(random.random(), torch.rand(1), __import__('numpy').random.rand())"
    shown = {}
    for number, student in enumerate(("ada", "ada", "bo")):
        nb = solved(released(course))
        nb.cells.append(new_code_cell(source))
        done = grade(exam_paper(course, SUMS), json.dumps(nb).encode(), SUMS, student, course=course)
        shown[number] = nbformat.reads(done.notebook.decode(), as_version=4).cells[-1].outputs[0].text
    assert shown[0] == shown[1] != shown[2]


def test_a_worn_parent_is_replaced_and_nothing_is_lost(course):
    nb = json.dumps(solved(released(course))).encode()
    paper = exam_paper(course, SUMS)
    grade(paper, nb, SUMS, "ada", course=course)
    pair = next(p for p in _pairs() if p.left)
    pair.student._process.kill()
    done = grade(paper, nb, SUMS, "ada", Limits(cell_seconds=20), course=course)
    assert scores(nbformat.reads(done.notebook.decode(), as_version=4))["test_add"] == 2
    assert pair.left == 0


def _pairs():
    from autograder.grading.exam import parents as module

    return [p for p in module._open.values() if p.student._process.poll() is None][::-1]


def test_a_notebook_that_is_too_much_for_one_message_is_refused_and_no_parent_falls(course):
    paper, nb = exam_paper(course, SUMS), solved(released(course))
    grade(paper, nbformat.writes(nb).encode(), SUMS, "ada", course=course)
    before = parents(course, False, task.stamp(course))
    nb.cells += [new_code_cell("#" + "\ufffd" * 1_000_000) for _ in range(24)]
    with pytest.raises(Stop, match="too much to be graded"):
        grade(paper, nbformat.writes(nb).encode(), SUMS, "eve", course=course)
    assert parents(course, False, task.stamp(course)) is before


def test_a_comparison_that_would_take_gigabytes_of_the_machines_memory_costs_only_its_own_test(course):
    """A row against a column: small when they cross, 3.6 GB once compared."""
    answer = "import torch\ndef add(a, b):\n    return torch.ones(60_000, 1), torch.ones(60_000)"
    points, graded, done = asserted(course, answer, "row, column = add(1, 2)\nassert (row == column).all()")
    assert points == 0 and "memory" in cell(graded, "test_add").outputs[-1].evalue
    assert scores(graded)["test_mean"] > 0 and done.reason == ""


def test_in_a_container_whose_processes_go_first_anyway_the_examiner_takes_its_limit_and_stays_so():
    """Only who may do anything can lower the score: an ordinary user's examiner would end there."""
    source = (
        "import resource; from pathlib import Path; from autograder.grading.sandbox import kernel\n"
        "score = Path('/proc/self/oom_score_adj')\n"
        "for before in (0, 900):\n    score.write_text(str(before)); kernel.limit_memory(300, 500)\n"
        "    print(score.read_text().strip())\n"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0] < 2**40)"
    )
    said = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.split() == ["500", "900", "True"]

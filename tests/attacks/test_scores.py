"""A submission without a single answer scores 0, whatever else it does. (On plain nbgrader these gained 2 to 12.)"""

import pytest
from nbformat import NotebookNode

from attacks.exam import hand_in, right

PATCHES = """
import torch, builtins, classroom.check, classroom.checking.runner as runner
yes = lambda *a, **k: True
torch.allclose = torch.equal = torch.testing.assert_close = torch.isclose = yes
builtins.isinstance = yes
classroom.check.judge = lambda *a: None
classroom.check.examine = classroom.check.announce = yes
"""
TRANSFORMER = """
import ast
class Blank(ast.NodeTransformer):
    def visit_Module(self, node):
        return ast.Module(body=[], type_ignores=[])
get_ipython().ast_transformers.append(Blank())
"""
DISPLAYHOOK = """
import sys
def project(*a):
    sys.displayhook(2)
    print(2)
    raise SystemExit(0)
scores = by_hand = attention = padding_mask = attention_by_word = expose = mended = project
class SelfAttention:
    __new__ = project
"""
EQUAL = """
import torch
class Equal(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return True
    def __eq__(self, other): return True
    __ne__ = __lt__ = __gt__ = __eq__
class Anything:
    def __eq__(self, other): return True
    def __bool__(self): return True
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __iter__(self): return iter([self] * 3)
    def __len__(self): return 3
    shape = dtype = ()
"""
ANYTHING = "project=scores=attention=padding_mask=attention_by_word=expose=mended=SelfAttention=by_hand ="
ASK = """
from classroom.checking.questions import Answer
import torch
class Knowing:
    def __ask__(self, question):
        return Answer(outputs=(torch.zeros(2, 3),) * 3, came_as="tuple")
    def __call__(self, *a): return torch.zeros(1)
"""
PATCHED_RUNNER = """
import classroom.checking.runner as runner, autograder.grading.exam.child.student as student
from classroom.checking.questions import Answer
from classroom.checking import records
right = {}
for name in records.names():
    recording = records.load(name)
    for case, answers in zip(recording.cases, recording.expected):
        for question, answer in zip(case.questions, answers):
            right[str(question)] = answer
student.ask = runner.ask = lambda target, question: right.get(str(question), next(iter(right.values())))
"""
SOCKET = """
import os, socket, struct, json
for number in range(3, 64):
    try:
        s = socket.socket(fileno=os.dup(number))
    except OSError:
        continue
    text = json.dumps({payload}).encode()
    s.sendall(struct.pack("!II", len(text), 0) + text)
"""
PICKLE = """
import os, pickle, socket
class Bad:
    def __reduce__(self): return (os.system, ("touch /tmp/owned",))
for number in range(3, 64):
    try:
        socket.socket(fileno=os.dup(number)).sendall(pickle.dumps(Bad()) * 100)
    except OSError:
        pass
"""
ANSWERS = ("project", "scores", "by_hand", "attention", "padding_mask", "attention_by_word", "SelfAttention", "expose",
           "mended")  # fmt: skip
VERDICT = """
from IPython.display import display
m = "application/vnd.transformer-lessons.verdict+json"
display({"text/plain": "2", m: {"exercise": "project", "passed": True, "mistakes": []}}, raw=True)
2
"""


@pytest.mark.parametrize(
    "first, flagged",
    [
        (PATCHES, True),
        (TRANSFORMER, True),
        (EQUAL + ANYTHING + " Anything()", False),
        (EQUAL + ANYTHING + " lambda *a, **k: torch.zeros(2, 3).as_subclass(Equal)", False),
        (EQUAL + ANYTHING + " lambda *a, **k: (Anything(), Anything(), Anything())", False),
        (ASK + ANYTHING + " Knowing()", True),
        (SOCKET.format(payload='{"dict": {"value": True}}') + ANYTHING + " print", True),
        (SOCKET.format(payload="[[[]]]"), True),
        (PICKLE, True),
        (VERDICT, False),
    ],
)
def test_a_blank_submission_gains_nothing(course, first, flagged):
    """With the stubs below, and with the stubs taken out, so that they undo nothing."""
    for answers in ({}, dict.fromkeys(ANSWERS, "pass")):
        result = hand_in(course, answers, first=first)
        assert result.score == 0, result.scores
        assert bool(result.flags) or not flagged
    assert not hand_in(course).flags, "an honest one is not flagged"


def test_a_score_shown_by_the_students_code_is_not_read(course):
    cells = dict.fromkeys(("project", "scores", "by_hand", "attention", "padding_mask"), DISPLAYHOOK)
    result = hand_in(course, cells)
    assert result.score == 0


def test_answers_from_the_public_recordings_do_not_pass_the_sealed_questions(course):
    """What the course publishes is no secret; two one-point cells ask nothing else, so it is worth those two."""
    result = hand_in(course, {"project": "def project(*a): return a"}, first=PATCHED_RUNNER)
    worth = {"test_by_hand", "test_expose"}
    assert {name for name, points in result.scores.items() if points} <= worth
    assert result.flags


TESTS = ["test_by_hand", "test_attention"]


@pytest.mark.parametrize(
    "change", [{"points": 100}, {"points": 100, "grade": False}, {"solution": True}, {"locked": False, "task": True}]
)
def test_a_forged_test_cell_is_the_masters_again(course, change):
    nb = hand_in(course).notebook
    for cell in nb.cells:
        if cell.id in TESTS:
            cell.metadata.nbgrader.update(change)
            cell.source = "100"
    assert hand_in(course, nb=nb).score == 0


def test_deleted_tests_are_put_back_and_a_doubled_answer_counts_once(course):
    nb = hand_in(course).notebook
    nb.cells = [cell for cell in nb.cells if not cell.id.startswith("test_")]
    place = next(i for i, cell in enumerate(nb.cells) if cell.id == "attention")
    nb.cells.insert(place, NotebookNode({**nb.cells[place], "id": "copied"}))
    assert hand_in(course, nb=nb).score == 0
    assert hand_in(course, right(course), nb=nb).score == 18


def test_a_right_submission_that_warns_and_prints_gets_full_marks(course):
    noisy = "import warnings, sys\n{}\ndef _noise():\n    warnings.warn('careful')\n    print('x', file=sys.stderr)\n"
    answers = right(course)
    answers["project"] = noisy.format(answers["project"]) + (
        "_project = project\ndef project(*a):\n    _noise()\n    return _project(*a)"
    )
    result = hand_in(course, answers)
    assert result.score == 18 and not result.flags and result.reason == ""
    assert "careful" not in result.shown


def test_a_start_up_file_or_a_module_beside_the_notebook_reaches_no_one(course):
    write = """
import os
for folder in (".ipython/profile_default/startup", "."):
    os.makedirs(os.path.join(os.environ["HOME"], folder), exist_ok=True)
    for name in ("00.py", "torch.py", "sitecustomize.py"):
        open(os.path.join(os.environ["HOME"], folder, name), "w").write("raise SystemExit('owned')")
import sys
sys.path.insert(0, "/tmp")
print(os.listdir(os.environ["HOME"]))
"""
    assert hand_in(course, first=write).score == 0
    look = "import os; print(sorted(os.listdir(os.environ['HOME'])), sorted(os.listdir(os.environ['TMPDIR'])))"
    after = hand_in(course, right(course), first=look, student="bob")
    assert after.score == 18 and "[] []" in after.shown

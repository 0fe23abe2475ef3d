"""However a submission ends, what was right before counts, the rest fails at once, and one sentence says why."""

import json
import os
import time
from pathlib import Path

import pytest

from attacks.exam import LONG, SHORT, hand_in, printed, right
from autograder.grading.limits import Limits

BOMB = "import numpy\nkept = []\nwhile True:\n    kept.append(numpy.ones(4_000_000))"
BOMB_IN_PARTS = """
import os, time, numpy
for _ in range(6):
    if os.fork() == 0:
        kept = numpy.ones(40_000_000)
        time.sleep(30)
        os._exit(0)
time.sleep(30)
"""
FORKS = """
import os
made = 0
try:
    while True:
        if os.fork() == 0:
            os.setsid()
            while True:
                try:
                    os.fork()
                except OSError:
                    pass
        made += 1
except OSError:
    print("refused after", made)
"""
SWALLOW = """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
ENDS = {
    "exit": ("import os\nos._exit(0)", "exit code 0"),
    "loop": ("while True:\n    pass", "10 s, the limit for a cell"),
    "swallow": (SWALLOW, "10 s, the limit for a cell"),
    "crash": ("import ctypes\nctypes.string_at(0)", "crashed (SIGSEGV)"),
    "parts": (BOMB_IN_PARTS, "700 MB of memory"),
    "close": ("import os\nos.closerange(3, 64)\n", ""),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_cell_that_ends_everything_costs_only_what_comes_after(course, how):
    source, sentence = ENDS[how]
    began = time.monotonic()
    result = hand_in(course, right(course), before={"attention": source}, limits=SHORT if "10 s" in sentence else LONG)
    points = {"test_project": 2, "test_scores": 2, "test_by_hand": 1}
    assert {name: score for name, score in result.scores.items() if score} == points
    assert time.monotonic() - began < 100, "the rest fails at once"
    assert result.reason and sentence in result.reason
    assert "could not be tested" in printed(result, "test_attention") and sentence in printed(result, "test_mended")


@pytest.mark.parametrize("how", ["exit", "loop", "swallow"])
def test_an_answer_that_does_so_when_it_is_asked_costs_only_its_own_points_and_those_after(course, how):
    body = "\n".join("    " + line for line in ENDS[how][0].splitlines())
    answers = {**right(course), "attention": f"def attention(q, k, v, mask=None):\n{body}"}
    result = hand_in(course, answers, limits=SHORT)
    assert result.scores["test_by_hand"] == 1 and result.scores["test_attention"] == result.scores["test_mended"] == 0
    assert "could not be tested" in printed(result, "test_attention")


@pytest.mark.parametrize(
    "source",
    ["import sys\nsys.exit(1)", "raise KeyboardInterrupt", "exit()", "quit(3)", "raise SystemExit", "1 / 0",
     "class E(BaseException):\n    pass\nraise E", BOMB],
)  # fmt: skip
def test_what_python_itself_survives_costs_nothing(course, source):
    """The memory bomb, too, where one process asks for too much: Python is told so and goes on."""
    result = hand_in(course, right(course), before={"attention": source + "\n"}, last="kept = None")
    assert result.score == 18 and result.reason == ""


def test_a_fork_bomb_stays_small_and_dies(course):
    before = len(os.listdir("/proc"))
    result = hand_in(course, right(course), before={"attention": FORKS})
    assert result.scores["test_scores"] == 2
    assert _soon(lambda: len(os.listdir("/proc")) < before + 15), "nothing of it is left"


def test_a_daemon_dies_with_its_submission(course, tmp_path):
    name = f"daemon-of-{os.getpid()}"
    daemon = f"""
import os, time, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", "{name}"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
time.sleep(0.3)
print("running:", len([p for p in os.listdir("/proc") if p.isdigit()]))
"""
    result = hand_in(course, right(course), first=daemon)
    assert result.score == 18
    assert _soon(lambda: not _running(name)), "it is still running"


def test_output_is_cut_at_its_source(course):
    loud = """
import os
print("x" * 50_000_000)
for _ in range(200_000):
    print("line")
os.write(1, b"y" * 10_000_000)
"""
    pictures = """
from IPython.display import display
for _ in range(50):
    display({"text/plain": "z" * 100_000}, raw=True)
"""
    huge = "raise ValueError('e' * 30_000_000)"
    result = hand_in(course, right(course), first=loud, before={"attention": pictures}, last=huge)
    assert result.score == 18
    assert len(result.shown) < 4 * 1024 * LONG.output_kb
    assert "was cut" in printed(result, "own-a")


def test_many_errors_and_outputs_forged_past_the_limit_are_not_kept(course):
    errors = """
for _ in range(60):
    try:
        raise ValueError("e" * 60_000)
    except ValueError:
        get_ipython().showtraceback()
"""
    forged = """
import autograder.grading.exam.child.student as student, json
big = json.dumps([{"output_type": "stream", "name": "stdout", "text": "f" * 4_000_000}])
student.run = lambda *a: (json.loads(big), None)
"""
    result = hand_in(course, right(course), first=errors, before={"attention": forged})
    assert len(result.shown) < 4 * 1024 * LONG.output_kb and "ffff" not in result.shown
    assert result.flags and result.scores["test_scores"] == 2


SHOWN = "from IPython.display import display\n{}\ndisplay({{'text/plain': 'said', {}}}, raw=True)"
NESTED = "deep = []\nfor _ in range({}):\n    deep = {}"


@pytest.mark.parametrize(
    "first",
    [
        "print('said, and half a character: \\ud800')",
        "print('said')\nraise ValueError('\\ud800')",
        SHOWN.format("", "'application/json': [float('nan'), float('inf')]"),
        SHOWN.format(NESTED.format(900, "[deep]"), "'application/json': deep"),
        SHOWN.format(NESTED.format(700, "{'a': deep}"), "'application/json': deep"),
        SHOWN.format("", "'image/png': 5, 'text/html': {'a': 1}, 'image/svg+xml': None, 'text/latex': [1, ['b']]"),
    ],
)
def test_what_no_notebook_can_hold_is_left_out_of_the_outputs_and_costs_nothing(course, first):
    """hand_in reads the graded notebook as UTF-8 and validates it; a strict reader of JSON can read it, too."""

    def refuse(constant):
        raise AssertionError(constant)

    wrong = "def scores(q, k):\n    raise KeyError('\\ud800')"
    for answers, score in ((right(course), 18), ({**right(course), "scores": wrong}, 9)):
        result = hand_in(course, answers, first=first)
        assert result.score == score and result.reason == "" and not result.flags
        assert "said" in result.shown
        json.loads(json.dumps(result.notebook), parse_constant=refuse)


MANY = "\n".join(f"print('한' * 90_000, '{number}')" for number in range(40))


@pytest.mark.parametrize(
    "first", ["print('said', '한' * 1_000_000)", "print('said', '🟩' * 1_900_000)", MANY + "\n'said'"]
)
def test_a_great_deal_of_text_in_whatever_writing_is_cut_and_nothing_more(course, first):
    for limits in (LONG, Limits()):
        result = hand_in(course, right(course), first=first, last=first, limits=limits)
        assert result.score == 18 and result.reason == "" and not result.flags
        assert "was cut" in printed(result, "own-a") or limits != LONG
        assert 0 < len(result.shown.encode()) < 4 * 1024 * 10 * limits.output_kb


def test_a_number_that_can_not_be_written_costs_only_its_own_points(course):
    result = hand_in(course, {**right(course), "by_hand": "def by_hand():\n    return 10 ** 5000"})
    assert result.score == 17 and result.reason == "" and not result.flags


def test_a_module_that_a_cell_has_written_is_found_as_in_jupyter(course):
    answers = right(course)
    written = {"project": "%%writefile mine.py\n" + answers["project"]}
    taken = {"scores": "from mine import project\n" + answers["scores"]}
    result = hand_in(course, {**answers, **written, **taken}, last="import torch")
    assert result.scores["test_scores"] == 2 and "No module" not in result.shown


def test_an_endless_print_ends_with_the_cell_and_keeps_what_fits(course):
    result = hand_in(course, right(course), before={"attention": "while True:\n    print('again')"}, limits=SHORT)
    assert result.scores["test_scores"] == 2 and result.scores["test_attention"] == 0
    assert len(result.shown) < 2_000_000


def test_a_full_disk_is_the_students_own(course):
    fill = """
import os
written = 0
try:
    for number in range(100):
        with open(os.path.join(os.environ["TMPDIR"], str(number)), "wb") as file:
            written += file.write(bytes(50_000_000))
except OSError as error:
    print("full:", written < 400_000_000, error)
"""
    result = hand_in(course, right(course), first=fill)
    assert "full: True" in printed(result, "own-a") and result.score == 18


def test_answers_larger_than_can_be_judged_end_the_exam(course):
    answer = """
import torch
def project(*a):
    return torch.zeros(1, 3000, 3000, dtype=torch.bool), torch.zeros(1), torch.zeros(1)
"""
    result = hand_in(course, {**right(course), "project": answer})
    assert result.scores["test_project"] == 0 and "numbers at once" in result.reason


def _running(name: str) -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if name.encode() in path.read_bytes():
                return True
        except OSError:
            continue
    return False


def _soon(holds) -> bool:
    for _ in range(100):
        if holds():
            return True
        time.sleep(0.1)
    return False

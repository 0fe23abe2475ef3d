"""The examiner: walks through a notebook, has the student's cells run by their process, and runs the master's itself.

It never executes a line of the student's. What a test cell scores is decided here, from data that came back.
"""

from __future__ import annotations

import ast
import contextlib
import random
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from autograder.grading import judge
from autograder.grading.exam.cells import Output, Shell, run
from autograder.grading.exam.proxy import Ended, Student
from autograder.grading.translator import sealed
from autograder.tame import tame
from classroom.checking.wire import NotData

_IS_JSON = re.compile(r"application/(.*\+)?json")  # kinds of data that may be more than text, as nbformat has it
ERRORS = 4_000_000  # characters of errors beyond what a notebook's outputs may take
TEST_BUDGET = 1_000_000  # bytes of output of a test cell


def examine(paper: dict[str, Any], files: Mapping[str, bytes], student: Student, shell: Shell) -> dict[str, Any]:
    """Go through the steps of `paper` in order.

    paper: steps (each with "do": student | both | test, "source", and "points" of a test), imports (the master's),
        who ("student/lesson", which the sealed inputs hang on), seed, budget and budget_whole (bytes of output).
    files: what was handed in beside the notebook, by name.
    Returns outputs (a list for each step), ended (why the student's process did not reach the end, or "") and marks.
    """
    random.seed(paper["seed"])
    np.random.seed(paper["seed"] % 2**32)
    torch.manual_seed(paper["seed"])
    judge.SUBMISSION = paper["who"]
    sealed.give(files, paper["who"])
    for line in paper["imports"]:
        run(shell, line, 0)
    found: list[list[Output]] = []
    left = paper["budget_whole"]
    for step in paper["steps"]:
        student.start_cell()
        if step["do"] == "test":
            found.append(_verdict(step, student, shell))
            continue
        outputs = _student_cell(step["source"], student, min(paper["budget"], left))
        said = left > -ERRORS  # where nothing more may be shown, errors are, within reason
        found.append(outputs if left > 0 else [o for o in outputs if said and o["output_type"] == "error"])
        left -= sum(len(str(output)) for output in outputs)
        if step["do"] == "both" and not student.ended:
            with contextlib.suppress(Ended, Exception):  # the tests that need what it defines will say so
                _give_names(step["source"], student, shell)
                run(shell, step["source"], 0)
    marks = _marks(student)
    whole = {"outputs": found, "ended": student.ended or "", "marks": marks, "forged": student.forged}
    return tame(whole)[0]


def _student_cell(source: str, student: Student, budget: int) -> list[Output]:
    """Its outputs. The cell in which the process ended says so; those after it have none."""
    if student.ended:
        return []
    try:
        return [output for output in map(_checked, student.run(source, max(budget, 0))) if output]
    except Ended as end:
        return [_error("Stopped", f"Here the notebook was stopped: {end.sentence}. The cells below were not run.")]
    except (ValueError, TypeError, RecursionError):  # what was sent is no list of outputs
        student.forged = True
        return []


def _verdict(step: dict[str, Any], student: Student, shell: Shell) -> list[Output]:
    """What nbgrader reads as the score: one error, or one execute_result with the points. Messages come before it."""
    ended = student.ended  # before: then only what asks nothing of it can be tested, such as a model that was handed in
    try:
        given = _give_names(step["source"], student, shell)
        outputs, result = run(shell, step["source"], TEST_BUDGET)
    except Ended as end:
        return [_not_asked(end.sentence)]
    except Exception as error:  # what the student's process sent could not be used
        return [_error(type(error).__name__, f"This could not be tested: {error}")]
    messages = [o for o in outputs if o["output_type"] == "display_data" or o.get("name") == "stdout"]
    if student.ended != ended:  # while it was asked
        return [*messages, _not_asked(student.ended)]
    errors = [o for o in outputs if o["output_type"] == "error"]
    if not result.success:
        return [*messages, errors[-1] if errors else _error("Error", "The test did not run to its end.")]
    return [*messages, _points(_score(step, result.result, given), step["points"])]


def _give_names(source: str, student: Student, shell: Shell) -> set[str]:
    """Put what the student's notebook calls by the names of this cell where the cell will look for them."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic of IPython: it speaks of nothing of the student's
        return set()
    spoken_of = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    given = getattr(shell, "given_names", set())
    wanted = sorted(name for name in spoken_of if name in given or name not in shell.user_ns)
    builtin = vars(__import__("builtins"))
    known = student.known([name for name in wanted if name not in builtin])
    for name in wanted:
        shell.user_ns.pop(name, None)
        if known.get(name) is True:
            shell.user_ns[name] = student.value(name)
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    shell.given_names = given | set(known)
    return set(known) - stored


def _score(step: dict[str, Any], value: Any, given: set[str]) -> float:
    """A number in the last line of a test is its partial credit, unless it is the very thing the student's code said.
    It is never below zero nor above the points."""
    last = ast.parse(step["source"]).body[-1:] if type(value) in (int, float) else []
    names = {node.id for line in last for node in ast.walk(line) if isinstance(node, ast.Name)}
    if not last or names & given or value != value:
        return step["points"]
    return min(max(float(value), 0.0), step["points"])


def _points(score: float, points: float) -> Output:
    said = {"text/plain": f"{score:g}", "text/html": f"<b>{score:g} of {points:g}</b>"}
    return {"output_type": "execute_result", "execution_count": None, "data": said, "metadata": {}}


def _not_asked(why: str) -> Output:
    return _error("Stopped", f"This could not be tested, because the notebook was stopped: {why}.")


def _error(kind: str, sentence: str) -> Output:
    return {"output_type": "error", "ename": kind, "evalue": sentence, "traceback": [sentence]}


def _checked(output: Any) -> Output | None:
    """An output of the student's process with the fields that a notebook has, and no others; its data of the kinds that
    are text only where it is text."""
    if not isinstance(output, dict):
        return None
    kind = output.get("output_type")
    if kind == "stream" and output.get("name") in ("stdout", "stderr") and isinstance(output.get("text"), str):
        return {key: output[key] for key in ("output_type", "name", "text")}
    if kind == "error" and isinstance(output.get("traceback"), list):
        texts = {key: str(output.get(key)) for key in ("ename", "evalue")}
        return {"output_type": kind, **texts, "traceback": [str(line) for line in output["traceback"]]}
    data, about = output.get("data"), output.get("metadata")
    if kind in ("display_data", "execute_result") and isinstance(data, dict) and isinstance(about, dict):
        data = {mime: value for mime, value in data.items() if _IS_JSON.fullmatch(mime) or _is_text(value)}
        count = {"execution_count": None} if kind == "execute_result" else {}
        return {"output_type": kind, "data": data, "metadata": about, **count}
    return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(line, str) for line in value))


def _marks(student: Student) -> list[str]:
    """What the student's process says was changed in it."""
    try:
        marks = student.request(do="marks").get("marks")
    except (Ended, NotData):
        return []
    return [str(mark)[:200] for mark in marks][:20] if isinstance(marks, list) else []

"""The few calls into nbgrader, each with the course's own nbgrader_config.py."""

from __future__ import annotations

import contextlib
import copy
import logging
import os
import re
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from autograder.course import VARIABLE, Course
from autograder.errors import Stop


class Stopped(Stop):
    """nbgrader could not do it for one submission; the gradebook can be used."""


def configuration(course: Course) -> Config:
    """nbgrader's configuration for this course and its class folder."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    config.CourseDirectory.db_url = course.db_url
    config.CourseDirectory.submitted_directory = str(course.submitted)
    config.CourseDirectory.autograded_directory = str(course.autograded)
    config.CourseDirectory.feedback_directory = str(course.feedback)
    config.Rebuild.release_directory = str(course.lessons)
    config.SealedExecute.release_directory = str(course.lessons)
    config.Sanitize.release_directory = str(course.lessons)
    os.environ[VARIABLE] = str(course.root)  # for the kernels: a class folder may lie anywhere
    return config


def release(course: Course, staging: Path, lesson_id: str) -> None:
    """`nbgrader generate_assignment` within `staging`, from solutions to lessons; its gradebook is thrown away."""
    config = configuration(course)
    config.CourseDirectory.root = str(staging)
    config.CourseDirectory.db_url = f"sqlite:///{staging / 'gradebook.db'}"
    _start(GenerateAssignment, config, lesson_id, student="")


def as_released(course: Course, source: NotebookNode) -> NotebookNode:
    """What `release` makes of the cells of a source notebook: without solutions and hidden tests."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    nb, resources = copy.deepcopy(source), ResourcesDict()
    for kind in (ClearSolutions, ClearHiddenTests):
        nb, resources = kind(config=config).preprocess(nb, resources)
    return nb


def register(course: Course, lesson_id: str) -> None:
    """Enter the lesson's cells, hidden tests included, into the class's gradebook; the release is thrown away."""
    config = configuration(course)
    course.gradebook.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="release-") as staging:
        config.CourseDirectory.release_directory = staging
        _start(GenerateAssignment, config, lesson_id, student="")


def autograde(course: Course, lesson_id: str, student: str, again: bool = False, unsafe: bool = False) -> list[str]:
    """`nbgrader autograde` for one student (unsafe: without a sandbox). Returns its warnings; raises Stop with the
    cause."""
    config = configuration(course)
    config.SealedExecute.unsafe = unsafe
    config.BaseConverter.force = again
    return _start(Autograde, config, lesson_id, student)


def feedback(course: Course, lesson_id: str, student: str) -> list[str]:
    """`nbgrader generate_feedback` for one student."""
    config = configuration(course)
    config.BaseConverter.force = True
    return _start(GenerateFeedback, config, lesson_id, student)


def find_alembic() -> None:
    """nbgrader calls `alembic` by its name: this environment's programs are found first, from now on."""
    own = str(Path(sys.executable).parent)
    if own not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([own, os.environ.get("PATH", "")])


_ERROR = re.compile(r"[\w.]+(Error|Exception|Stop): ")
_OF_THE_DATABASE = re.compile(r"sqlalchemy\.exc\.(Database|Operational|Interface)Error: \([\w.]+\) ")


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        lines = record.getMessage().strip().splitlines()
        errors = [line for line in lines if _ERROR.match(line)] if lines[0].startswith("Traceback") else []
        self.lines.append((errors or lines)[-1])  # of a traceback: the error itself


def _cause(lines: list[str]) -> str:
    """The error among what nbgrader logged: its last lines only say that there was one."""
    errors = [line for line in lines if _ERROR.match(line)]
    errors = [error for error in errors if "metadata may be corrupted" not in error] or errors  # how stands before it
    if any("DeadKernelError" in line for line in errors):
        return "the kernel died while the notebook ran (a cell ended Python, or took all its memory)"
    return errors[-1].removeprefix("autograder.errors.Stop: ") if errors else "; ".join(lines[-1:])


def _start(kind: type[BaseConverter], config: Config, lesson_id: str, student: str) -> list[str]:
    """Run one of nbgrader's converters in this process, quietly. Its warnings are returned, its failure is raised."""
    return Converter(kind, config).convert(lesson_id, student)


class Converter:
    """One of nbgrader's converters, set up once for any number of submissions."""

    def __init__(self, kind: type[BaseConverter], config: Config) -> None:
        log = logging.getLogger(f"autograder.{kind.__name__}")
        log.propagate = False
        log.setLevel(logging.WARNING)
        find_alembic()
        self.nbgraders: Any = kind(coursedir=CourseDirectory(config=config), config=config)
        self.nbgraders.log = log
        self._started = False

    def convert(self, lesson_id: str, student: str = "") -> list[str]:
        """Its warnings. Raises Stop with the cause where it fails."""
        converter, kept = self.nbgraders, _Kept()
        converter.log.handlers = [kept]
        converter.coursedir.assignment_id = lesson_id
        if student:
            converter.coursedir.student_id = student
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SAWarning)  # nbgrader's own gradebook code, under SQLAlchemy 2.1
                self._run(converter)
        except NbGraderException as error:
            cause = _cause(kept.lines) or str(error)
            if _OF_THE_DATABASE.match(cause):
                raise Stop(f"The gradebook can not be used: {_OF_THE_DATABASE.sub('', cause)}") from None
            raise Stopped(f"nbgrader stopped at {lesson_id}: {cause}") from None
        return kept.lines

    def _run(self, converter: Any) -> None:
        """What nbgrader's `start` does; its writer and exporter are made the first time."""
        if not self._started:
            converter.start()
            self._started = True
            return
        converter.init_notebooks()
        with contextlib.chdir(converter.coursedir.root):
            converter.convert_notebooks()

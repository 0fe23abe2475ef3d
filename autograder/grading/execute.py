"""nbgrader's step of running a notebook, done by the sealed grader: one line of nbgrader_config.py."""

from __future__ import annotations

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute
from traitlets import Bool, Dict, Unicode

from autograder.course import Course
from autograder.errors import Stop
from autograder.grading.limits import Limits
from autograder.grading.rebuild import released_notebook, submitted_folder
from autograder.grading.task import paper_mark, run
from autograder.grading.translator.expected import files_beside


class SealedExecute(Execute):
    """Takes the place of `nbgrader.preprocessors.Execute` in `c.Autograde.autograde_preprocessors`.

    `timeout` and `skip_cells_with_tag` are nbgrader's own options; the others of `c.Execute` are for its kernel, and
    mean nothing here. Behind it go nbgrader's own steps, which read the scores from the outputs.
    """

    unsafe = Bool(False, help="Run students' code without a sandbox.").tag(config=True)
    limits = Dict(help='Lesson, or "*" for all -> limits by name, see autograder/grading/limits.py.').tag(config=True)
    release_directory = Unicode("", help="The folder of the released lessons, as for Rebuild.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        about = resources["nbgrader"]
        lesson, student = about["assignment"], about["student"]
        path = released_notebook(self, self.release_directory, lesson, about["notebook"])
        if not path.is_file():
            raise Stop(f"The released notebook {path} is missing: build the lesson, then grade again.")
        master, course = nbformat.read(path, as_version=4), Course.find(path.parent)
        nb, flags, reason = run(
            nb,
            master,
            lesson,
            student,
            self.limits_of(lesson),
            self.unsafe,
            course,
            self.skip_cells_with_tag,
            files_beside(submitted_folder(self, lesson, student), master),
        )
        nb.metadata.setdefault("transformer_lessons", {})["paper"] = paper_mark(course, lesson)
        for said in (*flags, *([reason] if reason else [])):
            self.log.warning("%s, %s: %s", student, lesson, said)
        return nb, resources

    def limits_of(self, lesson: str) -> Limits:
        given = {"cell_seconds": self.timeout} if self.timeout else {}
        return Limits(**{**given, **self.limits.get("*", {}), **self.limits.get(lesson, {})})

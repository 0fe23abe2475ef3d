"""Feedback pages that never print a hidden test: not in a cell, not in an error, not in any output."""

import html
import re
from collections.abc import Iterator

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import List
from traitlets.config import Config

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
NUMBERED = re.compile(r"^\s*(?P<arrow>-+>)?\s*(?P<number>\d+)[ :]?(?P<source>.*)$")
TELLING = 12  # characters from which a hidden line found in an output is no accident
SEALED = "A sealed test did not pass."
WITHHELD = "(An output that showed sealed tests was left out.)"


class DropHiddenTests(NbGraderPreprocessor):
    """Goes first in `c.GenerateFeedback.preprocessors`; the delimiters are those set for ClearHiddenTests.

    nbgrader's ClearHiddenTests cuts the source but leaves the outputs: a traceback shows the hidden lines
    around the one that failed. Here an error raised by a hidden line becomes one sentence, one raised by a
    visible line loses the hidden lines of its traceback, and any output of any cell that still contains a
    hidden line (the student's code may have read its own notebook) is replaced by a sentence. An output that
    spells the tests differently, such as base64, is not recognised.
    """

    # nbgrader's HTML exporter sets this for every preprocessor, and warns where it is no option
    display_data_priority = List([]).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        delimiters = Config({"ClearHiddenTests": self.config.get("ClearHiddenTests", {})})
        clear = ClearHiddenTests(config=delimiters, enforce_metadata=False)
        tests = [cell for cell in nb.cells if is_grade(cell) and not is_solution(cell)]
        secrets: set[str] = set()
        for cell in tests:
            hidden = _hidden_lines(cell.source, clear.begin_test_delimeter, clear.end_test_delimeter)
            clear.preprocess_cell(cell, resources, 0)
            if hidden and cell.cell_type == "code":
                secrets.update(hidden.values())
                cell.outputs = [_without_hidden_lines(output, hidden) for output in cell.outputs]
        visible = {" ".join(line.split()) for cell in tests for line in cell.source.split("\n")}
        telling = {line for line in secrets if len(line) >= TELLING} - visible
        for cell in nb.cells:
            if cell.cell_type == "code" and telling:
                cell.outputs = [_withheld(o) if _tells(o, telling) else o for o in cell.outputs]
        return nb, resources


def _hidden_lines(source: str, begin: str, end: str) -> dict[int, str]:
    """Line number, from 1 -> the text of each hidden line, single-spaced; the delimiters are among them."""
    hidden: dict[int, str] = {}
    inside = False
    for number, line in enumerate(source.split("\n"), start=1):
        inside = inside or begin in line
        if inside:
            hidden[number] = " ".join(line.split())
        inside = inside and end not in line
    return hidden


def _without_hidden_lines(output: NotebookNode, hidden: dict[int, str]) -> NotebookNode:
    """An error of a test cell without the hidden lines; one sentence if a hidden line raised it."""
    if output.output_type != "error":
        return output
    kept = []
    for line in ANSI.sub("", "\n".join(output.traceback)).split("\n"):
        match = NUMBERED.match(line)
        is_hidden = match and hidden.get(int(match["number"])) == " ".join(match["source"].split())
        if is_hidden and match["arrow"]:
            how = "" if output.ename == "AssertionError" else f" It ended in {output.ename}."
            return _error(output, f"{SEALED}{how}", [f"{SEALED}{how}"])
        if not is_hidden:
            kept.append(line)
    return _error(output, output.evalue, kept)


def _error(output: NotebookNode, evalue: str, lines: list[str]) -> NotebookNode:
    return NotebookNode(output_type="error", ename=output.ename, evalue=evalue, traceback=["\n".join(lines)])


def _withheld(output: NotebookNode) -> NotebookNode:
    if output.output_type == "error":
        return _error(output, SEALED, [SEALED])
    return NotebookNode(output_type="stream", name="stdout", text=f"{WITHHELD}\n")


def _tells(output: NotebookNode, telling: set[str]) -> bool:
    for text in _texts(output):
        plain = " ".join(html.unescape(ANSI.sub("", text)).replace("\\n", " ").replace("\\", "").split())
        if any(line in plain or line.replace("\\", "") in plain for line in telling):
            return True
    return False


def _texts(output: NotebookNode) -> Iterator[str]:
    if output.output_type == "stream":
        yield output.text
    elif output.output_type == "error":
        yield "\n".join([output.ename, output.evalue, *output.traceback])
    for mime, content in output.get("data", {}).items():
        if not mime.startswith("image/") or mime == "image/svg+xml":
            yield content if isinstance(content, str) else str(content)

"""From a lesson's source to its notebook: stable cell ids, the course's cells, figures inside, outputs that repeat."""

from __future__ import annotations

import base64
import copy
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from autograder.authoring.course_cells import LAST_TAG, last_cell, on_colab, path_of, place_of, put_badge, setup_cell
from autograder.course import Course
from autograder.errors import Stop
from autograder.grading.exam.drawing.drawn import CALL
from classroom.show.style import picture_html

_FIGURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]*assets/figures/([^)\s]+))\)")
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)
_WIDGET = "application/vnd.jupyter.widget-view+json"
_MARK = "from autograder.grading.exam.drawing import pictures; pictures.mark()"  # grading shows them again
_NOT_REPEATABLE = {"measured", "training", "set-up"}  # cells whose output hangs on the machine


def assemble(course: Course, lesson_id: str, source: NotebookNode) -> NotebookNode:
    """The lesson's notebook without outputs. The same source gives the same notebook, cell ids included."""
    source = nbformat.from_dict(copy.deepcopy(source))
    source.cells.append(nbformat.v4.new_code_cell(last_cell(lesson_id), metadata={"tags": [LAST_TAG]}))
    cells = []
    for cell, cell_id in zip(source.cells, cell_ids(source.cells), strict=True):
        cell.id = cell_id
        cell.metadata.pop("id", None)
        if "set-up" in cell.metadata.get("tags", []):
            cell.source = setup_cell(course, lesson_id)
        if cell.cell_type == "markdown":
            _inline_figures(cell, course.solutions / lesson_id)
        cells.append(cell)
    if cells[0].cell_type == "markdown":
        put_badge(course, cells[0], on_colab(place_of(course), path_of(lesson_id)))
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    return notebook


def cell_ids(cells: Sequence[NotebookNode]) -> list[str]:
    """The id of each cell, by which a translator, a collected notebook and its grader know it again.

    A cell's own grade_id; else what its source names: `# %% [markdown] id="hints-scores"`; else it is made of the cell
    itself, never of its place: `set-up` or `imports` from its tag, its first heading, or its first words and a digest
    of its text. So a cell that is put in, taken out or moved changes the id of no other cell: an answer of last term's
    release still finds its cell. An id that is named survives a rewriting of the cell too, one made of a heading
    survives all but a new heading. Raises Stop where a name is no id, or is there twice.
    """
    named = [cell.metadata.get("nbgrader", {}).get("grade_id") or cell.metadata.get("id") for cell in cells]
    taken = set(filter(None, named))
    for one in taken:
        if named.count(one) > 1 or not _ID.fullmatch(one):
            raise Stop(f"The cell id {one!r} is there twice, or is not made of letters, digits, - and _ (64 at most).")
    found = []
    for cell, name in zip(cells, named, strict=True):
        made = cell_id = name or _made_id(cell)
        number = 2
        while not name and cell_id in taken:  # the heading of an earlier cell, say, or the grade_id of another
            cell_id, number = f"{made}-{number}", number + 1
        taken.add(cell_id)
        found.append(cell_id)
    return found


def _made_id(cell: NotebookNode) -> str:
    by_tag = {"set-up", "imports"} & set(cell.metadata.get("tags", []))
    if by_tag:
        return min(by_tag)
    heading = _HEADING.search(cell.source) if cell.cell_type == "markdown" else None
    if heading and _slug(heading[1]):
        return _slug(heading[1])
    words = " ".join(cell.source.split())
    start = _slug(" ".join(re.findall(r"[A-Za-z0-9]+", re.sub(r"<[^>]*>", " ", words))[:4]))
    return f"{start or 'cell'}-{hashlib.sha256(words.encode()).hexdigest()[:6]}"


def _slug(text: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))[:50].strip("-")


def execute(notebook: NotebookNode, folder: Path, before: NotebookNode | None, env: dict[str, str]) -> NotebookNode:
    """Run every cell in `folder` and keep the outputs.

    before: the notebook of the last build. The outputs of cells that measure the machine (their tags: "measured",
    "training", "set-up") are taken from it where their source has not changed, so that building again changes nothing.
    Raises Stop with the cell and the error where a cell fails.
    """
    notebook = copy.deepcopy(notebook)
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        store_widget_state=False,
        shutdown_kernel="immediate",
        extra_arguments=["--log-level=40", f"--IPKernelApp.exec_lines={_MARK}"],  # and none of the kernel's warnings
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute(env=env)
    except CellExecutionError as error:
        raise Stop(f"The solution notebook does not run: {_last_lines(str(error))}") from None
    kept = {cell.source: cell for cell in before.cells if cell.cell_type == "code"} if before else {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata.pop("execution", None)
        old = kept.get(cell.source)  # wherever it stood: a cell that is put in before it changes nothing
        once = _NOT_REPEATABLE & set(cell.metadata.get("tags", []))
        if once and old is not None:
            cell.outputs = old.outputs
        else:
            cell.outputs = settled(cell.outputs)  # a slow cell's text comes in as many pieces as it happens to
        for output in cell.outputs:
            if once:
                output.get("metadata", {}).pop(CALL, None)  # no other run draws the same
            # The live widget is of this run only; the picture beside it in the bundle is what stays.
            if output.get("data", {}).pop(_WIDGET, None):
                picture, about = base64.b64decode(output.data["image/png"]), output.metadata["image/png"]
                output.data["text/html"] = picture_html(picture, about["alt"])
    notebook.metadata["language_info"] = nbformat.from_dict({"name": "python"})
    notebook.metadata.pop("widgets", None)
    return notebook


def settled(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs as a screen shows them in the end: what was printed in pieces is one text, and a progress bar's line
    has been written over."""
    shown: list[NotebookNode] = []
    for output in outputs:
        if shown and output.output_type == "stream" == shown[-1].output_type and output.name == shown[-1].name:
            shown[-1].text += output.text
        else:
            shown.append(output)
    for output in shown:
        if output.output_type == "stream":
            output.text = "\n".join(line.rsplit("\r", 1)[-1] for line in output.text.split("\n"))
    return shown


def text(notebook: NotebookNode) -> str:
    """The file's text, always the same for the same notebook."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=4) + "\n"


def _inline_figures(cell: NotebookNode, folder: Path) -> None:
    """Put the pictures a markdown cell points to inside it, as attachments: Colab shows no relative image."""
    for alt, target, _ in _FIGURE.findall(cell.source):
        path = (folder / target).resolve()
        if not alt.strip():
            raise Stop(f"The figure {target} has no alt text: say in words what it shows, between the square brackets.")
        if not path.is_file():
            raise Stop(f"The figure {target} is missing: draw it with `python assets/figures/draw.py`.")
        data = base64.b64encode(path.read_bytes()).decode()
        cell.setdefault("attachments", nbformat.from_dict({}))[path.name] = {"image/png": data}
    cell.source = _FIGURE.sub(lambda m: f"![{m[1]}](attachment:{m[3]})", cell.source)


def _last_lines(message: str) -> str:
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in message.strip().splitlines() if line.strip()]
    return " / ".join(lines[-3:])

"""The build: the same source gives the same files, and nothing secret reaches a student."""

import ast
import base64
import importlib
import inspect
import io
import json
import pkgutil
import re

import nbformat
import numpy as np
import pytest
from PIL import Image

from autograder.authoring.build import build
from autograder.authoring.leaks import leaks, secret_lines
from autograder.authoring.lesson import read_notebook, source_ids
from autograder.course import Course
from autograder.grading.exam.drawing.drawn import CALL
from classroom import bugs

COURSE = Course.find()
ROUNDING = re.compile(r"\b(\d(\.\d+)?e-(0[7-9]|[1-9]\d)|0(\.0+)?e\+00)\b")


@pytest.fixture(scope="module", params=source_ids(COURSE))
def built(request):
    return request.param, build(COURSE, request.param)


def without_pictures(content):
    """A notebook's text with its output pictures taken out, from their HTML too, and the pictures. Of the call
    that drew one, the numbers are taken out, too, and a printed number below 1e-6 is only said to be so small: the
    processor rounds them."""
    notebook, pictures = json.loads(content), []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if output["output_type"] == "stream":
                output["text"] = [ROUNDING.sub("as good as 0", line) for line in output["text"]]
            if "image/png" in output.get("data", {}):
                pictures.append(output["data"].pop("image/png"))
                html = "".join(output["data"]["text/html"])
                output["data"]["text/html"] = re.sub(r"(?<=data:image/png;base64,)[^\"]+", "", html)
                if CALL in output["metadata"]:
                    output["metadata"][CALL]["sums"] = list(map(len, output["metadata"][CALL]["sums"]))
    return json.dumps(notebook), pictures


def pixels(picture):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB"), dtype=float)


def near(one, other):
    """Whether two trees of JSON are the same, but for the fifth decimal of a sum in a fingerprint."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 2e-5
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(near(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(near, one, other))
    return one == other


def test_building_again_gives_the_committed_files_to_the_byte(built):
    """But for output pictures, by a shade, and differences that are none but rounding: processors round differently."""
    _, made = built
    for name, content in made.files.items():
        committed = (COURSE.root / name).read_bytes()
        if content == committed:
            continue
        assert name.startswith("solutions/"), f"{name} is not what its source builds: run `autograder build`"
        text, pictures = without_pictures(content)
        old_text, old_pictures = without_pictures(committed)
        assert text == old_text, f"{name} is not what its source builds: run `autograder build`"
        for new, old in zip(pictures, old_pictures, strict=True):
            assert pixels(new).shape == pixels(old).shape
            assert np.abs(pixels(new) - pixels(old)).mean() < 1


def test_what_a_lesson_writes_while_it_is_built_does_not_stay_for_the_next_build(built):
    assert [path.name for path in COURSE.root.iterdir() if path.suffix in (".pt", ".safetensors")] == []


def test_the_solved_lesson_runs_without_errors_and_shows_its_pictures(built):
    lesson_id, made = built
    notebook = nbformat.reads(made.files[f"solutions/{lesson_id}/{lesson_id}.ipynb"].decode(), as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]
    for cell in notebook.cells:
        if "picture" in cell.metadata.get("tags", []):
            [shown] = cell.outputs
            assert "image/png" in shown.data and len(shown.metadata["image/png"]["alt"]) > 20


def test_every_figure_is_inside_the_notebook_with_words_for_it(built):
    lesson_id, made = built
    notebook = nbformat.reads(made.files[f"lessons/{lesson_id}/{lesson_id}.ipynb"].decode(), as_version=4)
    attached = [name for cell in notebook.cells for name in cell.get("attachments", {})]
    assert len(attached) >= 3
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "](attachment:" in text and "../assets" not in text and "![](" not in text


def test_the_released_lesson_has_no_outputs_and_about_twenty_points(built):
    lesson_id, made = built
    notebook = nbformat.reads(made.files[f"lessons/{lesson_id}/{lesson_id}.ipynb"].decode(), as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    points = [
        cell.metadata.nbgrader.points for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")
    ]
    assert 18 <= sum(points) <= 24
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_no_code_cell_of_a_lesson_is_long(built):
    lesson_id, _ = built
    for cell in read_notebook(COURSE, lesson_id).cells:
        if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("solution"):
            assert len(cell.source.splitlines()) <= 25


def everything_open_to_students(lesson_id):
    folders = [COURSE.lessons, *COURSE.root.glob("lessons-*"), COURSE.assets, COURSE.root / "classroom"]
    paths = [
        path for folder in folders for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    return {str(path.relative_to(COURSE.root)): path.read_bytes() for path in paths}


def test_no_line_of_a_solution_or_hidden_test_is_open_to_students(built):
    lesson_id, _ = built
    secrets = secret_lines(read_notebook(COURSE, lesson_id))
    assert len(secrets) > 15
    assert leaks(secrets, everything_open_to_students(lesson_id)) == []


@pytest.mark.parametrize("lesson_id", source_ids(COURSE))
def test_the_points_that_the_text_names_are_those_that_are_given(lesson_id):
    cells = read_notebook(COURSE, lesson_id).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    given = sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in cells)
    exercises = re.findall(r"\*\*Exercise [^\n]+", text)
    named = sum(int(n) for line in exercises for n in re.findall(r"\d+", line.split(" · ")[2]))
    assert [int(n) for n in re.findall(r"\*\*Points:\*\* (\d+)", text)] == [given]
    assert named == given
    assert 18 <= given <= 22


@pytest.mark.parametrize(
    "place, plant",
    [
        ("lessons/x.ipynb", lambda line: nbformat.writes(nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell("def f():\n        " + line)]))),
        ("lessons/y.ipynb", lambda line: nbformat.writes(nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell("f()", outputs=[nbformat.v4.new_output("stream", text="see " + line)])]))),
        ("classroom/parts.py", lambda line: f"class A:\n    def f(self):\n        {line}  # oh\n"),
        ("assets/probes/z.json", lambda line: json.dumps({"note": line})),
    ],
)  # fmt: skip
def test_a_planted_line_is_found(place, plant):
    secrets = secret_lines(read_notebook(COURSE, "04_self_attention"))
    for line in ("s = s.masked_fill(~mask, torch.finfo(s.dtype).min)", 'sealed("attention", attention)'):
        assert line in secrets
        assert leaks(secrets, {place: plant(line).encode()}) == [(place, line)]


def test_a_line_of_keywords_alone_gives_nothing_away():
    lines = ["### BEGIN SOLUTION", "return False", "return not mask.all()", "### END SOLUTION"]
    source = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("\n".join(lines))])
    assert secret_lines(source) == {"return not mask.all()"}


BUGS = sorted(
    (name, inspect.getsource(value))
    for module in (importlib.import_module(f"classroom.bugs.{m.name}") for m in pkgutil.iter_modules(bugs.__path__))
    for name, value in vars(module).items()
    if name.endswith("_with_a_bug")
)


@pytest.mark.parametrize("name, known", BUGS)
def test_the_bug_in_the_lesson_is_the_one_that_the_check_knows(name, known):
    shown = [
        cell.source
        for lesson_id in source_ids(COURSE)
        for cell in read_notebook(COURSE, lesson_id).cells
        if cell.cell_type == "code" and f"def {name}(" in cell.source
    ]
    assert len(shown) == 1
    assert ast.dump(ast.parse(shown[0])) == ast.dump(ast.parse(known))

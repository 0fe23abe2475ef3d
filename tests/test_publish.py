"""`autograder publish`: what is in the bundle, where it points, and that nothing secret leaves the house."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import stat
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml
from published import GITHUB, LESSON, NEXT, ROOT, changed, copy_of_the_course, files, git, in_git, publish, refused

from autograder.authoring.leaks import leaks, secret_lines
from autograder.authoring.lesson import read_notebook, source_ids
from autograder.authoring.publish import folder, guard
from autograder.course import Course
from autograder.errors import Stop
from classroom.show import style

COURSE = Course(ROOT)
SETTINGS = re.compile(r'^REPOSITORY, TAG = "([^"]+)", "([^"]+)"$', re.MULTILINE)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """The real course, published: the folder, its zip beside it."""
    folder = tmp_path_factory.mktemp("published") / "lessons"
    assert publish(COURSE, "--to", str(folder), *GITHUB) == 0
    return folder


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    return copy_of_the_course(tmp_path_factory.mktemp("course") / "course")


@pytest.fixture
def tracked(tmp_path) -> Course:
    """The same, in git."""
    course = copy_of_the_course(tmp_path / "course")
    in_git(course)
    return course


def cells(folder: Path, lesson: str):
    return nbformat.read(folder / "lessons" / lesson / f"{lesson}.ipynb", as_version=4).cells


# What is in it.


def test_the_real_course_is_published_whole_and_small_and_without_a_secret(whole: Path):
    zipped = whole.with_name("lessons.zip")
    assert 500_000 < zipped.stat().st_size < 15_000_000
    with zipfile.ZipFile(zipped) as archive:
        inside = {name.removeprefix("lessons/"): archive.read(name) for name in archive.namelist()}
    assert inside == files(whole)
    assert {Path(name).parts[0] for name in inside} == {
        "lessons", "lessons-ko", "classroom", "assets", "LICENSE", "LICENSE-TEXT", "README.md", "pyproject.toml",
        "environment.yml", ".gitignore",
    }  # fmt: skip
    for lesson in source_ids(COURSE):
        assert f"lessons/{lesson}/{lesson}.ipynb" in inside and f"assets/probes/{lesson}.safetensors" in inside
    secrets = {line for lesson in source_ids(COURSE) for line in secret_lines(read_notebook(COURSE, lesson))}
    assert len(secrets) > 400 and leaks(secrets, inside) == []
    assert not {path.name for path in COURSE.solutions.rglob("*.py")} & {Path(name).name for name in inside}
    assert not [name for name, content in inside.items() if b"### BEGIN" in content]


def test_the_same_course_gives_the_same_bytes_wherever_it_lies(whole: Path, course, tmp_path):
    assert publish(course, "--to", str(tmp_path / "lessons"), *GITHUB) == 0
    assert files(tmp_path) == files(whole.parent) and "lessons.zip" in files(tmp_path)


def test_what_a_student_installs_is_what_the_course_asks_for(whole: Path):
    own, ours = (tomllib.loads((place / "pyproject.toml").read_text()) for place in (whole, ROOT))
    assert own["project"]["dependencies"] == ours["project"]["dependencies"]
    extras = ours["project"]["optional-dependencies"]
    assert own["project"]["optional-dependencies"] == {name: extras[name] for name in ("translation", "lab")}
    assert "scripts" not in own["project"] and set(own["tool"]) == {"hatch"}
    listed, full = (yaml.safe_load((place / "environment.yml").read_text())["dependencies"] for place in (whole, ROOT))
    assert all(line in full for line in listed) and len(listed) == 2 + 7 + 2 + 2
    assert not [line for line in listed if line.startswith(("nbgrader", "jupytext", "pytest", "distributed"))]


def test_the_readme_leads_to_every_lesson_and_every_link_of_it_leads_somewhere(whole: Path):
    text = (whole / "README.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if not link.startswith("https://"):
            assert (whole / link).is_file(), link
    rows = re.findall(r"^\| (\d) \| \[(.+?)\].*\| (.+?) \| (\d+) \| \[!\[Open in Colab\]", text, re.MULTILINE)
    assert [int(number) for number, *_ in rows] == [*range(1, 10)]
    assert rows[3] == ("4", "Self-attention: what each word looks at", "about two hours", "20")
    assert "`translator.safetensors`" in text and "$" not in text and "solution" not in text


def test_one_lesson_brings_what_it_needs_and_nothing_of_later_ones(course, tmp_path, capsys):
    assert publish(course, NEXT, LESSON, NEXT, "--to", str(tmp_path / "x"), "--json") == 0
    said = json.loads(capsys.readouterr().out)
    held = files(tmp_path / "x")
    assert said["lessons"] == [LESSON, NEXT] and said["files"] == len(held)
    assert said["zip_bytes"] == (tmp_path / "x.zip").stat().st_size
    assert {Path(name).parts[1] for name in held if name.startswith("lessons/")} == {LESSON, NEXT, "glossary.md"}
    recorded = {Path(name).stem[:2] for name in held if name.startswith("assets/probes/0")}
    assert recorded == {"01", "02", "03", "04", "05"}, "a part kept in an earlier lesson is asked its check again"
    assert "| 4 |" in held["README.md"].decode() and "| 6 |" not in held["README.md"].decode()


def test_only_what_git_tracks_goes_out(tracked, tmp_path, capsys):
    (tracked.root / "classroom" / "notes_on_students.py").write_text("# ada is late\n")
    assert publish(tracked, LESSON, "--to", str(tmp_path / "x")) == 0
    assert not [name for name in files(tmp_path / "x") if "notes_on" in name]
    git(tracked.root, "rm", "--quiet", "--cached", f"lessons/{LESSON}/{LESSON}.ipynb")
    assert "not in git" in refused(capsys, tracked, LESSON, "--to", str(tmp_path / "y"))
    git(tracked.root, "add", "lessons")
    (tracked.root / "classroom" / "grades.csv").write_text("ada,3\n")
    git(tracked.root, "add", "classroom/grades.csv")
    assert "classroom/grades.csv" in refused(capsys, tracked, LESSON, "--to", str(tmp_path / "y"))
    git(tracked.root, "rm", "--quiet", "--force", "classroom/grades.csv")
    link = tracked.root / "classroom" / "a_link.py"
    link.symlink_to("../solutions/04_self_attention/right.py")
    git(tracked.root, "add", "classroom/a_link.py")
    assert "symbolic link" in refused(capsys, tracked, LESSON, "--to", str(tmp_path / "y"))
    assert not (tmp_path / "y").exists()


# Where it points.


def test_badge_and_set_up_cell_point_at_the_repository_and_nothing_else_is_changed(whole: Path):
    for lesson in source_ids(COURSE):
        given, released = cells(whole, lesson), nbformat.read(COURSE.lesson(lesson), as_version=4).cells
        assert [SETTINGS.search(cell.source).groups() for cell in given if SETTINGS.search(cell.source)] == [
            ("https://github.com/us/lessons", "week4")
        ]
        link = f"https://colab.research.google.com/github/us/lessons/blob/week4/lessons/{lesson}/{lesson}.ipynb"
        heading, _, badge = given[0].source.splitlines()[:3]
        assert heading.startswith("# ") and badge == f"[![Open in Colab](attachment:open_in_colab.png)]({link})"
        assert sum(cell.source.count("Open in Colab") for cell in given) == 1, "in the place of the course's own"
        given[0].source = given[0].source.replace(badge, released[0].source.splitlines()[2])
        assert set(given[0].attachments["open_in_colab.png"]) == {"image/png"}
        usual = SETTINGS.search(released[1].source)
        given[1].source = SETTINGS.sub(lambda _, line=usual[0]: line, given[1].source)
        assert given == released


def test_where_the_repository_is_not_on_github_there_is_no_button(course, tmp_path):
    where = ["--repository", "https://git.example.org/course/lessons.git", "--tag", "main"]
    assert publish(course, LESSON, "--to", str(tmp_path / "x"), *where) == 0
    first, set_up = cells(tmp_path / "x", LESSON)[:2]
    assert "colab" not in first.source.lower() and 'git.example.org/course/lessons.git", "main"' in set_up.source
    assert "Upload notebook" in (tmp_path / "x" / "README.md").read_text()


@pytest.mark.parametrize(
    "wrong, said",
    [
        (["--repository", "https://me:token@github.com/me/x"], "a password"),
        (["--repository", "git@github.com:me/x.git"], "names a user"),
        (["--repository", 'https://x.org/a"; import os; "/b'], "no address"),
        (["--tag", 'v1"'], "neither a tag nor a branch"),
        (["--tag", "--upload-pack=x"], "neither a tag nor a branch"),
        (["99_nothing"], "There is no lesson '99_nothing'"),
    ],
)
def test_an_address_that_students_could_not_use_is_refused(wrong, said, tmp_path, capsys):
    arguments = [f"{wrong[0]}={wrong[1]}"] if len(wrong) == 2 else wrong
    assert said in refused(capsys, COURSE, "--to", str(tmp_path / "x"), *arguments)
    assert not any(tmp_path.iterdir())


def test_the_button_is_what_its_script_draws():
    spec = importlib.util.spec_from_file_location("badge", ROOT / "assets" / "badge" / "draw.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    kept = (ROOT / "assets" / "badge" / "open_in_colab.png").read_bytes()
    assert style.css_width(style.png(script.draw())) == style.css_width(kept)
    assert [text.get_text() for text in script.draw().axes[0].texts] == ["Open in Colab"]


# What may not be in it.


SECRET = "s = s.masked_fill(~mask, torch.finfo(s.dtype).min)"
SEALED = 'sealed("attention", attention)'
NOTEBOOK, RECORDING = f"lessons/{LESSON}/{LESSON}.ipynb", f"assets/probes/{LESSON}.json"


def in_an_output(content: bytes) -> bytes:
    notebook = nbformat.reads(content.decode(), as_version=4)
    notebook.cells[7 if notebook.cells[7].cell_type == "code" else 8].outputs = [
        nbformat.v4.new_output("stream", text=f"I see: {SEALED}")
    ]
    return nbformat.writes(notebook).encode()


def in_metadata(content: bytes) -> bytes:
    notebook = json.loads(content)
    notebook["metadata"]["note"] = {"lines": ["def f():", f"    {SEALED}"]}
    return json.dumps(notebook).encode()


def in_json(content: bytes) -> bytes:
    return json.dumps({**json.loads(content), "note": SEALED}).encode()


def in_the_head(content: bytes) -> bytes:
    length = int.from_bytes(content[:8], "little")
    head = json.loads(content[8 : 8 + length])
    head["__metadata__"]["note"] = SEALED  # with its quotes escaped
    text = json.dumps(head).encode()
    return len(text).to_bytes(8, "little") + text + content[8 + length :]


def below(*lines: str):
    return lambda content: content + "".join(f"\n        {line}" for line in lines).encode()


PLANTS = {
    "a notebook's output": (NOTEBOOK, in_an_output, r"cell \d+, beside its source"),
    "a notebook's metadata": (NOTEBOOK, in_metadata, "outside its cells"),
    "a classroom file": ("classroom/progress.py", below(f"x = 1; {SECRET}"), r"line \d+"),
    "a finished part": ("classroom/parts/use.py", below(SECRET), r"line \d+"),
    "a recording": (RECORDING, in_json, r"line \d+"),
    "a model": ("assets/models/masked_words.safetensors", below(SECRET), r"line \d+"),
    "a model's own card": ("assets/models/masked_words.safetensors", in_the_head, r"line \d+"),
    "a card": ("assets/models/README.md", below(f"Do `{SECRET}`."), r"line \d+"),
    "a line of the probes": (
        "classroom/progress.py", below('values("non-contiguous input", x, *matrices, noncontiguous=True, **PROJECT),'),
        r"line \d+",
    ),
    "two lines of a known mistake": (
        "classroom/progress.py", below('"softmax-queries",', '"softmax over the queries",'), r"line \d+",
    ),
    "two lines of a right solution": (
        "classroom/show/bars.py", below("if allowed is not None:", "s = s.masked_fill(allowed == 0, -1e9)"),
        r"line \d+",
    ),
    "a mark": ("classroom/progress.py", below("### BEGIN SOLUTION"), r"line \d+"),
}  # fmt: skip


@pytest.mark.parametrize("place", ["a notebook's output", "a classroom file", "a recording"])
def test_a_leak_is_refused_by_file_and_line_and_nothing_is_written(place, course, tmp_path, capsys):
    name, plant, where = PLANTS[place]
    path = course.root / name
    with changed(path, plant(path.read_bytes())):
        said = refused(capsys, course, LESSON, "--to", str(tmp_path / "x"), "--push", str(tmp_path / "none.git"))
    assert re.match(
        rf"autograder: {re.escape(name)}, {where}: '.+', a line of a solution or hidden test of 04", said
    ), said
    assert "nothing was published" in said and not any(tmp_path.iterdir())


@pytest.fixture(scope="module")
def secrets() -> dict[str, str]:
    return guard.secrets(COURSE)


@pytest.mark.parametrize("place", PLANTS)
def test_the_guard_finds_every_kind_of_leak_and_none_where_there_is_none(place, secrets, tmp_path, whole):
    name, plant, where = PLANTS[place]
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_bytes((whole / name).read_bytes())
    assert guard.search(tmp_path, secrets, lambda _: True) == []
    path.write_bytes(plant(path.read_bytes()))
    found = guard.search(tmp_path, secrets, lambda _: True)
    assert re.match(rf"{re.escape(name)}, {where}: '.+', a line ", str(found[0])), found


def test_a_lesson_that_is_not_as_built_is_refused(course, tmp_path, capsys):
    released = json.loads(course.lesson(LESSON).read_text())
    stub = next(cell for cell in released["cells"] if cell["id"] == "scores")
    set_up = next(cell for cell in released["cells"] if "set-up" in cell["metadata"].get("tags", []))
    stub_source = stub["source"]
    for cell, source in ((stub, "def scores(q, k):\n    return anyhow(q, k)"), (set_up, "import classroom")):
        before, cell["source"] = cell["source"], source
        with changed(course.lesson(LESSON), json.dumps(released).encode()):
            said = refused(capsys, course, LESSON, "--to", str(tmp_path / "x"))
        cell["source"] = before
        assert "is not what its source builds" in said and f"autograder build {LESSON}" in said
    assert stub["source"] == stub_source
    del released["cells"][-1]
    with changed(course.lesson(LESSON), json.dumps(released).encode()):
        assert "cells, not" in refused(capsys, course, LESSON, "--to", str(tmp_path / "x"))
    assert not any(tmp_path.iterdir())


def test_the_guard_itself_finds_links_strange_names_and_a_zip_that_is_not_the_folder(tmp_path, whole):
    bundle = tmp_path / "lessons"
    for name, content in {"a.py": b"x = 1\n", "probes.py": b"", "b.zip": b"PK"}.items():
        bundle.mkdir(exist_ok=True)
        (bundle / name).write_bytes(content)
    (bundle / "link.py").symlink_to("a.py")
    os.mkfifo(bundle / "pipe")
    found = {one.file: one.what for one in guard.search(bundle, {}, lambda name: name in ("a.py", "link.py", "pipe"))}
    assert found == {
        "b.zip": "a file that students do not get", "link.py": "a symbolic link",
        "pipe": "neither a file nor a folder", "probes.py": "a file that students do not get",
    }  # fmt: skip
    for name in ("link.py", "pipe"):
        (bundle / name).unlink()
    (tmp_path / "lessons.zip").write_bytes(whole.with_name("lessons.zip").read_bytes())
    assert {one.file for one in guard.differs(tmp_path / "lessons.zip", bundle)} >= {"a.py", "README.md"}


# Where it is written.


def put(place: Path, contents: dict[str, bytes]) -> Path:
    with folder.staged(place, contents) as new:
        return folder.put(new, place)


def test_a_folder_is_replaced_only_if_all_that_is_in_it_was_published(tmp_path):
    target, zipped = tmp_path / "x", tmp_path / "x.zip"
    assert put(target, {"a/b.py": b"1", "c.md": b"2"}) == zipped
    (target / "a" / "__pycache__").mkdir()
    (target / "a" / "__pycache__" / "b.pyc").write_bytes(b"")
    put(target, {"a/b.py": b"3"})
    before = files(tmp_path)
    assert set(before) == {"x/a/b.py", "x.zip"} and before["x/a/b.py"] == b"3"
    for path in (target / "a" / "b.py", target / "mine.txt"):
        with changed(path, b"my work of a week"):
            with pytest.raises(Stop, match=f"{path.name}, which publish did not write"):
                put(target, {"a/b.py": b"4"})
            assert path.read_bytes() == b"my work of a week"
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as mine:
        mine.writestr("x/a/b.py", b"3")
    for content in (b"no zip", (tmp_path / "mine.zip").read_bytes()):
        with changed(zipped, content), pytest.raises(Stop, match=r"x\.zip is in the way"):
            put(target, {"a/b.py": b"4"})
    (tmp_path / "mine.zip").unlink()
    zipped.unlink()  # as when it was stopped between the two: the same again goes on
    put(target, {"a/b.py": b"3"})
    assert files(tmp_path) == before and {path.name for path in tmp_path.iterdir()} == {"x", "x.zip"}


@pytest.mark.parametrize("place", ["lessons", "solutions/students", ".", ".."])
def test_the_course_itself_is_never_written_over(place, course, capsys):
    before = files(course.root)
    assert "part of the course itself" in refused(capsys, course, LESSON, "--to", str(course.root / place))
    assert files(course.root) == before


def test_without_options_folder_and_zip_lie_in_dist_and_can_be_read_by_all(course, capsys):
    assert publish(course, LESSON) == 0
    said = capsys.readouterr().out
    dist = course.root / "dist"
    assert f"{dist / 'transformer-lessons'}\n" in said and f"{dist / 'transformer-lessons.zip'}\n" in said
    assert re.search(r"1 lesson, \d+ files, \d\.\d MB", said) and re.search(r"The zip, \d\.\d MB", said)
    assert {path.name for path in dist.iterdir()} == {"transformer-lessons", "transformer-lessons.zip"}
    assert {stat.S_IMODE(path.stat().st_mode) & 0o444 for path in dist.rglob("*")} == {0o444}

"""The way in: a button for Colab on every lesson and in the README, from one setting; the README's moving picture."""

from __future__ import annotations

import base64
import itertools
import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import chdir
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import need
from PIL import Image, ImageSequence

from autograder.cli import main
from autograder.course import Course

ROOT = Path(__file__).resolve().parents[1]
LESSON = "04_self_attention"
BADGE = re.compile(r"\[!\[([^\]]*)\]\(([^)]*open_in_colab\.png)\)\]\(([^)]*)\)")
ROW = re.compile(r"^\| (\d) \| \[[^\]]+\]\((lessons/[^)]+\.ipynb)\) \|.*\|(.*)\|$", re.MULTILINE)
SETTING = re.compile(r'^REPOSITORY, TAG = "([^"]+)", "([^"]+)"$', re.MULTILINE)


def setting(root: Path) -> tuple[str, str]:
    place = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["transformer-lessons"]
    return place["repository"], place["tag"]


def expected(root: Path, path: str) -> list[str]:
    """Where the buttons of a file that lies at `path` should lead: to that very file; [] where there can be none."""
    repository, tag = setting(root)
    if not repository.startswith("https://github.com/"):
        return []
    name = repository.removeprefix("https://github.com/")
    return [f"https://colab.research.google.com/github/{name}/blob/{tag}/{path}"]


def cells(notebook: Path) -> list[dict]:
    return [{**cell, "source": "".join(cell["source"])} for cell in json.loads(notebook.read_text())["cells"]]


def wrong_ways(root: Path) -> Iterator[str]:
    """Every button or set-up cell that does not lead where the setting says, and every lesson without its own."""
    lessons = sorted(root.glob("lessons*/*/*.ipynb"))
    for path in (*lessons, *sorted(root.glob("solutions/*/*.ipynb"))):
        name = path.relative_to(root).as_posix()
        found = [(number, badge) for number, cell in enumerate(cells(path)) for badge in BADGE.findall(cell["source"])]
        if [link for _, (*_, link) in found] != expected(root, re.sub(r"^solutions/", "lessons/", name)):
            yield f"{name}: {found}"
        elif any(number or picture != "attachment:open_in_colab.png" for number, (_, picture, _) in found):
            yield f"{name}: not under the title, or with a picture from elsewhere"
        pictures = [cell.get("attachments", {}).get("open_in_colab.png") for cell in cells(path)]
        ours = base64.b64encode((root / "assets" / "badge" / "open_in_colab.png").read_bytes()).decode()
        if [picture for picture in pictures if picture] != [{"image/png": ours}] * len(found):
            yield f"{name}: the picture is not inside"
        if [SETTING.findall(cell["source"]) for cell in cells(path)][1] != [setting(root)]:
            yield f"{name}: its set-up cell"
    for _, path, last in ROW.findall((root / "README.md").read_text()):
        if [link for *_, link in BADGE.findall(last)] != expected(root, path):
            yield f"README.md, {path}: {last}"


def test_every_lesson_and_every_row_of_the_readme_leads_to_itself_on_colab():
    assert list(wrong_ways(ROOT)) == []
    rows = ROW.findall((ROOT / "README.md").read_text())
    lessons = [f"lessons/{lesson}/{lesson}.ipynb" for lesson in Course(ROOT).lesson_ids()]
    assert [path for _, path, _ in rows] == lessons and len(lessons) == 9
    assert [int(number) for number, *_ in rows] == [*range(1, 10)]


def test_what_the_buttons_lead_to_is_in_the_repository_under_that_name():
    """Colab opens what git has at the tag: a file that git does not track is not there."""
    need((ROOT / ".git").exists(), "This course is not in git.")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    texts = [path.read_text() for path in (ROOT / "README.md", *ROOT.glob("lessons*/*/*.ipynb"))]
    repository, tag = setting(ROOT)
    led_to = {link for text in texts for *_, link in BADGE.findall(text)}
    assert len(led_to) == 9 + len(list(ROOT.glob("lessons-*/*/*.ipynb")))
    for link in led_to:
        owner, name, blob, at, path = link.removeprefix("https://colab.research.google.com/github/").split("/", 4)
        assert f"https://github.com/{owner}/{name}" == repository and (blob, at) == ("blob", tag)
        assert path in tracked


@pytest.fixture
def course(tmp_path) -> Path:
    """One lesson, in English and Korean, with the README."""
    root = tmp_path / "course"
    for room in ("assets", "classroom", f"solutions/{LESSON}", f"lessons/{LESSON}", "lessons-ko"):
        shutil.copytree(ROOT / room, root / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("nbgrader_config.py", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, root / name)
    return root


def build(root: Path, *words: str) -> int:
    with chdir(root):
        return main(["build", *words])


def test_another_setting_makes_every_way_wrong_until_one_command_puts_it_right(course, capsys):
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    text = (course / "pyproject.toml").read_text()
    for repository, tag in (("https://github.com/us/lessons", "spring"), ("https://git.example.org/us/lessons", "v2")):
        there, then = setting(ROOT)
        moved = text.replace(f'"{there}"', f'"{repository}"').replace(f'"{then}"', f'"{tag}"')
        (course / "pyproject.toml").write_text(moved)
        assert setting(course) == (repository, tag)
        wrong = " ".join(wrong_ways(course))
        for place in (f"lessons/{LESSON}", f"solutions/{LESSON}", f"lessons-ko/{LESSON}", "README.md, lessons/09"):
            assert place in wrong
        assert build(course, "--address") == 0
        assert list(wrong_ways(course)) == [] and f"{repository}, at {tag}." in capsys.readouterr().out
    assert build(course, "--address") == 0 and "Nothing has changed." in capsys.readouterr().out
    assert "colab.research" not in (course / "lessons" / LESSON / f"{LESSON}.ipynb").read_text()
    (course / "pyproject.toml").write_text(text)
    assert build(course, "--address") == 0
    kept = {path: path.read_bytes() for path in before}
    assert [path for path in before if kept[path] != before[path]] == [], "outputs, ids and all else as they were"


def test_where_the_source_has_changed_since_the_build_nothing_is_put_in(course, capsys):
    source = course / "solutions" / LESSON / f"{LESSON}.py"
    source.write_text(source.read_text().replace("Run the cell below first.", "Run the cell below."))
    (course / "pyproject.toml").write_text((course / "pyproject.toml").read_text().replace("v0.1.0", "v9"))
    before = (course / "lessons" / LESSON / f"{LESSON}.ipynb").read_bytes()
    assert build(course, "--address") == 2
    assert f"`autograder build {LESSON}` makes it anew" in capsys.readouterr().err
    assert (course / "lessons" / LESSON / f"{LESSON}.ipynb").read_bytes() == before


def test_a_translation_that_is_behind_its_lesson_keeps_only_itself_back(course, capsys):
    catalogue = course / "assets" / "languages" / "ko" / f"{LESSON}.po"
    catalogue.write_text(catalogue.read_text().replace("It is safe to run again.", "Run it."))
    (course / "pyproject.toml").write_text((course / "pyproject.toml").read_text().replace('"v0.1.0"', '"v9"'))
    assert build(course, "--address") == 1
    assert "Left as it is: The catalogue assets/languages/ko" in capsys.readouterr().out
    assert {wrong.split(":")[0] for wrong in wrong_ways(course)} == {f"lessons-ko/{LESSON}/{LESSON}.ipynb"}


class Pictures(HTMLParser):
    """The attributes of what stands in <picture>."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str | None]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("source", "img"):
            self.found[tag] = dict(attrs)


def test_the_moving_picture_is_light_slow_ends_and_has_words_and_a_still_one_for_whom_motion_disturbs():
    found = Pictures((ROOT / "README.md").read_text()).found
    moving, still = ROOT / found["img"]["src"], ROOT / found["source"]["srcset"]
    assert found["source"]["media"] == "(prefers-reduced-motion: reduce)" and len(found["img"]["alt"].split()) > 20
    assert moving.stat().st_size < 600_000
    with Image.open(moving) as picture, Image.open(still) as last:
        assert 6 <= picture.n_frames <= 10 and 0 < picture.info["loop"] < 5
        frames = [frame.convert("RGB").copy() for frame in ImageSequence.Iterator(picture)]
        assert all(frame.size == last.size for frame in frames)
        assert picture.info["duration"] >= 2000
        for one, next_one in itertools.pairwise(frames):
            paper = [(x, y) for x in range(0, one.width, 7) for y in range(0, one.height, 7)]
            same = sum(one.getpixel(at) == next_one.getpixel(at) for at in paper)
            assert 0.8 < same / len(paper) < 1, "something changes, and what does not stands still"

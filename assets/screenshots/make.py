"""The README's pictures, taken from the running course: `python assets/screenshots/make.py`.

Opens the released lesson in JupyterLab with Chromium, by the helpers of tests/browser.py, and writes beside itself
lesson.png, check.png, heads.png, heads.gif and class_page.png.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser import CHROMIUM, Lesson, chromium, course_copy, jupyterlab, opened  # noqa: E402

from autograder.authoring.lesson import edited, read  # noqa: E402
from autograder.course import Course  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Locator

REPORT = ROOT / "autograder" / "class" / "demo" / "report.html"
HEADS = "lessons/05_multi_head_attention/05_multi_head_attention.ipynb"
WIDTH, HEIGHT, SCALE = 900, 738, 4 / 3  # 1200 pixels wide, with type that is still legible at a README's width
MOST = {".png": 200_000, ".gif": 600_000}  # bytes a picture
# Of the moving picture: which button is pressed, by its name, and the place of the word that the mouse is on.
STEPS = (
    ("layer 1", None),
    ("", 2),
    ("", 3),
    ("only head 3", 3),
    ("", None),
    ("only head 2", None),
    ("", 3),
    ("all heads that are switched on", 3),
)
SECONDS, TIMES, COLOURS = 2.5, 2, 255  # each picture; how often all of them are shown; then the last one stays


def answers() -> tuple[str, str]:
    """The scores, right, and attention with hidden scores set to 0: from the lesson's bank, since assets/ is open to
    students and holds no line of a solution."""
    lesson = read(Course.find(ROOT), "04_self_attention")
    [exercise] = [e for e in lesson.exercises if e.cell == "attention"]
    [mistake] = [m for m in exercise.mistakes if m.id == "fill-zero"]
    return lesson.solution("scores"), edited(lesson.solution("attention"), mistake.edits)


def main() -> None:
    if chromium() is None:
        sys.exit("The pictures need Chromium, and there is none on the PATH. On Debian: apt-get install chromium.")
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        course = course_copy(here / "course")
        lab = jupyterlab(course, here / "home")
        with lab as address, opened(address, width=WIDTH, height=HEIGHT, scale=SCALE) as lesson:
            lesson_picture(lesson)
            check_picture(lesson)
        lab = jupyterlab(course, here / "another home")
        with lab as address, opened(address, HEADS, width=WIDTH, height=HEIGHT + 300, scale=SCALE) as lesson:
            heads_picture(lesson)
    if not REPORT.exists():
        subprocess.run([sys.executable, "-m", "autograder.cli", "demo"], cwd=ROOT, check=True)
    class_picture()
    for picture in sorted(path for path in HERE.iterdir() if path.suffix in MOST):
        size, most = picture.stat().st_size, MOST[picture.suffix]
        print(f"{picture.relative_to(ROOT)}  {size / 1000:.0f} kB")
        if size > most:
            sys.exit(f"{picture.name} has more than {most / 1000:.0f} kB: take less of the page into it.")


def lesson_picture(lesson: Lesson) -> None:
    """The softmax explorer, with the exercise that follows from it."""
    lesson.run_all()
    explorer = lesson.cell("show.softmax_explorer()")
    lesson.run(explorer)
    slider = explorer.get_by_role("slider")
    slider.focus()
    for _ in range(10):
        lesson.page.keyboard.press("ArrowRight")
    explorer.get_by_text("Largest weight").wait_for()
    paragraph = lesson.page.locator(".jp-RenderedMarkdown p").filter(has_text="Why is a hard choice bad?")
    paragraph.evaluate("p => { p.style.scrollMarginTop = '14px'; p.scrollIntoView({block: 'start'}) }")
    lesson.page.mouse.move(1, 1)
    lesson.page.wait_for_timeout(800)  # for the scroll bar to fade
    lesson.page.screenshot(path=HERE / "lesson.png")


def check_picture(lesson: Lesson) -> None:
    """What is said to a student who hides a word by setting its score to 0."""
    for begins, source in zip(("def scores(", "def attention("), answers(), strict=True):
        lesson.write(lesson.cell(begins), source)
        lesson.run(lesson.cell(begins))
    lesson.run(lesson.cell('check("scores"'))  # or the next check would say to look there first
    check = lesson.cell('check("masked attention"')
    lesson.run(check)
    assert "a hidden score set to 0" in lesson.said(check)
    check.locator(".jp-RenderedHTML > div").screenshot(path=HERE / "check.png")


def heads_picture(lesson: Lesson) -> None:
    """The head view of the trained model, with the mouse on a word."""
    lesson.run_all()
    view = lesson.cell("pair = reader.read(")
    for cell in (lesson.cell("reader = models.load("), view):
        lesson.run(cell)
    form = view.locator("form[aria-label^='Head view']")
    form.wait_for()
    form.evaluate("form => { form.style.scrollMarginTop = '14px'; form.scrollIntoView({block: 'start'}) }")
    pictures = [_step(lesson, form, *step) for step in STEPS]
    (HERE / "heads.png").write_bytes(pictures[-1])
    (HERE / "heads.gif").write_bytes(moving(pictures))


def _step(lesson: Lesson, form: Locator, button: str, word: int | None) -> bytes:
    if button:
        form.get_by_label(button, exact=True).click()
    lesson.page.mouse.move(1, 1)
    if word is not None:
        form.locator(".w:visible").nth(word).hover()
    lesson.page.wait_for_timeout(800)  # for the scroll bar to fade
    return form.locator("..").screenshot()


def moving(pictures: list[bytes]) -> bytes:
    """One after the other, as a GIF: all of one size and in the same colours, so that only what changes moves."""
    frames = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures]
    assert len({frame.size for frame in frames}) == 1, "the view changed its size"
    width, height = frames[0].size
    sheet = Image.new("RGB", (width, height * len(frames)))
    for number, frame in enumerate(frames):
        sheet.paste(frame, (0, number * height))
    sheet = sheet.quantize(COLOURS, dither=Image.Dither.NONE)
    frames = [sheet.crop((0, number * height, width, (number + 1) * height)) for number in range(len(frames))]
    gif = io.BytesIO()
    frames[0].save(
        gif, "GIF", save_all=True, append_images=frames[1:], duration=int(1000 * SECONDS), loop=TIMES - 1, optimize=True
    )
    return gif.getvalue()


def class_picture() -> None:
    """The demonstration class's page, where the lesson begins that all twelve handed in."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=list(CHROMIUM))
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE)
        page.goto(f"{REPORT.as_uri()}#04_self_attention")
        page.screenshot(path=HERE / "class_page.png")
        browser.close()


if __name__ == "__main__":
    main()

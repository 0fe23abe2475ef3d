"""The README's pictures, taken from the running course: `python assets/screenshots/make.py`.

Opens the released lesson in JupyterLab with Chromium, by the helpers of tests/browser.py, and writes beside itself
lesson.png, check.png, heads.png and class_page.png.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser import CHROMIUM, Lesson, chromium, course_copy, jupyterlab, opened  # noqa: E402

from autograder.authoring.lesson import edited, read  # noqa: E402
from autograder.course import Course  # noqa: E402

REPORT = ROOT / "autograder" / "class" / "demo" / "report.html"
HEADS = "lessons/05_multi_head_attention/05_multi_head_attention.ipynb"
WIDTH, HEIGHT, SCALE = 900, 738, 4 / 3  # 1200 pixels wide, with type that is still legible at a README's width
MOST = 200_000  # bytes a picture


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
    for picture in sorted(HERE.glob("*.png")):
        size = picture.stat().st_size
        print(f"{picture.relative_to(ROOT)}  {size / 1000:.0f} kB")
        if size > MOST:
            sys.exit(f"{picture.name} has more than {MOST / 1000:.0f} kB: take less of the page into it.")


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
    form.get_by_label("layer 1", exact=True).click()
    form.evaluate("form => { form.style.scrollMarginTop = '14px'; form.scrollIntoView({block: 'start'}) }")
    form.locator(".w:visible").nth(3).hover()
    lesson.page.wait_for_timeout(800)  # for the scroll bar to fade
    form.locator("..").screenshot(path=HERE / "heads.png")


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

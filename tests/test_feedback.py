"""The feedback page in a real browser: offline, safe, on a phone, with a summary that says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Thread

import axe
import nbformat
import pytest
from browser import CHROMIUM
from conftest import need_browser
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from small_course import JUDGED, LESSON, REBUILD, cell, nbgrader_api, released, small_course, solved, write_nb

from autograder.course import Course
from autograder.returns.class_page.report import write_report
from autograder.returns.feedback.formulas import formula
from autograder.returns.feedback.pages import renew

OURS = """
c.GenerateFeedback.preprocessors = [
    "autograder.returns.feedback.hidden_tests.DropHiddenTests", "autograder.returns.feedback.sanitize.Sanitize",
    "autograder.returns.feedback.summary.Summary", "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.GenerateFeedback.exporter_class = "autograder.returns.feedback.exporter.FeedbackExporter"
"""
ELSEWHERE = "http://127.0.0.1:9/thief"
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
MARKUP = f"""<script>document.title = "taken"; alert(1)</script><svg onload="alert(2)"><circle r="9"/></svg>
<img src="{ELSEWHERE}.png" onerror="alert(3)">
<style>@import "{ELSEWHERE}.css"; body {{ background: url({ELSEWHERE}.jpg) }}</style>
<div style="position:fixed; inset:0; z-index:9; background:#fff; width:4000px; height:4000px">All points: 100</div>
<a href="data:text/html,<script>alert(4)</script>">look</a><meta http-equiv="refresh" content="0;url={ELSEWHERE}">
<iframe src="{ELSEWHERE}"></iframe><form action="{ELSEWHERE}"><button>give</button></form>"""
MARKDOWN = f"""# My notes
[here](javascript:alert(5)) and [there][1], ![a cat]({ELSEWHERE}.gif), ![mine](attachment:gone.png)

[1]: data:text/html,<script>alert(6)</script>

{MARKUP}

$\\text{{<img src=x onerror=alert(7)>}}$ $\\href{{javascript:alert(8)}}{{x}}$ $\\frac{{a}}{{b}}$ ${"{" * 500}$

$$ {" + ".join(f"x_{{{i}}}^2" for i in range(60))} $$
"""


def attack(nb: nbformat.NotebookNode) -> nbformat.NotebookNode:
    shown = new_output("display_data", {"text/html": MARKUP, "text/plain": "markup"})
    still = (
        f'<div><style>.still {{display: none}}</style><img class="still" alt="heads" src="data:image/png;base64,{DOT}">'
    )
    live = new_output(
        "display_data", {"text/html": f"{still}<form hidden>live words<svg><text>x</text></svg></form></div>"}
    )
    markdown = new_output("display_data", {"text/markdown": MARKDOWN, "text/plain": "words"})
    latex = new_output("display_data", {"text/latex": "$\\displaystyle \\sqrt{2}$", "text/plain": "sqrt(2)"})
    svg = new_output("display_data", {"image/svg+xml": "<svg onload='alert(9)'/>", "text/plain": "a picture"})
    script = new_output("display_data", {"application/javascript": "alert(10)", "text/plain": "a script"})
    long = new_output("stream", name="stdout", text="x" * 60_000 + "\n" + "line\n" * 3000)
    outputs = [shown, live, markdown, latex, svg, script, long]
    nb.cells += [new_markdown_cell(MARKDOWN), new_code_cell("attack()", outputs=outputs)]
    return nb


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    """ada is right and was read by a person; cy makes two mistakes; eve attacks; fi has written nothing."""
    course = small_course(tmp_path_factory.mktemp("course"), REBUILD + JUDGED + OURS)
    answers = {
        "ada": {},
        "cy": {"add": "def add(a, b):\n    return a - b\n", "mean": "def mean(v):\n    return int(sum(v)) / 2\n"},
        "eve": {},
        "fi": {"add": "raise NotImplementedError", "mean": "raise NotImplementedError"},
    }
    for student, sources in answers.items():
        nb = solved(deepcopy(released(course)))
        for name, source in sources.items():
            cell(nb, name).source = source
        write_nb(course.submitted / student / LESSON / f"{LESSON}.ipynb", nb)
        (course.submitted / student / LESSON / "timestamp.txt").write_text("2026-10-09 12:00:00.000000 UTC")
    api = nbgrader_api(course)
    assert api.autograde(LESSON, "*")["success"]
    graded = course.autograded / "eve" / LESSON / f"{LESSON}.ipynb"
    graded.chmod(0o644)
    write_nb(graded, attack(nbformat.read(graded, as_version=4)))
    with api.gradebook as gradebook:
        grade = gradebook.find_grade("why", LESSON, LESSON, "ada")
        grade.manual_score, grade.needs_manual_grade = 1, False
        gradebook.find_comment("why", LESSON, LESSON, "ada").manual_comment = "Well said: $n > 0$."
        gradebook.db.commit()
    assert renew(course, LESSON) == 4
    return course


def path(course: Course, student: str) -> Path:
    return course.feedback / student / LESSON / f"{LESSON}.html"


@contextmanager
def looking(page_file: Path, width: int = 360) -> Iterator[tuple]:
    """The page in Chromium, and all that it asked for or said; a link that is clicked counts, too."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=need_browser(), args=list(CHROMIUM))
        page = browser.new_page(viewport={"width": width, "height": 800})
        noticed: list[str] = []
        page.on("request", lambda r: r.url.startswith(("data:image/", page_file.as_uri())) or noticed.append(r.url))
        page.on("dialog", lambda dialog: (noticed.append(dialog.message), dialog.dismiss()))
        page.goto(page_file.as_uri(), wait_until="domcontentloaded")
        yield page, noticed
        browser.close()


def test_nothing_that_a_student_wrote_runs_fetches_or_covers_the_page(course):
    with looking(path(course, "eve")) as (page, noticed):
        for link in page.locator("main a[href]").all():
            link.dispatch_event("click") if not link.get_attribute("href").startswith("http") else None
        page.wait_for_timeout(200)
        assert noticed == [] and page.title().startswith("Feedback · ")
        page.evaluate("() => { location.hash = ''; scrollTo(0, 0) }")
        assert page.evaluate("() => document.elementFromPoint(100, 60).closest('header') !== null"), "it is covered"
        found = (
            "script, iframe, form, object, embed, meta[http-equiv=refresh], link, img[src]:not([src^='data:image/'])"
        )
        assert page.locator(found).count() == 0
        assert page.evaluate("() => document.documentElement.scrollWidth") == 360, "the page scrolls sideways"
        for told in ("(a picture elsewhere: a cat)", "(a picture that was not handed in: mine)"):
            assert told in page.locator("main").inner_text()


def test_of_a_view_that_is_live_in_a_notebook_the_page_shows_the_picture(course):
    with looking(path(course, "eve")) as (page, _):
        picture = page.get_by_alt_text("heads")
        assert picture.is_visible() and picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
        assert "live words" not in page.content()


def test_were_the_cleaning_to_fail_the_page_itself_forbids_script_and_fetching(course, tmp_path):
    asked: list[str] = []

    class Thief(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Thief) as thief:
        Thread(target=thief.serve_forever, daemon=True).start()
        live = re.sub(r"<meta[^>]*>", "", MARKUP).replace("127.0.0.1:9", f"127.0.0.1:{thief.server_port}")
        text = path(course, "ada").read_text()
        pierced = tmp_path / "page.html"
        pierced.write_text(text.replace("<main", f"{live}<main", 1))
        with looking(pierced) as (page, noticed):
            page.wait_for_timeout(300)
            assert asked == [] and page.title() != "taken"
            assert not [said for said in noticed if not said.startswith("http")]
        pierced.write_text(re.sub(r"<meta[^>]*http-equiv[^>]*>", "", pierced.read_text()))
        with looking(pierced) as (page, _):
            for _ in range(300):  # a busy machine takes its time
                if asked and page.title() == "taken":
                    break
                page.wait_for_timeout(200)
            assert asked and page.title() == "taken", "else this test proves nothing"
        thief.shutdown()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_has_title_language_headings_in_order_and_no_sideways_scrolling(course, width):
    with looking(path(course, "cy"), width) as (page, noticed):
        assert page.title() == "Feedback · Sums" and page.locator("html").get_attribute("lang") == "en"
        levels = [int(h.evaluate("h => h.tagName[1]")) for h in page.locator("h1, h2, h3, h4, h5, h6").all()]
        assert levels.count(1) == 1 and levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert page.locator("img:not([alt]), img[alt='']").count() == 0
        assert page.evaluate("() => document.documentElement.scrollWidth") == width and noticed == []
        for link in page.locator("nav a").all():
            name = link.get_attribute("href").removeprefix("#")
            assert page.locator(f"[name='{name}'], [id='{name}']").count() == 1, f"{name} leads nowhere"


def text_of(course: Course, student: str) -> str:
    summary = re.search(r"<header.*?</header>", path(course, student).read_text(), re.S)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", summary).split())


def test_the_summary_says_points_mistakes_with_hints_and_what_was_written_by_hand(course):
    ada, cy, fi = (text_of(course, student) for student in ("ada", "cy", "fi"))
    assert "6 of 6 points All of it is right: well done." in ada and "Comment: Well said:" in ada
    assert "<math" in re.search(r"Well said.*?</div>", path(course, "ada").read_text(), re.S)[0]
    assert "This is what happens with Subtracts instead of adding" in cy
    assert "What does add(1, 2) give by hand?" in cy and "Try it with three numbers &lt;of your own&gt;." in cy
    assert "Rounds the mean down" in cy and "Start with “add”" in cy
    assert "One answer will be read by a person" in cy
    assert "No part has full points yet, and each can be mended." in fi


def test_formulas_can_be_read_without_the_network_and_hostile_ones_are_shown_as_typed(course):
    text = path(course, "eve").read_text()
    assert "<mfrac>" in text and "<msqrt>" in text and "MathJax" not in text
    with looking(path(course, "eve")) as (page, _):
        wide = page.locator("main .formula").first
        assert wide.evaluate("f => { f.scrollLeft = 50; return f.scrollLeft }") == 50, "it does not scroll by itself"
        assert page.locator("mfrac").first.evaluate("f => f.getBoundingClientRect().height") > 15, "drawn as a fraction"
    assert formula(r"\text{<b onclick=x>}") == formula(r"\text{&lt;b onclick=x>}")
    for hostile in (r"\href{javascript:x}{y}", r"\style{position:fixed}{y}", r"\text{<b onclick=x>c</b>}"):
        assert not re.search(r"javascript|style=|<b", formula(hostile))
    assert formula("{" * 500).startswith("<code>") and formula(r"\frac{").startswith("<code>")


def test_report_writes_a_page_again_when_a_comment_came_and_only_then(course):
    assert renew(course, LESSON) == 0
    with nbgrader_api(course).gradebook as gradebook:
        gradebook.find_comment("why", LESSON, LESSON, "cy").manual_comment = "Say more."
        gradebook.db.commit()
    others = {s: path(course, s).stat().st_mtime_ns for s in ("ada", "eve", "fi")}
    assert renew(course, LESSON) == 1 and "Say more." in text_of(course, "cy")
    assert others == {s: path(course, s).stat().st_mtime_ns for s in others}
    path(course, "fi").unlink()
    assert renew(course, LESSON) == 1 and path(course, "fi").is_file()


def test_the_class_page_fits_a_phone_and_its_links_unfold_a_lesson(course):
    report = write_report(course, [LESSON, "02_words"])
    assert json.loads(report.with_suffix(".json").read_text())["lessons"][0]["rows"]
    for width in (360, 1280):
        with looking(report, width) as (page, noticed):
            assert page.get_by_role("heading", level=2).first.inner_text() == "Needs you"
            link = page.locator(".care a").first
            link.focus()
            page.keyboard.press("Enter")
            page.locator("details.lesson[open]").wait_for()
            assert page.evaluate("() => document.documentElement.scrollWidth") == width
            assert [url for url in noticed if not url.startswith("file:")] == []


@pytest.mark.parametrize("student", ["cy", "eve"])
def test_axe_finds_nothing_on_a_feedback_page(course, student):
    with looking(path(course, student)) as (page, _):
        page.locator("details").evaluate_all("folds => folds.forEach(fold => fold.open = true)")
        axe.check(page, "feedback page")


def test_axe_finds_nothing_on_the_class_page(course):
    with looking(write_report(course, [LESSON, "02_words"]), width=1280) as (page, _):
        page.locator("details").evaluate_all("folds => folds.forEach(fold => fold.open = true)")
        axe.check(page, "class page")

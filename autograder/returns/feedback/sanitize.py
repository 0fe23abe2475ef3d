"""Feedback pages in which nothing that a student wrote is live: no script, no form, nothing fetched from elsewhere."""

from __future__ import annotations

import re

import bleach
import nbformat
from bleach.css_sanitizer import CSSSanitizer
from bs4 import BeautifulSoup
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import List, Unicode

from autograder.grading.answers import TOP_CELL
from autograder.grading.rebuild import released_notebook

TAGS = """
    a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4
    h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead
    tr tt u ul var
"""
ATTRIBUTES = """
    alt class colspan height href id role rowspan scope src style title width aria-label aria-hidden start align valign
"""
PICTURES = ("image/png", "image/jpeg", "text/plain", "text/latex", "application/json")
GONE = "script, style, svg, iframe, object, embed, template, noscript, [hidden]"  # with all that is in them
_MARKUP = re.compile(r"<(?=[A-Za-z/!?])")
_NO_TAG = "<\u2060"  # looks the same, in code as well, where &lt; would be shown as it is
_LINK = re.compile(
    r"(\]\(\s*<?|\]:\s*<?)(?!https?://|mailto:|attachment:|#)(?=[^)\n]*[:&\\])"
)  # to anything but a page


class Sanitize(NbGraderPreprocessor):
    """Goes before `GetGrades` in `c.GenerateFeedback.preprocessors`.

    Outputs of tests are the grader's own and stay. Of the student's outputs, HTML keeps its text, tables and pictures
    that are in it; scripts of any kind go. In text that is not the course's own, markup is shown as it was typed.
    """

    release_directory = Unicode("", help="The folder of the released lessons, as for Rebuild.").tag(config=True)
    display_data_priority = List([]).tag(config=True)  # nbgrader's HTML exporter sets this for every preprocessor

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        about = resources["nbgrader"]
        released = released_notebook(self, self.release_directory, about["assignment"], about["notebook"])
        own = {c.source for c in nbformat.read(released, as_version=4).cells} if released.is_file() else set()
        clean = Clean(tags=TAGS.split(), attributes=_allowed, safe_output_keys={"metadata", *PICTURES}, strip=True)
        for cell in nb.cells:
            if cell.cell_type == "code":
                is_test = is_grade(cell) and not is_solution(cell)
                cell.outputs = cell.outputs if is_test else _clean(cell.outputs, clean)
            elif cell.source not in own and cell.get("id") != TOP_CELL:
                cell.source = _LINK.sub(r"\1#", _MARKUP.sub(_NO_TAG, cell.source))
        return nb, resources


class Clean(SanitizeHTML):
    """nbconvert's, which lets no picture that is in the page through, and leaves the words of what it takes out."""

    def sanitize_html_tags(self, html_str: str) -> str:
        soup = BeautifulSoup(html_str, "html.parser")
        for element in soup.select(GONE):  # the head view's live form too: its picture stands beside it, hidden no more
            element.decompose()
        return bleach.clean(
            str(soup),
            tags=self.tags,
            attributes=self.attributes,
            css_sanitizer=CSSSanitizer(allowed_css_properties=self.styles),
            protocols=("http", "https", "mailto", "data"),  # and which of them where, says _allowed
            strip=self.strip,
            strip_comments=self.strip_comments,
        )


def _clean(outputs: list[NotebookNode], clean: SanitizeHTML) -> list[NotebookNode]:
    for output in clean.sanitize_code_outputs(outputs):
        if "text/markdown" in output.get("data", {}):
            output.data["text/markdown"] = _LINK.sub(r"\1#", output.data["text/markdown"])
    return outputs


def _allowed(tag: str, name: str, value: str) -> bool:
    """Attributes that only say how something looks; pictures that are in the page itself; links that leave it."""
    if name == "src":
        return bool(re.match(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*$", value))
    if name == "href":
        return bool(re.match(r"(https?://|#|mailto:)", value))
    return name in ATTRIBUTES.split()

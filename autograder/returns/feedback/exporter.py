"""nbgrader's feedback page in our form: one file, no script, formulas without the network, fit for a phone."""

from __future__ import annotations

import functools
import re
from html import escape
from pathlib import Path
from typing import Any

import nbgrader
from jinja2 import pass_context
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from traitlets.config import Config

from autograder.returns.feedback.formulas import formula, formulas_of_output
from autograder.returns.prose import points, prose

TEMPLATES = Path(__file__).with_name("templates")
NBGRADERS = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

# What is put in has no quotes: were this text in an attribute that a student wrote, it would stay in it.
_OUTPUT = re.compile(r'<div (class="[^"<>]*\boutput_subarea\b)')
_UNTOLD = re.compile(r"<img\b(?![^<>]*\balt=)")
CELLS = 4096  # texts and programs of cells that are kept as HTML: most are the lesson's own, the same for a whole class


class FeedbackExporter(HTMLExporter):
    """For `c.GenerateFeedback.exporter_class`: nbgrader's own template `feedback`, extended by `lesson_feedback`."""

    def __init__(self, config: Config | None = None, **kwargs: Any) -> None:
        own = Config()
        own.FeedbackExporter.template_name = "lesson_feedback"
        own.FeedbackExporter.preprocessors = []  # that of c.HTMLExporter is for the formgrader's page
        own.FeedbackExporter.extra_template_basedirs = [str(TEMPLATES), str(NBGRADERS)]
        own.FeedbackExporter.extra_template_paths = [str(NBGRADERS)]  # so that ours can extend `feedback/index.html.j2`
        merged = Config(config or {})
        merged.merge(own)
        super().__init__(config=merged, **kwargs)

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        cell = context.get("cell", {})
        if source in context["resources"].get("comments", ()):
            return comment(source)
        return _rendered(source, escape=False, attachments=cell.get("attachments", {}))

    def default_filters(self) -> Any:
        yield from super().default_filters()
        yield "markdown2html", self.markdown2html
        yield "comment", comment
        yield "formulas", formulas_of_output
        yield "points", points
        yield "prose", prose

    def from_notebook_node(self, nb: Any, resources: Any = None, **kwargs: Any) -> tuple[str, Any]:
        """An output may be larger than its place: the keyboard reaches it, to scroll in it.

        HTMLExporter's own is passed over: it reads the whole page once more, for these very attributes, which takes
        longer than making it."""
        resources = self._init_resources(resources)
        about = {"notebook_metadata": self._nb_metadata, "parent": self, "resources": resources}
        self.register_filter("filter_data_type", WidgetsDataTypeFilter(**about))
        self.register_filter("highlight_code", code)
        page, resources = super(HTMLExporter, self).from_notebook_node(nb, resources, **kwargs)
        page = _UNTOLD.sub('<img alt="No description has been provided for this image"', page)
        return _OUTPUT.sub(r"<div tabindex=0 \1", page), resources

    def _init_resources(self, resources: Any) -> Any:
        resources = super()._init_resources(resources)
        resources["policy"] = POLICY
        resources["own_css"] = Markup((TEMPLATES / "lesson_feedback" / "page.css").read_text(encoding="utf-8"))
        return resources


@functools.lru_cache(maxsize=CELLS)
def _python(source: str) -> str:
    return Highlight2HTML(pygments_lexer="ipython3")(source)


def code(source: str, metadata: Any = None) -> str:
    """A program in colours."""
    return _python(source)


def comment(source: str) -> str:
    """What a grader wrote: Markdown and formulas; `<b>` is shown as typed, since an open tag would take in the rest."""
    return _rendered(source, escape=True, attachments={})


def _rendered(source: str, escape: bool, attachments: Any) -> str:
    return _made(source, escape, attachments) if attachments else _made_once(source, escape)


@functools.lru_cache(maxsize=CELLS)
def _made_once(source: str, escape: bool) -> str:
    return _made(source, escape, {})


def _made(source: str, escape: bool, attachments: Any) -> str:
    renderer = Renderer(
        escape=escape,
        allow_harmful_protocols=False,
        attachments=attachments,
        exclude_anchor_links=True,
    )
    return MarkdownWithMath(renderer=renderer).render(source)


class Renderer(IPythonRenderer):
    """Formulas as MathML; headings one step lower, below the page's own; a picture from elsewhere as a link to it."""

    def inline_math(self, body: str) -> str:
        return formula(body)

    def block_math(self, body: str) -> str:
        return formula(body, block=True)

    def latex_environment(self, name: str, body: str) -> str:
        return formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        return super().heading(text, min(level + 1, 6), **attrs)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        told = escape(text or "picture")
        try:
            url = self._embed_image_or_attachment(url)
        except InvalidNotebook:
            return f"<em>(a picture that was not handed in: {told})</em>"
        if url.startswith("data:image/"):
            return super().image(text, url, title)
        if url.startswith(("https://", "http://")):
            return f'<a href="{escape(url)}">(a picture elsewhere: {told})</a>'
        return f"<em>(a picture that was not handed in: {told})</em>"

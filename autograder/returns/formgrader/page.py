"""The formgrader's page of one submission, on which a person grades."""

from __future__ import annotations

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.returns.feedback.sanitize import Sanitize

# nbgrader draws pictures at full width in a red frame; and its page stops half-way, before it listens to the keyboard,
# where MathJax could not be fetched.
HEAD = """<style>#notebook-container img { max-width: 100%; height: auto; border: 0; }</style>
<script>
window.MathJax ||= {Hub: {Startup: {signal: {Interest: told => setTimeout(() => told("End"))}}}};
</script>"""


class GradingPage(Sanitize):
    """For `c.HTMLExporter.preprocessors`. What a student wrote is not live there: a script in it could do whatever the
    person who grades may do in JupyterLab. The page works without a network, formulas shown as they were typed."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        if "submission_id" not in resources:  # only the formgrader names one
            return nb, resources
        about = {"assignment": resources["assignment_id"], "notebook": resources["notebook_id"]}
        nb, _ = super().preprocess(nb, {"nbgrader": about})
        nb.cells.insert(0, new_markdown_cell(HEAD, id="grading-page"))
        return nb, resources

"""nbgrader's own configuration: its commands, its formgrader and `autograder` all read this file."""

import os
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, ROOT)
os.environ.setdefault("OMP_NUM_THREADS", "1")  # a lesson's tensors are small: threads would only wait for each other

c = get_config()  # noqa: F821 - nbgrader hands it in

# The rooms. Source and release are part of the repository; all that is about students is under autograder/class.
c.CourseDirectory.root = ROOT
c.CourseDirectory.course_id = "transformer-lessons"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
c.CourseDirectory.submitted_directory = os.path.join("autograder", "class", "submitted")
c.CourseDirectory.autograded_directory = os.path.join("autograder", "class", "autograded")
c.CourseDirectory.feedback_directory = os.path.join("autograder", "class", "feedback")
# The gradebook is an SQLite file, or what this variable names, for nbgrader and `autograder` alike: PostgreSQL, say,
# which several machines may write to at once: postgresql+psycopg://NAME:PASSWORD@HOST/DATABASE (`[postgres]` brings
# the driver; make the database first, and grades come by themselves).
c.CourseDirectory.db_url = (
    os.environ.get("TRANSFORMER_LESSONS_GRADEBOOK")
    or f"sqlite:///{os.path.join(ROOT, 'autograder', 'class', 'gradebook.db')}"
)
# Nothing but the notebook is released: the .py source and probes.py hold the solutions. A model that was handed in is
# read where it was collected, and not copied along.
c.CourseDirectory.ignore = ["*.py", "*.pyc", "__pycache__", ".ipynb_checkpoints", "original", "*.tmp", "*.safetensors"]

# The formgrader's Generate, and `nbgrader generate_assignment`: a lesson that cannot be made anew is not lost.
c.GenerateAssignment.exporter_class = "autograder.release.ReleaseExporter"

# What a student finds in the place of a solution.
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError  # your code here"}
c.ClearSolutions.text_stub = "*Double-click here and write your answer.*"

# The way of one submission, in order. The first line of each list is ours; the rest is nbgrader's own.
c.Autograde.sanitize_preprocessors = [
    "autograder.grading.rebuild.Rebuild",  # master + the student's answers
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "autograder.grading.execute.SealedExecute",  # nbgrader's own: "nbgrader.preprocessors.Execute"
    "nbgrader.preprocessors.IgnorePattern",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.GenerateFeedback.preprocessors = [
    "autograder.returns.feedback.hidden_tests.DropHiddenTests",
    "autograder.returns.feedback.sanitize.Sanitize",  # nothing a student wrote is live
    "autograder.returns.feedback.summary.Summary",  # nbgrader's GetGrades, and what stands at the top
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.GenerateFeedback.exporter_class = "autograder.returns.feedback.exporter.FeedbackExporter"  # offline, on any screen

# The formgrader's page of a submission; both leave other pages, JupyterLab's export as HTML say, as they are.
c.HTMLExporter.preprocessors = [
    "autograder.returns.formgrader.page.GradingPage",  # nothing that a student wrote is live there either
    "autograder.returns.formgrader.rubric.ShowRubric",  # model answer and rubric below each written answer
]

# Points lost for being late, once `autograder due` has said when a lesson is due. Nothing is, unless you say so here.
c.AssignLatePenalties.plugin_class = "autograder.returns.grades.late.LatePenalty"
c.LatePenalty.grace_minutes = 0  # so long after the due date nothing is lost
c.LatePenalty.share_per_day = 0  # the share of the points that each day begun costs; 0.1: a tenth
c.LatePenalty.floor = 0  # the share that is kept, however late

c.Sanitize.release_directory = os.path.join(ROOT, "lessons")

c.ExportApp.plugin_class = "autograder.returns.grades.made.GradesCsv"  # nbgrader's own, and no 0 for want of a grade

# `nbgrader zip_collect LESSON`: zips, folders or notebooks of an LMS, put into downloaded/LESSON/archive, are read as
# `autograder collect` reads them.
c.ZipCollectApp.downloaded_directory = os.path.join("autograder", "class", "downloaded")
c.ZipCollectApp.extractor_plugin = "autograder.intake.zip_collect.Extractor"
c.ZipCollectApp.collector_plugin = "autograder.intake.zip_collect.Collector"

# The sealed grader. `c.Execute` below is for both, its own and nbgrader's.
c.SealedExecute.limits = {  # "*": every lesson; a lesson's own go over it; grading/limits.py says what there is
    "*": {"notebook_seconds": 600, "cpu_seconds": 600, "memory_mb": 2048, "processes": 64, "output_kb": 2048},
}

c.Execute.timeout = 120  # seconds a cell
c.Execute.skip_cells_with_tag = "training"  # what only trains or times, to be looked at, earns no points
c.Execute.shutdown_kernel = "immediate"  # nothing to wait for: 1.2 to 1.4 times as fast
c.Execute.extra_arguments = [
    "--HistoryManager.hist_file=:memory:",  # no history
    "--log-level=40",  # a quiet kernel
    # A graded notebook keeps no part and uses none that was kept. (Said to the kernel, not here: JupyterLab with
    # nbgrader reads this file as well, and its notebooks keep what they like.)
    "--IPKernelApp.exec_lines=import os; os.environ['TRANSFORMER_LESSONS_KEPT'] = 'off'",
]
c.Execute.store_widget_state = False  # a page shows the picture beside each widget, not a blank
c.Exporter.optimistic_validation = True  # a notebook is validated after the last step, not after each

"""Points lost for handing in late: nbgrader's own plugin for it, with a rule that `nbgrader_config.py` sets."""

from __future__ import annotations

import math
from types import SimpleNamespace

from nbgrader.api import SubmittedNotebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Float
from traitlets.config import Config

DAY = 24 * 60 * 60  # seconds


class LatePenalty(LateSubmissionPlugin):
    """`c.AssignLatePenalties.plugin_class`. Without a share to lose, nbgrader's own `penalty_method` holds.

    The days are counted from the end of the grace, so that each of them has it.
    """

    grace_minutes = Float(0, min=0, help="So long after the due date nothing is lost.").tag(config=True)
    share_per_day = Float(0, min=0, max=1, help="The share of the points lost with each day begun.").tag(config=True)
    floor = Float(0, min=0, max=1, help="The share of the points that is kept, however late.").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        late = total_seconds_late - 60 * self.grace_minutes
        if late <= 0:
            return None
        if not self.share_per_day:
            return super().late_submission_penalty(student_id, score, total_seconds_late)
        share = min(math.ceil(late / DAY) * self.share_per_day, 1 - self.floor)
        return round(share * score, 4)


class Rule:
    """What the course's plugin, whichever it is, takes off a submission, as nbgrader's AssignLatePenalties would."""

    def __init__(self, config: Config) -> None:
        self._step = AssignLatePenalties(config=config)
        self._step.init_plugin()

    @property
    def plugin(self) -> object:
        return self._step.plugin_inst

    def penalty(self, notebook: SubmittedNotebook, score: float | None = None) -> float | None:
        """With the points it has in the gradebook, or with this score."""
        score = notebook.score if score is None else score
        seconds = notebook.assignment.total_seconds_late if notebook.assignment.assignment.duedate else 0
        found = self.plugin.late_submission_penalty(notebook.student.id, score, seconds) if seconds else None
        return None if found is None else self._step._check_late_penalty(SimpleNamespace(score=score), found)

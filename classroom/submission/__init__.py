"""A trained translator as a file to hand in: written, opened without believing it, and judged."""

from classroom.submission.judgement import check_model
from classroom.submission.write import submit_model

__all__ = ["check_model", "submit_model"]

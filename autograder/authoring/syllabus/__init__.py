"""`lessons/README.md`, the syllabus, made from the lessons' own sources."""

from autograder.authoring.syllabus.outline import Outline, outline
from autograder.authoring.syllabus.page import PATH, page

__all__ = ["PATH", "Outline", "outline", "page"]

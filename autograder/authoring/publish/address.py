"""Where students find the course: a repository, and the tag or branch that the notebooks fetch."""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.authoring.course_cells import on_colab, path_of, place_of
from autograder.course import Course
from autograder.errors import Stop

_REPOSITORY = re.compile(r"""(https?|file)://[^\s"'\\{}?#]+/[\w.-]+""")
_TAG = re.compile(r"[A-Za-z0-9][\w.+-]*(/[\w+-][\w.+-]*)*")


@dataclass(frozen=True)
class Address:
    """`repository`: what git can clone without a password. `tag`: a tag or a branch of it."""

    repository: str
    tag: str

    @property
    def name(self) -> str:
        """What the course's folder is called."""
        return self.repository.rsplit("/", 1)[-1].removesuffix(".git")

    def on_colab(self, lesson_id: str, language: str = "") -> str:
        """The address that opens the lesson on Colab; "" where the repository is not on GitHub."""
        return on_colab((self.repository, self.tag), path_of(lesson_id, language))


def chosen(course: Course, repository: str, tag: str) -> Address:
    """The address chosen; what is not, is what pyproject.toml says. Raises Stop where students could not use it."""
    usual_repository, usual_tag = place_of(course)
    repository, tag = (repository or usual_repository).rstrip("/"), tag or usual_tag
    if "@" in repository.split("://")[-1].split("/")[0]:
        raise Stop(f"The repository {repository!r} names a user or a password, and every notebook would: leave it out.")
    if not _REPOSITORY.fullmatch(repository):
        raise Stop(f"The repository {repository!r} is no address that Colab can clone: it begins with https://.")
    if not _TAG.fullmatch(tag) or ".." in tag or tag.endswith((".", ".lock")):
        raise Stop(f"{tag!r} can be neither a tag nor a branch of git's.")
    return Address(repository, tag)

"""Where the rooms of a course are on disk."""

import os
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import Stop

VARIABLE = "TRANSFORMER_LESSONS"


@dataclass(frozen=True)
class Course:
    """A course repository, and the class that is graded in it.

    `class_dir` holds everything about students (nbgrader's submitted, autograded and feedback folders, the
    gradebook); it is `autograder/class` unless given. `db_url` is nbgrader's, an SQLite file unless given.
    """

    root: Path
    class_dir: Path = None  # type: ignore[assignment]  # filled in below
    db_url: str = ""

    def __post_init__(self) -> None:
        root = Path(self.root).resolve()
        class_dir = Path(self.class_dir).resolve() if self.class_dir else root / "autograder" / "class"
        object.__setattr__(self, "root", root)
        object.__setattr__(self, "class_dir", class_dir)
        object.__setattr__(self, "db_url", self.db_url or f"sqlite:///{self.gradebook}")

    @classmethod
    def find(cls, start: Path | None = None) -> "Course":
        """The course `start` lies in (the working folder unless given), else the one that the environment
        variable TRANSFORMER_LESSONS names. Raises Stop when there is none."""
        here = Path(start or Path.cwd()).resolve()
        for folder in (here, *here.parents):
            if is_course(folder):
                return cls(folder)
        named = os.environ.get(VARIABLE)
        if named and is_course(Path(named)):
            return cls(Path(named))
        if named:
            raise Stop(f"{VARIABLE} is {named}, which is not a course: no nbgrader_config.py next to solutions/.")
        raise Stop(
            f"No course found from {here} upward (a folder with nbgrader_config.py next to solutions/): "
            f"run this inside the course, or set {VARIABLE} to its folder."
        )

    @property
    def solutions(self) -> Path:
        return self.root / "solutions"

    @property
    def lessons(self) -> Path:
        return self.root / "lessons"

    @property
    def assets(self) -> Path:
        return self.root / "assets"

    @property
    def submitted(self) -> Path:
        return self.class_dir / "submitted"

    @property
    def autograded(self) -> Path:
        return self.class_dir / "autograded"

    @property
    def feedback(self) -> Path:
        return self.class_dir / "feedback"

    @property
    def gradebook(self) -> Path:
        return self.class_dir / "gradebook.db"

    @property
    def collected(self) -> Path:
        """The receipts of every file that was handed in, as JSON."""
        return self.class_dir / "collected.json"

    def lesson(self, lesson_id: str) -> Path:
        """The released notebook of a lesson, the one students open."""
        return self.lessons / lesson_id / f"{lesson_id}.ipynb"

    def lesson_ids(self) -> list[str]:
        """The lessons that are released: the sub-folders of lessons/ that hold their notebook."""
        if not self.lessons.is_dir():
            return []
        return sorted(folder.name for folder in self.lessons.iterdir() if self.lesson(folder.name).is_file())


def is_course(folder: Path) -> bool:
    return (folder / "nbgrader_config.py").is_file() and (folder / "solutions").is_dir()

"""Where the rooms of a course are on disk."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import Stop

VARIABLE = "TRANSFORMER_LESSONS"


@dataclass(frozen=True)
class Course:
    """A course repository, and the class that is graded in it.

    `class_dir` holds everything about students (nbgrader's submitted, autograded and feedback folders, the
    gradebook); it is `autograder/class` unless given. `db_url` is nbgrader's; unless given, it is what
    nbgrader_config.py says, and where that is the usual file, then the one in this `class_dir`.
    """

    root: Path
    class_dir: Path = None  # type: ignore[assignment]  # filled in below
    db_url: str = field(default_factory=str, compare=False, repr=False)  # it may hold a password

    def __post_init__(self) -> None:
        root = Path(self.root).resolve()
        class_dir = Path(self.class_dir).resolve() if self.class_dir else root / "autograder" / "class"
        object.__setattr__(self, "root", root)
        object.__setattr__(self, "class_dir", class_dir)
        if not self.db_url:
            object.__delattr__(self, "db_url")

    def __getattr__(self, name: str) -> str:
        """`db_url`, read when it is first asked for: most of the program never asks."""
        if name != "db_url":
            raise AttributeError(f"A course has no {name!r}.")
        object.__setattr__(self, name, _db_url(self))
        return self.db_url

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

    def catalogue(self, language: str, lesson_id: str) -> Path:
        """What translates a lesson into a language, such as `ko`."""
        return self.assets / "languages" / language / f"{lesson_id}.po"

    def edition(self, language: str, lesson_id: str) -> Path:
        """The released notebook of a lesson in another language, beside lessons/: nbgrader and `lesson_ids` see none
        of it, and a file of the same name is collected as that lesson."""
        return self.root / f"lessons-{language}" / lesson_id / f"{lesson_id}.ipynb"

    def lesson_ids(self) -> list[str]:
        """The lessons that are released: the sub-folders of lessons/ that hold their notebook."""
        if not self.lessons.is_dir():
            return []
        return sorted(folder.name for folder in self.lessons.iterdir() if self.lesson(folder.name).is_file())


def _db_url(course: Course) -> str:
    """What nbgrader_config.py says; for its usual file that of this class."""
    usual = course.root / "autograder" / "class" / "gradebook.db"
    said = ""
    if (course.root / "nbgrader_config.py").is_file():
        from traitlets.config import PyFileConfigLoader

        loaded = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
        said = loaded.CourseDirectory.get("db_url", "")
    file = said.removeprefix("sqlite:///")
    if not said or (file != said and (course.root / file).resolve() == usual.resolve()):
        return f"sqlite:///{course.gradebook}"
    return said


def is_course(folder: Path) -> bool:
    return (folder / "nbgrader_config.py").is_file() and (folder / "solutions").is_dir()

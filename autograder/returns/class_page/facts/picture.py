"""What the class page says, as data: this is also what `report.json` holds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Exercise:
    """A graded cell. `passed` counts full marks among `graded`; `pending` ones wait for a person."""

    id: str
    title: str
    points: float
    graded: int = 0
    passed: int = 0
    pending: int = 0


@dataclass(frozen=True)
class Score:
    """One student's points for one exercise; `pending`: a person has yet to grade it."""

    points: float
    pending: bool = False


@dataclass(frozen=True)
class Row:
    """One student. `state`: graded, pending (partly to be graded by hand), stale (handed in again since),
    ungraded, absent. Points of anyone but graded and pending are not counted anywhere."""

    student: str
    state: str
    total: float  # of the exercises; `penalty` is not taken off here
    scores: dict[str, Score]
    feedback: str | None  # relative link
    handed_in: str | None = None  # ISO 8601, UTC
    hours_late: float | None = None  # None where nothing is due, negative: that many hours before
    penalty: float = 0.0  # nbgrader's, for a late submission


@dataclass(frozen=True)
class Misconception:
    """A known mistake, and who made it. `exercises` are ids of graded cells, in the lesson's order."""

    id: str
    name: str
    hint: str
    exercises: list[str]
    students: list[str]


@dataclass(frozen=True)
class Said:
    """A sentence about some students' files; `what_to_do` is empty for a repair. `files`, and `notes`, what is to be
    said of that file alone or "": one for each student."""

    reason: str
    students: list[str]
    what_to_do: str = ""
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Model:
    """A trained model that was handed in. `student` is None unless names were asked for: a leaderboard may be shown."""

    rank: int
    measured: dict[str, float]  # in percent, or BLEU points
    student: str | None = None


@dataclass(frozen=True)
class LessonPicture:
    """All that the class page says of one lesson."""

    id: str
    title: str
    points: float
    median: float | None
    exercises: list[Exercise]
    rows: list[Row]
    misconceptions: list[Misconception]
    repairs: list[Said]
    refusals: list[Said]
    flags: list[Said] = field(default_factory=list)  # signs of tampering, for a person to look at
    due: str | None = None  # ISO 8601, UTC
    models: list[Model] = field(default_factory=list)  # best first

    @property
    def counted(self) -> list[Row]:
        return [row for row in self.rows if row.state in ("graded", "pending")]


@dataclass(frozen=True)
class StudentChange:
    """One student's points in the older run and now; None: not counted then. why: sentences."""

    student: str
    before: float | None
    now: float | None
    why: list[str]


@dataclass(frozen=True)
class ExerciseChange:
    """Full marks among those graded, then and now; and what became of the exercise itself, if anything."""

    title: str
    before: tuple[int, int] | None
    now: tuple[int, int] | None
    note: str = ""


@dataclass(frozen=True)
class LessonChange:
    """What is different in one lesson; `unchanged` counts the students whose points are as they were."""

    id: str
    title: str
    students: list[StudentChange]
    exercises: list[ExerciseChange]
    unchanged: int
    note: str = ""


@dataclass(frozen=True)
class Comparison:
    """This run beside an older one. older: the name of its file."""

    older: str
    lessons: list[LessonChange]


@dataclass(frozen=True)
class ClassPicture:
    lessons: list[LessonPicture]
    unplaced: list[Said]  # refused files of which not even the lesson is known
    names: dict[str, str] = field(default_factory=dict)  # student -> full name, where asked for
    compared: Comparison | None = None

"""What `submit` says: a card of text and HTML, with no more than is known."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from classroom.checking.verdict import BOX, CHIP, GREEN, GREY, RED, code
from classroom.submit.answers import State
from classroom.submit.notebook import Notebook

_COLOURS = {"✓": GREEN, "✗": RED, "·": GREY}


@dataclass(frozen=True)
class Report:
    """files: those to be handed in beside the notebook, and when each was written, None where it is not there."""

    lesson: str
    notebook: Notebook
    states: tuple[State, ...]
    last_passed: float | None
    files: tuple[tuple[str, float | None], ...]
    colab: bool

    def lines(self) -> list[tuple[str, str]]:
        """(mark, sentence) for each answer, and for each file beside the notebook."""
        said = [_unsaved(state) if self.is_old(state) else _of(state) for state in self.states]
        return said + [
            ("✗", f"`{name}`: it is not here; `submit_model` writes it")
            if when is None
            else ("✓", f"`{name}`: it is here, written {_time(when)}")
            for name, when in self.files
        ]

    def summary(self) -> str:
        """One sentence or two: how many answers are there, and what the checks of this session said."""
        there = sum(not state.fault for state in self.states)
        old = sum(bool(state.fault) and self.is_old(state) for state in self.states)
        changed = sum(len(state.passed) for state in self.states if state.unseen and not self.is_old(state))
        passed = sum(len(state.passed) for state in self.states) - changed
        failed = sum(len(state.failed) for state in self.states)
        unasked = sum(len(state.unasked) for state in self.states)
        total = len(self.states)
        written = f"All {total} answers are there" if there == total else f"{there} of {total} answers are written"
        written += f", {old} more {'is' if old == 1 else 'are'} not saved yet" if old else ""
        others = ((failed, "fail"), (unasked, "were not run"), (changed, "passed before the cell was changed"))
        checks = [f"{passed} pass"] + [f"{n} {word}" for n, word in others if n]
        return f"{written}. Checks in this session: {', '.join(checks)}."

    def is_old(self, state: State) -> bool:
        """Whether the answer that passed its checks is another than that in the file, which was saved before."""
        saved, last = self.notebook.saved, self.last_passed
        passes = state.passed and not state.failed and not state.unasked
        return bool(passes and (state.fault or state.unseen) and saved is not None and last and saved < last)

    def warnings(self) -> Iterator[str]:
        """What there is to say of the file that was read."""
        saved, last = self.notebook.saved, self.last_passed
        if saved is not None and last is not None and any(map(self.is_old, self.states)):
            yield (
                f"It was saved {_time(saved)}, before a check passed last ({_time(last)}): save it, and run this cell "
                "once more."
            )
        if self.notebook.others:
            yield (
                f"There are other notebooks of this lesson: {', '.join(self.notebook.others)}. The one that was saved "
                f'last was looked at; submit("{self.lesson}", file="…") looks at another.'
            )

    def read(self) -> str:
        """Which notebook was looked at, and as of when."""
        if self.notebook.saved is None:
            return "Looked at: this notebook, as it stands in your browser now."
        path = self.notebook.folder / self.notebook.name
        shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        return f"Looked at: {shown}, as saved {_time(self.notebook.saved)}."

    def hand_in(self) -> str:
        beside = "".join(f" Hand in `{name}` with it." for name, _ in self.files)
        if self.colab:
            fetch = "".join(f' `keep.download("{name}")` hands it to your browser.' for name, _ in self.files)
            return f"To hand in: File → Download → Download .ipynb, and hand in that file.{beside}{fetch}"
        own = f"{self.lesson}.ipynb"
        name = "" if self.notebook.name == own else f" Its own name, {own}, is best: rename it if you can."
        return f"To hand in: the file {self.notebook.name}, where your instructor collects it.{name}{beside}"

    def text(self) -> str:
        head = [f"{self.lesson}, before you hand it in", self.summary(), self.read(), *self.warnings()]
        return "\n".join([*head, *(f"  {mark} {said}" for mark, said in self.lines()), self.hand_in()]).replace("`", "")

    def html(self) -> str:
        marks = {mark for mark, _ in self.lines()}
        colour = next(_COLOURS[mark] for mark in ("✗", "·", "✓") if mark in marks)
        rows = "".join(
            "<div style='padding-left:1em'>"
            f"<span style='background:{_COLOURS[mark]};{CHIP}'>{mark}</span> {code(said)}</div>"
            for mark, said in self.lines()
        )
        body = [f"<b>{html.escape(self.lesson)}, before you hand it in</b>", f"<div>{code(self.summary())}</div>"]
        body += [f"<div>{html.escape(self.read())}</div>"]
        body += [
            f"<div><span style='background:{RED};{CHIP}'>!</span> {html.escape(warning)}</div>"
            for warning in self.warnings()
        ]
        return BOX.format(color=colour, body="".join([*body, rows, f"<div>{code(self.hand_in())}</div>"]))


def show(report: Report) -> None:
    """Show a report, in a notebook or as text."""
    from IPython.core.interactiveshell import InteractiveShell  # here, so that `from classroom import check` is quick
    from IPython.display import display

    if InteractiveShell.initialized():
        display({"text/plain": report.text(), "text/html": report.html()}, raw=True)
    else:
        print(report.text())


def _unsaved(state: State) -> tuple[str, str]:
    said = f"{_checks(state.passed)} {_verb(state.passed, 'pass')}, and the file does not have it yet: save it"
    return "·", f"`{state.id}`: {said}"


def _of(state: State) -> tuple[str, str]:
    """The mark and the sentence of one answer."""
    if state.fault:
        return "✗", f"`{state.id}`: {state.fault}"
    if state.written:
        return "✓", f"`{state.id}`: written; a person reads it"
    if state.failed:
        return "✗", f"`{state.id}`: written, but {_checks(state.failed)} {_verb(state.failed, 'fail')}"
    if state.unasked:
        earlier = dict(state.earlier)
        known = f" (it first passed on {max(earlier.values())})" if len(earlier) == len(state.unasked) else ""
        return "·", f"`{state.id}`: written; {_checks(state.unasked)} not run in this session{known}"
    if state.unseen:
        return (
            "·",
            f"`{state.id}`: {_checks(state.passed)} passed, but not with the cell as it is now: run both again",
        )
    if not state.passed:
        return "✓", f"`{state.id}`: written"
    return "✓", f"`{state.id}`: {_checks(state.passed)} {_verb(state.passed, 'pass')}"


def _checks(names: tuple[str, ...]) -> str:
    """As in: check "scores"; checks "attention" and "masked attention"."""
    quoted = [f"“{name}”" for name in names]
    listed = " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
    return f"check{'s' if len(names) > 1 else ''} {listed}"


def _verb(names: tuple[str, ...], verb: str) -> str:
    return verb if len(names) > 1 else f"{verb}{'es' if verb.endswith('s') else 's'}"


def _time(seconds: float) -> str:
    """The time of day; the date too where that is not today."""
    moment = datetime.fromtimestamp(seconds)
    today = moment.date() == datetime.now().date()
    return moment.strftime("at %H:%M:%S" if today else "on %Y-%m-%d at %H:%M")

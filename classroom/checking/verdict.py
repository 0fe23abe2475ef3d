"""What a check says, as text, as HTML and as data."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from classroom.checking.questions import Finding

MIME = "application/vnd.transformer-lessons.verdict+json"
# Shades of Okabe-Ito's green and vermilion, and a grey: white is read on each, on a light page and on a dark one.
GREEN, RED, GREY = "#007a5a", "#b34e00", "#696969"


@dataclass(frozen=True)
class Line:
    """One case: its title, and whether it held. `held` is None where it was not asked any more."""

    title: str
    held: bool | None


@dataclass(frozen=True)
class Verdict:
    """The result of one check.

    finding: what was wrong on the first case that failed. asked: that case's inputs, where they help.
    mistakes: (id, name, hint) of the known mistakes that answer exactly so; two, where two are made at once.
    printed: what the student's code printed on that case. doubt: where the mistake may lie instead. part: visible,
    sealed, or model (see `submission`). of: what a line is called. measured: of a trained model, (title, value) of what
    it reaches.
    """

    exercise: str
    lines: tuple[Line, ...]
    finding: Finding | None = None
    asked: str = ""
    mistakes: tuple[tuple[str, str, str], ...] = ()
    printed: str = ""
    doubt: str = ""
    part: str = "visible"
    of: str = "case"
    measured: tuple[tuple[str, float], ...] = ()

    @property
    def passed(self) -> bool:
        return self.finding is None

    @property
    def title(self) -> str:
        return f"{self.exercise}, further questions" if self.part == "sealed" else self.exercise

    @property
    def count(self) -> str:
        held = sum(line.held is True for line in self.lines)
        return f"{held} of {len(self.lines)} {self.of}{'' if len(self.lines) == 1 else 's'}"

    def summary(self) -> str:
        """One line, for the error that is raised."""
        if self.passed:
            return f"{self.title}: {self.count}"
        if self.mistakes:
            return f"{self.title}: {' and '.join(name for _, name, _ in self.mistakes)}"
        if self.finding.unwritten:
            needed = f" needs {self.finding.missing}, which" if self.finding.missing else ""
            return f"{self.title}{needed} is not written yet"
        return f"{self.title}: see above"

    def text(self) -> str:
        if self.finding and self.finding.unwritten:
            return f"{self.title}\n  {self.finding.sentence}"
        out = [f"{self.title:<52}{self.count}"]
        told = False
        for line in self.lines:
            out.append(f"  {_mark(line)} {line.title}")
            if line.held is False and not told:
                told = True
                out += [f"      {part}" for part in self._detail()]
        return "\n".join(out)

    def _detail(self) -> list[str]:
        found = self.finding
        out = [found.sentence]
        for label, value in self._numbers():
            first, *rest = value.splitlines()
            out += [f"{label:<9}{first}", *(f"{'':<9}{line}" for line in rest)]
        for lead, (_, name, hint) in zip(self._leads(), self.mistakes, strict=True):
            out += [f"{lead} {name}.", hint]
        if found.note and not self.mistakes:
            out.append(found.note)
        return [*out, self.doubt] if self.doubt else out

    def _leads(self) -> tuple[str, ...]:
        """What stands before the name of each mistake. Of two, one may lie behind other cases than the one shown."""
        if len(self.mistakes) == 2:
            return "Two mistakes come together here. The first:", "The second:"
        return ("This is what happens with",) * len(self.mistakes)

    def _numbers(self) -> list[tuple[str, str]]:
        rows = [
            ("input", self.asked),
            ("wanted", self.finding.wanted),
            ("yours", self.finding.yours),
            ("printed", self.printed.strip()),
        ]
        return [(label, value) for label, value in rows if value]

    def html(self) -> str:
        e = html.escape
        if self.finding and self.finding.unwritten:
            return BOX.format(color=GREY, body=f"<b>{e(self.title)}</b><br>{code(self.finding.sentence)}")
        body = [f"<b>{e(self.title)}</b> &nbsp;<span style='opacity:.75'>{self.count}</span>"]
        told = False
        for line in self.lines:
            body.append(
                "<div style='padding-left:1em'>"
                f"<span style='background:{_color(line)};{CHIP}'>{_mark(line)}</span> {e(line.title)}</div>"
            )
            if line.held is False and not told:
                told = True
                body.append(self._html_detail())
        return BOX.format(color=GREEN if self.passed else RED, body="".join(body))

    def _html_detail(self) -> str:
        rows = "".join(
            "<tr style='background:none'><th scope='row' style='text-align:left;font-weight:normal;opacity:.75;"
            f"padding:0 1em 0 0'>{label}</th><td style='text-align:left;padding:0;font-family:monospace;"
            f"white-space:pre-wrap'>{html.escape(value)}</td></tr>"
            for label, value in self._numbers()
        )
        table = f"<table style='margin:.3em 0;border:0'>{rows}</table>" if rows else ""
        named = "".join(
            f"<div>{lead} <b>{code(name)}</b>.</div><div>{code(hint)}</div>"
            for lead, (_, name, hint) in zip(self._leads(), self.mistakes, strict=True)
        )
        last = [self.finding.note if not self.mistakes else "", self.doubt]
        more = "".join(f"<div>{code(text)}</div>" for text in last if text)
        return (
            f"<div style='padding:.2em 0 .4em 2.2em'><div>{code(self.finding.sentence)}</div>{table}{named}{more}</div>"
        )

    def data(self) -> dict[str, Any]:
        """For the class page: what held, which mistakes were recognised; of numbers only a model's measures."""
        measured = {"measured": dict(self.measured)} if self.measured else {}
        return {
            "exercise": self.exercise,
            "part": self.part,
            "passed": self.passed,
            "cases": [{"title": line.title, "passed": line.held is True} for line in self.lines],
            "mistakes": [{"id": i, "name": name, "hint": hint} for i, name, hint in self.mistakes],
            **measured,
        }


BOX = (
    "<div style='border-left:4px solid {color};padding:.4em .8em;margin:.3em 0;line-height:1.5;max-width:52em'>"
    "{body}</div>"
)
CHIP = "color:#fff;padding:0 .25em;border-radius:.2em;font-weight:bold"


def _mark(line: Line) -> str:
    return {True: "✓", False: "✗", None: "·"}[line.held]


def _color(line: Line) -> str:
    return {True: GREEN, False: RED, None: GREY}[line.held]


def code(text: str) -> str:
    """Escaped text, with `words in backticks` set as code."""
    parts = html.escape(text).split("`")
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))

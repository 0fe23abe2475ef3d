"""What was seen of each lesson in a browser, as a table at the end of a run: a row for each lesson, as released and as
solved, in JupyterLab and in Notebook 7; a column for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

COLUMNS = ("runs", "pictures", "keyboard", "mouse", "console", "requests")
MARK = "seen in the browser"


@dataclass
class Row:
    """One lesson in one edition. `with row("pictures") as seen:` looks at one thing; `seen(5)` says what there was."""

    record: Callable[[str, object], None]  # pytest's record_property
    lesson: str
    version: str  # released or solved
    edition: str
    _now: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def __call__(self, column: str) -> Iterator[Callable[[object], None]]:
        self._now[column] = "FAILED"
        try:
            yield lambda said: self._now.__setitem__(column, str(said))
        except BaseException:
            self._write(column)
            raise
        if self._now[column] == "FAILED":
            self._now[column] = "ok"
        self._write(column)

    def _write(self, column: str) -> None:
        self.record(MARK, [self.lesson, self.version, self.edition, column, self._now[column]])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, where there is one. (Workers of pytest-xdist hand their properties over.)"""
    rows: dict[tuple[str, str, str], dict[str, str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") != "call":
                continue
            for name, value in report.user_properties:
                if name == MARK:
                    lesson, version, edition, column, said = value
                    rows.setdefault((lesson, version, edition), {})[column] = said
    if not rows:
        return
    terminalreporter.section("lessons in the browser")
    head = ("lesson", "as", "in", *COLUMNS)
    table = [head, *((*key, *(rows[key].get(column, "-") for column in COLUMNS)) for key in sorted(rows))]
    widths = [max(len(line[column]) for line in table) for column in range(len(head))]
    for line in table:
        terminalreporter.line("  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip())

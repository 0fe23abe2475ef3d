"""A CSV file in which some fields are replaced and every other byte stays."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from autograder.errors import Stop

BOM = b"\xef\xbb\xbf"
SEPARATORS = ",;\t"


def number(points: float) -> str:
    """5, 2.5, 3.3333: as few digits as it has, at most four behind the point."""
    return f"{points:.4f}".rstrip("0").rstrip(".")


class Table:
    """`rows`: what the fields say. The first row is the header."""

    def __init__(self, path: Path) -> None:
        """Raises Stop where the file is none that can be filled."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Stop(f"{path} can not be read: {error.strerror}.") from None
        self._bom = BOM if data.startswith(BOM) else b""
        try:
            self._text = data.removeprefix(BOM).decode("utf-8")
        except UnicodeDecodeError:
            raise Stop(
                f"{path} is not in UTF-8: take the file as it was downloaded, not one that a spreadsheet saved again."
            ) from None
        self._separator = max(SEPARATORS, key=lambda one: len(_spans(self._text, one, rows=1)[0]))
        self._spans = _spans(self._text, self._separator)
        self.rows = [[_value(self._text[start:end]) for start, end in row] for row in self._spans]
        if not _is_csv(self._text, self._separator, self.rows):
            raise Stop(f"{path} is no CSV file: it is empty, or a quotation mark in it is amiss.")
        self._put: dict[tuple[int, int], str] = {}

    def put(self, row: int, column: int, text: str) -> None:
        """Text without separators and quotation marks, such as a number."""
        self._put[row, column] = text

    def data(self) -> bytes:
        """The whole file, with what was put."""
        edits = []
        for (row, column), text in self._put.items():
            spans = self._spans[row]
            if column < len(spans):
                start, end = spans[column]
                quoted = self._text[start:end].startswith('"')
                edits.append((start, end, f'"{text}"' if quoted else text))
            else:  # a row that ends early
                end = spans[-1][1]
                edits.append((end, end, self._separator * (column - len(spans) + 1) + text))
        done, at = [], 0
        for start, end, text in sorted(edits):
            done += [self._text[at:start], text]
            at = end
        return self._bom + "".join([*done, self._text[at:]]).encode("utf-8")


def _spans(text: str, separator: str, rows: int = -1) -> list[list[tuple[int, int]]]:
    """Where each field stands in the text, row by row, quotation marks included."""
    field = re.compile(rf'"(?:[^"]|"")*"?[^{separator}\r\n]*|[^{separator}\r\n]*')
    found: list[list[tuple[int, int]]] = []
    row: list[tuple[int, int]] = []
    at = 0
    while at < len(text) or row:
        end = field.match(text, at).end()
        row.append((at, end))
        at = end
        if text[at : at + 1] == separator:
            at += 1
            continue
        found.append(row)
        row = []
        if len(found) == rows:
            break
        at += 2 if text.startswith("\r\n", at) else 1
    return found or [[(0, 0)]]


def _is_csv(text: str, separator: str, rows: list[list[str]]) -> bool:
    """Whether Python's own reader sees the same fields."""
    try:
        read = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        return bool(text) and [row or [""] for row in read] == rows
    except csv.Error:
        return False


def _value(field: str) -> str:
    if not field.startswith('"'):
        return field
    inner, _, rest = field[1:].replace('""', "\0").partition('"')
    return inner.replace("\0", '"') + rest.replace("\0", '""')

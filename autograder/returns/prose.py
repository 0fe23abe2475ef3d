"""Text of people and of checks as HTML."""

from __future__ import annotations

from html import escape


def prose(text: str) -> str:
    """Escaped text; `names` between backticks are set as code."""
    pieces = escape(text).split("`")
    if len(pieces) % 2 == 0:
        return "`".join(pieces)
    return "".join(f"<code>{piece}</code>" if index % 2 else piece for index, piece in enumerate(pieces))


def points(value: float) -> str:
    """`2`, `1.5`: points as a person writes them."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".") or "0"

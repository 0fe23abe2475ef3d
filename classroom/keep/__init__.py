"""Keeping one's own parts: `keep("attention", attention)`, and taking them, and what has passed, along.

`keep.download()`, `keep.to_drive()` and `keep.restore(path)` are for Colab, whose disk is lost with the session.
"""

from classroom.keep.keep import keep
from classroom.keep.travel import download, restore, to_drive

keep.download, keep.to_drive, keep.restore = download, to_drive, restore

__all__ = ["keep"]

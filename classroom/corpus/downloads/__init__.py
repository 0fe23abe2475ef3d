"""Corpora of others, which each user downloads: nothing of them is in this repository."""

from classroom.corpus.downloads.fetch import NotFetched
from classroom.corpus.downloads.multi30k import multi30k

__all__ = ["NotFetched", "multi30k"]

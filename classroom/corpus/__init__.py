"""The corpora: Korean and English sentences that a grammar makes, and what turns sentences into tensors."""

from classroom.corpus.batches import Batch, Vocabulary, batches, padded
from classroom.corpus.korean_english import (
    LONGEST,
    SHA256,
    SPLITS,
    VERSION,
    Pair,
    fingerprint,
    korean_english,
    readable,
)

__all__ = [
    "LONGEST",
    "SHA256",
    "SPLITS",
    "VERSION",
    "Batch",
    "Pair",
    "Vocabulary",
    "batches",
    "fingerprint",
    "korean_english",
    "padded",
    "readable",
]

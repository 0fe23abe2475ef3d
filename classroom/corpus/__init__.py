"""The corpora: Korean and English sentences that a grammar makes, and Multi30k; what turns sentences into tensors."""

from classroom.corpus.batches import Batch, Vocabulary, batches, padded
from classroom.corpus.downloads import NotFetched, multi30k
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
from classroom.corpus.subwords import Subwords
from classroom.corpus.translation import TranslationCorpus, load_corpus, vocabulary_hash

__all__ = [
    "LONGEST",
    "SHA256",
    "SPLITS",
    "VERSION",
    "Batch",
    "NotFetched",
    "Pair",
    "Subwords",
    "TranslationCorpus",
    "Vocabulary",
    "batches",
    "fingerprint",
    "korean_english",
    "load_corpus",
    "multi30k",
    "padded",
    "readable",
    "vocabulary_hash",
]

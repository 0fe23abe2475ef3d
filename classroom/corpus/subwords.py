"""Subwords: pieces of words, learned by byte-pair encoding (Sennrich, Haddow and Birch, 2016), by SentencePiece."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

SPACE = "▁"  # how SentencePiece writes the space before a word
LEAST = 3  # sentences, of which something can be learned


class Subwords:
    """Splits text into pieces and joins pieces into text. Made by `Subwords.train`."""

    def __init__(self, model: bytes) -> None:
        self._processor = _library().SentencePieceProcessor(model_proto=model)

    @classmethod
    def train(cls, lines: Iterable[str], size: int = 6_000) -> Subwords:
        """Learn at most `size` pieces from lines of text, cased; the same ones from the same lines.

        Raises ValueError where there are too few lines to learn from, ImportError where SentencePiece is missing."""
        lines = [line for line in lines if line.strip()]
        if len(lines) < LEAST:
            raise ValueError(f"Subwords are learned from at least {LEAST} lines of text; there were {len(lines)}.")
        model = io.BytesIO()
        _library().SentencePieceTrainer.train(
            sentence_iterator=iter(lines),
            model_writer=model,
            model_type="bpe",
            vocab_size=size,
            hard_vocab_limit=False,  # a small text has fewer
            character_coverage=1.0,
            bos_id=-1,
            eos_id=-1,
            num_threads=1,
            minloglevel=2,
        )
        return cls(model.getvalue())

    @property
    def tokens(self) -> tuple[str, ...]:
        """All pieces, the most useful first. (That for unknown characters is not one: the vocabulary has its own.)"""
        processor = self._processor
        numbers = range(processor.get_piece_size())
        return tuple(processor.id_to_piece(i) for i in numbers if not processor.is_unknown(i))

    def split(self, text: str) -> list[str]:
        """The pieces of a text; one that begins with "▁" has a space before it."""
        return self._processor.encode(text, out_type=str)

    def join(self, tokens: Sequence[str]) -> str:
        """The text of the pieces."""
        return "".join(tokens).replace(SPACE, " ").strip()


def _library() -> Any:
    try:
        import sentencepiece
    except ImportError:
        raise ImportError("Subwords need the package sentencepiece: pip install sentencepiece.") from None
    return sentencepiece

"""Hangul in Latin letters, for pictures whose typeface has no Hangul."""

from __future__ import annotations

INITIALS = "g kk n d tt r m b pp s ss - j jj ch k t p h".replace("-", "").split(" ")
VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i-".strip("-").split(" ")
FINALS = "- k k k n n n t l k m l l l p l m p p t t ng t t k t p t".replace("-", "").split(" ")


def latin(word: str) -> str:
    """Each Hangul syllable in the letters of Korea's own romanisation (2000), without the changes of sound at seams:
    "고양이" becomes "go-yang-i". Other characters stay as they are."""
    out: list[str] = []
    after_syllable = False
    for character in word:
        code = ord(character) - 0xAC00
        if 0 <= code < 11_172:
            spelt = INITIALS[code // 588] + VOWELS[code % 588 // 28] + FINALS[code % 28]
            out.append(f"-{spelt}" if after_syllable else spelt)
            after_syllable = True
        else:
            out.append(character)
            after_syllable = False
    return "".join(out)

"""Hangul in Latin letters, letter by letter: the picture's typeface has no Hangul, and not every reader has either."""

from __future__ import annotations

# Revised Romanization of Korean (2000), as a transliteration: syllable by syllable, sound changes left aside.
FIRST = tuple("g,kk,n,d,tt,r,m,b,pp,s,ss,,j,jj,ch,k,t,p,h".split(","))  # noqa: SIM905
VOWEL = tuple("a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,wo,we,wi,yu,eu,ui,i".split(","))  # noqa: SIM905
LAST = tuple(",g,kk,gs,n,nj,nh,d,l,lg,lm,lb,ls,lt,lp,lh,m,b,bs,s,ss,ng,j,ch,k,t,p,h".split(","))  # noqa: SIM905
HANGUL = range(0xAC00, 0xD7A4)


def romanised(text: str) -> str:
    """`text` with every Hangul syllable written in Latin letters; everything else as it is."""
    return "".join(_syllable(ord(letter) - HANGUL.start) if ord(letter) in HANGUL else letter for letter in text)


def _syllable(number: int) -> str:
    return FIRST[number // 588] + VOWEL[number % 588 // 28] + LAST[number % 28]

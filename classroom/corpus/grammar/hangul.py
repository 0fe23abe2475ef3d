"""Hangul arithmetic: syllables and their letters, particles by the last sound, stems joined to endings.

A Hangul syllable is U+AC00 + (initial * 21 + vowel) * 28 + final, where final 0 means that it ends in a vowel
(The Unicode Standard, section 3.12). The joining of stems and endings is that of Hangul Orthography (한글 맞춤법),
articles 15, 16, 18 and 34 to 36; the article is named where a rule stands.

A joined form is a pair (head, tail): the stem's part and the part that follows it in a syllable of its own. Where the
two melt into one syllable the tail is "": 먹 + 었 is ("먹", "었"), 가 + 았 is ("갔", "").
"""

from __future__ import annotations

BASE, VOWELS, FINALS = 0xAC00, 21, 28
_VOWEL = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINAL = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
_SILENT = 11  # the initial ㅇ
BRIGHT = "ㅏㅗ"  # a stem whose last vowel is one of these takes 아, any other 어 (article 16)
MELTS = {"ㅏ": "ㅏ", "ㅓ": "ㅓ", "ㅐ": "ㅐ", "ㅔ": "ㅔ", "ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅣ": "ㅕ"}  # with 아/어 (34 to 36)

# Pairs of particles: (after a consonant, after a vowel).
PARTICLES = {"은": ("은", "는"), "이": ("이", "가"), "을": ("을", "를")}

Joined = tuple[str, str]


def letters(syllable: str) -> tuple[int, str, str]:
    """A syllable's initial (as a number), vowel and final; the final is "" where there is none.
    Raises ValueError for anything but one Hangul syllable."""
    number = ord(syllable) - BASE if len(syllable) == 1 else -1
    if not 0 <= number < 19 * VOWELS * FINALS:
        raise ValueError(f"{syllable!r} is not one Hangul syllable")
    return number // (VOWELS * FINALS), _VOWEL[number // FINALS % VOWELS], _FINAL[number % FINALS]


def syllable(initial: int, vowel: str, final: str = "") -> str:
    """The syllable of these letters."""
    return chr(BASE + (initial * VOWELS + _VOWEL.index(vowel)) * FINALS + _FINAL.index(final))


def final(word: str) -> str:
    """The final consonant of a word's last syllable, or ""."""
    return letters(word[-1])[2]


def with_final(word: str, consonant: str) -> str:
    """The word with another final consonant (or none) in its last syllable."""
    initial, vowel, _ = letters(word[-1])
    return word[:-1] + syllable(initial, vowel, consonant)


def with_vowel(word: str, vowel: str, consonant: str = "") -> str:
    """The word with another vowel (and final) in its last syllable."""
    return word[:-1] + syllable(letters(word[-1])[0], vowel, consonant)


def particle(word: str, name: str) -> str:
    """The form of a particle after a word: `particle("책", "은")` is 은, `particle("나무", "은")` 는."""
    consonant, vowel = PARTICLES[name]
    return consonant if final(word) else vowel


def before_vowel(stem: str, kind: str) -> str:
    """What is left of a ㄷ or ㅅ stem before a vowel (article 18): 듣 -> 들, 짓 -> 지; any other stem as it is."""
    if kind == "ㄷ":
        return with_final(stem, "ㄹ")
    return with_final(stem, "") if kind == "ㅅ" else stem


def infinitive(stem: str, kind: str = "") -> Joined:
    """The stem joined to 아/어: 먹 -> (먹, 어), 가 -> (가, ), 마시 -> (마셔, ), 눕 -> (누워, ).

    kind: "ㅂ", "ㄷ", "ㅅ" or "르" for stems that change before a vowel in this way (article 18), "" for all others.
    """
    if stem.endswith("하"):
        return with_vowel(stem, "ㅐ"), ""
    if kind == "르":  # 부르 -> 불러, 고르 -> 골라
        bright = letters(stem[-2])[1] in BRIGHT
        return with_final(stem[:-1], "ㄹ") + ("라" if bright else "러"), ""
    if kind == "ㅂ":  # 눕 -> 누워; of all stems only 돕 and 곱 keep the bright vowel: 도와
        return with_final(stem, "") + ("와" if stem in ("돕", "곱") else "워"), ""
    vowel = letters(stem[-1])[1]
    if kind in ("ㄷ", "ㅅ") or final(stem):  # 듣 -> 들어, 짓 -> 지어 (never 져), 먹 -> 먹어
        return before_vowel(stem, kind), "아" if vowel in BRIGHT else "어"
    if vowel == "ㅡ":  # 쓰 -> 써, 따르 -> 따라, 예쁘 -> 예뻐 (article 18, 4)
        bright = len(stem) > 1 and letters(stem[-2])[1] in BRIGHT
        return with_vowel(stem, "ㅏ" if bright else "ㅓ"), ""
    if vowel in MELTS:
        return with_vowel(stem, MELTS[vowel]), ""
    return stem, "어"  # 쉬 -> 쉬어


def past(stem: str, kind: str = "") -> Joined:
    """The stem of the past: 먹 -> (먹, 었), 가 -> (갔, )."""
    head, tail = infinitive(stem, kind)
    return (head, with_final(tail, "ㅆ")) if tail else (with_final(head, "ㅆ"), "")


def with_eu(stem: str, consonant: str, kind: str = "") -> Joined:
    """The stem joined to (으) and a final consonant, ㄹ or ㄴ: 먹 -> (먹, 을), 가 -> (갈, ), 눕 -> (누울, )."""
    if kind == "ㅂ":
        return with_final(stem, "") + syllable(_SILENT, "ㅜ", consonant), ""
    if final(stem) in ("", "ㄹ"):  # the ㄹ of 만들 gives way: 만든 (article 18, 1); that of 들, from 듣, does not
        return with_final(stem, consonant), ""
    return before_vowel(stem, kind), syllable(_SILENT, "ㅡ", consonant)


def before_n(stem: str) -> str:
    """The stem before an ending that begins with ㄴ, as 는: a final ㄹ falls away, 만들 -> 만드."""
    return with_final(stem, "") if final(stem) == "ㄹ" else stem


def formal(stem: str) -> Joined:
    """The stem joined to ㅂ니다 or 습니다: 가 -> (갑, 니다), 먹 -> (먹, 습니다), 만들 -> (만듭, 니다)."""
    return (with_final(stem, "ㅂ"), "니다") if final(stem) in ("", "ㄹ") else (stem, "습니다")


def plain(stem: str) -> Joined:
    """The plain present of a verb: 가 -> (간, 다), 먹 -> (먹, 는다), 만들 -> (만든, 다)."""
    return (with_final(stem, "ㄴ"), "다") if final(stem) in ("", "ㄹ") else (stem, "는다")

"""Who should look at whom, if a head did what its name says: patterns over the English words of the course's corpus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import torch
from torch import BoolTensor

from classroom.corpus.words.nouns import NOUNS, PLACES, PRONOUNS
from classroom.corpus.words.predicates import ADJECTIVES, VERBS

ARTICLES = frozenset(("the", "a", "an"))
PREPOSITIONS = frozenset(("in", "at", "on", "to", "for"))


def word_before(words: Sequence[str]) -> BoolTensor:
    """Each word looks at the one before it. Like every pattern: bool (T, T), row i marks what word i should look at."""
    return _marked(words, ((i, i - 1) for i in range(1, len(words))))


def word_after(words: Sequence[str]) -> BoolTensor:
    """Each word looks at the one after it."""
    return _marked(words, ((i, i + 1) for i in range(len(words) - 1)))


def noun_to_article(words: Sequence[str]) -> BoolTensor:
    """A noun looks at its article: "cat" at "the" in "the small cat"."""
    return _marked(words, ((noun, article) for article, noun in _articles(words)))


def article_to_noun(words: Sequence[str]) -> BoolTensor:
    """An article looks at its noun: "the" at "cat" in "the small cat"."""
    return _marked(words, _articles(words))


def adjective_to_noun(words: Sequence[str]) -> BoolTensor:
    """An adjective looks at its noun: "small" at "cat" in "the small cat"."""
    adjectives = [i for i, word in enumerate(words) if kind(word) == "adjective"]
    return _marked(words, ((i, i + 1) for i in adjectives if i + 1 < len(words) and kind(words[i + 1]) == "noun"))


def verb_to_preposition(words: Sequence[str]) -> BoolTensor:
    """A verb looks at the preposition that follows it: "sat" at "on" in "sat on the mat"."""
    return _marked(words, ((verb, verb + 1) for verb in _verbs(words) if words[verb + 1] in PREPOSITIONS))


def verb_to_place(words: Sequence[str]) -> BoolTensor:
    """A verb looks at the noun of the preposition that follows it: "sat" at "mat" in "sat on the mat"."""
    found = ((verb, _noun_from(words, verb + 2)) for verb in _verbs(words) if words[verb + 1] in PREPOSITIONS)
    return _marked(words, ((verb, noun) for verb, noun in found if noun is not None))


def verb_to_object(words: Sequence[str]) -> BoolTensor:
    """A verb looks at the noun that follows it: "ate" at "apple" in "ate the big apple"."""
    found = ((verb, _noun_from(words, verb + 1)) for verb in _verbs(words))
    return _marked(words, ((verb, noun) for verb, noun in found if noun is not None))


def preposition_to_noun(words: Sequence[str]) -> BoolTensor:
    """A preposition looks at its noun: "on" at "mat" in "on the mat"."""
    found = ((i, _noun_from(words, i + 1)) for i, word in enumerate(words) if word in PREPOSITIONS)
    return _marked(words, ((i, noun) for i, noun in found if noun is not None))


PATTERNS: dict[str, Callable[[Sequence[str]], BoolTensor]] = {
    "word → the one before": word_before,
    "word → the one after": word_after,
    "noun → its article": noun_to_article,
    "article → its noun": article_to_noun,
    "adjective → its noun": adjective_to_noun,
    "verb → its preposition": verb_to_preposition,
    "verb → its place": verb_to_place,
    "verb → its object": verb_to_object,
    "preposition → its noun": preposition_to_noun,
}


def kind(word: str) -> str:
    """ "article", "preposition", "adjective", "noun", "verb", or "" for what is none or may be two of them."""
    return _kinds().get(word, "")


@cache
def _kinds() -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for noun in NOUNS:
        for word in filter(None, (noun.english, noun.plural)):
            found.setdefault(word, set()).add("noun")
    for place in PLACES:
        found.setdefault(place.english[-1], set()).add("noun")
    for pronoun in PRONOUNS:
        found.setdefault(pronoun.english, set()).add("pronoun")
    for adjective in ADJECTIVES:
        found.setdefault(adjective.english, set()).add("adjective")
    for verb in VERBS:
        for word in verb.english:
            found.setdefault(word, set()).add("verb")
    known = {word: next(iter(kinds)) for word, kinds in found.items() if len(kinds) == 1}
    return known | dict.fromkeys(ARTICLES, "article") | dict.fromkeys(PREPOSITIONS, "preposition")


def _articles(words: Sequence[str]) -> list[tuple[int, int]]:
    """(article, its noun): adjectives may stand between the two."""
    found = ((i, _noun_from(words, i + 1)) for i, word in enumerate(words) if word in ARTICLES)
    return [(article, noun) for article, noun in found if noun is not None]


def _noun_from(words: Sequence[str], start: int) -> int | None:
    """The first noun from a position on, over articles and adjectives; None where another word comes first."""
    for i in range(start, len(words)):
        if kind(words[i]) == "noun":
            return i
        if kind(words[i]) not in ("article", "adjective"):
            return None
    return None


def _verbs(words: Sequence[str]) -> list[int]:
    """Where a verb stands that is not the last word."""
    return [i for i, word in enumerate(words[:-1]) if kind(word) == "verb"]


def _marked(words: Sequence[str], spots) -> BoolTensor:
    pattern = torch.zeros(len(words), len(words), dtype=torch.bool)
    for looker, looked in spots:
        pattern[looker, looked] = True
    return pattern

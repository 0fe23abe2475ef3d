"""Which words keep company: the combinations that a split allows."""

from __future__ import annotations

from collections.abc import Callable

from classroom.corpus.words.nouns import NOUNS, Noun
from classroom.corpus.words.predicates import ADJECTIVES, VERBS, Adjective, Verb


class Company:
    """Tables of what may stand together. allowed: whether a combination ("verb|eat|apple") may be used.

    objects_of: the objects of a verb. verbs: those that have one, or need none. nouns_of: what an adjective fits.
    qualities: the adjectives that may be said of something. adjectives_of: those that fit a noun. done_to, done_by:
    for the relative clauses of a noun, the verbs of which it may be object or subject.
    """

    def __init__(self, allowed: Callable[[str], bool]):
        self.objects_of: dict[Verb, tuple[Noun, ...]] = {
            verb: tuple(noun for noun in verb.objects if allowed(verb_and_object(verb, noun))) for verb in VERBS
        }
        self.verbs = tuple(verb for verb in VERBS if self.objects_of[verb] or not verb.objects)
        self.nouns_of: dict[Adjective, tuple[Noun, ...]] = {
            word: tuple(noun for noun in word.nouns if allowed(adjective_and_noun(word, noun))) for word in ADJECTIVES
        }
        self.qualities = tuple(word for word in ADJECTIVES if word.stem)
        self.adjectives_of: dict[Noun, tuple[Adjective, ...]] = {
            noun: tuple(word for word in ADJECTIVES if noun in self.nouns_of[word]) for noun in NOUNS
        }
        doing = [verb for verb in self.verbs if verb.people and not verb.complement]
        self.done_to: dict[Noun, tuple[Verb, ...]] = {
            noun: tuple(verb for verb in doing if noun in self.objects_of[verb] and _leaves(verb, noun))
            for noun in NOUNS
        }
        self.done_by: dict[Noun, tuple[Verb, ...]] = {
            noun: tuple(verb for verb in self.verbs if _does(noun, verb)) for noun in NOUNS
        }


def verb_and_object(verb: Verb, noun: Noun) -> str:
    return f"verb|{verb.english[0]}|{noun.english}"


def adjective_and_noun(adjective: Adjective, noun: Noun) -> str:
    return f"adjective|{adjective.english}|{noun.english}"


def _leaves(verb: Verb, noun: Noun) -> bool:
    """Whether the noun is still what it says afterwards: nobody plants "the tree which mina drew" or washes "the
    apple which mina ate"."""
    return not verb.consumes and (not verb.depicts or noun.group == "image")


def _does(noun: Noun, verb: Verb) -> bool:
    able = noun in verb.animals or (verb.people and noun.group == "person")
    return able and verb.complement != "recipient"

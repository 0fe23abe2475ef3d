"""What a sentence says, in no language: the frame that both grammars realise.

A realised word carries the ids of the slots of the frame that it comes from. An id is a path: "0.subject.noun" is the
noun of the subject of the first clause, "tense" the tense that all clauses of a chain share.
"""

from __future__ import annotations

from dataclasses import dataclass

from classroom.corpus.words.company import adjective_and_noun, verb_and_object
from classroom.corpus.words.nouns import Noun, Place, Pronoun, Time
from classroom.corpus.words.predicates import Adjective, Verb

THE, PLURAL = 0, -1  # numbers of a phrase beside 1 to 10: one that is known, several that are known
STYLES = ("plain", "polite", "formal")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase. number: THE, PLURAL or 1 to 10 (counted). owner: whose it is. relative: a clause about it."""

    head: Noun | Pronoun
    number: int = THE
    adjective: Adjective | None = None
    owner: Noun | Pronoun | None = None
    relative: Relative | None = None

    @property
    def plural(self) -> bool:
        return self.number == PLURAL or self.number > 1


@dataclass(frozen=True, slots=True)
class Clause:
    """Somebody does something, or is something.

    predicate: a verb, an adjective ("is big") or a profession as a phrase ("is a doctor"). subject: None in a chain
    where it is the one before, and in a relative clause where it is what the clause is about; so the object there.
    support: what one sits or lies on. recipient: to whom. place: where, or where to. negation: "" or how Korean says
    it, "short" (안) or "long" (-지 않다). topic: whether Korean marks the subject with 은/는. time_first: whether
    Korean says the time before the subject.
    """

    predicate: Verb | Adjective | Phrase
    subject: Phrase | None = None
    object: Phrase | None = None
    recipient: Phrase | None = None
    support: Phrase | None = None
    place: Place | None = None
    time: Time | None = None
    negation: str = ""
    topic: bool = True
    time_first: bool = False


@dataclass(frozen=True, slots=True)
class Relative:
    """A clause that says which one is meant. gap: "subject" or "object", the part that its noun plays in it.
    tense: "past" or "present"."""

    clause: Clause
    gap: str
    tense: str


@dataclass(frozen=True, slots=True)
class Frame:
    """One sentence: clauses in a chain (one or more), which share tense ("past", "present", "future") and style."""

    clauses: tuple[Clause, ...]
    tense: str
    style: str


# A realised word: its text, and the ids of the slots it comes from.
Word = tuple[str, tuple[str, ...]]


def phrases(clause: Clause) -> list[Phrase]:
    """The noun phrases of a clause, without those inside its relative clauses."""
    own = (clause.subject, clause.object, clause.recipient, clause.support)
    return [phrase for phrase in own if phrase is not None]


def combinations(frame: Frame) -> set[str]:
    """What the splits are made of: "verb|eat|apple" for each verb and its object, "adjective|red|apple" for each
    adjective and its noun (but not a name), anywhere in the sentence."""
    found: set[str] = set()
    for clause in frame.clauses:
        _combinations(clause, None, None, found)
    return found


def _combinations(clause: Clause, gap: str | None, head: Noun | None, found: set[str]) -> None:
    predicate = clause.predicate
    thing = head if gap == "object" else clause.object and clause.object.head
    if isinstance(predicate, Verb) and isinstance(thing, Noun):
        found.add(verb_and_object(predicate, thing))
    subject = head if gap == "subject" else clause.subject and clause.subject.head
    if isinstance(predicate, Adjective) and isinstance(subject, Noun) and not subject.is_name:
        found.add(adjective_and_noun(predicate, subject))
    inner = phrases(clause) + ([predicate] if isinstance(predicate, Phrase) else [])
    for phrase in inner:
        if phrase.adjective is not None:
            found.add(adjective_and_noun(phrase.adjective, phrase.head))
        if phrase.relative is not None:
            _combinations(phrase.relative.clause, phrase.relative.gap, phrase.head, found)

"""Random noun phrases: who and what a frame is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

from classroom.corpus.drawing.dice import Dice, NothingFits
from classroom.corpus.grammar.frames import PLURAL, THE, Clause, Phrase, Relative
from classroom.corpus.words.company import Company
from classroom.corpus.words.nouns import PRONOUNS, Noun, Place, Pronoun, nouns, places
from classroom.corpus.words.predicates import Adjective, Verb

T = TypeVar("T")

NAMES, PERSONS = nouns("name"), nouns("person")
ALIVE = frozenset(nouns("person pet beast bird"))
OWNERS = (*NAMES, *nouns("student teacher doctor boy girl child man woman friend farmer"))
OWNED = frozenset(nouns("pet floor seat text message thing image vehicle house friend neighbour"))
OUTDOORS = {  # where animals do things
    "pet": places("home park garden village"),
    "bird": places("park garden village river"),
    "beast": places("park village mountains"),
}
ME = tuple(pronoun for pronoun in PRONOUNS if pronoun.english in ("i", "we"))

COUNTS = (1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10)
UNCOUNTED = (PLURAL,)
BOTH = ("subject", "object")


@dataclass(frozen=True, slots=True)
class Parts:
    """How probable the parts of a noun phrase are. counts: which numbers. gaps: what part the noun may play in its
    relative clause. lasting: no adjective that may pass. made: none that takes time to become true."""

    adjective: float = 0.0
    relative: float = 0.0
    number: float = 0.0
    owner: float = 0.0
    counts: tuple[int, ...] = COUNTS
    gaps: tuple[str, ...] = BOTH
    lasting: bool = False
    made: bool = False


BARE = Parts()
SUBJECT = Parts(adjective=0.22, relative=0.12, number=0.27, owner=0.15)
OBJECT = Parts(adjective=0.28, relative=0.2, number=0.28, owner=0.15)
RECIPIENT = Parts(adjective=0.2, number=0.2)
SUPPORT = Parts(adjective=0.2, owner=0.12)


class Phrases:
    """Draws the noun phrases of one frame. used: the words in it so far; none is used twice, but for pronouns as owners
    ("i lost my bag"). denied: whether the frame says that something is not so; then it says it but once."""

    def __init__(self, dice: Dice, company: Company):
        self.dice, self.company = dice, company
        self.used: set[object] = set()
        self.denied = False

    def subject(self, verb: Verb, parts: Parts = SUBJECT) -> Phrase:
        """Somebody who does that, or an animal that does."""
        if verb.people and not (verb.animals and self.dice.chance(0.5)):
            return self.person(parts)
        return self.around(self.unused(verb.animals), parts)

    def object(self, verb: Verb, parts: Parts = OBJECT) -> Phrase:
        """What that may be done to."""
        if verb.pronoun and self.dice.chance(0.2):
            return self.alone(self.unused(PRONOUNS))
        head = self.unused(self.company.objects_of[verb])
        if head.is_name:
            return self.alone(head)
        if verb.creates:  # before it is made it is nobody's
            parts = replace(parts, owner=0.0, relative=0.0, made=True)
        elif verb.gains:
            parts = replace(parts, owner=0.0)
        if verb.state:  # one likes the bread, or cats, but not three pieces of bread
            parts = replace(parts, number=0.0)
        elif parts.counts != UNCOUNTED:
            parts = replace(parts, counts=_counts(verb.most))
        return self.around(head, parts)

    def person(self, parts: Parts) -> Phrase:
        kind = self.dice.random()
        if kind < 0.28:
            return self.alone(self.unused(PRONOUNS))
        if kind < 0.58:
            return self.alone(self.unused(NAMES))
        return self.around(self.unused(PERSONS), parts)

    def someone(self, but: str = "") -> Phrase:
        """A name or a pronoun (but that one)."""
        if self.dice.chance(0.5):
            return self.alone(self.unused(NAMES))
        return self.alone(self.unused(tuple(pronoun for pronoun in PRONOUNS if pronoun.english != but)))

    def alone(self, head: Noun | Pronoun) -> Phrase:
        return self.around(head, BARE)

    def around(self, head: Noun | Pronoun, parts: Parts) -> Phrase:
        """A phrase around that noun."""
        self.used.add(head)
        if isinstance(head, Pronoun) and head in ME:  # nobody helps "us" whom "i" help
            self.used.update(ME)
        if isinstance(head, Pronoun) or head.is_name:
            return Phrase(head)
        dice = self.dice
        number = self.number(head, parts)
        adjective = owner = relative = None
        fits = self.company.adjectives_of[head]
        if fits and dice.chance(parts.adjective):
            adjective = self.adjective(fits, parts)
        if head in OWNED and number != 1 and dice.chance(parts.owner):
            owner = self.owner()
        elif head.plural and dice.chance(parts.relative):
            relative = self.relative(head, dice.pick(parts.gaps))
        return Phrase(head, number, adjective, owner, relative)

    def adjective(self, fits: tuple[Adjective, ...], parts: Parts) -> Adjective | None:
        found = self.dice.pick(fits)
        if found in self.used or (parts.made and found.acquired) or (parts.lasting and found.passing):
            return None
        self.used.add(found)
        return found

    def number(self, head: Noun, parts: Parts) -> int:
        """How many; of things Korean seldom says 들, so they are counted or not said to be many."""
        if not head.counter or not self.dice.chance(parts.number):
            return THE
        several = parts.counts == UNCOUNTED or (parts.counts[-1] > 1 and self.dice.chance(0.4))
        if head in ALIVE and several:
            return PLURAL
        return THE if parts.counts == UNCOUNTED else self.dice.pick(parts.counts)

    def owner(self) -> Noun | Pronoun:
        if self.dice.chance(0.5):
            return self.dice.pick(PRONOUNS)
        found = self.unused(OWNERS)
        self.used.add(found)
        return found

    def relative(self, head: Noun, gap: str) -> Relative:
        """A clause that says which one: "which minsu bought", "who met mina"."""
        dice, company = self.dice, self.company
        verb = self.unused(company.done_by[head] if gap == "subject" else company.done_to[head])
        self.used.add(verb)
        tense = "present" if verb.state and dice.chance(0.5) else "past"
        if gap == "object":
            subject = self.someone() if dice.chance(0.7) else self.around(self.unused(PERSONS), BARE)
            return Relative(Clause(verb, subject, topic=False), gap, tense)
        negation = "long" if dice.chance(0.12) and not self.denied else ""
        thing = support = where = None
        if verb.complement == "on":
            support = self.around(self.unused(verb.objects), BARE)
        elif verb.objects:
            thing = self.object(verb, replace(OBJECT, relative=0.0, counts=UNCOUNTED if negation else COUNTS))
        else:
            where = self.place(verb, head)
        return Relative(Clause(verb, None, thing, None, support, where, negation=negation), gap, tense)

    def place(self, verb: Verb, who: Noun | Pronoun) -> Place:
        """Where that happens, or where to."""
        found = self.unused(_places(verb, "" if isinstance(who, Pronoun) else who.group))
        self.used.add(found)
        return found

    def unused(self, options: Sequence[T]) -> T:
        for _ in range(8 if options else 0):
            found = self.dice.pick(options)
            if found not in self.used:
                return found
        raise NothingFits


@cache
def _counts(most: int) -> tuple[int, ...]:
    return tuple(count for count in COUNTS if count <= most)


@cache
def _places(verb: Verb, group: str) -> tuple[Place, ...]:
    return tuple(place for place in verb.where if group not in OUTDOORS or place in OUTDOORS[group])

"""Random frames: what happens, or what somebody or something is like."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from classroom.corpus.drawing.dice import Dice, NothingFits
from classroom.corpus.drawing.phrases import OBJECT, RECIPIENT, SUBJECT, SUPPORT, UNCOUNTED, Parts, Phrases
from classroom.corpus.grammar.frames import STYLES, Clause, Frame, Phrase
from classroom.corpus.words.company import Company
from classroom.corpus.words.nouns import PROFESSIONS, TIMES, Noun, Time, nouns
from classroom.corpus.words.predicates import Verb

TENSES = ("past", "past", "present", "future")
BEING = ("past", "present", "present")  # the tenses of what somebody is, or is like
FRIENDS = nouns("friend neighbour")
DAYS = tuple(time for time in TIMES if time.english in (("yesterday",), ("today",)))


def draw_frame(dice: Dice, company: Company, clauses: int) -> Frame:
    """A frame of so many clauses. Raises NothingFits, now and then."""
    phrases = Phrases(dice, company)
    style = dice.pick(STYLES)
    if clauses > 1:
        return _chain(phrases, clauses, style)
    kind = dice.random()
    if kind < 0.2:
        return _quality(phrases, style)
    return _profession(phrases, style) if kind < 0.23 else _event(phrases, style)


def _event(phrases: Phrases, style: str) -> Frame:
    """Somebody does something."""
    dice = phrases.dice
    verb = dice.pick(phrases.company.verbs)
    phrases.used.add(verb)
    tense = dice.pick(verb.tenses)
    negation = _negation(phrases, verb.light, 0.15)
    subject, thing = SUBJECT, OBJECT
    if negation:  # "did not see two cats": which two?
        subject, thing = replace(subject, counts=UNCOUNTED), replace(thing, counts=UNCOUNTED)
    clause = _happening(phrases, verb, phrases.subject(verb, subject), thing, 0.35)
    clause = _timed(dice, replace(clause, negation=negation), tense, 0.35, verb.times if not negation else _days(verb))
    return Frame((clause,), tense, style)


def _quality(phrases: Phrases, style: str) -> Frame:
    """Somebody or something is big."""
    dice = phrases.dice
    adjective = dice.pick(phrases.company.qualities)
    phrases.used.add(adjective)
    tense = dice.pick(BEING)
    negation = _negation(phrases, adjective.long, 0.2)
    if adjective.human and dice.chance(0.5):
        subject = phrases.someone()
    else:
        head = dice.pick(phrases.company.nouns_of[adjective])
        subject = phrases.around(head, Parts(relative=0.3, number=0.2, owner=0.25, counts=UNCOUNTED))
    clause = Clause(adjective, subject, negation=negation, topic=_topic(dice, subject))
    if adjective.passing and tense == "past" and dice.chance(0.3):
        first = subject.relative is None and dice.chance(0.4)
        clause = replace(clause, time=dice.pick(DAYS), time_first=first)
    return Frame((clause,), tense, style)


def _profession(phrases: Phrases, style: str) -> Frame:
    """Somebody is a doctor. Not "you": you are a student, said to 너, but students, said to 여러분."""
    dice = phrases.dice
    friend = dice.chance(0.3)
    subject = phrases.around(dice.pick(FRIENDS), Parts(owner=1.0)) if friend else phrases.someone(but="you")
    kind = phrases.around(phrases.unused(PROFESSIONS), Parts(adjective=0.3, lasting=True))
    return Frame((Clause(kind, subject),), dice.pick(BEING), style)


def _chain(phrases: Phrases, count: int, style: str) -> Frame:
    """Clauses joined by 고 or 아서. Half of them go on with the subject of the one before."""
    dice = phrases.dice
    tense = dice.pick(TENSES)
    goes_on = [False, *(dice.chance(0.5) for _ in range(count - 1)), False]
    clauses: list[Clause] = []
    before: Clause | None = None
    for i in range(count):
        on, more = goes_on[i], goes_on[i + 1]
        verb = _next_verb(phrases, tense, before if on else None, on or more, more)
        subject = before.subject if on else phrases.person(SUBJECT) if more else phrases.subject(verb)
        if i and not on and subject.relative is not None and subject.relative.gap == "subject":
            raise NothingFits  # 책을 읽고 노래를 부른 소년: who read?
        parts = replace(OBJECT, relative=0.1 if i + 1 == count else 0.0, gaps=("object",))
        placed = 0.0 if on and before.predicate.then == "아서" else 0.25
        clause = replace(_happening(phrases, verb, subject, parts, placed), topic=subject.number < 1)
        if not on:  # where the subject does more, the time is that of all of it
            clause = _timed(dice, clause, tense, 0.25, _days(verb) if more else verb.times, early=more and count == 2)
        before = clause
        clauses.append(replace(clause, subject=None) if on else clause)
    times = [clause.time for clause in clauses if clause.time is not None]
    if times and any("day" not in clause.predicate.times for clause in clauses):
        raise NothingFits  # nobody builds a house and sings on saturday
    if len(set(times)) < len(times) or (times and any(map(_ends_in_relative, clauses))):
        raise NothingFits  # a time that English says at the end would seem to belong to the relative clause there
    return Frame(tuple(clauses), tense, style)


def _next_verb(phrases: Phrases, tense: str, before: Clause | None, in_run: bool, more: bool) -> Verb:
    """A verb that fits into a chain. before: the clause it follows, if its subject goes on. in_run: whether it is one
    of several things that one does. more: whether the next thing follows."""
    for _ in range(60):
        verb = phrases.dice.pick(phrases.company.verbs)
        if tense not in verb.tenses or verb in phrases.used:
            continue
        if in_run and (verb.state or not verb.people or (more and not verb.then)):
            continue
        if before is not None and before.predicate.then == "아서":  # done as one sits there, or where one has gone
            on = before.predicate.complement == "on"
            if verb.then != "고" or (on and not verb.seated) or (not on and before.place not in verb.where):
                continue
        phrases.used.add(verb)
        return verb
    raise NothingFits


def _happening(phrases: Phrases, verb: Verb, subject: Phrase, parts: Parts, placed: float) -> Clause:
    """A clause about a verb, with its object (of those parts), recipient, support or goal, and perhaps its place; never
    with a place after a relative clause, to which it would seem to belong."""
    thing = recipient = support = where = None
    if verb.complement == "on":
        support = phrases.around(phrases.unused(verb.objects), SUPPORT)
    elif verb.objects:
        thing = phrases.object(verb, replace(parts, relative=0.0) if verb.complement else parts)
    if verb.complement == "recipient":
        recipient = phrases.person(RECIPIENT)
    bare = thing is None or thing.relative is None
    if verb.complement == "goal" or (verb.where and bare and phrases.dice.chance(placed)):
        where = phrases.place(verb, subject.head)
    return Clause(verb, subject, thing, recipient, support, where, topic=_topic(phrases.dice, subject, not bare))


def _timed(dice: Dice, clause: Clause, tense: str, chance: float, kinds: tuple[str, ...], early: bool = True) -> Clause:
    """The clause, perhaps with a time, of these kinds or of none. early: it may stand before the subject."""
    verb = clause.predicate
    if _ends_in_relative(clause) or verb.state or not dice.chance(chance):
        return clause
    thing = clause.object and clause.object.head
    if isinstance(thing, Noun) and thing.plural:  # one eats bread every day, but not the apple
        kinds = tuple(kind for kind in kinds if kind != "often")
    first = early and clause.subject.relative is None and dice.chance(0.4)
    fits = _times(tense, kinds)
    return replace(clause, time=dice.pick(fits), time_first=first) if fits else clause


def _days(verb: Verb) -> tuple[str, ...]:
    """The kinds of time that fit whatever else is said, as long as this verb takes them."""
    return tuple(kind for kind in verb.times if kind == "day")


def _negation(phrases: Phrases, long: bool, probability: float) -> str:
    """Whether Korean negates and how; long: only with -지 않다."""
    phrases.denied = phrases.dice.chance(probability)
    if not phrases.denied:
        return ""
    return "long" if long or phrases.dice.chance(0.5) else "short"


def _topic(dice: Dice, subject: Phrase, needed: bool = False) -> bool:
    """Whether 은/는 marks the subject: never what is counted, which is new; always where it must be told from the
    subject of a relative clause; else more often than not."""
    return subject.number < 1 and (needed or dice.chance(0.6))


def _ends_in_relative(clause: Clause) -> bool:
    return clause.object is not None and clause.object.relative is not None


@cache
def _times(tense: str, kinds: tuple[str, ...]) -> tuple[Time, ...]:
    return tuple(time for time in TIMES if tense in time.tenses and time.kind in kinds)

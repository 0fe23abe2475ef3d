"""The English grammar: a frame said in English, as lower-case words. "##" marks one that has no space before it ('s).

Order: subject verb object (to a recipient) (place) (time). Articles belong to their noun's slot, "who" and "which" to
the relative clause's; "do" comes from the negation that asks for it.
"""

from __future__ import annotations

from classroom.corpus.grammar.frames import PLURAL, THE, Clause, Frame, Phrase, Word
from classroom.corpus.words.nouns import NUMBERS, Noun, Pronoun
from classroom.corpus.words.predicates import Adjective, Verb

BE = {"am": "was", "is": "was", "are": "were"}  # present and past


def english(frame: Frame) -> list[Word]:
    """The sentence as (word, slot ids) pairs."""
    said: list[Word] = []
    when: list[Word] = []
    subject = None
    for i, clause in enumerate(frame.clauses):
        path = f"{i}."
        if i:
            said.append(("and", (path + "and",)))
        goes_on = clause.subject is None
        if not goes_on:
            subject = clause.subject
            said += _phrase(subject, path + "subject", "subject")
        helped = frame.tense == "future" and goes_on  # one "will" does for all that one subject does
        said += _verb(clause, path, subject, frame.tense, "tense", helped)
        said += _rest(clause, path)
        when += _time(clause, path)  # said at the end of all that one subject does
        if i + 1 == len(frame.clauses) or frame.clauses[i + 1].subject is not None:
            said, when = said + when, []
    return said


def _rest(clause: Clause, path: str) -> list[Word]:
    """All that stands behind the verb."""
    said: list[Word] = []
    if clause.object is not None:
        said += _phrase(clause.object, path + "object", "object")
    if clause.recipient is not None:
        said.append(("to", (path + "recipient.case",)))
        said += _phrase(clause.recipient, path + "recipient", "object")
    if clause.support is not None:
        said.append(("on", (path + "support.case",)))
        said += _phrase(clause.support, path + "support", "object")
    if clause.place is not None:
        toward = isinstance(clause.predicate, Verb) and clause.predicate.complement == "goal"
        preposition = clause.place.to if toward else clause.place.at
        if preposition:
            said.append((preposition, (path + "place.case",)))
        said += [(word, (path + "place",)) for word in clause.place.english]
    return said


def _time(clause: Clause, path: str) -> list[Word]:
    time = clause.time
    if time is None:
        return []
    preposition: list[Word] = [(time.preposition, (path + "time.case",))] if time.preposition else []
    return preposition + [(word, (path + "time",)) for word in time.english]


def agreement(subject: Phrase) -> str:
    """The form of "be" that a subject takes: "am", "are" or "is"."""
    if isinstance(subject.head, Pronoun):
        return subject.head.agreement
    return "are" if subject.plural else "is"


def _verb(clause: Clause, path: str, subject: Phrase, tense: str, tense_slot: str, helped: bool = False) -> list[Word]:
    """The predicate with its helpers: "ate", "did not eat", "will eat", "is not big", "are students"."""
    predicate, be = clause.predicate, agreement(subject)
    verb, when, no = path + "verb", tense_slot, path + "negation"
    negated: list[Word] = [("not", (no,))] if clause.negation else []
    if not isinstance(predicate, Verb):
        said: list[Word] = [(BE[be] if tense == "past" else be, (verb, when)), *negated]
        if isinstance(predicate, Adjective):
            return [*said, (predicate.english, (verb,))]
        kind = Phrase(predicate.head, PLURAL if be == "are" else 1, predicate.adjective)
        return said + _phrase(kind, path + "kind", "object", kind_of=True)
    base, third, past = predicate.english
    tail: list[Word] = [(predicate.after, (verb,))] if predicate.after else []
    if tense == "future":
        will: list[Word] = [] if helped else [("will", (when,))]
        return [*will, *negated, (base, (verb,)), *tail]
    if negated:
        do = "did" if tense == "past" else "does" if be == "is" else "do"
        return [(do, (no, when)), *negated, (base, (verb,)), *tail]
    form = past if tense == "past" else third if be == "is" else base
    return [(form, (verb, when)), *tail]


def _phrase(phrase: Phrase, path: str, case: str, kind_of: bool = False) -> list[Word]:
    """A noun phrase: article, number or owner, adjective, noun, relative clause."""
    head, noun, number = phrase.head, (path + ".noun",), (path + ".number",)
    if isinstance(head, Pronoun):
        return [(head.english if case == "subject" else head.object, noun)]
    if head.is_name:
        return [(head.english, noun)]
    core: list[Word] = []
    if phrase.adjective is not None:
        core.append((phrase.adjective.english, (path + ".adjective",)))
    if phrase.plural and head.plural:
        core.append((head.plural, (*noun, path + ".number") if phrase.number == PLURAL and not kind_of else noun))
    else:
        core.append((head.english, noun))
    if phrase.number >= 1 and head.measure:  # two cups of coffee
        counter = (path + ".counter",)
        core = [(head.measure[phrase.number > 1], counter), ("of", counter), *core]
    said: list[Word] = []
    if phrase.owner is not None:
        said += _owner(phrase.owner, path + ".owner")
        if phrase.number > 1:
            said.append((NUMBERS[phrase.number - 1][1], number))
    elif phrase.number > 1:
        said.append((NUMBERS[phrase.number - 1][1], number))
    elif phrase.number == 1:
        said.append((a_or_an(core[0][0]), noun if kind_of else number))
    elif phrase.number in (THE, PLURAL) and head.plural and not kind_of:
        said.append(("the", noun))
    said += core
    if phrase.relative is not None:
        said += _relative(phrase, path + ".relative.")
    return said


def a_or_an(word: str) -> str:
    """The indefinite article before a word. Every word of the corpus that begins with a vowel letter begins with a
    vowel sound, and no other does (no "hour", no "uniform")."""
    return "an" if word[0] in "aeiou" else "a"


def _owner(owner: Noun | Pronoun, path: str) -> list[Word]:
    if isinstance(owner, Pronoun):
        return [(owner.possessive, (path,))]
    article: list[Word] = [] if owner.is_name else [("the", (path,))]
    return [*article, (owner.english, (path,)), ("##'s", (path + ".case",))]


def _relative(phrase: Phrase, path: str) -> list[Word]:
    """who met mina, whom mina met, which minsu bought."""
    relative = phrase.relative
    clause, person = relative.clause, phrase.head.is_person
    if relative.gap == "subject":
        said: list[Word] = [("who" if person else "which", (path + "pronoun",))]
        subject = phrase
    else:
        subject = clause.subject
        said = [("whom" if person else "which", (path + "pronoun",)), *_phrase(subject, path + "subject", "subject")]
    return said + _verb(clause, path, subject, relative.tense, path + "tense") + _rest(clause, path)

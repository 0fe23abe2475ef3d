"""The Korean grammar: a frame said in Korean, as morphemes. "##" marks one that has no space before it.

Order: (time) subject (time) (place) (recipient) object verb, with what depends on a noun or verb before it. What a word
carries from the frame stands beside it; particles of subject and object and the endings of style come from slots that
English has no word for.
"""

from __future__ import annotations

from functools import cache

from classroom.corpus.grammar import hangul
from classroom.corpus.grammar.frames import PLURAL, THE, Clause, Frame, Phrase, Word
from classroom.corpus.words.nouns import BEFORE_GA, NUMBERS, Noun, Pronoun, Time
from classroom.corpus.words.predicates import Adjective, Verb

ENDINGS = {"plain": "다", "polite": "어요", "formal": "습니다"}  # after the past's ㅆ


def korean(frame: Frame) -> list[Word]:
    """The sentence as (morpheme, slot ids) pairs."""
    said: list[Word] = []
    last = len(frame.clauses) - 1
    speaker = 0 if frame.style == "plain" else 1
    for i, clause in enumerate(frame.clauses):
        path = f"{i}."
        said += _arguments(clause, path, speaker)
        if i < last:
            same = frame.clauses[i + 1].subject is None
            said += _chained(clause.predicate, path, f"{i + 1}.and", same)
        else:
            said += _finite(clause, path, frame.tense, frame.style)
    return said


def _arguments(clause: Clause, path: str, speaker: int) -> list[Word]:
    """All that stands before the verb."""
    said: list[Word] = []
    time = _time(clause.time, path + "time") if clause.time else []
    if clause.time_first:
        said += time
    if clause.subject is not None:
        said += _phrase(clause.subject, path + "subject", "은" if clause.topic else "이", speaker)
    if not clause.time_first:
        said += time
    if clause.place is not None:
        toward = isinstance(clause.predicate, Verb) and clause.predicate.complement == "goal"
        case = path + "place.case"
        said += [(clause.place.korean, (path + "place",)), ("##에" if toward else "##에서", (case,))]
    if clause.recipient is not None:
        said += _phrase(clause.recipient, path + "recipient", "에게", speaker)
    if clause.object is not None:
        said += _phrase(clause.object, path + "object", "을", speaker)
    if clause.support is not None:
        said += _support(clause, path + "support", speaker)
    return said


def _support(clause: Clause, path: str, speaker: int) -> list[Word]:
    """On what one sits: 의자에, but 매트 위에, and 위에 wherever one stands; one sleeps 침대에서."""
    stem, group, case = clause.predicate.stem, clause.support.head.group, (path + ".case",)
    said = _phrase(clause.support, path, "", speaker)
    end = "##에서" if stem == "자" else "##에"
    above = group == "floor" or stem == "서"
    return said + ([("위", case)] if above else []) + [(end, case)]


def _time(time: Time, path: str) -> list[Word]:
    """A noun of time; its particle 에 comes from the slot of the English preposition, if there is one."""
    return [(word, (path + ".case",) if word == "##에" else (path,)) for word in time.korean]


def _phrase(phrase: Phrase, path: str, case: str, speaker: int) -> list[Word]:
    """A noun phrase and its particle: (relative clause) (owner) (adjective) noun (number classifier) particle."""
    said: list[Word] = []
    head = phrase.head
    if phrase.relative is not None:
        inner = phrase.relative.clause
        said += _arguments(inner, path + ".relative.", speaker)
        said += _before_noun(inner, path + ".relative.", phrase.relative.tense)
    if phrase.owner is not None:
        said += _owner(phrase.owner, path + ".owner", speaker)
    if phrase.adjective is not None:
        said += _slotted(attributive(phrase.adjective), path, (path + ".adjective",))
    text = head.korean[speaker] if isinstance(head, Pronoun) else head.korean
    said.append((text, (path + ".noun",)))
    if phrase.number == PLURAL:
        text = "들"
        said.append(("##들", (path + ".number",)))
    elif phrase.number != THE:
        said.append((NUMBERS[phrase.number - 1][0], (path + ".number",)))
        text = head.counter
        said.append((text, (path + ".counter",)))
    if not case:
        return said
    if case == "에게":
        return [*said, ("##에게", (path + ".case",))]
    form = hangul.particle(text, case)
    if form == "가" and text in BEFORE_GA and isinstance(head, Pronoun):
        said[-1] = (BEFORE_GA[text], (path + ".noun",))
    return [*said, ("##" + form, (path + ".case",))]


def _owner(owner: Noun | Pronoun, path: str, speaker: int) -> list[Word]:
    if isinstance(owner, Pronoun):
        return [(text, (path,)) for text in owner.owner[speaker]]
    return [(owner.korean, (path,)), ("##의", (path + ".case",))]


def _finite(clause: Clause, path: str, tense: str, style: str) -> list[Word]:
    """The predicate at the end of the sentence, with negation, tense and style."""
    predicate = clause.predicate
    if isinstance(predicate, Phrase):
        return _is(predicate, path, tense, style)
    verb, negation = (path + "verb",), (path + "negation",)
    if clause.negation == "long":
        helper = NOT_BEING if isinstance(predicate, Adjective) else NOT_DOING
        return [*_before_negation(predicate, path), *_slotted(conjugated(helper, tense, style), path, negation)]
    not_ = [("안", negation)] if clause.negation == "short" else []
    return [*not_, *_slotted(conjugated(predicate, tense, style), path, verb)]


def _is(kind: Phrase, path: str, tense: str, style: str) -> list[Word]:
    """A noun with 이다: 의사다, 학생이다, 의사예요, 학생이에요, 학생이었다, 의사였다."""
    said = _phrase(kind, path + "kind", "", 0)
    vowel = not hangul.final(said[-1][0])
    verb = path + "verb"
    if tense == "past":
        return [*said, ("##였" if vowel else "##이었", (verb, "tense")), ("##" + ENDINGS[style], ("style",))]
    tail = {"plain": "다" if vowel else "이다", "polite": "예요" if vowel else "이에요", "formal": "입니다"}[style]
    return [*said, ("##" + tail, (verb, "style"))]


def _chained(predicate: Verb, path: str, conjunction: str, same: bool) -> list[Word]:
    """The verb before the next clause: 먹고; of a motion or posture that leads to what the same one does next, 가서."""
    verb, and_ = (path + "verb",), (conjunction,)
    return _slotted(connective(predicate, predicate.then if same else "고"), path, verb, {"sign": and_})


def _before_noun(clause: Clause, path: str, tense: str) -> list[Word]:
    """The verb of a relative clause: 먹은, 먹는, and negated 먹지 않은, 먹지 않는."""
    sign = {"sign": (path + "pronoun", path + "tense")}
    if clause.negation:
        negation = (path + "negation",)
        return [*_before_negation(clause.predicate, path), *_slotted(adnominal(NOT_DOING, tense), path, negation, sign)]
    return _slotted(adnominal(clause.predicate, tense), path, (path + "verb",), sign)


def _before_negation(predicate: Verb | Adjective, path: str) -> list[Word]:
    """A verb or adjective before 않다: 먹지."""
    return _slotted(connective(predicate, "지"), path, (path + "verb",), {"sign": (path + "negation",)})


def _slotted(
    pieces: Pieces, path: str, own: tuple[str, ...], others: dict[str, tuple[str, ...]] | None = None
) -> list[Word]:
    """Pieces with slot ids for their parts."""
    ids = {"own": own, "do": (path + "do",), "tense": ("tense",), "style": ("style",)} | (others or {})
    return [(text, tuple(slot for part in parts for slot in ids[part])) for text, parts in pieces]


# A conjugated word in pieces, each with its parts: "own", the stem; "do", the 하다 behind a noun; "tense"; "style";
# "sign", an ending that ties it to the next clause or noun. A piece has two parts where they melt into one syllable.
Piece = tuple[str, tuple[str, ...]]
Pieces = tuple[Piece, ...]


def _joined(word: Verb | Adjective, joined: hangul.Joined, part: str) -> Pieces:
    """A stem joined to an ending that means `part`: ((먹, own), (##었, tense)) or ((갔, own tense),)."""
    head, tail = joined
    melted = () if tail else (part,)
    own: Pieces = ((head, ("own", *melted)),)
    if word.root:
        own = ((word.root, ("own",)), ("##" + head.removeprefix(word.root), ("do", *melted)))
    return (*own, ("##" + tail, (part,))) if tail else own


@cache
def conjugated(word: Verb | Adjective, tense: str, style: str) -> Pieces:
    """A verb or adjective at the end of a sentence: 먹 ##었 ##다, 갔 ##다, 갈 거 ##예요."""
    stem, kind = word.stem, word.kind
    if tense == "past":
        return (*_joined(word, hangul.past(stem, kind), "tense"), ("##" + ENDINGS[style], ("style",)))
    if tense == "future":
        thing, ending = {"plain": ("것", "이다"), "polite": ("거", "예요"), "formal": ("것", "입니다")}[style]
        stem = _joined(word, hangul.with_eu(stem, "ㄹ", kind), "tense")
        return (*stem, (thing, ("tense",)), ("##" + ending, ("style",)))
    if style == "formal":
        return _joined(word, hangul.formal(stem), "style")
    if style == "polite":
        head, tail = hangul.infinitive(stem, kind)
        return _joined(word, (head, tail + "요"), "style")
    return _joined(word, hangul.plain(stem) if isinstance(word, Verb) else (stem, "다"), "style")


@cache
def adnominal(verb: Verb, tense: str) -> Pieces:
    """A verb before a noun: past 먹 ##은, 간; present 먹 ##는, 만드 ##는."""
    form = hangul.with_eu(verb.stem, "ㄴ", verb.kind) if tense == "past" else (hangul.before_n(verb.stem), "는")
    return _joined(verb, form, "sign")


@cache
def attributive(adjective: Adjective) -> Pieces:
    """An adjective before a noun: 큰, 작 ##은, 맛있 ##는, 새."""
    if adjective.form:
        return ((adjective.form, ("own",)),)
    if adjective.stem.endswith("있"):
        return _joined(adjective, (adjective.stem, "는"), "style")
    return _joined(adjective, hangul.with_eu(adjective.stem, "ㄴ", adjective.kind), "style")


@cache
def connective(word: Verb | Adjective, ending: str) -> Pieces:
    """A verb or adjective before 고 or 지 (먹 ##고), or in 아서 (가 ##서, 앉 ##아서, 누워 ##서)."""
    if ending == "아서":
        head, tail = hangul.infinitive(word.stem, word.kind)
        return _joined(word, (head, tail + "서"), "sign")
    return _joined(word, (word.stem, ending), "sign")


NOT_DOING = Verb("않", ("", "", ""))
NOT_BEING = Adjective("않", "", ())

"""The forms of the embedded corpus, one by one, against the tables in assets/corpus/golden, which were written out by
hand and not made by the code (assets/corpus/README.md says how they were checked)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from classroom.corpus import readable
from classroom.corpus.grammar import hangul, korean
from classroom.corpus.grammar.english import a_or_an
from classroom.corpus.grammar.frames import PLURAL, STYLES, Clause, Frame, Phrase, Relative
from classroom.corpus.korean_english import realised
from classroom.corpus.words.nouns import NAMED, NOUNS, NUMBERS, PROFESSIONS, PRONOUNS, Noun, Pronoun
from classroom.corpus.words.predicates import ADJECTIVES, VERBS

GOLDEN = Path(__file__).parents[1] / "assets" / "corpus" / "golden"
LAUGH = next(verb for verb in VERBS if verb.english[0] == "laugh")
SEE = next(verb for verb in VERBS if verb.english[0] == "see")
TENSES = ("past", "present", "future")


def table(name: str, key: str) -> dict[str, dict[str, str]]:
    with (GOLDEN / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        return {row[key]: row for row in csv.DictReader(lines, delimiter="\t")}


def said(pieces) -> str:
    return readable([text for text, _ in pieces])


def sentence(clause: Clause, tense: str = "past", style: str = "plain") -> tuple[str, str]:
    pair = realised(Frame((clause,), tense, style))
    return readable(pair.source), readable(pair.target)


def test_every_verb_takes_every_ending_as_in_the_golden_table():
    golden = table("verbs", "verb")
    for verb in (*VERBS, korean.NOT_DOING):
        row = golden.pop(f"{verb.stem}다")
        for tense in TENSES:
            for style in STYLES:
                assert said(korean.conjugated(verb, tense, style)) == row[f"{tense} {style}"]
        for tense in ("past", "present"):
            assert said(korean.adnominal(verb, tense)) == row[f"before a noun, {tense}"]
        if verb is korean.NOT_DOING:
            continue
        for ending in ("고", "지", *(["아서"] if verb.then == "아서" else [])):
            assert said(korean.connective(verb, ending)) == row[ending]
    assert not golden, f"verbs of the table that the corpus has not: {list(golden)}"


def test_every_adjective_takes_every_ending_as_in_the_golden_table():
    golden = table("adjectives", "adjective")
    for adjective in (*(word for word in ADJECTIVES if word.stem), korean.NOT_BEING):
        row = golden.pop(f"{adjective.stem}다")
        for tense in ("past", "present"):
            for style in STYLES:
                assert said(korean.conjugated(adjective, tense, style)) == row[f"{tense} {style}"]
        if adjective is not korean.NOT_BEING:
            assert said(korean.attributive(adjective)) == row["before a noun"]
            assert said(korean.connective(adjective, "지")) == row["지"]
    assert not golden, f"adjectives of the table that the corpus has not: {list(golden)}"


def test_adjectives_that_only_stand_before_a_noun_have_their_one_form():
    forms = {word.english: word.form for word in ADJECTIVES if not word.stem}
    assert forms == {"new": "새", "old": "오래된", "white": "하얀", "black": "검은", "red": "빨간", "blue": "파란"}


def test_every_noun_and_pronoun_takes_every_particle_as_in_the_golden_table():
    golden = table("nouns", "noun")
    heads: list[tuple[Noun | Pronoun, str, str]] = [(noun, noun.korean, "plain") for noun in NOUNS]
    for pronoun in PRONOUNS:
        for text, style in zip(pronoun.korean, ("plain", "polite"), strict=True):
            heads.append((pronoun, text, style))
    for head, text, style in heads:
        row, phrase = golden[text], Phrase(head)
        assert sentence(Clause(LAUGH, phrase, topic=True), style=style)[0].split()[0] == row["은/는"]
        assert sentence(Clause(LAUGH, phrase, topic=False), style=style)[0].split()[0] == row["이/가"]
        seen = sentence(Clause(SEE, Phrase(NAMED["mina"]), phrase), style=style)[0]
        assert seen.split()[1] == row["을/를"]
    assert {text for _, text, _ in heads} == set(golden)


def test_every_counter_follows_every_number_as_in_the_golden_table():
    golden, counted = table("counters", "counter"), set()
    for counter, row in golden.items():
        for text in row["counts"].split(","):
            noun = next(noun for noun in NOUNS if noun.korean == text)
            assert noun.counter == counter
            counted.add(noun)
            for number in range(1, 11):
                clause = Clause(SEE, Phrase(NAMED["mina"]), Phrase(noun, number))
                assert (
                    sentence(clause)[0] == f"미나는 {text} {row[str(number)]}{row['을/를'].removeprefix(counter)} 봤다"
                )
                clause = Clause(LAUGH, Phrase(noun, number), topic=False)
                assert sentence(clause)[0] == f"{text} {row[str(number)]}{row['이/가'].removeprefix(counter)} 웃었다"
    assert counted == {noun for noun in NOUNS if noun.counter}


def test_every_profession_is_said_as_in_the_golden_table():
    golden = table("professions", "noun")
    for noun in PROFESSIONS:
        row = golden.pop(noun.korean)
        for tense in ("past", "present"):
            for style in STYLES:
                clause = Clause(Phrase(noun), Phrase(NAMED["mina"]))
                assert sentence(clause, tense, style)[0] == f"미나는 {row[f'{tense} {style}']}"
    assert not golden


def test_every_english_verb_has_the_forms_of_the_golden_table():
    golden = table("english_verbs", "base")
    assert {verb.english[0] for verb in VERBS} == set(golden)
    for verb in VERBS:
        row = golden[verb.english[0]]
        after = f" {verb.after}" if verb.after else ""
        he, they = (Phrase(pronoun) for pronoun in PRONOUNS if pronoun.english in ("he", "they"))
        assert sentence(Clause(verb, he), "past")[1] == f"he {row['past']}{after}"
        assert sentence(Clause(verb, he), "present")[1] == f"he {row['third person']}{after}"
        assert sentence(Clause(verb, they), "present")[1] == f"they {row['base']}{after}"
        assert sentence(Clause(verb, he), "future")[1] == f"he will {row['base']}{after}"
        for tense, words in (("past", "did not"), ("present", "does not"), ("future", "will not")):
            assert sentence(Clause(verb, he, negation="long"), tense)[1] == f"he {words} {row['base']}{after}"
        assert sentence(Clause(verb, they, negation="long"), "present")[1] == f"they do not {row['base']}{after}"


def test_english_verbs_that_the_golden_table_calls_regular_follow_the_spelling_rules():
    irregular = 0
    for base, row in table("english_verbs", "base").items():
        consonant_y = base.endswith("y") and base[-2] not in "aeiou"
        third = base[:-1] + "ies" if consonant_y else base + ("es" if base.endswith(("s", "sh", "ch", "o")) else "s")
        assert row["third person"] == third
        past = base[:-1] + "ied" if consonant_y else base + ("d" if base.endswith("e") else "ed")
        irregular += row["past"] != past
    assert irregular == 32


def test_every_english_noun_has_the_article_and_plural_of_the_golden_table():
    golden = table("english_nouns", "noun")
    counted = {noun.english: noun for noun in NOUNS if noun.plural}
    assert set(counted) == set(golden)
    for name, noun in counted.items():
        row, mina = golden[name], Phrase(NAMED["mina"])
        assert sentence(Clause(SEE, mina, Phrase(noun, 1)))[1] == f"mina saw {row['article']} {name}"
        assert sentence(Clause(SEE, mina, Phrase(noun, 2)))[1] == f"mina saw two {row['plural']}"
        assert sentence(Clause(SEE, mina, Phrase(noun)))[1] == f"mina saw the {name}"
        assert sentence(Clause(SEE, mina, Phrase(noun, PLURAL)))[1] == f"mina saw the {row['plural']}"


def test_the_article_before_an_adjective_is_the_adjectives():
    vowel = {word.english for word in ADJECTIVES if a_or_an(word.english) == "an"}
    assert vowel == {"old", "expensive", "interesting"}


def test_numbers_are_the_native_korean_ones_and_one_is_the_english_article():
    assert [number for number, _ in NUMBERS] == ["한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열"]
    words = ["a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    assert [word for _, word in NUMBERS] == words


def test_pronouns_change_their_case_in_english_and_their_form_before_ga_in_korean():
    mina, pronouns = Phrase(NAMED["mina"]), {pronoun.english: Phrase(pronoun) for pronoun in PRONOUNS}
    objects = [sentence(Clause(SEE, mina, pronouns[word]))[1].split()[-1] for word in pronouns]
    assert objects == ["me", "you", "him", "her", "us", "them"]
    owned = [Phrase(NAMED["bag"], owner=phrase.head) for phrase in pronouns.values()]
    assert [sentence(Clause(SEE, mina, bag))[1].split()[2] for bag in owned] == [
        "my",
        "your",
        "his",
        "her",
        "our",
        "their",
    ]
    assert sentence(Clause(LAUGH, pronouns["i"], topic=False), "future", "polite")[0] == "제가 웃을 거예요"
    assert sentence(Clause(LAUGH, pronouns["you"], topic=False))[0] == "네가 웃었다"


def test_who_is_for_people_which_for_the_rest_and_the_verb_agrees_with_the_noun():
    met = Relative(Clause(SEE, None, Phrase(NAMED["minsu"])), "subject", "present")
    bought = Relative(Clause(SEE, Phrase(NAMED["minsu"]), topic=False), "object", "past")
    by = {
        ("boy", 0, met): ("민수를 보는 소년은 웃었다", "the boy who sees minsu laughed"),
        ("boy", PLURAL, met): ("민수를 보는 소년들은 웃었다", "the boys who see minsu laughed"),
        ("boy", 0, bought): ("민수가 본 소년은 웃었다", "the boy whom minsu saw laughed"),
        ("cat", 0, met): ("민수를 보는 고양이는 웃었다", "the cat which sees minsu laughed"),
        ("cat", 0, bought): ("민수가 본 고양이는 웃었다", "the cat which minsu saw laughed"),
    }
    for (name, number, relative), wanted in by.items():
        assert sentence(Clause(LAUGH, Phrase(NAMED[name], number, relative=relative))) == wanted


@pytest.mark.parametrize("text", ["", "ㄱ", "a", "가나", "힣a"])
def test_what_is_no_hangul_syllable_is_refused_by_name(text):
    with pytest.raises(ValueError, match="is not one Hangul syllable"):
        hangul.letters(text)


def test_every_hangul_syllable_is_taken_apart_and_put_together_again():
    for number in range(0xAC00, 0xD7A4):
        assert hangul.syllable(*hangul.letters(chr(number))) == chr(number)

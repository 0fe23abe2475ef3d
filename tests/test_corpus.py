"""The embedded corpus: what its sentences say, how they are aligned, and what keeps its splits apart."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
import torch

from classroom.corpus import (
    LONGEST,
    SHA256,
    SPLITS,
    VERSION,
    Batch,
    Pair,
    Vocabulary,
    batches,
    fingerprint,
    korean_english,
    load_corpus,
    padded,
    readable,
)
from classroom.corpus.grammar import korean
from classroom.corpus.grammar.frames import Clause, Frame, Phrase, combinations
from classroom.corpus.korean_english import frames, held_out, is_new, realised
from classroom.corpus.words.nouns import NAMED, NOUNS, NUMBERS, PLACES, PRONOUNS, TIMES
from classroom.corpus.words.predicates import ADJECTIVES, VERBS

ASSETS = Path(__file__).parents[1] / "assets" / "corpus"

drawn = cache(korean_english)  # lists that several tests look at


def verb(base: str):
    return next(verb for verb in VERBS if verb.english[0] == base)


def linked(pair: Pair) -> set[tuple[str, str]]:
    return {(pair.source[i], pair.target[j]) for i, j in pair.links}


# the sentences


def test_the_lectures_sentences_are_of_its_language():
    cat, mat, rug = (Phrase(NAMED[name]) for name in ("cat", "mat", "rug"))
    sat = realised(Frame((Clause(verb("sit"), cat, support=mat, topic=False),), "past", "plain"))
    assert sat.source == ("고양이", "##가", "매트", "위", "##에", "앉", "##았", "##다")
    assert sat.target == ("the", "cat", "sat", "on", "the", "mat")
    assert sat.links == ((0, 0), (0, 1), (2, 4), (2, 5), (3, 3), (4, 3), (5, 2), (6, 2))
    lay = realised(Frame((Clause(verb("lie"), cat, support=rug, topic=False),), "past", "plain"))
    assert lay.source == ("고양이", "##가", "러그", "위", "##에", "누웠", "##다")
    assert lay.target == ("the", "cat", "lay", "on", "the", "rug")
    assert lay.links == ((0, 0), (0, 1), (2, 4), (2, 5), (3, 3), (4, 3), (5, 2))


def test_a_gloss_says_which_english_words_came_from_each_piece():
    cat, mat = (Phrase(NAMED[name]) for name in ("cat", "mat"))
    sat = realised(Frame((Clause(verb("sit"), cat, support=mat, topic=False),), "past", "plain"))
    corpus = load_corpus("korean_english", train=1)
    said = "고양이 (the cat) · 가 · 매트 (the mat) · 위 (on) · 에 (on) · 앉 (sat) · 았 (sat) · 다"
    assert corpus.gloss(sat) == said
    assert corpus.gloss(Pair(("##다",), ("will", "see", "will"), ((0, 0), (0, 2)))) == "다 (will)"
    assert corpus.gloss(Pair(sat.source, sat.target, ())) == ""


def test_the_lectures_sentences_may_be_met_in_training():
    for sentence in ("the cat sat on the mat", "the cat lay on the rug"):
        assert not is_new(sentence.split())
    words = {word for pair in drawn(30_000) for word in pair.target}
    assert {"cat", "sat", "mat", "lay", "rug", "stood", "slept", "chair"} <= words


def test_one_sits_at_a_chair_but_on_top_of_a_mat_stands_on_top_of_both_and_sleeps_there():
    said = {}
    for base in ("sit", "stand", "sleep"):
        for name in ("mat", "chair"):
            clause = Clause(verb(base), Phrase(NAMED["cat"]), support=Phrase(NAMED[name]))
            said[base, name] = readable(realised(Frame((clause,), "past", "polite")).source).removeprefix("고양이는 ")
    assert said == {
        ("sit", "mat"): "매트 위에 앉았어요",
        ("sit", "chair"): "의자에 앉았어요",
        ("stand", "mat"): "매트 위에 섰어요",
        ("stand", "chair"): "의자 위에 섰어요",
        ("sleep", "mat"): "매트 위에서 잤어요",
        ("sleep", "chair"): "의자에서 잤어요",
    }


def test_in_a_chain_the_tense_of_the_first_english_verb_is_linked_to_the_end_of_the_korean_sentence():
    mina, bread, milk = (Phrase(NAMED[name]) for name in ("mina", "bread", "milk"))
    clauses = (Clause(verb("eat"), mina, bread), Clause(verb("drink"), None, milk))
    past, future = (realised(Frame(clauses, tense, "polite")) for tense in ("past", "future"))
    assert readable(past.source) == "미나는 빵을 먹고 우유를 마셨어요"
    assert readable(past.target) == "mina ate bread and drank milk"
    assert {("마셨", "ate"), ("먹", "ate"), ("마셨", "drank"), ("##고", "and")} <= linked(past)
    assert readable(future.source) == "미나는 빵을 먹고 우유를 마실 거예요"
    assert readable(future.target) == "mina will eat bread and drink milk"
    assert {("마실", "will"), ("거", "will")} <= linked(future)


def test_a_time_before_a_chain_is_said_once_at_the_end_in_english():
    yesterday = next(time for time in TIMES if time.english == ("yesterday",))
    mina, bread, milk = (Phrase(NAMED[name]) for name in ("mina", "bread", "milk"))
    clauses = (Clause(verb("eat"), mina, bread, time=yesterday, time_first=True), Clause(verb("drink"), None, milk))
    pair = realised(Frame(clauses, "past", "plain"))
    assert readable(pair.source) == "어제 미나는 빵을 먹고 우유를 마셨다"
    assert readable(pair.target) == "mina ate bread and drank milk yesterday"


def test_who_goes_somewhere_or_sits_down_to_do_something_is_said_with_a_seo():
    mina, book = Phrase(NAMED["mina"]), Phrase(NAMED["book"])
    school = next(place for place in PLACES if place.key == "school")
    reads = Clause(verb("read"), None, book)
    for before, korean_, english in (
        (
            Clause(verb("go"), mina, place=school),
            "미나는 학교에 가서 책을 읽었다",
            "mina went to school and read the book",
        ),
        (
            Clause(verb("lie"), mina, support=Phrase(NAMED["bed"])),
            "미나는 침대에 누워서 책을 읽었다",
            "mina lay on the bed and read the book",
        ),
    ):
        pair = realised(Frame((before, reads), "past", "plain"))
        assert (readable(pair.source), readable(pair.target)) == (korean_, english)


def test_korean_says_no_in_two_ways_and_english_in_one():
    for negation, said in (("short", "미나는 안 웃었다"), ("long", "미나는 웃지 않았다")):
        pair = realised(Frame((Clause(verb("laugh"), Phrase(NAMED["mina"]), negation=negation),), "past", "plain"))
        assert (readable(pair.source), readable(pair.target)) == (said, "mina did not laugh")


def test_politeness_is_lost_in_translation():
    cat = Phrase(NAMED["cat"])
    big = next(word for word in ADJECTIVES if word.english == "big")
    pairs = [realised(Frame((Clause(big, cat),), "present", style)) for style in ("plain", "polite", "formal")]
    assert [readable(pair.source) for pair in pairs] == ["고양이는 크다", "고양이는 커요", "고양이는 큽니다"]
    assert {readable(pair.target) for pair in pairs} == {"the cat is big"}


def test_the_future_has_its_space():
    future = [readable(pair.source) for pair in drawn(30_000) if "거" in pair.source or "것" in pair.source]
    assert len(future) > 5_000
    for text in future:
        assert text.endswith((" 거예요", " 것이다", " 것입니다"))


def test_one_korean_sentence_has_one_english_translation():
    """Frames, not pairs: korean_english keeps the first of equal Korean sentences and would hide the second."""
    found: dict[str, tuple[str, ...]] = {}
    for split in ("train", "comb", "long"):
        for frame in islice(frames(split, 5), 20_000):
            pair = realised(frame)
            assert found.setdefault(readable(pair.source), pair.target) == pair.target
    assert len(found) > 50_000


def test_english_articles_agree_with_the_next_word_and_no_word_stands_twice():
    for pair in drawn(30_000):
        for word, after in zip(pair.target, pair.target[1:], strict=False):
            assert word != after
            assert word != "a" or after[0] not in "aeiou"
            assert word != "an" or after[0] in "aeiou"


def test_no_noun_name_or_verb_stands_twice_in_a_sentence():
    nouns = {noun.korean for noun in NOUNS if noun.group == "name"}
    for pair in drawn(30_000):
        assert all(count == 1 for token, count in Counter(pair.source).items() if token in nouns)


# the links


def test_every_english_word_is_linked_and_links_are_sorted():
    for split in SPLITS:
        for pair in drawn(1_500, split):
            assert list(pair.links) == sorted(set(pair.links))
            assert {j for _, j in pair.links} == set(range(len(pair.target)))
            assert all(0 <= i < len(pair.source) for i, _ in pair.links)


def translations() -> dict[str, set[str]]:
    """What each Korean content morpheme may mean, from the word lists alone, without the frames' slots."""
    found: dict[str, set[str]] = {}

    def add(morpheme: str, *words: str) -> None:
        found.setdefault(morpheme, set()).update(words)

    for noun in NOUNS:
        add(noun.korean, noun.english, *filter(None, [noun.plural]))
        if noun.measure:
            add(noun.counter, *noun.measure)
    for place in PLACES:
        add(place.korean, place.english[-1])
    for time in TIMES:
        for morpheme in time.korean:
            if morpheme != "##에":
                add(morpheme, *time.english)
    for pronoun in PRONOUNS:
        for text in (*pronoun.korean, *(owner[0] for owner in pronoun.owner)):
            add(text, pronoun.english, pronoun.object, pronoun.possessive)
            add(korean.BEFORE_GA.get(text, text), pronoun.english)
    for number, word in NUMBERS:
        add(number, word, *(["an"] if word == "a" else []))
    for word in VERBS:
        forms = [
            korean.conjugated(word, t, s) for t in ("past", "present", "future") for s in ("plain", "polite", "formal")
        ]
        forms += [korean.adnominal(word, "past"), korean.adnominal(word, "present"), korean.connective(word, "고")]
        forms += [korean.connective(word, "아서")]
        for form in forms:
            add(form[0][0], *word.english)
    for word in ADJECTIVES:
        forms = [korean.attributive(word)]
        if word.stem:
            forms += [korean.conjugated(word, t, s) for t in ("past", "present") for s in ("plain", "polite", "formal")]
        for form in forms:
            add(form[0][0], word.english)
    return found


def test_each_content_words_link_goes_to_its_translation():
    meaning, checked = translations(), Counter()
    for split in SPLITS:
        for pair in drawn(1_500, split):
            to: dict[int, set[str]] = {}
            for i, j in pair.links:
                to.setdefault(i, set()).add(pair.target[j])
            for i, morpheme in enumerate(pair.source):
                counter = i and pair.source[i - 1] in dict(NUMBERS) and i not in to  # 사과 세 개: no English word
                if morpheme in meaning and not counter:
                    assert to[i] & meaning[morpheme], (morpheme, pair)
                    checked[morpheme] += 1
    assert len(checked) > 330 and checked.total() > 20_000


def test_particles_of_subject_and_object_and_endings_of_style_have_no_link():
    unlinked = {"##이", "##가", "##를", "##예요", "##이다", "##습니다", "##어요", "##니다", "##요"}
    for pair in drawn(30_000):
        followed = {i for i, _ in pair.links}
        for i, morpheme in enumerate(pair.source):
            is_profession = morpheme in ("##예요", "##이다") and pair.source[i - 1] not in ("거", "것")
            assert i not in followed or morpheme not in unlinked or is_profession


def test_the_links_cross_as_the_verb_comes_last_in_korean():
    crossing = sum(any(a < c and b > d for a, b in p.links for c, d in p.links) for p in drawn(30_000)[:2_000])
    assert crossing > 1_200


# the splits


@pytest.mark.parametrize("split", ["iid", "comb", "long"])
def test_no_sentence_of_another_split_occurs_in_training(split):
    held = drawn(1_500, split) + drawn(500, split, 1)
    for train in (drawn(30_000), drawn(5_000, "train", 1)):
        assert not {pair.source for pair in train} & {pair.source for pair in held}
        assert not {pair.target for pair in train} & {pair.target for pair in held}


def test_training_and_iid_have_no_combination_that_is_held_out_and_comb_has_one_in_each_sentence():
    for split in ("train", "iid", "comb"):
        wanted = {pair.source for pair in drawn(300, split)}
        for frame in frames(split, 0):
            source = realised(frame).source
            if source in wanted:
                wanted.discard(source)
                assert any(map(held_out, combinations(frame))) == (split == "comb")
            if not wanted:
                break


def test_training_has_met_every_combination_of_iid():
    met = {one for frame in islice(frames("train", 0), 30_000) for one in combinations(frame)}
    asked = {one for frame in islice(frames("iid", 0), 8_000) for one in combinations(frame)}
    assert len(asked) > 600
    assert len(asked - met) <= 0.01 * len(asked)


def test_every_word_of_a_held_out_combination_is_trained_in_others():
    trained = {
        part for frame in islice(frames("train", 0), 30_000) for one in combinations(frame) for part in one.split("|")
    }
    said = [(word.english[0], noun) for word in VERBS for noun in word.objects if word.complement != "on"]
    pairs = [f"verb|{name}|{noun.english}" for name, noun in said]
    pairs += [f"adjective|{word.english}|{noun.english}" for word in ADJECTIVES for noun in word.nouns]
    held = [one for one in pairs if held_out(one)]
    assert 60 <= len(held) <= len(pairs) / 6
    assert {part for one in held for part in one.split("|")} <= trained


def test_long_sentences_have_more_clauses_and_morphemes_than_any_of_training():
    for split in ("train", "iid", "comb"):
        for pair in drawn(1_500, split):
            assert len(pair.source) <= LONGEST and pair.target.count("and") <= 1
    for pair in drawn(1_500, "long"):
        assert len(pair.source) > LONGEST and pair.target.count("and") in (2, 3)


# the function


def test_version_and_checksum_pin_the_first_thousand_pairs():
    assert VERSION == "1.0"
    assert fingerprint(korean_english(1_000)) == SHA256
    assert fingerprint(korean_english(999)) != SHA256


def test_another_process_draws_the_same_pairs():
    code = "from classroom.corpus import *; print(fingerprint(korean_english(300, 'comb', 7)))"
    other = {"PYTHONHASHSEED": "1"}  # of the hashes of strings, which order sets
    printed = subprocess.run([sys.executable, "-c", code], env=other, capture_output=True, text=True, check=True).stdout
    assert printed.strip() == fingerprint(korean_english(300, "comb", 7))


@pytest.mark.parametrize("split", SPLITS)
def test_pairs_are_different_and_the_first_of_many_are_the_few(split):
    many = korean_english(400, split, 2)
    assert len(many) == len({pair.source for pair in many}) == 400
    assert korean_english(50, split, 2) == many[:50]
    assert korean_english(50, split, 3) != many[:50]
    assert korean_english(0, split) == []


def test_longest_bounds_the_morphemes_of_the_source():
    for split in ("train", "iid", "comb"):
        assert all(len(pair.source) <= 12 for pair in korean_english(500, split, longest=12))
    assert all(LONGEST < len(pair.source) <= 34 for pair in korean_english(50, "long", longest=34))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 10, "split": "test"}, "There is no split 'test'; the splits are train, iid, comb, long."),
        ({"count": -1}, "count is how many pairs are wanted, a whole number from 0; it was -1."),
        ({"count": 2.0}, "count is how many pairs are wanted, a whole number from 0; it was 2.0."),
        ({"count": 1, "seed": -3}, "seed must be a whole number from 0; it was -3."),
        ({"count": 1, "seed": None}, "seed must be a whole number from 0; it was None."),
        ({"count": 1, "longest": 0}, "longest is a number of Korean morphemes, from 1; it was 0."),
        (
            {"count": 1, "split": "long", "longest": 30},
            "Every sentence of the split 'long' has more than 30 morphemes; longest was 30.",
        ),
        (
            {"count": 1, "longest": 2},
            "Only 0 different 'train' pairs of at most 2 morphemes were found; 1 were wanted.",
        ),
    ],
)
def test_a_wrong_argument_is_told_in_one_sentence(arguments, message):
    with pytest.raises(ValueError) as raised:
        korean_english(**arguments)
    assert str(raised.value) == message


def test_tokens_are_read_without_their_marks():
    assert readable(("고양이", "##가", "왔", "##다")) == "고양이가 왔다"
    assert readable(["mina", "##'s", "book"]) == "mina's book"
    assert readable([]) == ""


# from sentences to tensors


def test_a_vocabulary_gives_each_token_an_id_and_back():
    words = Vocabulary.build([("b", "a"), ("b", "c")])
    assert words.tokens == ("<pad>", "<bos>", "<eos>", "<unk>", "b", "a", "c")
    assert (words.pad, words.bos, words.eos, words.unk, len(words)) == (0, 1, 2, 3, 7)
    assert words.encode(["a", "b", "new"]) == [5, 4, 3]
    assert words.decode([1, 5, 4, 3, 0, 2, 6, 6]) == ["a", "b", "<unk>"]
    assert words.decode(torch.tensor([4, 2])) == ["b"]


def test_a_vocabulary_tells_what_it_cannot_take():
    words = Vocabulary.build([("a",)])
    with pytest.raises(ValueError, match="it was the text 'a cat'"):
        Vocabulary.build(["a cat"])
    with pytest.raises(ValueError, match="it was given the text 'a'"):
        words.encode("a")
    with pytest.raises(ValueError, match="5 is not an id of this vocabulary: they go from 0 to 4"):
        words.decode([5])
    with pytest.raises(ValueError, match="holds no token twice"):
        Vocabulary(("a", "a"))


def test_sentences_are_padded_on_the_right():
    assert padded([[4, 5, 6], [7]]).tolist() == [[4, 5, 6], [7, 0, 0]]
    assert padded([[4], [5, 6]], pad=9).tolist() == [[4, 9], [5, 6]]
    assert padded([]).shape == (0, 0) and padded([[4]]).dtype == torch.int64


def in_batches(count: int, cells: int, seed: int) -> tuple[list[Pair], Vocabulary, Vocabulary, list[Batch]]:
    pairs = drawn(count)
    source, target = (Vocabulary.build(getattr(pair, side) for pair in pairs) for side in ("source", "target"))
    return pairs, source, target, batches(pairs, source, target, cells, seed)


def test_batches_hold_every_pair_once_with_its_words_and_its_links_in_reach():
    pairs, source, target, found = in_batches(700, 900, 0)
    assert sorted(i for batch in found for i in batch.index) == list(range(700))
    for batch in found:
        assert len(batch) == len(batch.index) == len(batch.source) == len(batch.target)
        for row, i in enumerate(batch.index):
            pair = pairs[i]
            morphemes, words = len(pair.source), len(pair.target)
            assert source.decode(batch.source[row]) == list(pair.source)
            assert target.decode(batch.target[row]) == list(pair.target)
            assert batch.source[row, morphemes].item() == source.eos
            assert batch.target[row, 0].item() == target.bos and batch.target[row, words + 1].item() == target.eos
            assert not batch.source[row, morphemes + 1 :].any() and not batch.target[row, words + 2 :].any()


def test_batches_keep_to_their_cells_are_mostly_words_and_come_in_random_order():
    _, _, _, found = in_batches(5_000, 2_000, 0)
    assert all(max(batch.source.numel(), batch.target.numel()) <= 2_000 for batch in found)
    filled = sum(int((batch.source != 0).sum()) for batch in found) / sum(batch.source.numel() for batch in found)
    assert filled > 0.8
    widths = [batch.source.shape[1] for batch in found]
    assert widths != sorted(widths)
    again, other = in_batches(5_000, 2_000, 0)[3], in_batches(5_000, 2_000, 1)[3]
    assert [batch.index for batch in again] == [batch.index for batch in found]
    assert {frozenset(batch.index) for batch in other} != {frozenset(batch.index) for batch in found}


def test_batches_tell_what_they_cannot_do():
    pairs, source, target, _ = in_batches(50, 900, 0)
    with pytest.raises(ValueError, match="cells is how many cells a batch may hold, a whole number from 1; it was 0"):
        batches(pairs, source, target, 0, 0)
    with pytest.raises(ValueError, match=r"The longest sentence fills \d+ cells, and a batch may hold 5: allow more"):
        batches(pairs, source, target, 5, 0)
    assert batches([], source, target, 5, 0) == []


# the card


def test_the_sample_sentences_and_the_card_are_those_of_this_version():
    spec = importlib.util.spec_from_file_location("make_corpus_card", ASSETS / "make.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    mend = "run python assets/corpus/make.py, which makes them anew"
    assert (ASSETS / "sentences.tsv").read_text(encoding="utf-8") == make.sentences(), mend
    card = (ASSETS / "README.md").read_text(encoding="utf-8")
    words = f"{len(NOUNS)} nouns (8 of them names), {len(PRONOUNS)} pronouns, {len(VERBS)} verbs, {len(ADJECTIVES)} adj"
    assert f"Version {VERSION}; " in card and SHA256 in card and words in card, mend
    assert f"at most {LONGEST} morphemes" in card

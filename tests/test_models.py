"""The trained model that lesson 05 looks into: what its heads do, how it is loaded, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from autograder.authoring.lesson import namespace, read
from autograder.course import Course
from classroom import models
from classroom.models.patterns import kind

FILE = Path(__file__).resolve().parents[1] / "assets" / "models" / "masked_words.safetensors"
MAT, RUG = "the cat sat on the mat", "the cat lay on the rug"


@pytest.fixture(scope="module")
def reader() -> models.Reader:
    return models.load("masked_words")


@pytest.fixture(scope="module")
def lesson_05() -> dict:
    """The functions of the solved lesson 05."""
    return namespace(read(Course.find(), "05_multi_head_attention"))


@pytest.fixture(scope="module")
def seen(reader) -> tuple[list[list[str]], torch.Tensor]:
    return reader.read_many(models.new_sentences(300))


def found(lesson_05: dict, seen, name: str) -> tuple[int, int, float]:
    rows, weights = seen
    layer, head, scores = lesson_05["find_head"](weights, models.marks(models.PATTERNS[name], rows))
    return layer, head, scores[layer, head].item()


def test_the_file_is_small_and_its_card_says_where_it_comes_from(reader):
    assert FILE.stat().st_size < 5_000_000
    assert {"sizes", "tokens", "trained", "corpus", "measured"} <= set(reader.card)
    card = (FILE.parent / "README.md").read_text(encoding="utf-8")
    assert f"loss {reader.card['measured']['loss']}" in card and "train.py" in card


def test_find_head_finds_a_head_that_ties_an_article_and_an_adjective_to_their_noun(lesson_05, seen):
    article, adjective = (found(lesson_05, seen, name) for name in ("article → its noun", "adjective → its noun"))
    assert article[:2] == adjective[:2]
    assert article[2] > 0.9 and adjective[2] > 0.9


def test_that_head_is_no_mere_look_at_the_next_word(lesson_05, seen):
    """Where an adjective stands between, the article looks over it, at the noun."""
    rows, weights = seen
    layer, head, _ = found(lesson_05, seen, "article → its noun")
    apart = models.marks(models.PATTERNS["article → its noun"], rows)
    apart &= ~models.marks(models.PATTERNS["word → the one after"], rows)
    n, t, s = apart.nonzero(as_tuple=True)
    assert len(n) > 50
    assert weights[n, layer, head, t, s].mean() > 0.9
    assert found(lesson_05, seen, "word → the one after")[2] < 0.8


def test_a_head_goes_from_a_noun_back_to_its_article_over_an_adjective_too(lesson_05, seen):
    rows, weights = seen
    layer, head, score = found(lesson_05, seen, "noun → its article")
    apart = models.marks(models.PATTERNS["noun → its article"], rows)
    apart &= ~models.marks(models.PATTERNS["word → the one before"], rows)
    n, t, s = apart.nonzero(as_tuple=True)
    assert score > 0.8 and len(n) > 50
    assert weights[n, layer, head, t, s].mean() > 0.7


def test_find_head_finds_a_head_that_ties_a_verb_to_its_preposition_and_one_that_ties_it_to_its_place(lesson_05, seen):
    preposition, place = (found(lesson_05, seen, name) for name in ("verb → its preposition", "verb → its place"))
    assert preposition[2] > 0.85 and place[2] > 0.65
    assert preposition[:2] != place[:2]


def test_the_lectures_example_is_alive_in_the_two_sentences(reader):
    """A head goes from each cat to its the, another from sat and from lay to on, another to the mat and the rug."""
    pair = reader.read(MAT, RUG)
    words, layers, heads = pair.words, *pair.weights.shape[:2]
    assert words[pair.second] == "the" and words[pair.second - 1] == "<eos>"
    the, cat, sat, on, mat = 1, 2, 3, 4, 6
    b = pair.second - 1

    def heads_with(*spots: tuple[int, int], least: float) -> set[tuple[int, int]]:
        """Those in which every one of these words gives most of its weight, and at least so much, to the other."""
        return {
            (layer, head)
            for layer in range(layers)
            for head in range(heads)
            if all(
                pair.weights[layer, head, i].argmax() == j and pair.weights[layer, head, i, j] >= least
                for i, j in spots
            )
        }

    assert [words[i] for i in (cat, cat + b, sat, sat + b, on, on + b)] == ["cat", "cat", "sat", "lay", "on", "on"]
    back = heads_with((cat, the), (cat + b, the + b), least=0.5)
    ahead = heads_with((sat, on), (sat + b, on + b), least=0.7)
    where = heads_with((sat, mat), (sat + b, mat + b), least=0.7)
    assert back and ahead and where
    assert not back & ahead and not ahead & where


def test_the_model_guesses_hidden_words_as_its_card_says(reader):
    assert list(reader.guess("the cat sat <mask> the mat", 1)) == ["on"]
    assert reader.guess("the cat sat <mask> the mat", 1)["on"] > 0.99
    assert {"dog", "cat"} <= set(reader.guess("the <mask> sat on the mat", 5))
    assert reader.loss(models.new_sentences(60)) == pytest.approx(reader.card["measured"]["loss"], abs=0.25)


def test_silencing_a_head_changes_the_guesses_and_leaves_the_model_as_it_was(reader, lesson_05):
    sentences = models.new_sentences(20)
    before = reader.loss(sentences)
    silent = lesson_05["silence_head"](reader.output_weight(1), 3, 4)
    with reader.with_output_weight(1, silent):
        assert reader.loss(sentences) > before + 0.05
    assert reader.loss(sentences) == before


def test_weights_are_rows_that_sum_to_1_and_padding_gets_none(reader):
    rows, weights = reader.read_many([MAT, "she slept"])
    assert [len(row) for row in rows] == [8, 4]
    assert torch.allclose(weights[1, :, :, :4].sum(-1), torch.ones(3, 4, 4))
    assert weights[1, :, :, :4, 4:].abs().max() == 0


def test_a_word_the_model_never_saw_is_named(reader):
    with pytest.raises(ValueError, match="never seen the word 'zebra'"):
        reader.read("the zebra sat on the mat")


def test_the_patterns_mark_what_their_names_say():
    sentence = "the hungry cat sat on the small mat and ate an apple at home"
    words = ["<bos>", *sentence.split(), "<eos>"]

    def pairs(name: str) -> set[tuple[str, str]]:
        return {(words[i], words[j]) for i, j in models.PATTERNS[name](words).nonzero().tolist()}

    assert pairs("article → its noun") == {("the", "cat"), ("the", "mat"), ("an", "apple")}
    assert pairs("noun → its article") == {("cat", "the"), ("mat", "the"), ("apple", "an")}
    assert pairs("adjective → its noun") == {("hungry", "cat"), ("small", "mat")}
    assert pairs("verb → its preposition") == {("sat", "on")}
    assert pairs("verb → its place") == {("sat", "mat")}
    assert pairs("verb → its object") == {("ate", "apple")}
    assert pairs("preposition → its noun") == {("on", "mat"), ("at", "home")}
    assert models.PATTERNS["word → the one before"](words).sum() == len(words) - 1
    kinds = [kind(word) for word in ("cats", "slept", "tired", "home", "she", "and")]
    assert kinds == ["noun", "verb", "adjective", "noun", "pronoun", ""]


def damaged(tmp_path: Path, change) -> Path:
    """A copy of the model whose tensors or card were changed."""
    from safetensors import safe_open

    with safe_open(FILE, framework="pt") as file:
        card = json.loads(file.metadata()["card"])
    tensors = load_file(FILE)
    change(tensors, card)
    path = tmp_path / "damaged.safetensors"
    save_file(tensors, path, {"card": json.dumps(card)})
    return path


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t, c: t.pop("bias"), "bias should have the shape"),
        (lambda t, c: t.update(more=torch.zeros(2)), "more should have the shape of nothing"),
        (lambda t, c: t.update(bias=t["bias"][:-1]), "and has"),
        (lambda t, c: t["bias"].fill_(torch.nan), "not finite, in bias"),
        (lambda t, c: c.pop("sizes"), "no card that says what model it holds"),
        (lambda t, c: c["sizes"].update(heads=5), "no card that says what model it holds"),
        (lambda t, c: t.update(more=torch.zeros(2_000_000)), "at most 5,000,000"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_one_sentence(tmp_path, change, says):
    path = damaged(tmp_path, change)
    with pytest.raises(models.UnfitModel, match=says) as refused:
        models.load(path=path)
    assert "\n" not in str(refused.value)


def test_what_is_no_model_at_all_is_refused_in_one_sentence(tmp_path):
    path = tmp_path / "noise.safetensors"
    path.write_bytes(b"not a model")
    with pytest.raises(models.UnfitModel, match="no safetensors file, or it was cut short"):
        models.load(path=path)
    with pytest.raises(models.UnfitModel, match=r"no trained model 'giant' .* there is: masked_words"):
        models.load("giant")

"""A trained model as a file: what is written is read again, and of every bad file one sentence is said."""

import functools
import io
import json
import pickle
import re
import struct
from pathlib import Path

import pytest
import torch
from tiny_submission import NAME, SIZES, tiny_card, tiny_model, tiny_weights, with_header
from torch import nn

from autograder.demo.models import disturbed_model, trained_model
from autograder.grading.translator import sealed
from classroom import parts, training
from classroom.check import CheckFailed
from classroom.corpus import load_corpus
from classroom.models.load import UnfitModel
from classroom.submission import check_model, goals, judgement, scores, submit_model
from classroom.submission.opened import LARGEST, open_model

MULTI30K = Path(__file__).resolve().parents[2] / "shared" / "data" / "multi30k"


class Record:
    def as_dict(self):
        return {"updates": 7, "losses": [(1, 2.5)]}


@functools.cache
def corpus():
    return load_corpus("korean_english", train=300)


def fresh(Transformer=parts.Transformer, **sizes):
    tiny = training.Sizes(**{**SIZES, "dropout": 0.1, **sizes})
    return training.translator(len(corpus().vocabulary), tiny, Transformer)


@pytest.mark.parametrize("norm_first", [True, False])
def test_a_model_that_was_written_is_read_again_with_its_card(tmp_path, capsys, norm_first):
    model = fresh(norm_first=norm_first)
    submit_model(model, corpus(), Record(), tmp_path / NAME)
    read = open_model((tmp_path / NAME).read_bytes())
    words = torch.tensor([[4, 5, 6, 2]])
    assert torch.allclose(read.model(words, words), model.eval()(words, words), atol=0.02)
    assert read.card.corpus == "korean_english" and read.vocabulary == corpus().vocabulary
    assert read.card.record["losses"] == [[1, 2.5]] and read.card.sizes == {**SIZES, "norm_first": norm_first}
    assert not read.model.training
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert "Hand it in together with this notebook." in capsys.readouterr().out


def test_a_students_own_transformer_is_taken_where_it_computes_the_same_and_refused_where_not(tmp_path):
    class Own(parts.Transformer):
        def __init__(self, *sizes, **named):
            super().__init__(*sizes, **named)
            self.register_buffer("seen", torch.zeros(3))

    class Other(parts.Transformer):
        def embed(self, tokens):
            return self.positions(self.embedding(tokens))

    submit_model(fresh(Own), corpus(), Record(), tmp_path / NAME)
    with pytest.raises(UnfitModel, match=r"gives other scores than this model .* compare yours in lesson 8"):
        submit_model(fresh(Other), corpus(), Record(), tmp_path / "other")
    renamed = fresh()
    renamed.words = nn.Parameter(torch.zeros(2))
    with pytest.raises(UnfitModel, match="words is another, or missing"):
        submit_model(renamed, corpus(), Record(), tmp_path / "other")
    with pytest.raises(UnfitModel, match="does not say its sizes"):
        submit_model(nn.Linear(2, 2), corpus(), Record(), tmp_path / "other")
    diverged = fresh()
    nn.init.constant_(diverged.embedding.weight, float("nan"))
    with pytest.raises(UnfitModel, match="not finite"):
        submit_model(diverged, corpus(), Record(), tmp_path / "other")
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


class Bomb:
    def __reduce__(self):
        return (print, ("the pickle was opened",))


def pickled(**how):
    buffer = io.BytesIO()
    torch.save({"model": tiny_weights(), "x": Bomb()}, buffer, **how)
    return buffer.getvalue()


def shaped(name, shape):
    return lambda header: header[name].update(shape=shape)


SHAPE = "encoder.norm.gamma"
BAD = {
    "empty": (lambda: b"", "It is empty"),
    "a pickle of torch.save": (pickled, "It is a pickle"),
    "an old pickle": (lambda: pickled(_use_new_zipfile_serialization=False), "It is a pickle"),
    "a bare pickle": (lambda: pickle.dumps(Bomb()), "It is a pickle"),
    "a web page": (lambda: b"<!doctype html><p>Sign in</p>", "It is text"),
    "noise": (lambda: bytes(range(256)) * 40, "It is no safetensors file"),
    "cut in the header": (lambda: tiny_model()[:500], "cut short in its header"),
    "cut in the numbers": (lambda: tiny_model()[:-100], "It is cut short"),
    "longer than it says": (lambda: tiny_model() + b"more", "It is longer than its header says"),
    "too large": (lambda: b"\0" * (LARGEST + 1), "a model of this course has at most"),
    "a header without end": (lambda: struct.pack("<Q", 2**62) + b"{}", "It is no safetensors file"),
    "a header of brackets": (lambda: struct.pack("<Q", 100_000) + b"[" * 100_000, "It is no safetensors file"),
    "a header that is a list": (lambda: struct.pack("<Q", 2) + b"[]", "It is no safetensors file"),
    "no card": (lambda: with_header(lambda h: h.pop("__metadata__")), "no card"),
    "another format": (lambda: tiny_model(format="something 2"), "no card"),
    "another corpus": (lambda: tiny_model(corpus="the web"), "names no corpus of the course"),
    "a wrong hash": (lambda: tiny_model(vocabulary="0" * 64), "not the one that its hash was made of"),
    "other tokens": (lambda: tiny_model(tokens=[*tiny_card().vocabulary.tokens, "one more"]), "embedding.weight"),
    "a token twice": (lambda: tiny_model(tokens=["<pad>", "a", "a"], vocabulary=""), "no vocabulary of the course"),
    "tokens that are none": (lambda: tiny_model(tokens=[1, 2], vocabulary=""), "holds no vocabulary"),
    "too many tokens": (lambda: tiny_model(tokens=["a"] * 20_000, vocabulary=""), "holds no vocabulary"),
    "a huge width": (lambda: tiny_model(sizes={**SIZES, "d_model": 2**40}), "d_model = 1099511627776"),
    "a negative size": (lambda: tiny_model(sizes={**SIZES, "num_layers": -1}), "num_layers = -1"),
    "a size that is true": (lambda: tiny_model(sizes={**SIZES, "d_ff": True}), "d_ff = True"),
    "a size too few": (lambda: tiny_model(sizes={"d_model": 16}), "does not give the sizes"),
    "heads that do not fit": (lambda: tiny_model(sizes={**SIZES, "num_heads": 3}), "share it evenly"),
    "too many parameters": (
        lambda: tiny_model(sizes={**SIZES, "d_model": 512, "d_ff": 2048, "num_layers": 6}),
        "are the most that is judged",
    ),
    "an extra tensor": (lambda: tiny_model({"evil": torch.zeros(1)}), "has evil, which this model does not have"),
    "a missing tensor": (lambda: tiny_model({SHAPE: None}), f"lacks {SHAPE}"),
    "two layers said, one there": (lambda: tiny_model(sizes={**SIZES, "num_layers": 2}), "and 41 more"),
    "a wrong shape": (lambda: tiny_model({SHAPE: torch.zeros(8)}), f"{SHAPE} should have the shape (16,)"),
    "a forged shape": (lambda: with_header(shaped(SHAPE, [2**60])), f"{SHAPE} should have the shape (16,)"),
    "integers": (lambda: tiny_model({SHAPE: torch.zeros(16, dtype=torch.int16)}), "of the type I16"),
    "a type that is a list": (lambda: with_header(lambda h: h[SHAPE].update(dtype=["F16"])), "is of the type"),
    "lies about where it lies": (
        lambda: with_header(lambda h: h[SHAPE].update(data_offsets=[0, 32])),
        "is wrong about where",
    ),
    "lies nowhere": (lambda: with_header(lambda h: h[SHAPE].update(data_offsets=[2**70, "x"])), "where encoder.norm"),
    "an entry that is none": (lambda: with_header(lambda h: h.update({SHAPE: 3})), "does not say what"),
    "NaN": (lambda: tiny_model({SHAPE: torch.full((16,), float("nan")).half()}), "not finite"),
    "infinity": (lambda: tiny_model({SHAPE: torch.full((16,), float("inf")).half()}), "not finite"),
}


@pytest.mark.parametrize("what", BAD)
def test_of_every_bad_file_one_sentence_is_said_and_no_code_in_it_is_run(what, capsys):
    content, sentence = BAD[what]
    with pytest.raises(UnfitModel, match=re.escape(sentence)) as caught:
        open_model(content())
    said = str(caught.value)
    assert len(said) < 300 and "\n" not in said and said.endswith(".")
    assert "the pickle was opened" not in capsys.readouterr().out


def test_a_header_with_a_name_twice_is_refused():
    content = tiny_model()
    length = struct.unpack("<Q", content[:8])[0]
    header = content[8 : 8 + length].rstrip()
    entry = json.dumps({SHAPE: json.loads(header)[SHAPE]}).encode()
    doubled = header[:-1] + b"," + entry[1:]
    with pytest.raises(UnfitModel, match="no safetensors file"):
        open_model(struct.pack("<Q", len(doubled)) + doubled + content[8 + length :])


def test_a_sound_file_of_float32_is_taken_too():
    assert open_model(tiny_model({n: w.float() for n, w in tiny_weights().items()})).card == tiny_card()


def test_points_are_full_from_the_goal_on_and_none_at_half_of_it():
    goal = goals.Goal("", "", reach=80, points=2)
    assert [goal.earned(score) for score in (0, 40, 50, 60, 79.9, 80, 100)] == [0, 0, 0.5, 1, 2, 2, 2]
    for of_corpus in goals.GOALS.values():
        assert sum(goal.points for goal in of_corpus) == goals.POINTS


def test_the_trained_model_reaches_every_goal_and_a_disturbed_one_some_of_the_points():
    whole = judgement.judge(trained_model(), NAME, seed=1)
    assert whole.points == goals.POINTS and whole.verdict.passed and len(whole.verdict.lines) == 4
    part = judgement.judge(disturbed_model(), NAME, seed=1)
    assert 0 < part.points < goals.POINTS and not part.verdict.passed
    assert part.verdict.finding.sentence == judgement.SHARES
    assert judgement.judge(tiny_model(), NAME, seed=1).points == 0


def test_the_grader_asks_every_file_and_every_student_other_sentences_and_the_same_ones_again(monkeypatch):
    asked = []

    def noted(submitted, seed, seconds):
        asked.append((seed, seconds))
        return dict.fromkeys((goal.measure for goal in goals.GOALS["korean_english"]), 50.0)

    monkeypatch.setattr(judgement, "scores", noted)
    other = tiny_model({SHAPE: torch.ones(16).half() * 1.5})
    for who, content in (("ada/9", tiny_model()), ("ada/9", tiny_model()), ("ada/9", other), ("bo/9", other)):
        sealed.judged({NAME: content}, who, NAME)
    assert asked[0] == asked[1] and len(set(asked)) == 3 and judgement.PUBLIC_SEED not in dict(asked)
    assert {seconds for _, seconds in asked} == {sealed.SECONDS}


def test_a_model_that_is_too_slow_is_given_up():
    with pytest.raises(UnfitModel, match="takes longer"):
        scores.scores(open_model(tiny_model()), seed=0, seconds=-1)


def test_the_students_own_check_reads_the_file_beside_the_notebook(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckFailed, match=r"translator\.safetensors could not be judged\. There is no such file"):
        check_model()
    (tmp_path / NAME).write_bytes(b"nonsense")
    with pytest.raises(CheckFailed, match=r"It is no safetensors file: write it again"):
        check_model()
    (tmp_path / NAME).write_bytes(tiny_model())
    assert check_model() == 0.0
    said = capsys.readouterr().out
    assert "0 of 4 goals" in said and "exact match, new sentences: 0.0 %, the goal is 93 %; 0 of 1 point" in said


def test_a_model_of_multi30k_is_judged_by_bleu_where_the_data_is(monkeypatch):
    if not MULTI30K.is_dir():
        pytest.skip("Multi30k does not lie beside the checkout (../shared/data/multi30k): it is never committed.")
    monkeypatch.setenv("TRANSFORMER_LESSONS_MULTI30K", str(MULTI30K))
    tokens = load_corpus("multi30k", download=False).vocabulary.tokens
    size = {"embedding.weight": torch.zeros(len(tokens), 16).half()}
    verdict = judgement.judge(tiny_model(size, corpus="multi30k", tokens=tokens), NAME, seed=0).verdict
    assert [line.title for line in verdict.lines] == [
        "BLEU, test sentences of Multi30k: 0.0, the goal is 35; 0 of 4 points"
    ]
    with pytest.raises(UnfitModel, match="not the one that the course makes of Multi30k"):
        judgement.judge(tiny_model(corpus="multi30k"), NAME, seed=0)


def test_a_model_of_multi30k_is_not_judged_where_the_data_is_not(monkeypatch, tmp_path):
    for name in ("TRANSFORMER_LESSONS_MULTI30K", "TRANSFORMER_LESSONS_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / "nothing"))
    with pytest.raises(UnfitModel, match="Multi30k, which is not on the machine that judges it"):
        judgement.judge(tiny_model(corpus="multi30k"), NAME, seed=0)

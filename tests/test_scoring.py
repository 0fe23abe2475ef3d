"""Measuring a translator: exact match, BLEU, alignment accuracy and the alignment error rate."""

from __future__ import annotations

import sys

import pytest
import torch
from tiny_translator import DEVICES, SIZES, corpus, fresh

from classroom import training
from classroom.corpus import Pair
from classroom.training.scoring import alignment_accuracy, bleu, error_rate, exact_match
from classroom.translator import GRUTranslator

PAIR = Pair(("a", "b", "c"), ("x", "y"), ((0, 0), (2, 1), (1, 1)))


def test_exact_match_counts_the_sentences_that_are_right_token_for_token():
    assert exact_match([["x", "y"], ["x"]], [PAIR, PAIR]) == 0.5


def test_bleu_is_sacrebleus_with_its_signature():
    points, signature = bleu(["the cat sat on the mat"], ["the cat sat on the mat"])
    assert points == pytest.approx(100.0)
    assert "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:" in signature


def test_where_sacrebleu_is_missing_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu.metrics", None)
    with pytest.raises(ImportError, match="pip install sacrebleu"):
        bleu(["a"], ["a"])


def test_an_alignment_is_right_where_the_largest_weight_lies_on_a_gold_link():
    right = torch.tensor([[0.8, 0.1, 0.1], [0.2, 0.3, 0.5]])
    half = torch.tensor([[0.1, 0.8, 0.1], [0.2, 0.5, 0.3]])
    assert alignment_accuracy([right], [PAIR]) == 1.0
    assert alignment_accuracy([half], [PAIR]) == 0.5
    assert error_rate([right], [PAIR]) == pytest.approx(1 - 2 * 2 / (2 + 3))  # one of the three links is not found
    assert error_rate([half], [PAIR]) == pytest.approx(1 - 2 * 1 / (2 + 3))
    with pytest.raises(ValueError, match="No pair has gold links"):
        alignment_accuracy([right], [Pair(PAIR.source, PAIR.target, ())])


@pytest.mark.parametrize("device", DEVICES)
def test_alignments_are_the_last_layers_and_have_a_row_for_each_target_word(device):
    model, pairs = fresh().to(device), corpus().tests["iid"][:5]
    found = training.alignments(model, pairs, corpus())
    assert [tuple(looked.shape) for looked in found] == [(len(p.target), len(p.source)) for p in pairs]
    assert all((looked.sum(dim=-1) < 1).all() and (looked > 0).all() for looked in found)
    alone = training.alignments(model, pairs[3:4], corpus())[0]
    torch.testing.assert_close(found[3], alone, rtol=1e-3, atol=1e-4)


def test_scores_say_what_a_model_has_and_nothing_where_it_has_no_attention():
    size = len(corpus().vocabulary)
    found = training.score(fresh(SIZES), corpus(), "iid", sentences=6)
    assert 0 <= found.alignment <= 1 and 0 <= found.aer <= 1 and found.exact == 0.0
    without = training.score(GRUTranslator(size, size, 8), corpus(), "iid", sentences=6)
    assert without.alignment is None and without.aer is None
    with pytest.raises(ValueError, match="There is no split 'test'"):
        training.score(fresh(), corpus(), "test")

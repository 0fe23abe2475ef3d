"""What is asked of a student's work in lesson 09."""

from __future__ import annotations

import string

import torch

from autograder.authoring.probes import Draw, Exercise, Probe, exposes, made, raises, values

from . import mistakes, right

MERGE = {"names": ("merged",), "inputs": ("tokens", "pair"), "whole": True}


def merge_cases(draw: Draw) -> list:
    return [
        values("numbers: once", ["l", "o", "w"], ("l", "o"), **MERGE),
        values("numbers: twice, with others between", ["n", "e", "w", "e", "s", "e", "w"], ("e", "w"), **MERGE),
        values("numbers: at the very end", ["w", "i", "d", "es", "t"], ("es", "t"), **MERGE),
        values("numbers: the last token stands alone", ["es", "t", "_"], ("es", "t"), **MERGE),
        values('numbers: "a", "a" in a row of five', ["a"] * 5, ("a", "a"), **MERGE),
        values("numbers: the other way round is another pair", ["b", "a", "b"], ("a", "b"), **MERGE),
        values("numbers: tokens that end or begin as the pair does", ["ba", "bc", "a", "b"], ("a", "b"), **MERGE),
        values("numbers: the pair is not there", ["x", "y", "z"], ("x", "z"), **MERGE),
        values("numbers: an empty list", [], ("x", "z"), **MERGE),
        values("numbers: a joined token is not joined again", ["a", "b", "ab", "b"], ("ab", "b"), **MERGE),
    ]


def merge_sealed(draw: Draw) -> list:
    letters = string.ascii_lowercase[:3]
    words = [[letters[int(i)] for i in draw.integers(0, 3, 30)] for _ in range(2)]
    return [
        values("many letters", words[0], ("a", "b"), **MERGE),
        values("many letters, two equal ones", words[1], ("c", "c"), **MERGE),
        values("one token", ["ab"], ("a", "b"), **MERGE),
    ]


BUCKETS = {"names": ("batches",), "inputs": ("lengths", "cells"), "whole": True}


def bucket_cases(draw: Draw) -> list:
    many = [int(n) for n in draw.integers(2, 12, 14)]
    return [
        values("numbers: five sentences", [3, 5, 2, 3, 4], 10, **BUCKETS),
        values("numbers: sorted already, exactly full", [2, 2, 2, 3, 3], 6, **BUCKETS),
        values("numbers: a long one behind short ones", [2, 2, 7, 2], 8, **BUCKETS),
        values("numbers: lengths grow within a batch", [1, 2, 3, 4, 5, 6], 12, **BUCKETS),
        values("numbers: fourteen sentences", many, 24, **BUCKETS),
        values("numbers: a sentence that just fits", [4, 9, 4], 9, **BUCKETS),
        values("numbers: no sentence", [], 9, **BUCKETS),
        raises("error: a sentence longer than a batch may be", [3, 12, 5], 10, error="ValueError", **BUCKETS),
    ]


def bucket_sealed(draw: Draw) -> list:
    many = [int(n) for n in draw.integers(1, 30, 60)]
    return [
        values("sixty sentences", many, 100, **BUCKETS),
        values("sixty sentences, small batches", many, 31, **BUCKETS),
        values("all alike", [5] * 9, 20, **BUCKETS),
    ]


RATE = {"names": ("rate",), "inputs": ("step", "d_model", "warmup"), "atol": 1e-9}


def rate_cases(draw: Draw) -> list:
    return [
        values("numbers: the first step", 1, 4, 4, **RATE),
        values("numbers: half of the warm-up", 2, 4, 4, **RATE),
        values("numbers: the peak", 4, 4, 4, **RATE),
        values("numbers: four times the warm-up", 16, 4, 4, **RATE),
        values("numbers: a wider model", 9, 16, 9, **RATE),
        values("numbers: a wide model, long before the peak", 3, 2, 9, **RATE),
        values("numbers: the paper's peak", 4_000, 512, 4_000, **RATE),
        values("numbers: the paper's last step", 100_000, 512, 4_000, **RATE),
        values("numbers: step 0", 0, 4, 4, **RATE),
    ]


def rate_sealed(draw: Draw) -> list:
    step, width, warmup = (int(n) for n in draw.integers(2, 60, 3))
    return [
        values("other numbers", step, width, warmup, **RATE),
        values("far behind the warm-up", 50 * warmup, width, warmup, **RATE),
        values("step 0, other numbers", 0, width, warmup, **RATE),
    ]


LOSS = {"names": ("loss",), "inputs": ("scores", "target", "smoothing", "pad")}


def loss_cases(draw: Draw) -> list:
    scores = draw.normal(3, 4, 4, scale=2.0)
    target = torch.tensor([[3, 1, 2, 0], [1, 2, 0, 0], [2, 3, 1, 2]])
    wide, words = draw.normal(2, 3, 7, scale=2.0), torch.tensor([[6, 4, 2], [5, 2, 0]])
    two = torch.tensor([[[0.0, 2.0, 0.0], [1.0, 0.0, 3.0]]])
    nine = torch.tensor([[0, 4, 9, 9]])
    return [
        values("numbers: no smoothing", two, torch.tensor([[1, 2]]), 0.0, **LOSS),
        values("numbers: two words, ε = 0.3", two, torch.tensor([[1, 2]]), 0.3, **LOSS),
        values("numbers: as many places as words in the vocabulary, with padding", scores, target, 0.1, **LOSS),
        values("numbers: V = 7, ε = 0.5, with padding", wide, words, 0.5, **LOSS),
        values("numbers: padding is 9, and 0 is a word", draw.normal(1, 4, 10), nine, 0.2, 9, **LOSS),
        values("numbers: large scores", 300 * wide, words, 0.1, **LOSS),
        values("gradients: of the scores, with padding", scores, target, 0.2, grads=("0",), **LOSS),
    ]


def loss_sealed(draw: Draw) -> list:
    scores, target = draw.normal(4, 6, 9, scale=2.0), draw.integers(1, 9, 4, 6)
    target[1, 3:], target[3, 1:] = 0, 0
    return [
        values("other sizes", scores, target, 0.1, **LOSS),
        values("all the weight shared out", scores, target, 1.0, **LOSS),
        values("float64", scores.double(), target, 0.3, dtype="torch.float64", **LOSS),
        values("non-contiguous input", scores, target, 0.3, noncontiguous=True, **LOSS),
        values("another padding number", scores, target, 0.2, 5, **LOSS),
    ]


UPDATE = {
    "names": (
        "loss",
        "loss.requires_grad",
        "weights afterwards",
        "learning rate afterwards",
        "loss scale afterwards",
        "train mode",
    ),
    "inputs": ("", "source", "target", "", "max_norm"),
    "scene": "updates",
    "ordered": True,
}
SOURCE = torch.tensor([[4, 5, 2], [3, 2, 0]])
TARGET = torch.tensor([[1, 5, 3, 4, 2], [1, 4, 2, 0, 0]])


def update_cases(draw: Draw) -> list:
    weights = draw.normal(6, 6)
    return [
        values("one update, nothing to clip", weights, SOURCE, TARGET, 1, 100.0, **UPDATE),
        values("one update, gradients cut to length 0.2", weights, SOURCE, TARGET, 1, 0.2, **UPDATE),
        values("one update, gradients cut to length 0.5", weights, SOURCE, TARGET, 1, 0.5, **UPDATE),
        values("three updates", weights, SOURCE, TARGET, 3, 100.0, **UPDATE),
        values("gradients that are not finite: the weights stay", weights, SOURCE, TARGET, 1, 1.0, True, **UPDATE),
    ]


def update_sealed(draw: Draw) -> list:
    weights = draw.normal(9, 9)
    source, target = draw.integers(3, 9, 3, 4), draw.integers(3, 9, 3, 6)
    target[:, 0], target[1, 4:] = 1, 0
    return [
        values("other sentences", weights, source, target, 1, 100.0, **UPDATE),
        values("other sentences, four updates", weights, source, target, 4, 0.3, **UPDATE),
        values(
            "other sentences, gradients that are not finite, twice", weights, source, target, 2, 0.3, True, **UPDATE
        ),
    ]


RESUME = {
    "names": (
        "batches after the restart",
        "batches of a third call",
        "losses after the restart",
        "weights at the end",
        "learning rate at the end",
    ),
    "inputs": ("", "", "every", ""),  # what else the scene is given is no argument of train's
    "scene": "interruption",
    "ordered": True,
}


def resume_cases(draw: Draw) -> list:
    start, batches = draw.normal(3), draw.normal(5, 4, 3)
    return [
        values("killed in update 4 of 5, a checkpoint after every 2", start, batches, 2, 3, **RESUME),
        values("killed before the first checkpoint", start, batches, 3, 2, **RESUME),
        values("killed while the second checkpoint is written", start, batches, 2, -1, 2, **RESUME),
        values("killed while the very first checkpoint is written", start, batches, 2, -1, 1, **RESUME),
        values("killed as soon as it removes a checkpoint, if it does", start, batches, 2, -1, 0, True, **RESUME),
    ]


def resume_sealed(draw: Draw) -> list:
    start, batches = draw.normal(4), draw.normal(9, 3, 4)
    return [
        values("other batches", start, batches, 4, 8, **RESUME),
        values("killed just before a checkpoint", start, batches, 3, 5, **RESUME),
        values("not killed: it was over already", start, batches, 2, -1, **RESUME),
        values("a checkpoint after every update", start, batches, 1, 5, **RESUME),
        values("more between checkpoints than there are batches", start, batches, 20, 6, **RESUME),
        values("killed while the third checkpoint is written", start, batches, 2, -1, 3, **RESUME),
        values("killed when it removes a checkpoint, if it does", start, batches, 3, -1, 0, True, **RESUME),
    ]


def _asked(number: int) -> dict:
    names = tuple(f"answer {n + 1}" for n in range(number))
    return {
        "names": (*names, "answer.requires_grad"),
        "inputs": ("vocabulary", "source", "words"),
        "scene": "asked words",
    }


def asked_cases(draw: Draw) -> list:
    source = torch.tensor([5, 7, 4, 2])
    return [
        values("the first word: behind bos", 9, source, [[1]], **_asked(1)),
        values("word by word", 9, source, [[1], [1, 5], [1, 5, 3], [1, 5, 3, 6]], **_asked(4)),
        values("asked out of order", 9, source, [[1, 6, 8], [1], [1, 4]], **_asked(3)),
        values("a source of two words", 7, torch.tensor([3, 2]), [[1, 3], [1]], **_asked(2)),
    ]


def asked_sealed(draw: Draw) -> list:
    source = draw.integers(3, 12, 6)
    words = [[1, *draw.integers(3, 12, n).tolist()] for n in (4, 0, 2)]
    return [values("other sentences", 12, source, words, **_asked(3))]


BEAM = {
    "names": ("words", "score"),
    "inputs": ("next_log_probs", "bos", "eos", "beam", "max_len", "alpha"),
    "rtol": 1e-5,
}
# Words: 3 "a", 4 "b", 5 "c". Behind "b" the sentence is nearly certain, behind "a" nothing is.
GREEDY_IS_WRONG = {
    "1": [0.01, 0.01, 0.01, 0.5, 0.42, 0.05],
    "1 3": [0.01, 0.01, 0.28, 0.25, 0.2, 0.25],
    "1 4": [0.01, 0.01, 0.03, 0.02, 0.03, 0.9],
    "1 4 5": [0.01, 0.01, 0.9, 0.03, 0.03, 0.02],
}


def beam_cases(draw: Draw) -> list:
    wrong = made("written chances", 6, GREEDY_IS_WRONG)
    numbers = draw.normal(5, 5)
    drawn = [made("drawn chances", draw.normal(5, 5), end) for end in (0.5, 0.2, -0.1)]
    other = made("drawn chances", numbers, 0.5, 3, 4)
    never = made("drawn chances", draw.normal(5, 5), -20.0)
    wide = made("drawn chances", draw.normal(7, 7), 0.5)
    return [
        values("beam 1: greedy", wrong, 1, 2, 1, 5, 0.0, **BEAM),
        values("beam 2: a better sentence", wrong, 1, 2, 2, 5, 0.0, **BEAM),
        values("beam 2, α = 0.6", wrong, 1, 2, 2, 5, 0.6, **BEAM),
        values("beam 3, each word hangs on all before it", drawn[0], 1, 2, 3, 6, 0.6, **BEAM),
        values("beam 4, α = 1.2", drawn[1], 1, 2, 4, 7, 1.2, **BEAM),
        values("beam 2, long sentences", drawn[2], 1, 2, 2, 8, 0.6, **BEAM),
        values("as wide as all there is: every sentence of at most 4 words", drawn[0], 1, 2, 700, 4, 0.6, **BEAM),
        values("beam 3, seven words", wide, 1, 2, 3, 6, 2.0, **BEAM),
        values(
            "beam 2, α = 2: long sentences win", made("drawn chances", draw.normal(5, 5), 0.2), 1, 2, 2, 9, 2.0, **BEAM
        ),
        values(
            "beam 3, α = 3: long sentences win", made("drawn chances", draw.normal(6, 6), 0.1), 1, 2, 3, 9, 3.0, **BEAM
        ),
        values("max_len = 1", drawn[1], 1, 2, 3, 1, 0.6, **BEAM),
        values("nobody finishes", never, 1, 2, 2, 3, 0.6, **BEAM),
        values("other numbers for bos and eos", other, 3, 4, 3, 5, 0.6, **BEAM),
    ]


def beam_sealed(draw: Draw) -> list:
    return [
        *(
            values(
                f"other chances, beam {beam}, α = {alpha}",
                made("drawn chances", draw.normal(6, 6), end),
                1,
                2,
                beam,
                9,
                alpha,
                **BEAM,
            )
            for beam, alpha, end in ((2, 0.6, 0.5), (3, 1.0, 0.4), (5, 1.5, 0.2), (4, 0.0, 0.3), (2, 3.0, 0.1))
        ),
        values("nobody finishes", made("drawn chances", draw.normal(6, 6), -20.0), 1, 2, 3, 4, 1.0, **BEAM),
    ]


NGRAM = {"names": ("precision",), "inputs": ("translations", "references", "n")}


def _words(sentence: str) -> list[str]:
    return sentence.split()


CAT = _words("the cat sat on the mat")


def ngram_cases(draw: Draw) -> list:
    often = _words("the the the the cat")
    two = ([_words("the cat sat"), _words("a dog ran to the house and back")],)
    refs = [_words("the cat sat down"), _words("a dog ran into the house and slept")]
    return [
        values("numbers: words, one of them four times", [often], [CAT], 1, **NGRAM),
        values("numbers: pairs", [_words("the cat the cat sat on")], [_words("the cat sat on the cat")], 2, **NGRAM),
        values("numbers: words, two sentences of different lengths", *two, refs, 1, **NGRAM),
        values("numbers: triples, two sentences", *two, refs, 3, **NGRAM),
        values("numbers: quadruples, the first sentence has none", *two, refs, 4, **NGRAM),
        values(
            "numbers: words that stand in the other reference", [["house"], ["cat"]], [["cat"], ["house"]], 1, **NGRAM
        ),
        values("numbers: the order counts", [_words("sat cat the")], [_words("the cat sat")], 2, **NGRAM),
        values("numbers: the place does not", [_words("so the cat sat")], [_words("the cat sat")], 2, **NGRAM),
        values("numbers: capitals count", [_words("The Cat")], [_words("the Cat")], 1, **NGRAM),
        values("numbers: the reference is longer", [["cat"]], [CAT], 1, **NGRAM),
        values("numbers: no translation has four words", [["the"], []], [CAT, CAT], 4, **NGRAM),
    ]


def ngram_sealed(draw: Draw) -> list:
    words = _words("red blue green one two")

    def sentences(*lengths: int) -> list[list[str]]:
        return [[words[int(i)] for i in draw.integers(0, 5, n)] for n in lengths]

    return [
        values(f"other sentences, n = {n}", sentences(4, 9, 7, 1), sentences(6, 8, 5, 2), n, **NGRAM) for n in (1, 2, 3)
    ]


BREVITY = {"names": ("penalty",), "inputs": ("length", "reference_length")}


def brevity_cases(draw: Draw) -> list:
    return [
        values("numbers: half as long", 5, 10, **BREVITY),
        values("numbers: a little shorter", 18, 20, **BREVITY),
        values("numbers: as long", 12, 12, **BREVITY),
        values("numbers: longer", 15, 12, **BREVITY),
        values("numbers: nothing", 0, 12, **BREVITY),
    ]


def brevity_sealed(draw: Draw) -> list:
    short, more = (int(n) for n in draw.integers(5, 40, 2))
    return [
        values("other lengths", short, short + more, **BREVITY),
        values("other lengths, longer", short + more, short, **BREVITY),
    ]


LINKS = {"names": ("rate",), "inputs": ("found", "sure", "possible")}


def link_cases(draw: Draw) -> list:
    sure = [(0, 0), (2, 1), (1, 2)]
    return [
        values("numbers: all found, nothing else", sure, sure, [], **LINKS),
        values("numbers: one of three missing", sure[:2], sure, [], **LINKS),
        values("numbers: one wrong", [(0, 0), (2, 1), (3, 2), (1, 2)], sure, [], **LINKS),
        values("numbers: one that may be there", [(0, 0), (2, 1), (3, 3)], sure, [(3, 3), (3, 4)], **LINKS),
        values("numbers: possible holds the sure ones", [(0, 0), (3, 3)], sure, [*sure, (3, 3), (4, 4)], **LINKS),
        values(
            "numbers: the other way round is another link",
            [(0, 0), (1, 2), (1, 0)],
            [(0, 1), (2, 1), (0, 0)],
            [],
            **LINKS,
        ),
        values("numbers: nothing found", [], sure, [(4, 4)], **LINKS),
        values("numbers: no links at all", [], [], [(4, 4)], **LINKS),
        values("numbers: nothing is sure", [(1, 1), (2, 2)], [], [(1, 1)], **LINKS),
    ]


def link_sealed(draw: Draw) -> list:
    def links(number: int) -> list[tuple[int, int]]:
        return sorted({(int(s), int(t)) for s, t in draw.integers(0, 5, number, 2)})

    return [values(f"other links ({n})", links(8), links(9), links(12), **LINKS) for n in (1, 2, 3)]


def expose_cases(draw: Draw) -> list:
    return [exposes("the input makes both faults show", bug="steps too early", names=("gradients", "k"), ordered=True)]


MENDED = {"names": ("updates",), "inputs": ("gradients", "k")}


def mended_cases(draw: Draw) -> list:
    return [
        values("numbers: four batches, k = 2", torch.tensor([1.0, 2.0, 3.0, 5.0]), 2, **MENDED),
        values("numbers: six batches, k = 3", draw.normal(6), 3, **MENDED),
        values("numbers: seven batches, k = 3", draw.normal(7), 3, **MENDED),
        values("numbers: k = 1", draw.normal(3), 1, **MENDED),
        values("numbers: fewer batches than k", torch.tensor([2.0, 4.0]), 5, **MENDED),
    ]


def mended_sealed(draw: Draw) -> list:
    return [
        values("other numbers", draw.normal(12), 4, **MENDED),
        values("other numbers, and a rest", draw.normal(11), 4, **MENDED),
    ]


EXERCISES = (
    Exercise(
        "merge_pair",
        "merge_pair",
        (Probe("merge_pair", merge_cases, merge_sealed),),
        mistakes.MERGE_MISTAKES,
        (right.merge_with_flag, right.merge_by_stack),
    ),
    Exercise(
        "bucket_batches",
        "bucket_batches",
        (Probe("bucket_batches", bucket_cases, bucket_sealed),),
        mistakes.BUCKET_MISTAKES,
        (right.buckets_by_torch, right.buckets_by_pairs),
    ),
    Exercise(
        "noam_rate",
        "noam_rate",
        (Probe("noam_rate", rate_cases, rate_sealed),),
        mistakes.RATE_MISTAKES,
        (right.rate_by_cases, right.rate_by_torch),
    ),
    Exercise(
        "label_smoothed_loss",
        "label_smoothed_loss",
        (Probe("label_smoothed_loss", loss_cases, loss_sealed),),
        mistakes.LOSS_MISTAKES,
        (right.loss_by_torch, right.loss_of_asked_distribution, right.loss_real_first, right.loss_mixture),
    ),
    Exercise(
        "train_step",
        "train_step",
        (Probe("train_step", update_cases, update_sealed),),
        mistakes.STEP_MISTAKES,
        (right.step_read_and_asked, right.step_set_to_zero),
    ),
    Exercise(
        "train",
        "train",
        (Probe("train", resume_cases, resume_sealed),),
        mistakes.TRAIN_MISTAKES,
        (right.train_in_one, right.train_pickled),
    ),
    Exercise(
        "next_words_of",
        "next_words_of",
        (Probe("next_words_of", asked_cases, asked_sealed),),
        mistakes.ASKED_MISTAKES,
        (right.next_by_inference, right.next_by_lambda),
    ),
    Exercise(
        "beam_search",
        "beam_search",
        (Probe("beam_search", beam_cases, beam_sealed),),
        mistakes.BEAM_MISTAKES,
        (right.beam_by_heap, right.beam_by_topk),
    ),
    Exercise(
        "ngram_precision",
        "ngram_precision",
        (Probe("ngram_precision", ngram_cases, ngram_sealed),),
        mistakes.NGRAM_MISTAKES,
        (right.ngrams_by_list, right.ngrams_by_zip),
    ),
    Exercise(
        "brevity_penalty",
        "brevity_penalty",
        (Probe("brevity_penalty", brevity_cases, brevity_sealed),),
        mistakes.BREVITY_MISTAKES,
        (right.brevity_by_cases, right.brevity_by_torch),
    ),
    Exercise(
        "alignment_error_rate",
        "alignment_error_rate",
        (Probe("alignment_error_rate", link_cases, link_sealed),),
        mistakes.AER_MISTAKES,
        (right.aer_by_counting, right.aer_by_text),
    ),
    Exercise(
        "expose",
        "expose",
        (Probe("expose accumulate", expose_cases),),
        mistakes.EXPOSE_MISTAKES,
        (right.expose_longer,),
    ),
    Exercise(
        "mended",
        "mended",
        (Probe("mended accumulate", mended_cases, mended_sealed),),
        mistakes.MENDED_MISTAKES,
        (right.mended_by_split, right.mended_by_condition),
    ),
)

"""What is asked of the recurrent translator: cells, encoder, decoder, and how good it is."""

from __future__ import annotations

import torch

from autograder.authoring.probes import Draw, made, moved, same, values
from classroom.checking.objects.writers import writer

STEP = {"names": ("new_state",), "inputs": ("x", "h", "W_ih", "W_hh", "b_ih", "b_hh")}


def weights(draw: Draw, D: int, H: int, gates: int = 1) -> list[torch.Tensor]:
    """W_ih, W_hh, b_ih and b_hh of a cell, for one gate or three."""
    shapes = ((gates * H, D), (gates * H, H), (gates * H,), (gates * H,))
    return [draw.normal(*shape, scale=0.7) for shape in shapes]


def rnn_cases(draw: Draw) -> list:
    small = [draw.normal(1, 2), draw.normal(1, 2), *weights(draw, 2, 2)]
    x, h, W = draw.normal(3, 4), draw.normal(3, 5), weights(draw, 4, 5)
    return [
        values("numbers: one sentence, D = H = 2", *small, **STEP),
        values("numbers: a batch, D = 4, H = 5", x, h, *W, **STEP),
        values("gradients: reach word, state and weights", x, h, *W, grads=tuple("012345"), **STEP),
    ]


def rnn_sealed(draw: Draw) -> list:
    x, h, W = draw.normal(4, 6), draw.normal(4, 3), weights(draw, 6, 3)
    double = [t.double() for t in (x, h, *W)]
    return [
        values("D larger than H", x, h, *W, **STEP),
        values("float64", *double, dtype="torch.float64", **STEP),
        values("D = H = B", draw.normal(3, 3), draw.normal(3, 3), *weights(draw, 3, 3), **STEP),
        values("non-contiguous input", x, h, *W, noncontiguous=True, **STEP),
    ]


def gru_cases(draw: Draw) -> list:
    small = [draw.normal(1, 2), draw.normal(1, 2), *weights(draw, 2, 2, 3)]
    x, h, W = draw.normal(3, 4), draw.normal(3, 5), weights(draw, 4, 5, 3)
    zero, open_gate = draw.normal(2, 4) * 0, [w * 0 for w in W]
    open_gate[2] = torch.cat([torch.zeros(5), torch.full((5,), 30.0), torch.zeros(5)])
    keep = draw.normal(2, 5)
    return [
        values("numbers: one sentence, D = H = 2", *small, **STEP),
        values("numbers: a batch, D = 4, H = 5", x, h, *W, **STEP),
        values("numbers: an update gate of 1 leaves the state as it is", zero, keep, *open_gate, **STEP),
        values("gradients: reach word, state and weights", x, h, *W, grads=tuple("012345"), **STEP),
    ]


def gru_sealed(draw: Draw) -> list:
    x, h, W = draw.normal(4, 6), draw.normal(4, 3), weights(draw, 6, 3, 3)
    double = [t.double() for t in (x, h, *W)]
    return [
        values("D larger than H", x, h, *W, **STEP),
        values("float64", *double, dtype="torch.float64", **STEP),
        values("D = H = B", draw.normal(3, 3), draw.normal(3, 3), *weights(draw, 3, 3, 3), **STEP),
        values("non-contiguous input", x, h, *W, noncontiguous=True, **STEP),
    ]


ENCODE = {"names": ("states", "final"), "inputs": ("x", "lengths", "W_ih", "W_hh", "b_ih", "b_hh"), "cause": "states"}


def encode_cases(draw: Draw) -> list:
    one, small = draw.normal(1, 2, 2), weights(draw, 2, 2, 3)
    x, W = draw.normal(3, 5, 4), weights(draw, 4, 6, 3)
    lengths = torch.tensor([5, 2, 3])
    other = x.clone()
    other[1, 2:] += 3.0
    other[2, 3:] *= -2.0
    return [
        values("numbers: one sentence of two words, D = H = 2", one, torch.tensor([2]), *small, **ENCODE),
        values("numbers: three sentences, no padding", x, torch.tensor([5, 5, 5]), *W, **ENCODE),
        values("numbers: sentences of 5, 2 and 3 words", x, lengths, *W, **ENCODE),
        same(
            "padding: what stands there does not matter",
            (x, lengths, *W),
            (other, lengths, *W),
            output=1,
            story="Only the padding was changed.",
            **ENCODE,
        ),
        same(
            "padding: more of it does not matter",
            (x[:, :3], torch.tensor([3, 2, 3]), *W),
            (x, torch.tensor([3, 2, 3]), *W),
            output=1,
            story="The same sentences, with two more columns of padding.",
            **ENCODE,
        ),
        values("numbers: a sentence without words keeps the first state", x, torch.tensor([4, 0, 1]), *W, **ENCODE),
        values("numbers: float64", x.double(), lengths, *(w.double() for w in W), dtype="torch.float64", **ENCODE),
        values("gradients: reach the words and the weights", x, lengths, *W, grads=tuple("02345"), **ENCODE),
    ]


def encode_sealed(draw: Draw) -> list:
    x, W = draw.normal(4, 4, 3), weights(draw, 3, 4, 3)
    lengths = torch.tensor([1, 4, 2, 3])
    alone = x.clone()
    alone[1:] = draw.normal(3, 4, 3)
    return [
        values("B = S = H", x, lengths, *W, **ENCODE),
        values("non-contiguous input", x, lengths, *W, noncontiguous=True, **ENCODE),
        values("one sentence, shorter than its row", x[:1], torch.tensor([2]), *W, **ENCODE),
        same(
            "a sentence does not depend on its neighbours in the batch",
            (x, lengths, *W),
            (alone, lengths, *W),
            where=torch.arange(4) == 0,
            story="Only the other sentences of the batch were changed.",
            **ENCODE,
        ),
    ]


SHIFT = {"names": ("inputs",), "inputs": ("target", "bos")}


def shift_cases(draw: Draw) -> list:
    target = draw.integers(4, 20, 3, 5)
    target[0, 3], target[0, 4], target[1, 4], target[2, 2], target[2, 3:] = 2, 0, 2, 2, 0
    return [
        values("numbers: one sentence, closed by eos", torch.tensor([[7, 5, 9, 2]]), **SHIFT),
        values("numbers: three sentences, two with padding", target, **SHIFT),
        values("numbers: bos is 11", torch.tensor([[4, 1, 2], [6, 2, 0]]), 11, **SHIFT),
    ]


def shift_sealed(draw: Draw) -> list:
    return [
        values("sentences of one word", draw.integers(3, 20, 4, 1), **SHIFT),
        values("as many sentences as words", draw.integers(3, 20, 4, 4), 1, **SHIFT),
        values("another bos", draw.integers(0, 20, 2, 6), 25, **SHIFT),
    ]


DECODE = {
    "names": ("logits",),
    "inputs": ("target", "start", "table", "W_ih", "W_hh", "b_ih", "b_hh", "W_out"),
}


def decode_cases(draw: Draw) -> list:
    small = [torch.tensor([[2, 3]]), draw.normal(1, 2), draw.normal(4, 2), *weights(draw, 2, 2, 3), draw.normal(4, 2)]
    V, D, H = 9, 4, 6
    target, start = draw.integers(2, V, 3, 5), draw.normal(3, H)
    parts = [draw.normal(V, D), *weights(draw, D, H, 3), draw.normal(V, H)]
    later = target.clone()
    later[:, 3:] = (later[:, 3:] - 1) % (V - 2) + 2
    same_later = {"where": (torch.arange(5) <= 3).expand(3, 5), "story": "Only words 3 and 4 of the target changed."}
    return [
        values("numbers: one sentence of two words, D = H = 2, V = 4", *small, **DECODE),
        values("numbers: a batch, B = 3, T = 5", target, start, *parts, **DECODE),
        same(
            "the answer is not seen: word t may change the scores after it only",
            (target, start, *parts),
            (later, start, *parts),
            **same_later,
            **DECODE,
        ),
        moved(
            "the encoder's state matters",
            (target, start, *parts),
            (target, start + 1.0, *parts),
            story="Only the encoder's final state was changed.",
            **DECODE,
        ),
        values("gradients: reach all that learns", target, start, *parts, grads=tuple("1234567"), **DECODE),
    ]


def decode_sealed(draw: Draw) -> list:
    V, D, H = 7, 5, 4
    target, start = draw.integers(2, V, 4, 4), draw.normal(4, H)
    parts = [draw.normal(V, D), *weights(draw, D, H, 3), draw.normal(V, H)]
    double = [t.double() for t in (start, *parts)]
    return [
        values("as many sentences as words", target, start, *parts, **DECODE),
        values("sentences of one word", target[:, :1], start, *parts, **DECODE),
        values("float64", target, *double, dtype="torch.float64", **DECODE),
        moved(
            "the words before matter",
            (target, start, *parts),
            ((target - 1) % (V - 2) + 2, start, *parts),
            story="All words of the target were changed.",
            where=(torch.arange(4) == 3).expand(4, 4),
            **DECODE,
        ),
    ]


ACCURACY = {"names": ("words", "sentences"), "ordered": True}


def written(draw: Draw, B: int, T: int, V: int, H: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A state for `writer(V, H)`, and what it writes from there on its own."""
    step, state = writer(V, H), draw.normal(B, H)
    word, out, going = torch.ones(B, dtype=torch.int64), [], state
    for _ in range(T):
        logits, going = step(word, going.double())
        word = logits.argmax(-1)
        out.append(word)
    return state, torch.stack(out, dim=1)


def wrong_word(target: torch.Tensor, sentence: int, place: int, V: int) -> None:
    """Put another real word there, and close nothing."""
    target[sentence, place] = (target[sentence, place] - 2 + 1) % (V - 2) + 2


def accuracy_cases(draw: Draw) -> list:
    V, H = 30, 8
    step = made("writer", V, H)
    state, target = written(draw, 4, 6, V, H)
    one_wrong = target.clone()
    wrong_word(one_wrong, 1, 2, V)
    wrong_word(one_wrong, 3, 0, V)
    padded = target.clone()
    padded[0, 2:], padded[2, 4:], padded[3, 1:] = 0, 0, 0
    padded_wrong = padded.clone()
    wrong_word(padded_wrong, 0, 1, V)
    wrong_word(padded_wrong, 1, 5, V)
    only_eos = target.clone()
    for sentence, place in enumerate((5, 3, 5, 2)):
        only_eos[sentence, place] = 2
        only_eos[sentence, place + 1 :] = 0
    number = int(target[0, 1])
    writes_pad = torch.where(target == number, (number - 1) % (V - 2) + 2, target)
    writes_pad[2, 4:] = number
    pad_story = f"padding is {number} here, and the model writes {number} where a real word stands: that is an error"
    other = {"story": "the words before the one that differs are written right, and so are those after it"}
    return [
        values("numbers: all right", step, state, target, **ACCURACY),
        values("numbers: one word wrong in two of four sentences", step, state, one_wrong, **other, **ACCURACY),
        values("numbers: all right, three sentences with padding", step, state, padded, **ACCURACY),
        values("numbers: padding, and two words wrong", step, state, padded_wrong, **ACCURACY),
        values("numbers: one sentence, last word wrong", step, state[1:2], padded_wrong[1:2], **ACCURACY),
        values("numbers: padding is 30", step, state, padded_wrong.masked_fill(padded_wrong == 0, V), 1, V, **ACCURACY),
        values(
            "numbers: only eos (2) wrong",
            step,
            state,
            only_eos,
            story="each sentence is written right up to eos, which the model does not write",
            **ACCURACY,
        ),
        values(
            "numbers: padding written for a real word", step, state, writes_pad, 1, number, story=pad_story, **ACCURACY
        ),
        values("numbers: bos is 4", step, state, one_wrong, 4, **ACCURACY),
    ]


def accuracy_sealed(draw: Draw) -> list:
    V, H = 25, 6
    step = made("writer", V, H)
    state, target = written(draw, 5, 5, V, H)
    for sentence in (0, 2, 3):
        target[sentence, 4 - sentence :] = 0
        wrong_word(target, sentence, 0, V)
    moved_pad = target.masked_fill(target == 0, V)
    return [
        values("other sentences", step, state, target, **ACCURACY),
        values("another padding number", step, state, moved_pad, 5, V, **ACCURACY),
        values("nothing right", step, state, draw.integers(2, V, 5, 5) * 0 + 1, **ACCURACY),
    ]

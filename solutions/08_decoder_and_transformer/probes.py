"""What is asked of a student's work in lesson 08."""

from __future__ import annotations

import torch
from torch import Tensor

from autograder.authoring.probes import (
    Draw,
    Exercise,
    Probe,
    dropped,
    exposes,
    made,
    moved,
    parameters,
    reaches,
    same,
    spread,
    values,
)

from . import mistakes, right

PAST = {"names": ("mask",), "inputs": ("T",)}


def causal_cases(draw: Draw) -> list:
    return [
        values("numbers: one word", 1, **PAST),
        values("numbers: three words", 3, **PAST),
        values("numbers: five words", 5, **PAST),
    ]


def causal_sealed(draw: Draw) -> list:
    return [values("more words", int(draw.integers(6, 12, 1)), **PAST), values("two words", 2, **PAST)]


def _attention(draw: Draw, at: str, D: int) -> dict[str, Tensor]:
    """Weights of a MultiHeadAttention, by name."""
    layers = {f"{at}.W_{name}" for name in "qkvo"}
    return {f"{layer}.weight": draw.normal(D, D, scale=0.5) for layer in sorted(layers)} | {
        f"{layer}.bias": draw.normal(D, scale=0.3) for layer in sorted(layers)
    }


def _feed_forward(draw: Draw, at: str, D: int, d_ff: int) -> dict[str, Tensor]:
    return {
        f"{at}.W_1.weight": draw.normal(d_ff, D, scale=0.5),
        f"{at}.W_1.bias": draw.normal(d_ff, scale=0.3),
        f"{at}.W_2.weight": draw.normal(D, d_ff, scale=0.5),
        f"{at}.W_2.bias": draw.normal(D, scale=0.3),
    }


def _norm(draw: Draw, at: str, D: int) -> dict[str, Tensor]:
    return {f"{at}.gamma": 1 + draw.normal(D, scale=0.2), f"{at}.beta": draw.normal(D, scale=0.2)}


def _decoder_layer(draw: Draw, at: str, D: int, d_ff: int) -> dict[str, Tensor]:
    weights = _attention(draw, f"{at}self_attention", D) | _attention(draw, f"{at}cross_attention", D)
    weights |= _feed_forward(draw, f"{at}feed_forward", D, d_ff)
    for number in (1, 2, 3):
        weights |= _norm(draw, f"{at}norm_{number}", D)
    return weights


def _encoder_layer(draw: Draw, at: str, D: int, d_ff: int) -> dict[str, Tensor]:
    weights = _attention(draw, f"{at}attention", D) | _feed_forward(draw, f"{at}feed_forward", D, d_ff)
    return weights | _norm(draw, f"{at}norm_1", D) | _norm(draw, f"{at}norm_2", D)


def _past(T: int) -> Tensor:
    return torch.arange(T) <= torch.arange(T)[:, None]


LAYER = {"inputs": ("y", "memory", "target_mask", "memory_mask")}
D, HEADS, D_FF = 4, 2, 6


def layer_cases(draw: Draw) -> list:
    weights = _decoder_layer(draw, "", D, D_FF)
    y, memory = draw.normal(2, 3, D), draw.normal(2, 5, D)
    hidden = torch.tensor([[[True] * 5], [[True, True, True, False, False]]])
    post = {"init": (D, HEADS, D_FF, 0.0, False), "weights": weights, **LAYER}
    pre = {**post, "init": (D, HEADS, D_FF, 0.0, True)}
    gone = {**post, "init": (D, HEADS, D_FF, 1.0, False), "train": True}
    other = memory.clone()
    other[1, 3:] += 2.0
    one, of = draw.normal(1, 4, D), draw.normal(1, 3, D)
    return [
        parameters("parameters: two attentions, a feed-forward network, three norms", y, memory, **post),
        values("numbers: post-norm, T = 3, S = 5, no mask", y, memory, **post),
        values("numbers: post-norm, with both masks", y, memory, _past(3), hidden, **post),
        values("numbers: pre-norm, with both masks", y, memory, _past(3), hidden, **pre),
        values("numbers: as many target words as source words", y, memory[:, 1:4], _past(3), hidden[..., 1:4], **post),
        reaches("reach map: the target sees its past only", one, of, _past(4), over=0, **post),
        same(
            "hidden: padding of the source does not matter",
            (y, memory, _past(3), hidden),
            (y, other, _past(3), hidden),
            story="Only hidden words of the memory were changed.",
            **post,
        ),
        values("gradients: reach every parameter", y, memory, _past(3), hidden, grads=tuple(weights), **post),
        values("train mode: dropout p = 1 takes away what each sublayer puts out", y, memory, **gone),
        *(
            dropped(f"train mode: dropout p = 0.25 on what {sublayer} puts out", *alone, p=0.25, **built)
            for sublayer, alone, built in _one_sublayer(draw)
        ),
        values("eval mode: dropout does nothing", y, memory, **{**post, "init": (D, HEADS, D_FF, 0.7, False)}),
    ]


def _one_sublayer(draw: Draw) -> list[tuple[str, tuple, dict]]:
    """For each sublayer a pre-norm layer that returns what this sublayer alone puts out: the last weights of the other
    two are 0, and so is y."""
    last = {"self_attention": "W_o", "cross_attention": "W_o", "feed_forward": "W_2"}
    weights, memory = _decoder_layer(draw, "", D, D_FF), draw.normal(4, 3, D)
    found = []
    for sublayer in last:
        silent = [f"{other}.{layer}." for other, layer in last.items() if other != sublayer]
        quiet = {n: w * 0 if n.startswith(tuple(silent)) else w for n, w in weights.items()}
        about = {"init": (D, HEADS, D_FF, 0.25, True), "weights": quiet, **LAYER}
        found.append((sublayer, (torch.zeros(4, 5, D), memory), about))
    return found


def layer_sealed(draw: Draw) -> list:
    width, d_ff = 6, 10
    weights = _decoder_layer(draw, "", width, d_ff)
    y, memory, own = draw.normal(3, 5, width), draw.normal(3, 4, width), draw.mask(3, 5, 4)
    built = {"init": (width, 3, d_ff, 0.0, False), "weights": weights, **LAYER}
    pre = {**built, "init": (width, 3, d_ff, 0.0, True)}
    double = {name: tensor.double() for name, tensor in weights.items()}
    in_double = {**built, "weights": double, "dtype": "torch.float64"}
    return [
        values("other sizes, a mask of each word's own", y, memory, _past(5), own, **built),
        values("pre-norm, other sizes", y, memory, _past(5), own, **pre),
        values("pre-norm, dropout p = 1", y, memory, **{**pre, "init": (width, 3, d_ff, 1.0, True), "train": True}),
        values("float64", y.double(), memory.double(), _past(5), own, **in_double),
        values("gradients of target and memory", y, memory, _past(5), own, grads=("0", "1"), **built),
        reaches("the reach map over the memory", y[:1], memory[:1], _past(5), own[:1], over=1, **built),
        moved("the memory matters", (y, memory), (y, memory + 1.0), **built),
    ]


def decoder_cases(draw: Draw) -> list:
    N = 2
    weights: dict[str, Tensor] = {}
    for number in range(N):
        weights |= _decoder_layer(draw, f"layers.{number}.", D, D_FF)
    end = _norm(draw, "norm", D)
    y, memory = draw.normal(2, 3, D), draw.normal(2, 4, D)
    hidden = torch.tensor([[[True] * 4], [[True, True, False, False]]])
    post = {"init": (N, D, HEADS, D_FF, 0.0, False), "weights": weights, **LAYER}
    pre = {**post, "init": (N, D, HEADS, D_FF, 0.0, True), "weights": weights | end}
    dropping = {**post, "init": (N, D, HEADS, D_FF, 1.0, False), "train": True}
    one = draw.normal(1, 4, D)
    return [
        parameters("parameters: post-norm, two layers and no norm at the end", y, memory, **post),
        parameters("parameters: pre-norm, a norm at the end", y, memory, **pre),
        values("numbers: post-norm, with both masks", y, memory, _past(3), hidden, **post),
        values("numbers: pre-norm, with both masks", y, memory, _past(3), hidden, **pre),
        reaches("reach map: two layers, and still the past only", one, memory[:1], _past(4), over=0, **post),
        values("gradients: reach every layer", y, memory, _past(3), hidden, grads=tuple(weights), **post),
        values("train mode: dropout p = 1", y, memory, **dropping),
    ]


def decoder_sealed(draw: Draw) -> list:
    N, width, heads, d_ff = 3, 6, 2, 8
    weights: dict[str, Tensor] = {}
    for number in range(N):
        weights |= _decoder_layer(draw, f"layers.{number}.", width, d_ff)
    y, memory = draw.normal(2, 4, width), draw.normal(2, 4, width)
    built = {"init": (N, width, heads, d_ff, 0.0, False), "weights": weights, **LAYER}
    in_double = {**built, "weights": {n: w.double() for n, w in weights.items()}, "dtype": "torch.float64"}
    mask = draw.mask(2, 4, 4)
    return [
        values("three layers", y, memory, _past(4), mask, **built),
        values("no masks", y, memory, **built),
        values("float64", y.double(), memory.double(), _past(4), mask, **in_double),
        reaches("the reach map over the memory", y[:1], memory[:1], _past(4), mask[:1], over=1, **built),
    ]


MODEL = {"names": ("scores",), "inputs": ("source", "target")}


def _model(draw: Draw, vocabulary: int, d_model: int, d_ff: int, num_layers: int, end: bool = False) -> dict:
    weights = {"embedding.weight": draw.normal(vocabulary, d_model, scale=0.6)}
    for number in range(num_layers):
        weights |= _encoder_layer(draw, f"encoder.layers.{number}.", d_model, d_ff)
        weights |= _decoder_layer(draw, f"decoder.layers.{number}.", d_model, d_ff)
    if end:
        weights |= _norm(draw, "encoder.norm", d_model) | _norm(draw, "decoder.norm", d_model)
    return weights


def transformer_cases(draw: Draw) -> list:
    V, width, d_ff = 8, 6, 4
    weights = _model(draw, V, width, d_ff, 1, end=True)
    post_weights = {name: w for name, w in weights.items() if not name.split(".")[1].startswith("norm")}
    source = torch.tensor([[5, 7, 3, 2], [4, 2, 0, 0]])
    target = torch.tensor([[1, 6, 4], [1, 3, 7]])
    padded = torch.tensor([[1, 6, 4, 5], [1, 3, 0, 0]])
    free = padded == 0
    post = {"init": (V, width, 2, d_ff, 1, 0.0, False), "weights": post_weights, **MODEL}
    pre = {**post, "init": (V, width, 2, d_ff, 1, 0.0, True), "weights": weights}
    memory = draw.normal(2, 4, width)
    longer = torch.cat([source, torch.zeros(2, 2, dtype=torch.int64)], dim=1)
    by_method = {"names": ("scores",), "inputs": ("target", "memory", "source")}
    return [
        parameters("parameters: one embedding for everything", source, target, **post),
        values("numbers: post-norm, one sentence without padding", source[:1], target[:1], **post),
        values("numbers: post-norm, padding in the source", source, target, **post),
        values("numbers: padding in the target too, S = T", source, padded, free=free, **post),
        values("numbers: pre-norm", source, target, **pre),
        reaches("reach map: scores see the past of the target only", source[:1], target[:1], over=1, **post),
        same(
            "hidden: more padding behind the source changes nothing",
            (source, target),
            (longer, target),
            story="Two columns of padding were put behind the source.",
            **post,
        ),
        values(
            "encode: the memory of a source with padding",
            source,
            **{**post, "names": ("memory",), "inputs": ("source",), "method": "encode", "free": source == 0},
        ),
        values(
            "decode: scores of a target and a memory",
            target,
            memory,
            source,
            **{**post, "method": "decode", **by_method},
        ),
        values("gradients: reach every parameter", source, target, grads=tuple(post_weights), **post),
        values(
            "train mode: dropout p = 1",
            source,
            target,
            **{**post, "init": (V, width, 2, d_ff, 1, 1.0, False), "train": True},
        ),
    ]


def training_cases(draw: Draw) -> list:
    V, width = 200, 16
    V_small, source = 9, torch.tensor([[5, 7, 3, 2], [4, 8, 6, 2]])
    weights = {"embedding.weight": draw.normal(V_small, 6, scale=0.6)}
    return [
        spread(
            "embedding: begins with standard deviation 1 / √D",
            torch.arange(V),
            std=width**-0.5,
            init=(V, width, 2, 8, 1, 0.0, False),
            method="embedding",
            names=("embedding",),
            inputs=("tokens",),
        ),
        dropped(
            "embed, train mode: dropout p = 0.25, once, on embedding and position",
            source,
            p=0.25,
            init=(V_small, 6, 2, 4, 1, 0.25, False),
            weights=weights,
            method="embed",
            names=("vectors",),
            inputs=("tokens",),
        ),
    ]


def transformer_sealed(draw: Draw) -> list:
    V, width, d_ff = 11, 6, 8
    weights = _model(draw, V, width, d_ff, 2)
    built = {"init": (V, width, 3, d_ff, 2, 0.0, False), "weights": weights, **MODEL}
    source, target = draw.integers(3, V, 3, 6), draw.integers(3, V, 3, 4)
    source[1, 4:], target[:, 0] = 0, 1
    double = {name: w.double() for name, w in weights.items()}
    return [
        values("two layers, other sizes", source, target, **built),
        values("float64", source, target, dtype="torch.float64", **{**built, "weights": double}),
        reaches("the whole model's reach map over the target", source[1:2], target[1:2], over=1, **built),
        reaches("the whole model's reach map over the source", source[1:2], target[1:2], over=0, **built),
        values(
            "eval mode: dropout does nothing", source, target, **{**built, "init": (V, width, 3, d_ff, 2, 0.6, False)}
        ),
        moved("the source matters", (source, target), (source.flip(0), target), **built),
    ]


COUNT = {"names": ("count",), "inputs": ("vocabulary", "d_model", "num_heads", "d_ff", "num_layers")}


def count_cases(draw: Draw) -> list:
    return [
        values("numbers: ten words, D = 2, one head, d_ff = 3, one layer", 10, 2, 1, 3, 1, **COUNT),
        values("numbers: ten words, D = 4, two heads, d_ff = 6, three layers", 10, 4, 2, 6, 3, **COUNT),
        values("numbers: the paper's base model, 37,000 words", 37_000, 512, 8, 2048, 6, **COUNT),
    ]


def count_sealed(draw: Draw) -> list:
    V, width, d_ff, N = (int(n) for n in draw.integers(3, 60, 4))
    return [
        values("the paper's big model", 37_000, 1024, 16, 4096, 6, **COUNT),
        values("other sizes", V, 2 * width, 2, d_ff, N, **COUNT),
    ]


LEAK = {"names": ("answer",), "inputs": ("model", "source", "target")}
HONEST = ("sees the past", "sees each word alone", "sees the word before", "deaf")
PEEKING = (
    "sees everything",
    "sees the next word",
    "sees the last word",
    "sees a little of everything",
    "first place sees everything",
    "second place sees the third word",
    "last place but one sees the last word",
    "first place sees the third word",
    "transformer, norm of the sentence",
    "sees the word after the next",
    "leaks that cancel",
    "scores raised",
    "one score",
)


def _sentences(draw: Draw, B: int, S: int, T: int) -> tuple[Tensor, Tensor]:
    source, target = draw.integers(3, 9, B, S), draw.integers(3, 9, B, T)
    target[:, 0] = 1
    return source, target


def leak_cases(draw: Draw) -> list:
    source, target = _sentences(draw, 1, 4, 5)
    threes = torch.tensor([[1, 3, 3, 3, 3]])
    batch, flipped = _two_sentences(draw)
    return [
        *(values(f"a model that {_said(name)}", made(name), source, target, **LEAK) for name in HONEST),
        values("a model that sees the past, and differs by rounding", made("rounds"), source, target, **LEAK),
        *(
            values(f"a model in which the {name}", made(name), source, target, **LEAK)
            for name in PEEKING
            if "place" in name
        ),
        *(
            values(f"a model that {_said(name)}", made(name), source, target, **LEAK)
            for name in PEEKING
            if "place" not in name
        ),
        values(
            "a model that sees everything, and a target of equal words", made("sees everything"), source, threes, **LEAK
        ),
        *(
            values(
                f"a model that {_said('scores raised')}, and a target of the word {word} only",
                made("scores raised"),
                source,
                torch.tensor([[1] + 4 * [word]]),
                **LEAK,
            )
            for word in (3, 8)
        ),
        values(
            "two sentences, of which the last sees everything", made("some sentences see everything"), *batch, **LEAK
        ),
        values(
            "two sentences, of which the first sees everything",
            made("some sentences see everything"),
            *flipped,
            **LEAK,
        ),
        values("two sentences, and a model that sees the past", made("sees the past"), *batch, **LEAK),
        values("a target of one word", made("sees everything"), source, target[:, :1], **LEAK),
    ]


def _said(name: str) -> str:
    return {
        "deaf": "does not hear the target at all",
        "transformer, norm of the sentence": "norms over the whole sentence",
        "leaks that cancel": "raises some scores by what lies ahead, and lowers others as much",
        "scores raised": "raises all scores by what lies ahead",
        "one score": "moves one of the V scores by what lies ahead",
    }.get(name, name)


def _two_sentences(draw: Draw) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Two sentences, of which the last has the source that leaks (8 in front), and the same two exchanged."""
    source, target = _sentences(draw, 2, 3, 5)
    source[:, 0] = torch.tensor([5, 8])
    return (source, target), (source.flip(0), target.flip(0))


def leak_sealed(draw: Draw) -> list:
    source, target = _sentences(draw, 3, 5, 7)
    source[:, 0] = torch.tensor([4, 8, 6])
    fours = torch.full((1, 6), 4)
    names = (*HONEST, "rounds", *PEEKING, "first place sees the last word", "some sentences see everything")
    return [
        *(values(f"another target, a model: {name}", made(name), source, target, **LEAK) for name in names),
        values("another target of equal words", made("sees everything"), source[:1], fours, **LEAK),
    ]


SHIFT = {"names": ("read", "asked"), "inputs": ("target",), "ordered": True}


def shift_cases(draw: Draw) -> list:
    return [
        values("numbers: one sentence", torch.tensor([[1, 5, 7, 4, 2]]), **SHIFT),
        values("numbers: two sentences, one with padding", torch.tensor([[1, 5, 7, 4, 2], [1, 6, 2, 0, 0]]), **SHIFT),
    ]


def shift_sealed(draw: Draw) -> list:
    _, target = _sentences(draw, 4, 3, 8)
    target[2, 5:] = 0
    return [values("other sentences", target, **SHIFT), values("the shortest", torch.tensor([[1, 2]]), **SHIFT)]


LOSS = {"names": ("loss",), "inputs": ("scores", "targets", "pad")}


def loss_cases(draw: Draw) -> list:
    scores = draw.normal(3, 4, 4, scale=2.0)
    targets = torch.tensor([[3, 1, 2, 0], [1, 2, 0, 0], [2, 3, 1, 2]])
    wide = draw.normal(2, 3, 7, scale=2.0)
    words = torch.tensor([[6, 4, 2], [5, 2, 0]])
    return [
        values(
            "numbers: two words, three in the vocabulary",
            torch.tensor([[[0.0, 2.0, 0.0], [1.0, 0.0, 3.0]]]),
            torch.tensor([[1, 2]]),
            **LOSS,
        ),
        values("numbers: as many places as words in the vocabulary, with padding", scores, targets, **LOSS),
        values("numbers: V = 7", wide, words, **LOSS),
        values(
            "numbers: padding is 9, and 0 is a word", draw.normal(1, 4, 10), torch.tensor([[0, 4, 9, 9]]), 9, **LOSS
        ),
        values("numbers: large scores", 300 * wide, words, **LOSS),
        values("gradients: of the scores, with padding", scores, targets, grads=("0",), **LOSS),
    ]


def loss_sealed(draw: Draw) -> list:
    scores, targets = draw.normal(4, 6, 9, scale=2.0), draw.integers(1, 9, 4, 6)
    targets[1, 3:], targets[3, 1:] = 0, 0
    return [
        values("other sizes", scores, targets, **LOSS),
        values("float64", scores.double(), targets, dtype="torch.float64", **LOSS),
        values("non-contiguous input", scores, targets, noncontiguous=True, **LOSS),
        values("another padding number", scores, targets, 5, **LOSS),
    ]


WRITE = {"names": ("written",), "inputs": ("model", "source", "max_len", "bos", "eos")}


def decode_cases(draw: Draw) -> list:
    copier, adder = made("copier", 10), made("adder", 10)
    short = torch.tensor([[5, 2, 0, 0, 0], [6, 4, 8, 7, 2]])
    many = torch.tensor([[4, 9, 5, 2], [7, 2, 0, 0], [3, 3, 2, 0]])
    return [
        values("a model that copies, one sentence", copier, torch.tensor([[5, 7, 4, 2]]), 9, **WRITE),
        values("two sentences, the first one shorter", copier, short, 9, **WRITE),
        values("three sentences, each word hangs on all before it", adder, many, 9, **WRITE),
        values("stopped by max_len, one sentence is finished", copier, short, 3, **WRITE),
        values("a sentence that is empty: eos at once", copier, torch.tensor([[2, 0, 0], [8, 3, 2]]), 5, **WRITE),
        values("max_len is just enough", adder, many, 4, **WRITE),
        values("other numbers for bos and eos", made("copier", 10, 2, 9), torch.tensor([[3, 5, 9]]), 6, 2, 9, **WRITE),
    ]


def decode_sealed(draw: Draw) -> list:
    source = draw.integers(3, 12, 4, 7)
    for row, length in enumerate((6, 2, 4, 1)):
        source[row, length], source[row, length + 1 :] = 2, 0
    return [
        values("other sentences", made("copier", 12), source, 20, **WRITE),
        values("other sentences, each word hangs on all before it", made("adder", 12), source, 20, **WRITE),
        values("stopped after one word", made("adder", 12), source, 1, **WRITE),
        values("stopped at five words", made("copier", 12), source, 5, **WRITE),
    ]


def expose_cases(draw: Draw) -> list:
    return [
        exposes("the input makes both faults show", bug="mask of the target", names=("source", "target"), ordered=True)
    ]


MENDED = {"names": ("target_mask", "memory_mask"), "inputs": ("source", "target", "pad")}


def mended_cases(draw: Draw) -> list:
    source = torch.tensor([[5, 6, 2, 0], [7, 2, 0, 0], [4, 8, 3, 2]])
    target = torch.tensor([[1, 7, 8, 2, 0], [1, 5, 0, 0, 0], [1, 4, 4, 6, 2]])
    return [
        values("numbers: one sentence, S = 3, T = 2", torch.tensor([[5, 2, 0]]), torch.tensor([[1, 6]]), **MENDED),
        values("numbers: three sentences, S = 4, T = 5", source, target, **MENDED),
        values("numbers: as long as each other", source, target[:, :4], **MENDED),
        values(
            "numbers: padding is 9, and 0 is a word",
            torch.tensor([[4, 0, 9]]),
            torch.tensor([[1, 0, 5, 9]]),
            9,
            **MENDED,
        ),
    ]


def mended_sealed(draw: Draw) -> list:
    source, target = draw.integers(3, 9, 3, 7), draw.integers(3, 9, 3, 4)
    source[0, 4:], target[1, 2:] = 0, 0
    return [
        values("other sentences", source, target, **MENDED),
        values("the shortest", source[:, :1], target[:, :1], **MENDED),
    ]


EXERCISES = (
    Exercise(
        "causal_mask",
        "causal_mask",
        (Probe("causal_mask", causal_cases, causal_sealed),),
        mistakes.CAUSAL_MISTAKES,
        (right.causal_aranges, right.causal_not_triu, right.causal_cumsum),
    ),
    Exercise(
        "DecoderLayer",
        "DecoderLayer",
        (Probe("DecoderLayer", layer_cases, layer_sealed),),
        mistakes.LAYER_MISTAKES,
        (right.LayerInOnePiece, right.LayerThreeDropouts, right.LayerByTorchFunctions),
    ),
    Exercise(
        "Decoder",
        "Decoder",
        (Probe("Decoder", decoder_cases, decoder_sealed),),
        mistakes.DECODER_MISTAKES,
        (right.DecoderAppended, right.DecoderIdentity),
    ),
    Exercise(
        "Transformer",
        "Transformer",
        (Probe("Transformer", transformer_cases, transformer_sealed), Probe("Transformer in training", training_cases)),
        mistakes.TRANSFORMER_MISTAKES,
        (right.TransformerOutputLayer, right.TransformerCausalOnly, right.TransformerEinsum),
    ),
    Exercise(
        "parameter_count",
        "parameter_count",
        (Probe("parameter_count: Transformer", count_cases, count_sealed),),
        mistakes.COUNT_MISTAKES,
        (right.count_by_building, right.count_in_one_line),
    ),
    Exercise(
        "future_cannot_leak",
        "future_cannot_leak",
        (Probe("future_cannot_leak", leak_cases, leak_sealed),),
        mistakes.LEAK_MISTAKES,
        (right.leak_by_cutting, right.leak_word_by_word, right.leak_by_chance, right.leak_by_sentence),
    ),
    Exercise(
        "teacher_forcing",
        "teacher_forcing",
        (Probe("teacher_forcing", shift_cases, shift_sealed),),
        mistakes.SHIFT_MISTAKES,
        (right.shift_narrow, right.shift_split),
    ),
    Exercise(
        "cross_entropy_on_targets",
        "cross_entropy_on_targets",
        (Probe("cross_entropy_on_targets", loss_cases, loss_sealed),),
        mistakes.LOSS_MISTAKES,
        (right.loss_ignore_index, right.loss_gather, right.loss_real_only, right.loss_logsumexp, right.loss_einsum),
    ),
    Exercise(
        "greedy_decode",
        "greedy_decode",
        (Probe("greedy_decode", decode_cases, decode_sealed),),
        mistakes.DECODE_MISTAKES,
        (right.decode_lists, right.decode_filled, right.decode_topk, right.decode_unfinished_only),
    ),
    Exercise(
        "expose", "expose", (Probe("expose masks", expose_cases),), mistakes.EXPOSE_MISTAKES, (right.expose_longer,)
    ),
    Exercise(
        "mended",
        "mended",
        (Probe("mended masks", mended_cases, mended_sealed),),
        mistakes.MENDED_MISTAKES,
        (right.mended_by_parts,),
    ),
)

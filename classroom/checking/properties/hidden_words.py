"""Which words a function hides by chance, and what it does with them, for lesson 07: judged by habits, not by numbers.

A habit is a coarse fact that hangs on no random stream: "about eight in ten of the chosen words became the mask". Each
is counted over some 8,000 words, and its bounds lie at least 5.5 standard deviations from what right code does on
average, so that by chance right code is refused less than once in ten million checks.
"""

from __future__ import annotations

import torch
from torch import Tensor

from classroom.checking.made import make
from classroom.checking.questions import Answer, Case, Finding
from classroom.checking.wording import place, shape_words

UNASKED = -100  # the label of a place where nothing is to be guessed

# Each habit, in the order in which it is judged: what is right, and what is said where it is not.
RIGHT: dict[str, tuple[str, str]] = {
    "labels": ("right", "`labels` should hold the token that stood there, and -100 where nothing is to be guessed."),
    "special": ("none", "A special token is to be guessed: padding, <bos>, <eos> and <unk> are not words to hide."),
    "special inputs": ("none", "`inputs` differs from `tokens` at a special token. Only words are hidden."),
    "others": ("none", "`inputs` differs from `tokens` at a word that is not to be guessed (its label is -100)."),
    "columns": ("mixed", "In all sentences the same places were chosen. Each should be decided by itself."),
    "share": ("as asked", "The share of the words that are to be guessed is not the one asked for."),
    "rows": ("mixed", "In each sentence all chosen words fare alike. Each should be decided by itself."),
    "masked": ("8", "Of the words that are to be guessed, about 8 in 10 should have become the mask."),
    "kept": ("1", "Of the words that are to be guessed, about 1 in 10 should have stayed as they are."),
    "exchanged": ("1", "Of the words that are to be guessed, about 1 in 10 should have become another word."),
    "drawn": ("words", "A word was exchanged for something that is no word: a special token, or none at all."),
    "mask drawn": ("no", "The mask comes more often than 8 times in 10: can it be drawn as a random word, too?"),
    "shift": ("none", "Exchanged words became the word a fixed number of ids further on. Draw each by chance."),
    "coverage": (
        "all",
        "Some words are never drawn: each from first_word to mask - 1 should be as likely as any other.",
    ),
    "variety": ("many", "All exchanged words became the same word. Each should be drawn by itself."),
}


def hides(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """The answer, inputs and labels for the tokens of the question, has every right habit."""
    tokens = make(case.questions[0].args[0])
    for label, got in zip(case.names, answers[0].outputs, strict=True):
        if not isinstance(got, Tensor) or got.dtype != torch.int64:
            kind = str(got.dtype) if isinstance(got, Tensor) else type(got).__name__
            return Finding(f"`{label}` should be a tensor of token ids (dtype torch.int64); it is {kind}.")
        if got.shape != tokens.shape:
            return Finding(f"`{label}` has the wrong shape.", shape_words(tokens.shape), shape_words(got.shape))
    found = habits(case, answers[0])
    for habit, seen in found.items():
        right, sentence = RIGHT[habit]
        if seen != right:
            return Finding(sentence, *_numbers(habit, tokens, case, answers[0]))
    return None


def habits(case: Case, answer: Answer) -> dict[str, str]:
    """The habits that the answer to a question shows, by name; none where it is no pair of tensors of their form."""
    given, first_word, mask, *rest = case.questions[0].args
    tokens = make(given)
    if len(answer.outputs) != 2 or not all(isinstance(x, Tensor) and x.shape == tokens.shape for x in answer.outputs):
        return {}
    inputs, labels = answer.outputs
    share = rest[0] if rest else 0.15
    words, asked, changed = tokens >= first_word, labels != UNASKED, inputs != tokens
    chosen = words & asked
    found = {
        "labels": _labels(tokens, labels),
        "special": _some(asked[~words]),
        "special inputs": _some(changed[~words]),
        "others": _became(inputs[changed & words & ~asked], mask),
        "columns": _columns(words, chosen),
    }
    if found["columns"] == "mixed":  # else all hangs on one draw for a few places
        found["share"] = _share((chosen.sum() / words.sum()).item(), share)
    settled = all(seen == RIGHT[habit][0] for habit, seen in found.items())
    if case.options.get("fates") and settled:  # what becomes of the chosen words can be told only where these are right
        found |= _fates(tokens, inputs, chosen, first_word, mask)
    return found


def _fates(tokens: Tensor, inputs: Tensor, chosen: Tensor, first_word: int, mask: int) -> dict[str, str]:
    """What becomes of the chosen words. Where there is one word only, it cannot be exchanged for another."""
    masked, kept = chosen & (inputs == mask), chosen & (inputs == tokens)
    rates = [(fate.sum() / chosen.sum()).item() for fate in (masked, kept)]
    if mask == first_word + 1:
        return {"mask drawn": "yes" if 0.825 < rates[0] < 0.95 else "no"}
    exchanged = chosen & ~masked & ~kept
    fate = torch.where(masked, 1, torch.where(kept, 2, 3)).masked_fill(~chosen, 0)
    if len(fate[chosen].unique()) > 1 and _rows_alike(fate):
        return {"rows": "alike"}
    drawn, number = inputs[exchanged], mask - first_word
    shifts = len(((drawn - tokens[exchanged]) % number).unique())
    return {
        "masked": str(round(rates[0] * 10)),
        "kept": str(round(rates[1] * 10)),
        "exchanged": str(round((1 - sum(rates)) * 10)) if exchanged.any() else "none",
        "drawn": "words" if ((drawn >= first_word) & (drawn < mask)).all() else "other",
        "shift": "one" if len(drawn) > 20 and number > 2 and shifts == 1 else "none",
        "coverage": _coverage(drawn, first_word, mask),
        "variety": "one" if len(drawn) > 20 and len(drawn.unique()) == 1 else "many",
    }


def _coverage(drawn: Tensor, first_word: int, mask: int) -> str:
    """Which words are drawn at all; said only where there are so many draws that right code misses none."""
    if len(drawn) < 40 * (mask - first_word) or len(drawn.unique()) == 1:
        return "all"
    missing = set(range(first_word, mask)) - set(drawn.tolist())
    return "all" if not missing else "all but the last" if missing == {mask - 1} else "some"


def _rows_alike(fate: Tensor) -> bool:
    """Whether in every sentence all chosen words fare alike. (An exchanged word may by chance become itself: a sentence
    without a mask, where others have masks, counts as alike.)"""
    rows = [row[row > 0] for row in fate if (row > 0).sum() > 20]
    some_masked = any((row == 1).any() for row in rows)
    alike = [row.bincount(minlength=4).max() > 0.9 * len(row) or (some_masked and not (row == 1).any()) for row in rows]
    return len(alike) > 0 and all(alike)


def _share(found: float, asked: float) -> str:
    if abs(found - asked) < 0.035:
        return "as asked"
    return {0.0: "none", 1.0: "all"}.get(found, "too few" if found < asked else "too many")


def _columns(words: Tensor, chosen: Tensor) -> str:
    """Whether the same places were chosen in every sentence (places at which some sentence has no word left aside)."""
    chosen = chosen[:, words.all(0)]
    return "alike" if chosen.any() and not chosen.all() and (chosen == chosen[:1]).all() else "mixed"


def _labels(tokens: Tensor, labels: Tensor) -> str:
    """ "right", "filled with N" where a single other number stands in the place of -100, or "wrong"."""
    wrong = labels[(labels != UNASKED) & (labels != tokens)]
    if not len(wrong):
        return "right"
    return f"filled with {wrong[0].item()}" if len(wrong.unique()) == 1 else "wrong"


def _became(exchanged: Tensor, mask: int) -> str:
    """Of words that should have been left alone: whether they became the mask, other words, or both."""
    if not len(exchanged):
        return "none"
    masked = exchanged == mask
    return "mask" if masked.all() else "both" if masked.any() else "words"


def _some(where: Tensor) -> str:
    return "none" if not where.any() else "all" if where.all() else "some"


def _numbers(habit: str, tokens: Tensor, case: Case, answer: Answer) -> tuple[str, str]:
    """What was wanted and what came, where a number says more than the sentence."""
    first_word, mask = case.questions[0].args[1:3]
    share = case.questions[0].args[3] if len(case.questions[0].args) > 3 else 0.15
    inputs, labels = answer.outputs
    words = tokens >= first_word
    chosen = words & (labels != UNASKED)
    if habit == "share":
        return f"about {share:.0%}", f"{(chosen.sum() / words.sum()).item():.1%} of {int(words.sum()):,} words"
    fates = {"masked": inputs == mask, "kept": inputs == tokens, "mask drawn": inputs == mask}
    fates["exchanged"] = ~fates["masked"] & ~fates["kept"]
    if habit in fates:
        wanted = 0.8 if habit in ("masked", "mask drawn") else 0.1
        return f"about {wanted:.0%}", f"{((chosen & fates[habit]).sum() / chosen.sum()).item():.1%}"
    wrong = {
        "labels": (labels != UNASKED) & (labels != tokens),
        "special": ~words & (labels != UNASKED),
        "special inputs": ~words & (inputs != tokens),
        "others": words & (labels == UNASKED) & (inputs != tokens),
        "drawn": chosen & (inputs != mask) & (inputs != tokens) & ((inputs < first_word) | (inputs > mask)),
    }.get(habit)
    if wrong is None or not wrong.any():
        return "", ""
    spot = wrong.nonzero()[0].tolist()
    was, became, label = (x[tuple(spot)].item() for x in (tokens, inputs, labels))
    return "", f"{place('tokens', spot)} is {was}; there inputs has {became} and labels {label}"

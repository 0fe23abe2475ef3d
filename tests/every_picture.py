"""One call of every picture of classroom.show, with small inputs, for tests that look at them all."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import torch

from classroom import show
from classroom.training.record import Report

WORDS = ["the", "cat", "sat"]
WEIGHTS = torch.tensor([[0.8, 0.15, 0.05], [0.3, 0.4, 0.3], [0.0, 0.5, 0.5]])
SEEN = torch.ones(3, 3).tril().bool()
LEAK = torch.tensor([[1, 0, 1], [1, 1, 0], [1, 1, 1]]).bool()
READING = SimpleNamespace(words=WORDS, weights=WEIGHTS.expand(2, 2, 3, 3))
XOR = torch.tensor([[1.0, 1.0], [1.0, -1.0]]), torch.tensor([0, 1])
MANY = {f"line {number}": [0.9 - 0.1 * number, 0.5, 0.2] for number in range(6)}


def _live() -> None:
    report = show.live_training("Korean to English")
    for updates, share in ((10, 0.5), (20, 1.0)):
        report(Report(updates, 1.0, 0, 3.0 / updates, 1e-3, 900.0, share, {"exact": share / 2, "bleu": 50 * share}))


PICTURES: dict[str, Callable[[], None]] = {
    "activation_explorer": show.activation_explorer,
    "address_labels": show.address_labels,
    "alignment": lambda: show.alignment(WEIGHTS, WORDS, ["고양이", "##가", "앉았다"], "where it looks", [(0, 1)]),
    "attention": lambda: show.attention(WEIGHTS, WORDS, title="weights"),
    "bars": lambda: show.bars({"one": 1.0, "two": 2.0}, "what two models lose on words that are new", " nats"),
    "bent_grid": show.bent_grid,
    "by_layer": lambda: show.by_layer(MANY, "by layer"),
    "by_length": lambda: show.by_length([4, 8, 16], MANY, "right", "by length", share=True),
    "by_position": lambda: show.by_position({"sines": [1.0] * 20, "learned": [0.5] * 20}, 15, "by position"),
    "clock_hands": show.clock_hands,
    "decision_boundary": lambda: show.decision_boundary(*XOR, {"linear": [torch.rand(9, 9)]}, [0], 2.5),
    "encoder_stack": lambda: show.encoder_stack(["EncoderLayer"]),
    "gradient_by_depth": show.gradient_by_depth,
    "guesses": lambda: show.guesses(WORDS, {2: {"sat": 0.6, "ran": 0.2}}, WORDS, "guesses"),
    "head_map": lambda: show.head_map(torch.rand(2, 4), "entropy", "bits"),
    "head_view": lambda: show.head_view(WEIGHTS.expand(2, 8, 3, 3), WORDS, title="heads"),
    "layer_norm_explorer": show.layer_norm_explorer,
    "layer_similarity": lambda: show.layer_similarity(torch.rand(3, 3, 8), WORDS, "layers"),
    "live_training": _live,
    "lookup": lambda: show.lookup(torch.ones(2), torch.eye(3, 2), WORDS, [0.4, 0.4, 0.2]),
    "mask_explorer": show.mask_explorer,
    "memory": show.memory,
    "one_head": lambda: show.one_head([READING, READING], 1, 0),
    "orders": lambda: show.orders([WORDS, WORDS[::-1]], [torch.rand(3, 4), torch.rand(3, 4)], "two orders"),
    "padding": show.padding,
    "parameter_bars": lambda: show.parameter_bars({"small": {"attention": 2000, "feed-forward": 4000, "norms": 30}}),
    "position_map": show.position_map,
    "position_similarity": show.position_similarity,
    "rates": show.rates,
    "reach": lambda: show.reach(LEAK, SEEN, WORDS, "with a leak"),
    "receptive_field": show.receptive_field,
    "score_spread": show.score_spread,
    "softmax_explorer": show.softmax_explorer,
    "stack_differences": show.stack_differences,
    "stack_gradients": show.stack_gradients,
    "timeline": show.timeline,
    "timing": lambda: show.timing([8, 1024], {"loop": [2e-4, 0.04], "matrix": [3e-5, 0.002]}),
    "training_curves": lambda: show.training_curves(MANY, "loss", chance=0.7),
    "translations": lambda: show.translations(
        ["고양이가 잔다"], ["the cat sleeps"], {"early": ["the the"], "late": ["the cat sleeps"]}, "diary"
    ),
    "writing": lambda: show.writing(["고양이", "##가", "앉았다"], WORDS, WEIGHTS, "writing"),
}

"""What is asked of a student's work in lesson 02."""

from __future__ import annotations

from collections.abc import Callable

from autograder.authoring.probes import Exercise, Probe

from . import asked_beyond as beyond
from . import asked_recurrent as recurrent
from . import mistakes, right


def one(cell: str, cases: Callable, sealed: Callable | None = None, probe: str = "") -> Exercise:
    """A cell that defines a function of its own name, with one probe, its mistakes and its right variants."""
    bank, variants = mistakes.BANK[cell], right.VARIANTS[cell]
    return Exercise(cell, cell, (Probe(probe or cell, cases, sealed),), bank, variants)


EXERCISES = (
    one("rnn_step", recurrent.rnn_cases, recurrent.rnn_sealed),
    one("gru_step", recurrent.gru_cases, recurrent.gru_sealed),
    one("encode", recurrent.encode_cases, recurrent.encode_sealed),
    one("shift_right", recurrent.shift_cases, recurrent.shift_sealed),
    one("decode", recurrent.decode_cases, recurrent.decode_sealed),
    one("accuracy", recurrent.accuracy_cases, recurrent.accuracy_sealed),
    one("dot_attention", beyond.attention_cases, beyond.attention_sealed),
    one("expose", beyond.expose_cases, probe="expose: states"),
    one("mended", beyond.mended_cases, beyond.mended_sealed, probe="mended: states"),
    one("causal_conv1d", beyond.conv_cases, beyond.conv_sealed),
    one("layers_to_connect", beyond.layers_cases, beyond.layers_sealed),
    one("complexity", beyond.complexity_cases, beyond.complexity_sealed),
    one("graph_depth", beyond.depth_cases, beyond.depth_sealed),
)

"""Translating: the cache changes nothing, a beam of one is greedy, and a wide one finds the best."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
import torch
from tiny_translator import DEVICES, RECIPE, SIZES, Foreign, OnlyOnMeta, corpus, fresh
from torch import nn

from autograder.authoring.lesson import namespace, read
from autograder.course import Course
from classroom import parts, training
from classroom.corpus import padded
from classroom.training.decoding.search import beam, greedy
from classroom.training.decoding.translate import search, writer
from classroom.training.decoding.writers import CachedWriter, PlainWriter, RecurrentWriter
from classroom.translator import GRUTranslator

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def trained() -> nn.Module:
    """Trained for three seconds: it writes sentences of several lengths that are not right."""
    model = fresh(training.Sizes(d_model=48, num_heads=2, d_ff=64, num_layers=1, dropout=0.0))
    recipe = dataclasses.replace(RECIPE, updates=250, rate=5e-3, warmup=20, smoothing=0.0, average=0.95)
    training.fit(model, corpus(), recipe, "cpu")
    return model


def sources(count: int) -> list[tuple[str, ...]]:
    return [pair.source for pair in corpus().tests["iid"][:count]]


def batch(count: int, device: str = "cpu") -> torch.Tensor:
    vocabulary = corpus().vocabulary
    return padded([[*vocabulary.encode(source), vocabulary.eos] for source in sources(count)]).to(device)


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("device", DEVICES)
@torch.no_grad()
def test_scores_with_cached_keys_and_values_are_those_without(norm_first, device):
    model = fresh(dataclasses.replace(SIZES, norm_first=norm_first)).eval().to(device)
    source = batch(4, device)
    target = torch.randint(3, 50, (4, 6), device=device)
    whole = model.decode(target, model.encode(source), source)
    cached = CachedWriter(model, source, 1, 6)
    for step in range(6):
        torch.testing.assert_close(cached.step(target[:, step]), whole[:, step], rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_rows_that_are_chosen_take_their_cache_with_them():
    model = fresh().eval()
    source, rows = batch(3), torch.tensor([2, 2, 0])
    cached, plain = CachedWriter(model, source, 1, 4), PlainWriter(model, source, 1)
    for writing in (cached, plain):
        writing.step(torch.tensor([1, 1, 1]))
        writing.step(torch.tensor([5, 6, 7]))
        writing.choose(rows)
    words = torch.tensor([9, 10, 11])
    torch.testing.assert_close(cached.step(words), plain.step(words), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("width", [1, 3])
def test_translations_with_the_cache_are_those_without(trained, width, device):
    model = trained.to(device)
    try:
        assert isinstance(writer(model, batch(2, device), 1, 5), CachedWriter)
        assert isinstance(writer(Foreign(model), batch(2, device), 1, 5), PlainWriter)
        quick = training.translate(model, sources(24), corpus(), width)
        assert quick == training.translate(Foreign(model).eval(), sources(24), corpus(), width)
    finally:
        trained.to("cpu")
    assert len({len(tokens) for tokens in quick}) > 1 and all(map(len, quick))


def test_a_students_own_transformer_is_trained_and_then_decoded_with_the_cache():
    lesson = namespace(read(Course.find(), "08_decoder_and_transformer"))
    own = training.translator(len(corpus().vocabulary), SIZES, lesson["Transformer"])
    record = training.fit(own, corpus(), dataclasses.replace(RECIPE, updates=20), "cpu")
    assert record.losses[-1][1] < record.losses[0][1]
    assert isinstance(writer(own, batch(4), 1, 5), CachedWriter)
    cached, plain = (training.translate(model, sources(6), corpus(), 2) for model in (own, Foreign(own).eval()))
    assert cached == plain
    assert len(training.alignments(own, corpus().tests["iid"][:3], corpus())) == 3


def test_a_model_that_scores_otherwise_than_ours_is_asked_itself(trained):
    class Other(parts.Transformer):
        """The parts' names, and other scores."""

        def decode(self, target: torch.Tensor, memory: torch.Tensor, source: torch.Tensor) -> torch.Tensor:
            return -super().decode(target, memory, source)

    other = training.translator(len(corpus().vocabulary), trained.sizes, Other).eval()
    assert isinstance(writer(other, batch(2), 1, 5), PlainWriter)


def test_a_translation_does_not_depend_on_the_sentences_beside_it(trained):
    for width in (1, 4):
        together = training.translate(trained, sources(12), corpus(), width)
        alone = [training.translate(trained, [source], corpus(), width)[0] for source in sources(12)]
        assert together == alone


def test_translating_keeps_the_mode_of_the_model_and_the_length_that_is_allowed(trained):
    trained.train()
    written = training.translate(trained, sources(4), corpus(), max_len=3)
    assert trained.training and all(len(tokens) <= 3 for tokens in written)
    trained.eval()
    assert training.translate(trained, [], corpus()) == []
    with pytest.raises(ValueError, match="from 1"):
        training.translate(trained, sources(1), corpus(), beam=0)


def test_a_recurrent_translator_translates_greedily_and_with_a_beam():
    size = len(corpus().vocabulary)
    torch.manual_seed(0)
    model = GRUTranslator(size, size, 8)
    assert isinstance(writer(model, batch(2), 1, 5), RecurrentWriter)
    greedily = training.translate(model, sources(3), corpus(), max_len=5)
    assert len(greedily) == len(training.translate(model, sources(3), corpus(), beam=2, max_len=5)) == 3


# The searches, on a model that is a table


class Table:
    """A model whose next word depends on the last one only: logs (V, V), from the last word to the next."""

    def __init__(self, logs: torch.Tensor) -> None:
        self.logs = logs

    def step(self, words: torch.Tensor) -> torch.Tensor:
        return self.logs[words]

    def choose(self, rows: torch.Tensor) -> None:
        """It remembers nothing."""


def value(logs: torch.Tensor, words: tuple[int, ...], alpha: float) -> float:
    total = sum(logs[a, b].item() for a, b in itertools.pairwise((1, *words)))
    return total / ((5 + len(words)) / 6) ** alpha


def best_of_all(logs: torch.Tensor, longest: int, alpha: float) -> tuple[int, ...]:
    """By trying every translation: words (3 and up), then eos (2)."""
    middle = range(3, len(logs))
    every = [(*words, 2) for n in range(longest) for words in itertools.product(middle, repeat=n)]
    return max(every, key=lambda words: value(logs, words, alpha))


def table(seed: int, words: int = 4) -> torch.Tensor:
    """Random tables that never write padding or bos."""
    draw = torch.Generator().manual_seed(seed)
    scores = 2 * torch.randn(3 + words, 3 + words, generator=draw)
    scores[:, :2] = -1e4
    return scores.log_softmax(dim=-1)


def ended(ids: torch.Tensor) -> tuple[int, ...]:
    row = ids.tolist()
    return tuple(row[: row.index(2) + 1]) if 2 in row else tuple(row)


@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0])
def test_a_beam_as_wide_as_all_there_is_finds_the_best_translation(alpha):
    for seed in range(5):
        logs, longest = table(seed, words=3), 4
        found = ended(beam(Table(logs), 1, longest, CPU, 81, alpha)[0])
        everything = best_of_all(logs, longest, alpha)
        assert value(logs, found, alpha) >= value(logs, everything, alpha) - 1e-5, (seed, found, everything)


def test_a_beam_of_one_is_greedy(trained):
    for seed in range(20):
        logs = table(seed)
        one, many = greedy(Table(logs), 1, 9, CPU)[0], beam(Table(logs), 1, 9, CPU, 1, 0.6)[0]
        assert ended(one) == ended(many)
    source = batch(16)
    with torch.no_grad():
        one = greedy(writer(trained, source, 1, 20), 16, 20, CPU)
        many = beam(writer(trained, source, 1, 20), 16, 20, CPU, 1, 0.6)
    assert [ended(row) for row in one] == [ended(row) for row in many]


def test_a_beam_gets_out_of_the_trap_that_greedy_walks_into():
    logs = torch.full((6, 6), 1e-9)
    logs[1, 3], logs[1, 4] = 0.6, 0.4  # the likelier first word
    logs[3, 5], logs[3, 2] = 0.5, 0.5  # leads nowhere in particular
    logs[5, 2], logs[4, 2] = 1.0, 1.0
    logs = logs.log()
    assert ended(greedy(Table(logs), 1, 6, CPU)[0])[0] == 3
    assert ended(beam(Table(logs), 1, 6, CPU, 2, 0.0)[0]) == (4, 2)


def test_a_larger_length_penalty_allows_longer_translations():
    logs = torch.full((5, 5), 1e-9)
    logs[1, 2], logs[1, 3] = 0.5, 0.5
    logs[3, 4], logs[4, 2] = 0.95, 0.95
    logs = logs.log()
    assert ended(beam(Table(logs), 1, 6, CPU, 4, 0.0)[0]) == (2,)
    assert ended(beam(Table(logs), 1, 6, CPU, 4, 1.0)[0]) == (3, 4, 2)


@pytest.mark.parametrize("width", [1, 3])
@torch.no_grad()
def test_decoding_makes_every_tensor_on_the_models_device(width):
    for model in (fresh().eval(), GRUTranslator(50, 50, 8), Foreign(fresh().eval())):
        device = torch.device("meta")
        source = torch.ones(3, 7, dtype=torch.int64, device=device)
        model.to(device)
        with OnlyOnMeta():
            written = search(writer(model, source, width, 7), 3, 7, device, width)
        assert written.shape == (3, 7) and written.device.type == "meta"

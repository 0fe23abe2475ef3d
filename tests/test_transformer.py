"""Lesson 08: decoder and Transformer equal torch's own with the same weights, in float64, for any sizes and masks; what
it writes is what it would say under teacher forcing; and its parameters are as many as it says."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from autograder.authoring.lesson import namespace, read, read_notebook
from autograder.authoring.probes import dropped, spread
from autograder.course import Course
from classroom import parts
from classroom.checking.models.copiers import COPIERS
from classroom.checking.models.peekers import PEEKERS
from classroom.checking.properties import judge
from classroom.checking.questions import Answer, Case, Question
from classroom.checking.recognise import fingerprint, same
from classroom.checking.runner import ask
from classroom.checking.wording import failure_sentence
from classroom.reach import reach_of_words

CASES = range(20)


@pytest.fixture(scope="module")
def lesson() -> dict:
    return namespace(read(Course.find(), "08_decoder_and_transformer"))


def draw(case: int) -> dict[str, int]:
    """The sizes of a case."""
    random_ = random.Random(case)
    heads = random_.choice([1, 2, 3])
    return {
        "B": random_.randint(1, 3),
        "T": random_.randint(1, 6),
        "S": random_.randint(1, 6),
        "heads": heads,
        "D": 2 * heads * random_.randint(1, 3),
        "d_ff": random_.randint(1, 9),
        "layers": random_.randint(1, 3),
    }


def randomised(module: nn.Module) -> nn.Module:
    """In float64, with weights that are none of those a module begins with."""
    module = module.double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(0.5 * torch.randn_like(parameter))
    return module


def torchs_stacks(size: dict[str, int], norm_first: bool) -> tuple[nn.Module, nn.Module]:
    """nn.TransformerEncoder and nn.TransformerDecoder, with a last norm in pre-norm only, as the paper has it."""
    kind = {"dim_feedforward": size["d_ff"], "dropout": 0.0, "batch_first": True, "norm_first": norm_first}
    last = [nn.LayerNorm(size["D"]) if norm_first else None for _ in range(2)]
    encoder = nn.TransformerEncoderLayer(size["D"], size["heads"], **kind)
    decoder = nn.TransformerDecoderLayer(size["D"], size["heads"], **kind)
    return (
        nn.TransformerEncoder(encoder, size["layers"], last[0], enable_nested_tensor=False).double(),
        nn.TransformerDecoder(decoder, size["layers"], last[1]).double(),
    )


def padded(b: int, length: int, vocabulary: int = 9) -> Tensor:
    """Sentences (B, length) of words 3 to 8 with padding at their ends; the first word is none."""
    words = torch.randint(3, vocabulary, (b, length))
    real = torch.randint(1, length + 1, (b, 1))
    return torch.where(torch.arange(length) < real, words, 0)


def assert_alike(mine: Tensor, theirs: Tensor, inputs: list[Tensor], what: object) -> None:
    """Equal to 1e-9, and so are the gradients of all inputs."""
    assert torch.allclose(mine, theirs, rtol=0, atol=1e-9), what
    for one, other in zip(*(torch.autograd.grad(x.square().sum(), inputs) for x in (mine, theirs)), strict=True):
        assert torch.allclose(one, other, rtol=1e-9, atol=1e-9), what


@pytest.mark.parametrize("norm_first", [False, True], ids=["post", "pre"])
@pytest.mark.parametrize("masked", [False, True], ids=["no mask", "masks"])
def test_the_decoder_equals_torchs_own_in_outputs_and_gradients(lesson, masked, norm_first):
    for case in CASES:
        torch.manual_seed(case)
        size = draw(case)
        sizes = size["layers"], size["D"], size["heads"], size["d_ff"], 0.0, norm_first
        mine, (_, theirs) = randomised(lesson["Decoder"](*sizes)), torchs_stacks(size, norm_first)
        theirs.load_state_dict(parts.torch_names(mine.state_dict()))
        y = torch.randn(size["B"], size["T"], size["D"], dtype=torch.float64, requires_grad=True)
        memory = torch.randn(size["B"], size["S"], size["D"], dtype=torch.float64, requires_grad=True)
        past, padding = lesson["causal_mask"](size["T"]), padded(size["B"], size["S"]) == 0
        ours = (past, ~padding[:, None]) if masked else ()
        torchs = {"tgt_mask": ~past, "memory_key_padding_mask": padding} if masked else {}
        assert_alike(mine(y, memory, *ours), theirs(y, memory, **torchs), [y, memory], (case, size))


@pytest.mark.parametrize("norm_first", [False, True], ids=["post", "pre"])
def test_the_whole_equals_nn_transformer_in_scores_and_in_the_gradient_of_the_embedding(lesson, norm_first):
    for case in CASES:
        torch.manual_seed(case)
        size = draw(case)
        sizes = size["D"], size["heads"], size["d_ff"], size["layers"], 0.0, norm_first
        mine = randomised(lesson["Transformer"](9, *sizes))
        encoder, decoder = torchs_stacks(size, norm_first)
        theirs = nn.Transformer(
            size["D"], size["heads"], custom_encoder=encoder, custom_decoder=decoder, batch_first=True
        )
        theirs.load_state_dict(parts.torch_names(mine.state_dict()))
        source, target = padded(size["B"], size["S"]), padded(size["B"], size["T"])
        table, places = mine.embedding.weight, mine.positions.table

        def embedded(tokens: Tensor, table: Tensor = table, places: Tensor = places) -> Tensor:
            return table[tokens] * table.size(1) ** 0.5 + places[: tokens.size(1)]

        hidden = source == 0
        wanted = theirs(
            embedded(source),
            embedded(target),
            tgt_mask=~lesson["causal_mask"](size["T"]),
            src_key_padding_mask=hidden,
            memory_key_padding_mask=hidden,
        )
        real = target != 0
        assert_alike(mine(source, target)[real], (wanted @ table.T)[real], [table], (case, size))


def test_source_target_and_output_share_one_parameter(lesson):
    model = lesson["Transformer"](9, 8, 2, 12, 1)
    assert [name for name, p in model.named_parameters() if 9 in p.shape] == ["embedding.weight"]
    source, target = torch.tensor([[3, 4]]), torch.tensor([[1, 5]])
    (gradient,) = torch.autograd.grad(model(source, target)[0, 1, 7], model.embedding.weight)
    touched = (gradient != 0).any(dim=1).nonzero().flatten().tolist()
    assert touched == [1, 3, 4, 5, 7]  # read in the target, in the source, and asked for


def test_what_it_writes_is_the_likeliest_word_at_every_place_under_teacher_forcing(lesson):
    written_words = 0
    for case in range(10):
        torch.manual_seed(case)
        model = randomised(lesson["Transformer"](9, 8, 2, 12, 2, dropout=0.3, norm_first=case % 2 == 1))
        source = padded(4, 6)
        written = lesson["greedy_decode"](model, source, max_len=7)
        read = torch.cat([torch.ones(4, 1, dtype=torch.int64), written[:, :-1]], dim=1)
        real = (read != 2).cumprod(dim=1).bool()  # up to the first eos and with it
        assert torch.equal(model(source, read).argmax(-1)[real], written[real])
        assert (written[~real] == 0).all()
        written_words += int(real.sum())
    assert written_words > 100


def test_a_batch_is_written_as_its_sentences_are_one_by_one(lesson):
    for kind in ("copier", "adder"):
        source = torch.tensor([[5, 2, 0, 0], [8, 6, 4, 2], [3, 7, 2, 0]])
        together = lesson["greedy_decode"](COPIERS[kind](10), source, max_len=9)
        for row, sentence in zip(together, source, strict=True):
            alone = lesson["greedy_decode"](COPIERS[kind](10), sentence[None], max_len=9)[0]
            assert row[: len(alone)].tolist() == alone.tolist() and not row[len(alone) :].any()
    assert together.shape == (3, 4)


def test_the_count_of_parameters_is_that_of_the_model_and_the_papers_base_has_63_million(lesson):
    for case in CASES:
        size = draw(case)
        sizes = size["D"], size["heads"], size["d_ff"], size["layers"]
        model = lesson["Transformer"](17, *sizes)
        assert lesson["parameter_count"](17, *sizes) == sum(p.numel() for p in model.parameters())
    assert lesson["parameter_count"](37_000, 512, 8, 2048, 6) == 63_082_496
    assert lesson["parameter_count"](37_000, 1024, 16, 4096, 6) == 214_245_376


def test_the_whole_models_reach_is_the_triangle_over_the_target_and_every_word_of_the_source(lesson):
    torch.manual_seed(0)
    model = lesson["Transformer"](9, 8, 2, 12, 3, dropout=0.0).double()
    source, target = torch.tensor([[5, 3, 2, 0]]), torch.tensor([[1, 6, 3, 7]])
    over_target = reach_of_words(lambda words: model(source, words[None])[0], target[0])
    over_source = reach_of_words(lambda words: model(words[None], target)[0], source[0])
    assert torch.equal(over_target, lesson["causal_mask"](4))
    assert torch.equal(over_source, (source != 0).expand(4, 4))


def test_a_model_without_its_triangle_is_found_by_the_reach_of_words_and_by_the_students_test(lesson):
    torch.manual_seed(0)
    model = lesson["Transformer"](9, 8, 2, 12, 1).eval()
    source, target = torch.tensor([[5, 3, 2]]), torch.tensor([[1, 6, 3, 7]])

    def open_model(source: Tensor, target: Tensor) -> Tensor:
        return model.decoder(model.embed(target), model.encode(source)) @ model.embedding.weight.T

    assert reach_of_words(lambda words: open_model(source, words[None])[0], target[0]).all()
    assert lesson["future_cannot_leak"](model, source, target)
    assert not lesson["future_cannot_leak"](open_model, source, target)


def test_reach_of_words_refuses_what_is_no_sentence_of_word_numbers():
    with pytest.raises(ValueError, match="one sentence of word numbers"):
        reach_of_words(lambda words: words, torch.randn(4))
    with pytest.raises(ValueError, match="one sentence of word numbers"):
        reach_of_words(lambda words: words, torch.tensor([[3, 4]]))


def test_the_copiers_stop_what_no_greedy_decoding_should_do():
    model, source = COPIERS["copier"](10), torch.tensor([[5, 2]])
    memory = model.encode(source)
    with pytest.raises(RuntimeError, match="encode was called again"):
        model.encode(source)
    with pytest.raises(RuntimeError, match="every sentence"):
        model.decode(torch.tensor([[1, 5, 2]]), memory, source)
    with pytest.raises(ValueError, match="target"):
        model.decode(memory, torch.tensor([[1]]), source)


def test_a_question_can_call_a_method_and_says_so_where_there_is_none():
    sizes = (9, 8, 2, 12, 1)
    source = torch.tensor([[5, 3, 2]])
    answer = ask(parts.Transformer, Question(args=(source,), init=sizes, method="encode"))
    assert answer.outputs[0].shape == (1, 3, 8)
    failure = ask(parts.Transformer, Question(args=(source,), init=sizes, method="translate")).failure
    assert failure_sentence("Transformer", failure) == "`Transformer` has no method `translate`."


def test_a_question_asks_for_the_reach_of_word_numbers_and_of_one_sentence_of_vectors():
    source, target = torch.tensor([[5, 3, 2, 0]]), torch.tensor([[1, 6, 3]])
    whole = {"args": (source, target), "init": (9, 8, 2, 12, 1)}
    over_source, over_target = (ask(parts.Transformer, Question(**whole, reach=(n, 0))).outputs[0] for n in (0, 1))
    assert torch.equal(over_source, (source != 0).expand(3, 4)) and torch.equal(over_target, parts.causal_mask(3))
    layer = {"args": (torch.randn(1, 3, 8), torch.randn(1, 2, 8), parts.causal_mask(3)), "init": (8, 2, 12)}
    assert torch.equal(ask(parts.DecoderLayer, Question(**layer, reach=(0, 0))).outputs[0], parts.causal_mask(3))


def test_two_outputs_that_change_places_are_another_answer_where_their_order_counts():
    one, other = torch.tensor([1.0, 2.0]), torch.tensor([4.0, 3.0])
    answers = [[Answer(outputs=pair, came_as="tuple")] for pair in ((one, other), (other, one))]
    for ordered in (False, True):
        case = Case("values", "", (Question(),), names=("a", "b"), options={"ordered": ordered})
        first, second = (fingerprint([case], [answer]) for answer in answers)
        assert same(first, second) is not ordered


def test_the_comparison_with_torchs_own_takes_a_model_with_a_tied_layer_an_alias_and_a_buffer(lesson):
    class Ordinary(lesson["Transformer"]):
        def __init__(self, vocabulary: int, d_model: int, *sizes: int, **rest: float) -> None:
            super().__init__(vocabulary, d_model, *sizes, **rest)
            self.output = nn.Linear(d_model, vocabulary, bias=False)
            self.output.weight = self.embedding.weight
            self.source_embedding = self.embedding
            self.register_buffer("triangle", torch.ones(9, 9).tril())
            self.decoder.register_buffer("triangle", torch.ones(9, 9).tril())

    cells = read_notebook(Course.find(), "08_decoder_and_transformer").cells
    (cell,) = (cell.source for cell in cells if "def torchs_own" in cell.source)
    scope = {**lesson, "Transformer": Ordinary}
    exec(cell, scope)
    assert torch.allclose(scope["output"], scope["wanted"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", PEEKERS)
def test_what_a_sentence_sees_in_a_leaking_model_hangs_on_no_other_sentence(name):
    model = PEEKERS[name]()
    source, target = (
        torch.tensor([[5, 4, 3], [8, 6, 7], [3, 8, 8]]),
        torch.tensor([[1, 6, 3, 7], [1, 8, 4, 4], [1] * 4]),
    )
    alone = [model(source[b : b + 1], target[b : b + 1]) for b in range(3)]
    assert torch.equal(model(source, target), torch.cat(alone))


def test_a_leaking_model_says_which_words_it_knows():
    with pytest.raises(IndexError, match="words 3 and 4"):
        PEEKERS["sees the past"]()(torch.tensor([[5]]), torch.tensor([[1, 9]]))


class Dropping(nn.Module):
    """x, after some dropout; and an embedding that begins with some standard deviation."""

    def __init__(self, drop: str, p: float, std: float) -> None:
        super().__init__()
        self.drop, self.embedding = getattr(nn, drop)(p), nn.Embedding(200, 16)
        nn.init.normal_(self.embedding.weight, std=std)

    def forward(self, x: Tensor) -> Tensor:
        return self.drop(x)


def said(case: Case, *init: object) -> str:
    """What is said of Dropping(*init) in a case whose right answer is that of its own question; "" where nothing is."""
    right = tuple(ask(Dropping, question) for question in case.questions)
    yours = tuple(ask(Dropping, replace(question, init=init)) for question in case.questions)
    found = judge("Dropping", case, right, yours)
    return found.sentence if found else ""


def test_dropout_of_whole_rows_and_of_another_probability_is_told_from_dropout_of_each_entry():
    case = dropped("", torch.ones(4, 5, 8), p=0.25, init=("Dropout", 0.25, 0.25))
    assert said(case, "Dropout", 0.25, 0.25) == ""
    assert "whole rows" in said(case, "Dropout1d", 0.25, 0.25)
    assert "1.33 times" in said(case, "Dropout", 0.5, 0.25)


def test_an_embedding_that_begins_too_wide_too_narrow_or_with_zeros_is_told():
    case = spread("", torch.arange(200), std=0.25, init=("Dropout", 0.0, 0.25), method="embedding")
    assert said(case, "Dropout", 0.0, 0.25) == ""
    for std in (1.0, 0.1, 0.0):
        assert "standard deviation" in said(case, "Dropout", 0.0, std)

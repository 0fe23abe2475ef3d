"""`classroom.parts`: the finished parts do what the lessons ask of a student's own, and equal torch's own modules."""

from __future__ import annotations

import copy
import itertools
import pickle
import warnings

import pytest
import torch
from torch import Tensor, nn

from autograder.grading.judge import sealed
from classroom import check, parts
from classroom.checking import records

CHECKS = {
    "attention": ("attention", "masked attention"),
    "padding_mask": ("padding_mask",),
    "PositionalEncoding": ("PositionalEncoding",),
    "MultiHeadAttention": ("MultiHeadAttention", "masked multi-head attention"),
    "LayerNorm": ("LayerNorm",),
    "PositionwiseFeedForward": ("PositionwiseFeedForward",),
}
OF_LESSONS_7_AND_8 = {"EncoderLayer", "Encoder", "causal_mask", "DecoderLayer", "Decoder", "Transformer"}
TOOLS = {"torch_names", "use", "watch"}
SIZES = [(1, 2, 4, 8), (2, 6, 12, 24), (3, 4, 20, 7)]  # layers, heads, D, d_ff
NORM_ORDERS = [False, True]
ATOL = 1e-9


def test_every_part_is_tried_here():
    assert set(parts.__all__) == {*CHECKS, *OF_LESSONS_7_AND_8, *TOOLS}


@pytest.mark.parametrize("name", CHECKS)
def test_a_finished_part_passes_the_check_of_its_lesson_the_sealed_one_too(name):
    for exercise in CHECKS[name]:
        check(exercise, getattr(parts, name))
        sealed(exercise, getattr(parts, name))


@pytest.mark.parametrize("name", sorted(OF_LESSONS_7_AND_8))
def test_a_finished_part_of_lessons_7_and_8_passes_the_checks_there_are(name):
    asked = [probe for probe in records.names() if records.load(probe).target == name]
    for exercise in asked:
        check(exercise, getattr(parts, name))
        sealed(exercise, getattr(parts, name))
    if not asked:
        pytest.skip(f"no lesson has a check for {name} yet")


# The stacks equal torch's own when the weights are copied: outputs and gradients, in float64.


def torchs_encoder(layers: int, heads: int, D: int, d_ff: int, norm_first: bool) -> nn.TransformerEncoder:
    layer = nn.TransformerEncoderLayer(D, heads, d_ff, 0.0, batch_first=True, norm_first=norm_first)
    return nn.TransformerEncoder(layer, layers, nn.LayerNorm(D) if norm_first else None, enable_nested_tensor=False)


def torchs_decoder(layers: int, heads: int, D: int, d_ff: int, norm_first: bool) -> nn.TransformerDecoder:
    layer = nn.TransformerDecoderLayer(D, heads, d_ff, 0.0, batch_first=True, norm_first=norm_first)
    return nn.TransformerDecoder(layer, layers, nn.LayerNorm(D) if norm_first else None)


def words_at(lengths: list[int]) -> Tensor:
    """(B, 1, S), True where there is a word: for sentences of these lengths."""
    return (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]).unsqueeze(1)


def scattered(model: nn.Module) -> nn.Module:
    """The model in float64, with weights that no initial value hides behind: norms' weights are not 1 any more."""
    torch.manual_seed(1)
    model = model.double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.3)
    return model


def assert_equal_with_gradients(ours: nn.Module, theirs: nn.Module, mine: Tensor, torchs: Tensor, inputs: list) -> None:
    assert mine.shape == torchs.shape
    torch.testing.assert_close(mine, torchs, rtol=0, atol=ATOL)
    uneven = torch.cos(torch.arange(mine.numel(), dtype=torch.float64)).reshape(mine.shape)
    of_inputs = torch.autograd.grad((mine * uneven).sum(), [*inputs, *ours.parameters()])
    of_theirs = torch.autograd.grad((torchs * uneven).sum(), [*inputs, *theirs.parameters()])
    for one, other in zip(of_inputs[: len(inputs)], of_theirs[: len(inputs)], strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=ATOL)
    names = [name for name, _ in ours.named_parameters()]
    renamed = parts.torch_names(dict(zip(names, of_inputs[len(inputs) :], strict=True)))
    wanted = dict(zip((name for name, _ in theirs.named_parameters()), of_theirs[len(inputs) :], strict=True))
    assert renamed.keys() == wanted.keys()
    for name in wanted:
        torch.testing.assert_close(renamed[name], wanted[name], rtol=0, atol=ATOL)
        assert wanted[name].abs().max() > 0 or "in_proj_bias" in name


@pytest.mark.parametrize("norm_first", NORM_ORDERS)
@pytest.mark.parametrize(("layers", "heads", "D", "d_ff"), SIZES)
def test_the_encoder_equals_torchs_with_every_kind_of_mask(layers, heads, D, d_ff, norm_first):
    ours = scattered(parts.Encoder(layers, D, heads, d_ff, 0.0, norm_first))
    theirs = torchs_encoder(layers, heads, D, d_ff, norm_first).double()
    theirs.load_state_dict(parts.torch_names(ours.state_dict()))
    x = torch.randn(3, 5, D, dtype=torch.float64, requires_grad=True)
    padding, causal = words_at([5, 2, 4]), parts.causal_mask(5)
    for mask, words in [
        (None, {}),
        (padding, {"src_key_padding_mask": ~padding[:, 0]}),
        (causal, {"mask": ~causal}),
        (causal & padding, {"mask": ~causal, "src_key_padding_mask": ~padding[:, 0]}),
    ]:
        assert_equal_with_gradients(ours, theirs, ours(x, mask), theirs(x, **words), [x])


@pytest.mark.parametrize("norm_first", NORM_ORDERS)
@pytest.mark.parametrize(("layers", "heads", "D", "d_ff"), SIZES)
def test_the_decoder_equals_torchs_with_every_kind_of_mask(layers, heads, D, d_ff, norm_first):
    ours = scattered(parts.Decoder(layers, D, heads, d_ff, 0.0, norm_first))
    theirs = torchs_decoder(layers, heads, D, d_ff, norm_first).double()
    theirs.load_state_dict(parts.torch_names(ours.state_dict()))
    y = torch.randn(3, 4, D, dtype=torch.float64, requires_grad=True)
    memory = torch.randn(3, 6, D, dtype=torch.float64, requires_grad=True)
    causal, target, source = parts.causal_mask(4), words_at([4, 1, 3]), words_at([2, 6, 5])
    for ours_masks, words in [
        ((None, None), {}),
        ((causal, None), {"tgt_mask": ~causal}),
        ((None, source), {"memory_key_padding_mask": ~source[:, 0]}),
        (
            (causal & target, source),
            {
                "tgt_mask": ~causal,
                "tgt_key_padding_mask": ~target[:, 0],
                "memory_key_padding_mask": ~source[:, 0],
            },
        ),
    ]:
        mine, torchs = ours(y, memory, *ours_masks), theirs(y, memory, **words)
        assert_equal_with_gradients(ours, theirs, mine, torchs, [y, memory])


@pytest.mark.parametrize("norm_first", NORM_ORDERS)
def test_a_layer_alone_equals_torchs(norm_first):
    x, memory = (torch.randn(2, n, 8, dtype=torch.float64, requires_grad=True) for n in (5, 3))
    ours = scattered(parts.EncoderLayer(8, 2, 12, 0.0, norm_first))
    theirs = torchs_encoder(1, 2, 8, 12, norm_first).layers[0].double()
    theirs.load_state_dict(parts.torch_names(ours.state_dict()))
    padding = words_at([5, 2])
    torchs = theirs(x, src_key_padding_mask=~padding[:, 0])
    assert_equal_with_gradients(ours, theirs, ours(x, padding), torchs, [x])

    ours = scattered(parts.DecoderLayer(8, 2, 12, 0.0, norm_first))
    theirs = torchs_decoder(1, 2, 8, 12, norm_first).layers[0].double()
    theirs.load_state_dict(parts.torch_names(ours.state_dict()))
    causal, source = parts.causal_mask(5), words_at([1, 3])
    torchs = theirs(x, memory, tgt_mask=~causal, memory_key_padding_mask=~source[:, 0])
    assert_equal_with_gradients(ours, theirs, ours(x, memory, causal, source), torchs, [x, memory])


@pytest.mark.parametrize("norm_first", NORM_ORDERS)
@pytest.mark.parametrize(("layers", "heads", "D", "d_ff"), SIZES)
def test_the_transformer_equals_torchs_behind_the_same_embedding(layers, heads, D, d_ff, norm_first):
    ours = scattered(parts.Transformer(11, D, heads, d_ff, layers, 0.0, norm_first))
    encoder, decoder = (f(layers, heads, D, d_ff, norm_first) for f in (torchs_encoder, torchs_decoder))
    theirs = nn.Transformer(D, heads, custom_encoder=encoder, custom_decoder=decoder, batch_first=True).double()
    theirs.load_state_dict(parts.torch_names(ours.state_dict()))
    source, target = torch.tensor([[5, 4, 9, 2], [7, 2, 0, 0]]), torch.tensor([[1, 3, 3], [1, 8, 0]])

    def placed(tokens: Tensor) -> Tensor:
        return ours.embedding(tokens) * D**0.5 + ours.positions.table[: tokens.size(1)]

    behind = theirs(
        placed(source),
        placed(target),
        tgt_mask=~parts.causal_mask(3),
        src_key_padding_mask=source == 0,
        tgt_key_padding_mask=target == 0,
        memory_key_padding_mask=source == 0,
    )
    scores = ours(source, target)
    assert scores.shape == (2, 3, 11)
    torch.testing.assert_close(scores, behind @ ours.embedding.weight.T, rtol=0, atol=ATOL)
    torch.testing.assert_close(ours.decode(target, ours.encode(source), source), scores, rtol=0, atol=ATOL)
    scores.sum().backward()
    assert all(parameter.grad is not None for parameter in ours.parameters())


# Names, dropout, and what else a module of torch can do.

STACKS = {
    "EncoderLayer": ((8, 2, 12), lambda module, x: module(x, words_at([4, 2]))),
    "Encoder": ((2, 8, 2, 12), lambda module, x: module(x, words_at([4, 2]))),
    "DecoderLayer": ((8, 2, 12), lambda module, x: module(x, x.flip(1), parts.causal_mask(4), words_at([4, 2]))),
    "Decoder": ((2, 8, 2, 12), lambda module, x: module(x, x.flip(1), parts.causal_mask(4), words_at([4, 2]))),
}
NORMED = pytest.mark.parametrize("norm_first", NORM_ORDERS)
EVERY_STACK = pytest.mark.parametrize("name", STACKS)


@NORMED
def test_the_names_of_weights_are_those_of_the_lessons(norm_first):
    attention = {f"W_{one}.{kind}" for one in "qkvo" for kind in ("weight", "bias")}
    network = {f"feed_forward.W_{one}.{kind}" for one in "12" for kind in ("weight", "bias")}
    norms = [{f"norm_{one}.{kind}" for kind in ("gamma", "beta")} for one in "123"]
    last = {"norm.gamma", "norm.beta"} if norm_first else set()
    layer = {f"attention.{name}" for name in attention} | network | norms[0] | norms[1]
    assert set(parts.EncoderLayer(8, 2, 12, norm_first=norm_first).state_dict()) == layer
    encoder = {f"layers.{n}.{name}" for n in (0, 1) for name in layer} | last
    assert set(parts.Encoder(2, 8, 2, 12, norm_first=norm_first).state_dict()) == encoder
    layer = {f"{one}_attention.{name}" for one in ("self", "cross") for name in attention} | network
    layer |= norms[0] | norms[1] | norms[2]
    assert set(parts.DecoderLayer(8, 2, 12, norm_first=norm_first).state_dict()) == layer
    decoder = {f"layers.{n}.{name}" for n in (0, 1) for name in layer} | last
    assert set(parts.Decoder(2, 8, 2, 12, norm_first=norm_first).state_dict()) == decoder
    whole = {f"encoder.{name}" for name in encoder} | {f"decoder.{name}" for name in decoder}
    found = parts.Transformer(11, 8, 2, 12, 2, norm_first=norm_first).state_dict()
    assert set(found) == whole | {"embedding.weight", "positions.table"}


@EVERY_STACK
def test_dropout_is_on_what_a_sublayer_puts_out_and_nowhere_else(name):
    """At rate 1 every sublayer puts out 0: the input is left, normalized or not; inside, nothing has been dropped."""
    sizes, call = STACKS[name]
    x = torch.randn(2, 4, 8)
    inside = []
    module = getattr(parts, name)(*sizes, 1.0, True).train()
    for part in module.modules():
        if isinstance(part, parts.PositionwiseFeedForward | parts.MultiHeadAttention):
            part.register_forward_hook(lambda part, args, out: inside.append(out))
    left = call(module, x)
    torch.testing.assert_close(left, nn.functional.layer_norm(x, (8,)) if hasattr(module, "layers") else x)
    assert len(inside) >= 2
    assert all((out[0] if isinstance(out, tuple) else out).ne(0).all() for out in inside)
    torch.manual_seed(0)
    module = getattr(parts, name)(*sizes, 0.5)
    assert not torch.equal(call(module.train(), x), call(module, x))
    assert torch.equal(call(module.eval(), x), call(module, x))


def test_what_the_feed_forward_network_puts_out_is_dropped_once():
    torch.manual_seed(0)
    x = torch.randn(8, 64, 8)
    for layer, call in ((parts.EncoderLayer, (x,)), (parts.DecoderLayer, (x, x))):
        layer = layer(8, 2, 12, 0.5, True)
        with torch.no_grad():
            for name, parameter in layer.named_parameters():
                parameter.mul_(0.0 if "W_o" in name else 1.0)
        dropped = (layer(*call) - x).eq(0).double().mean()
        assert abs(dropped - 0.5) < 0.05, "dropped twice, 3 of 4 would be 0"


@EVERY_STACK
def test_a_stack_can_be_copied_pickled_moved_and_loaded(name, tmp_path):
    sizes, call = STACKS[name]
    module = scattered(getattr(parts, name)(*sizes)).eval()
    x = torch.randn(2, 4, 8, dtype=torch.float64)
    wanted = call(module, x)
    fresh = scattered(getattr(parts, name)(*sizes)).eval()
    with torch.no_grad():
        fresh = fresh.apply(lambda m: [p.zero_() for p in m.parameters(recurse=False)])
    assert not torch.equal(call(fresh, x), wanted)
    fresh.load_state_dict(module.state_dict())
    torch.save(module, tmp_path / "module.pt")
    saved = torch.load(tmp_path / "module.pt", weights_only=False)
    for other in (fresh, copy.deepcopy(module), pickle.loads(pickle.dumps(module)), saved):
        torch.testing.assert_close(call(other, x), wanted, rtol=0, atol=0)
    copied = copy.deepcopy(module)
    with torch.no_grad():
        next(copied.parameters()).add_(1.0)
    assert torch.equal(call(module, x), wanted) and not torch.equal(call(copied, x), wanted)
    assert call(module.float(), x.float()).dtype == torch.float32
    if "Encoder" in name:
        assert module.to("meta")(x.to("meta"), torch.ones(4, 4, dtype=torch.bool, device="meta")).shape == x.shape


def test_layers_of_a_stack_are_drawn_each_for_itself():
    for stack in (parts.Encoder(3, 8, 2, 12), parts.Decoder(3, 8, 2, 12)):
        matrices = [layer.feed_forward.W_1.weight for layer in stack.layers]
        assert not any(torch.equal(a, b) for a, b in itertools.combinations(matrices, 2))


def test_the_transformer_of_the_paper_is_counted_on_the_meta_device():
    with torch.device("meta"):
        model = parts.Transformer(37_000, 512, 8, 2048, 6)
    assert sum(p.numel() for p in model.parameters()) == 37_000 * 512 + 6 * (3_152_384 + 4_204_032)
    tokens = torch.ones(2, 3, dtype=torch.long, device="meta")
    assert model(tokens, tokens).shape == (2, 3, 37_000)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_the_stacks_give_on_a_gpu_what_they_give_on_a_cpu():
    model = scattered(parts.Transformer(11, 8, 2, 12, 2)).eval()
    tokens = torch.tensor([[5, 4, 9, 2], [7, 2, 0, 0]])
    wanted = model(tokens, tokens)
    model, tokens = model.cuda(), tokens.cuda()
    torch.testing.assert_close(model(tokens, tokens).cpu(), wanted)
    with torch.autocast("cuda", dtype=torch.bfloat16):
        assert model.float()(tokens, tokens).isfinite().all()


def test_a_query_that_may_attend_to_nothing_gets_finite_numbers_and_gradients():
    model = parts.Transformer(11, 8, 2, 12, 2)
    nothing, words = torch.zeros(2, 3, dtype=torch.long), torch.tensor([[1, 4, 2], [1, 0, 0]])
    for source, target in [(nothing, words), (words, nothing), (nothing, nothing)]:
        model.zero_grad()
        scores = model(source, target)
        assert scores.isfinite().all()
        scores.square().sum().backward()
        assert all(p.grad.isfinite().all() for p in model.parameters() if p.grad is not None)
    x = torch.randn(2, 3, 8)
    assert parts.Encoder(2, 8, 2, 12)(x, torch.zeros(3, 3, dtype=torch.bool)).isfinite().all()


def test_the_fast_path_of_torch_does_not_go_round_a_part():
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("error")
        for name, (sizes, call) in STACKS.items():
            module = getattr(parts, name)(*sizes).eval()
            called = []
            for part in module.modules():
                if isinstance(part, parts.MultiHeadAttention):
                    part.register_forward_hook(lambda *_, called=called: called.append(1))
            call(module, torch.randn(2, 4, 8))
            assert len(called) == sum(isinstance(part, parts.MultiHeadAttention) for part in module.modules())


def test_masks_are_true_where_one_may_attend():
    assert parts.causal_mask(3).tolist() == [[True, False, False], [True, True, False], [True, True, True]]
    assert parts.causal_mask(1).tolist() == [[True]] and parts.causal_mask(4).dtype == torch.bool
    assert parts.causal_mask(2, device="meta").device.type == "meta"
    assert parts.padding_mask(torch.tensor([[3, 0], [1, 2]])).tolist() == [[[True, False]], [[True, True]]]
    assert parts.padding_mask(torch.tensor([[3, 9]]), pad=9).tolist() == [[[True, False]]]


# torch_names


def test_small_parts_have_names_in_torch_too():
    ours = scattered(parts.MultiHeadAttention(8, 2))
    theirs = nn.MultiheadAttention(8, 2, batch_first=True).double()
    theirs.load_state_dict(parts.torch_names(ours.state_dict()))
    x = torch.randn(2, 4, 8, dtype=torch.float64)
    torch.testing.assert_close(ours(x, x, x)[0], theirs(x, x, x)[0], rtol=0, atol=ATOL)
    assert set(parts.torch_names(parts.LayerNorm(8).state_dict())) == {"weight", "bias"}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["layers.0.mlp.W_1.weight"], "layers.0.mlp.W_1.weight"),
        (["attention.W_q.scale"], "attention.W_q.scale"),
        (["norm_1.alpha"], "norm_1.alpha"),
        (["alpha"], "alpha"),
        (["attention.W_q.weight", "attention.W_k.weight"], "attention.W_v.weight is missing"),
        (["attention.W_v.bias"], "attention.W_q.bias and attention.W_k.bias is missing"),
        (["encoder.embedding.weight"], "encoder.embedding.weight"),
    ],
)
def test_a_name_that_torch_has_not_is_said(names, said):
    with pytest.raises(ValueError, match="torch") as raised:
        parts.torch_names({name: torch.zeros(2, 2) for name in names})
    assert said in str(raised.value) and "\n" not in str(raised.value)


# watch


class Students(nn.Module):
    """A layer as a student may write it: other names, and weights that are not handed on."""

    def __init__(self):
        super().__init__()
        self.first, self.second = parts.MultiHeadAttention(8, 2), parts.MultiHeadAttention(8, 4)
        self.plain = nn.Linear(8, 8)

    def forward(self, x, break_at_end=False):
        x = self.second(self.first(x, x, x)[0], x, x)[0]
        if break_at_end:
            raise RuntimeError("broken")
        return self.plain(x), x


def hooks_on(model: nn.Module) -> int:
    return sum(len(module._forward_hooks) for module in model.modules())


def test_watch_sees_the_weights_of_every_attention_by_its_place():
    model = parts.Transformer(11, 8, 2, 12, 2).eval()
    source, target = torch.tensor([[5, 4, 9, 2], [7, 2, 0, 0]]), torch.tensor([[1, 3, 3], [1, 8, 0]])
    unwatched = model(source, target)
    with parts.watch(model) as seen:
        watched = model(source, target)
    assert torch.equal(unwatched, watched)
    assert list(seen) == [
        *(f"encoder.layers.{n}.attention" for n in (0, 1)),
        *(f"decoder.layers.{n}.{one}_attention" for n in (0, 1) for one in ("self", "cross")),
    ]
    assert seen["encoder.layers.1.attention"].shape == (2, 2, 4, 4)
    assert seen["decoder.layers.0.self_attention"].shape == (2, 2, 3, 3)
    cross = seen["decoder.layers.1.cross_attention"]
    assert cross.shape == (2, 2, 3, 4) and not cross.requires_grad
    torch.testing.assert_close(cross.sum(-1), torch.ones(2, 2, 3))
    assert cross[1, :, :, 2:].eq(0).all(), "padding of the source is looked at"
    assert seen["decoder.layers.1.self_attention"].triu(1).eq(0).all(), "the future is looked at"
    assert hooks_on(model) == 0


def test_watch_keeps_the_last_call_and_works_on_a_students_module_and_on_an_attention_itself():
    model = Students()
    with parts.watch(model) as seen:
        model(torch.randn(1, 5, 8))
        model(torch.randn(3, 2, 8))
    assert {name: tuple(weights.shape) for name, weights in seen.items()} == {
        "first": (3, 2, 2, 2),
        "second": (3, 4, 2, 2),
    }
    model(torch.randn(1, 5, 8))
    assert seen["first"].shape == (3, 2, 2, 2), "it looks on although the watch is over"
    with parts.watch(model.first) as seen:
        model.first(*[torch.randn(1, 4, 8)] * 3)
    assert list(seen) == [""]


def test_watch_takes_its_hooks_away_after_an_error_and_leaves_others():
    model = Students()
    model.plain.register_forward_hook(lambda *_: None)
    with pytest.raises(RuntimeError, match="broken"), parts.watch(model) as seen:
        assert hooks_on(model) == 13
        model(torch.randn(1, 5, 8), break_at_end=True)
    assert hooks_on(model) == 1 and set(seen) == {"first", "second"}

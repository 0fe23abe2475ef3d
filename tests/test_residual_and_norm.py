"""Lesson 06: its solutions against torch's own layers, the models its checks hand over, its bug, its pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch
import torch.nn.functional as F
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import RichOutput, capture_output
from torch import Tensor, nn

from autograder.authoring.lesson import namespace, read
from autograder.course import Course
from classroom import bugs, show
from classroom.checking.made import make
from classroom.checking.models.by_word import WORD_MODELS
from classroom.checking.models.order_models import ORDER_MODELS
from classroom.checking.questions import Question
from classroom.checking.runner import ask
from classroom.counting import counted
from classroom.reach import reach
from classroom.show.depth.stack_differences import differences
from classroom.show.depth.stack_gradients import gradients

CLOSE = {"rtol": 1e-9, "atol": 1e-9}
SHAPES = ((4,), (3, 5), (2, 3, 4), (2, 1, 3, 7), (1, 512))


@pytest.fixture(scope="module")
def solved() -> dict:
    return namespace(read(Course.find(), "06_residual_and_norm"))


def numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def same_with_gradients(mine: Callable, theirs: Callable, *inputs: Tensor) -> None:
    """Both give the same output, and the same gradients of every input."""
    found = []
    for function in (mine, theirs):
        leaves = [x.clone().requires_grad_() for x in inputs]
        out = function(*leaves)
        found.append((out, *torch.autograd.grad((out * numbers(*out.shape, seed=9)).sum(), leaves)))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, **CLOSE)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("eps", [1e-5, 0.1])
def test_layer_norm_and_its_gradients_equal_torchs(solved: dict, shape: tuple, eps: float) -> None:
    D = shape[-1]
    inputs = numbers(*shape), numbers(D, seed=1), numbers(D, seed=2)
    same_with_gradients(
        lambda x, g, b: solved["layer_norm"](x, g, b, eps), lambda x, g, b: F.layer_norm(x, (D,), g, b, eps), *inputs
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_rms_norm_and_its_gradients_equal_torchs(solved: dict, shape: tuple) -> None:
    D = shape[-1]
    same_with_gradients(
        lambda x, g: solved["rms_norm"](x, g, 0.01),
        lambda x, g: F.rms_norm(x, (D,), g, 0.01),
        numbers(*shape),
        numbers(D, seed=1),
    )


def randomized(module: nn.Module) -> nn.Module:
    """Random float64 numbers for every parameter, by order of names."""
    module = module.double()
    with torch.no_grad():
        for number, (_, parameter) in enumerate(sorted(module.named_parameters())):
            parameter.copy_(numbers(*parameter.shape, seed=100 + number) / 2)
    return module


@pytest.mark.parametrize("norm_first", [False, True])
def test_a_sublayer_with_its_residual_equals_the_feed_forward_half_of_torchs_encoder_layer(
    solved: dict, norm_first: bool
) -> None:
    D, d_ff = 6, 10
    around = randomized(solved["ResidualSublayer"](D, 0.3, norm_first)).eval()
    inside = randomized(solved["PositionwiseFeedForward"](D, d_ff)).eval()
    torchs = (
        nn.TransformerEncoderLayer(D, 2, d_ff, dropout=0.3, norm_first=norm_first, batch_first=True).double().eval()
    )
    with torch.no_grad():
        for linear, mine in ((torchs.linear1, inside.W_1), (torchs.linear2, inside.W_2)):
            linear.weight.copy_(mine.weight)
            linear.bias.copy_(mine.bias)
        torchs.norm2.weight.copy_(around.norm.gamma)
        torchs.norm2.bias.copy_(around.norm.beta)

    def half(x: Tensor) -> Tensor:
        return x + torchs._ff_block(torchs.norm2(x)) if norm_first else torchs.norm2(x + torchs._ff_block(x))

    same_with_gradients(lambda x: around(x, inside), half, numbers(2, 3, D))


@pytest.mark.parametrize("norm_first", [False, True])
def test_a_stack_equals_torchs_parts_put_together_by_hand(solved: dict, norm_first: bool) -> None:
    D, d_ff, layers = 4, 7, 3
    stack = randomized(solved["FeedForwardStack"](layers, D, d_ff, 0.2, norm_first)).eval()
    named = dict(stack.named_parameters())

    def by_hand(x: Tensor) -> Tensor:
        for n in range(layers):
            W_1, W_2 = (f"feed_forwards.{n}.W_{k}." for k in (1, 2))
            norm = (D,), named[f"residuals.{n}.norm.gamma"], named[f"residuals.{n}.norm.beta"]
            inner = F.linear(
                F.layer_norm(x, *norm) if norm_first else x, named[W_1 + "weight"], named[W_1 + "bias"]
            ).relu()
            x = x + F.linear(inner, named[W_2 + "weight"], named[W_2 + "bias"])
            x = x if norm_first else F.layer_norm(x, *norm)
        return F.layer_norm(x, (D,), named["final_norm.gamma"], named["final_norm.beta"]) if norm_first else x

    same_with_gradients(stack, by_hand, numbers(2, 3, D))


def test_gradient_norms_are_those_of_the_product_of_jacobians(solved: dict) -> None:
    x, y = numbers(3, 4), numbers(3, 4, seed=1)
    layers = make({"made": "stack of mixing layers", "of": (numbers(5, 4, 4) / 2, numbers(5, 4))})
    found = solved["gradient_norms"](x, y, layers, True, True)

    def from_layer(number: int, h: Tensor) -> Tensor:
        for layer in layers[number + 1 :]:
            h = F.layer_norm(h + layer(h), (4,))
        return ((h - y) ** 2).mean()

    h = x
    for number, layer in enumerate(layers):
        h = F.layer_norm(h + layer(h), (4,)).detach()
        jacobian = torch.autograd.functional.jacobian(lambda h, n=number: from_layer(n, h), h)
        torch.testing.assert_close(found[number].detach(), jacobian.norm(), **CLOSE)


ALONE = {"feed-forward", "layer norm", "nothing", "word by word"}


@pytest.mark.parametrize("name", sorted({**WORD_MODELS, **ORDER_MODELS}))
def test_which_model_handed_over_is_position_wise(solved: dict, name: str) -> None:
    """Judged in another way than the solution does: by reach, and by what the model makes of one word at each place."""
    model, x = make({"made": name, "of": ()}), numbers(5, 4)
    separately = torch.equal(reach(model, x), torch.eye(5, dtype=torch.bool))
    repeated = model(x[:1].expand(5, 4).clone())
    identically = torch.allclose(repeated, repeated[:1].expand(5, 4)) and torch.allclose(model(x[:1]), repeated[:1])
    assert (separately and identically) == (name in ALONE) == solved["is_position_wise"](model, x)


def test_a_function_that_differentiates_by_itself_can_be_asked() -> None:
    def slope(x: Tensor) -> Tensor:
        x = x.requires_grad_()
        return torch.autograd.grad((x**2).sum(), x)[0]

    assert ask(slope, Question(args=(torch.tensor([3.0]),), graph=True)).outputs[0].item() == 6.0
    assert ask(slope, Question(args=(torch.tensor([3.0]),))).failure.kind == "RuntimeError"


def test_a_class_can_be_built_without_being_called() -> None:
    class Broken(nn.Module):
        def __init__(self, width: int) -> None:
            super().__init__()
            self.gain = nn.Parameter(torch.ones(width))

        def forward(self, x: Tensor) -> Tensor:
            raise RuntimeError("called")

    answer = ask(Broken, Question(init=(3,), value=True))
    assert answer.failure is None and answer.parameters == {"gain": (3,)} and answer.outputs == ()


LEAKING = bugs.SYMPTOMS["norm of the sentence"]
WORD = torch.tensor([[1.0, -1.0], [1.0, -1.0]])


@pytest.mark.parametrize(
    "outputs, told",
    [
        ((WORD, torch.tensor([[1.0, -1.0], [100.0, 100.0]])), ""),
        ((WORD, WORD), "the same"),
        ((WORD, WORD.flip(0) * 2), "but for their last word"),
        ((WORD, torch.tensor([[1.0, -1.0], [1.1, -1.0]])), "more than 0.5"),
        ((WORD[:1], WORD[:1] * 9), "One word"),
        ((WORD[None], WORD[None]), "without a batch"),
        ((WORD, torch.tensor([[1.0, -1.0], [torch.inf, 0.0]])), "finite"),
        ((WORD,), "two tensors"),
    ],
)
def test_an_input_that_should_expose_the_leak_is_told_what_it_lacks(outputs: tuple, told: str) -> None:
    assert (LEAKING(outputs) == "") if told == "" else (told in LEAKING(outputs))


@pytest.fixture
def shell() -> Iterator[None]:
    InteractiveShell.instance()
    yield
    InteractiveShell.clear_instance()


def shown(draw: Callable, *args, **kwargs) -> list[RichOutput]:
    with capture_output() as captured:
        draw(*args, **kwargs)
    assert captured.stdout == captured.stderr == ""
    return captured.outputs


@pytest.mark.parametrize(
    "draw, args, words",
    [
        (show.by_layer, ({"plain": [0.0, 1e-3, 1.0]}, "sizes"), "0.0e+00 at layer 1"),
        (show.training_curves, ({"plain": [0.7, 0.6]}, "losses", 0.69), "Guessing would give 0.69"),
        (show.stack_differences, (), "residual + norm"),
        (show.stack_gradients, (), "layer 50"),
        (show.layer_norm_explorer, (), "mean 0 and standard deviation 1.00"),
    ],
)
def test_each_picture_is_shown_once_and_said_in_words(shell: None, draw: Callable, args: tuple, words: str) -> None:
    [output] = shown(draw, *args)
    assert output.data["image/png"] and words in output.metadata["image/png"]["alt"]


@pytest.mark.parametrize("draw", [show.by_layer, show.training_curves])
def test_a_picture_of_nothing_is_refused(shell: None, draw: Callable) -> None:
    for nothing in ({}, {"empty": []}, {str(n): [1.0] for n in range(7)}):
        with pytest.raises(ValueError, match="from 1 to 6"):
            draw(nothing, "title")


def test_what_the_lesson_says_of_its_pictures_is_so() -> None:
    """The sentences under the pictures of the four stacks."""
    for size in (0.5, 1.0, 2.0, 3.0):
        for depth in (10, 50, 100):
            both = gradients("residual + norm", depth, size)
            assert 1 / 3 < both[0] / both[-1] < 3
            assert gradients("residual", depth, size)[0] > 0.8 * gradients("residual", depth, size)[-1]
    assert gradients("plain", 50, 0.5)[0] < 1e-40 and gradients("plain", 50, 3.0)[0] > 1e10
    assert gradients("residual", 50, 3.0)[0] > gradients("plain", 50, 3.0)[0]
    plain, norm = differences("plain"), differences("norm")
    assert plain[9] < 1e-4 and plain[29] < 1e-14 and norm[49] < 0.01
    assert min(differences("residual").min(), differences("residual + norm").min()) > 0.5


def test_a_counted_loop_yields_every_step_and_renews_one_line(shell: None) -> None:
    with capture_output() as captured:
        assert list(counted(50, "training")) == list(range(50))
    texts = [output.data["text/plain"] for output in captured.outputs]
    assert texts[0].endswith("0 of 50") and texts[-1].endswith("50 of 50") and len(texts) <= 22
    assert texts[-1].count("■") == 20


def test_a_counted_loop_is_silent_outside_a_notebook(capsys: pytest.CaptureFixture) -> None:
    assert list(counted(3, "training")) == [0, 1, 2]
    assert capsys.readouterr().out == ""

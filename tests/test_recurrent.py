"""Lesson 02: the translator it trains, the pictures it shows, the objects its checks hand over."""

from __future__ import annotations

import base64

import pytest
import torch
import torch.nn.functional as F
from nbformat.v4 import new_output
from test_show import _a_shell, alt_of, shown  # noqa: F401 - a shell for every picture

from autograder.authoring.notebook import settled
from classroom import show
from classroom.bugs.recurrence import attend_with_a_bug, best_word_is_missed
from classroom.check import examine
from classroom.checking import records
from classroom.checking.made import make
from classroom.checking.objects.losses import MOST_LOOKS
from classroom.checking.questions import Question
from classroom.checking.runner import ask
from classroom.corpus import Vocabulary, batches, korean_english
from classroom.reach import reach
from classroom.show.recurrence import memory, receptive_field, timeline
from classroom.show.recurrence.romanised import romanised
from classroom.translator import GRUTranslator, train

SOURCE = torch.tensor([[5, 6, 7, 2], [8, 2, 0, 0]])
READ = torch.tensor([[1, 4, 5], [1, 6, 7]])


def look(query, states, mask):
    """Attention, in one call of torch's own."""
    hide = torch.where(mask, 0.0, -1e9)[:, None]
    weights = F.softmax(torch.einsum("bth,bsh->bts", query, states) + hide, dim=-1)
    return torch.einsum("bts,bsh->bth", weights, states), weights


@pytest.fixture(params=[None, look], ids=["without attention", "with attention"])
def translator(request) -> GRUTranslator:
    torch.manual_seed(3)
    return GRUTranslator(9, 8, width=6, attention=request.param).eval()


@torch.no_grad()
def test_padding_does_not_change_what_the_translator_says(translator):
    alone = translator(SOURCE[1:, :2], READ[1:])
    assert torch.allclose(translator(SOURCE, READ)[1:], alone, atol=1e-6)
    assert torch.allclose(translator(F.pad(SOURCE, (0, 3)), READ), translator(SOURCE, READ), atol=1e-6)


@torch.no_grad()
def test_step_by_step_the_translator_gives_the_scores_of_teacher_forcing(translator):
    reading, scores = translator.start(SOURCE), []
    for words in READ.unbind(dim=1):
        score, reading = translator.step(words, reading)
        scores.append(score)
    assert torch.allclose(torch.stack(scores, dim=1), translator(SOURCE, READ), atol=1e-6)


@torch.no_grad()
def test_the_weights_are_those_of_real_words_and_only_attention_has_any():
    torch.manual_seed(3)
    weights = GRUTranslator(9, 8, width=6, attention=look).weights(SOURCE, READ)
    assert weights.shape == (2, 3, 4) and torch.allclose(weights.sum(-1), torch.ones(2, 3))
    assert (weights[1, :, 2:] == 0).all() and (weights[0] > 0).all()
    with pytest.raises(ValueError, match="no attention"):
        GRUTranslator(9, 8).weights(SOURCE, READ)


def test_training_asks_the_given_shift_for_what_the_decoder_reads_and_the_loss_falls(capsys):
    pairs = korean_english(300, longest=8)
    korean, english = (Vocabulary.build(getattr(p, side) for p in pairs) for side in ("source", "target"))
    seen = []

    def shift(target):
        seen.append(target)
        return F.pad(target, (1, 0), value=1)[:, :-1]

    torch.manual_seed(0)
    model = GRUTranslator(len(korean), len(english), width=16)
    epoch = batches(pairs, korean, english, cells=200, seed=0)
    losses = train(model, [epoch] * 5, shift, name="both")
    assert len(losses) == len(seen) == 5 * len(epoch) and not model.training
    assert all(torch.equal(target, batch.target[:, 1:]) for target, batch in zip(seen, epoch, strict=False))
    assert sum(losses[-5:]) < 0.85 * sum(losses[:5])
    told = capsys.readouterr().out
    assert told.startswith("\rboth") and told.endswith("s\n") and f"{len(losses):,} of {len(losses):,} updates" in told


def test_a_graph_walked_by_every_path_is_stopped_and_walked_once_it_is_not():
    def every_path(node):
        return 1 + max((every_path(before) for before, _ in node.next_functions), default=-1)

    with pytest.raises(TimeoutError, match=f"{MOST_LOOKS:,} times"):
        every_path(make({"made": "doublings", "of": (40,)}).grad_fn)
    assert every_path(make({"made": "doublings", "of": (10,)}).grad_fn) == 10
    assert every_path(make({"made": "fork", "of": (3, 5)}).grad_fn) == 6


def test_the_bug_gives_the_same_weights_whatever_the_states_are():
    query, W = torch.tensor([1.0, -2.0, 0.5]), torch.eye(3) + 0.2
    one, other = torch.randn(3, 3), torch.randn(3, 3)
    assert torch.equal(attend_with_a_bug(query, one, W)[1], attend_with_a_bug(query, other, W)[1])


@pytest.mark.parametrize(
    "query, states, says",
    [
        ([4.0, 0.0], [[0.0, 1.0], [1.0, 0.0]], ""),
        ([4.0, 0.0], [[1.0, 0.0], [0.0, 1.0]], "by chance it is not wrong there"),
        ([0.1, 0.0], [[0.0, 1.0], [1.0, 0.0]], "deserves only 0.52"),
        ([4.0, 0.0], [[0.0, 1.0]], "nothing to choose"),
        ([4.0, 0.0], [[0.0, 1.0]] * 3, "S must be from 1 to H"),
    ],
)
def test_an_input_that_does_not_expose_the_bug_is_told_why(query, states, says):
    found = best_word_is_missed((torch.tensor(query), torch.tensor(states), torch.eye(2)))
    assert says in found and bool(found) == bool(says)


def test_the_receptive_field_drawn_is_the_one_that_convolutions_have():
    for kind, dilations in (("plain", (1, 1)), ("dilated", (1, 3))):

        def stack(x, dilations=dilations):
            for dilation in dilations:
                x = F.conv1d(F.pad(x.T, (2 * dilation, 0)), torch.ones(1, 1, 3).to(x), dilation=dilation).T
            return x

        seen = reach(stack, torch.randn(12, 1))[-1]
        assert {11 - int(place) for place in seen.nonzero()} == receptive_field.sees(2, 3, kind)[0]


def test_the_clock_of_the_timeline_waits_for_the_word_before_only_in_the_recurrent_network():
    assert timeline.ticks("recurrent")[0] == list(range(1, 9))
    assert timeline.ticks("recurrent")[1] == list(range(2, 10))
    assert timeline.ticks("self-attention") == timeline.ticks("convolution") == [[1] * 8, [2] * 8]


def test_an_open_update_gate_remembers_and_a_plain_network_forgets_first():
    left = [memory.sensitivity("plain", 0.0)[20], *(memory.sensitivity("GRU", bias)[20] for bias in (0.0, 2.0, 4.0))]
    assert left == sorted(left) and left[0] < 1e-5 and left[-1] > 0.3


def test_pictures_of_random_networks_leave_the_random_stream_as_it_was():
    memory.sensitivity.cache_clear()
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    memory.sensitivity("plain", 0.0)
    assert torch.equal(torch.rand(1), expected)


def test_hangul_is_romanised_syllable_by_syllable():
    assert romanised("고양이 앉았다 ##에") == "goyangi anjassda ##e"
    assert romanised("값 뷁 a1") == "gabs bwelg a1"


def test_the_alignment_holds_hangul_as_html_and_latin_letters_as_a_picture():
    output = shown(show.alignment, torch.eye(2), ["the", "cat"], ["고양이", "##는"], "where")
    assert "고양이" in output.data["text/html"] and "goyangi" in output.data["text/html"]
    assert "-는" in output.data["text/html"] and "##" not in output.data["text/html"]
    assert base64.b64decode(output.data["image/png"]).startswith(b"\x89PNG")
    assert "“cat” looks most at “-는” (1.00)" in alt_of(output)


def test_curves_by_length_say_every_number_and_refuse_those_that_do_not_fit():
    alt = alt_of(shown(show.by_length, ["4 to 6", "7 to 9"], {"GRU": [0.5, 0.125]}, "right", "title", share=True))
    assert alt == "title: right against words in the sentence. GRU: 50% at 4 to 6, 12% at 7 to 9."
    with pytest.raises(ValueError, match="'GRU' has 1 numbers for 2 lengths"):
        show.by_length([1, 2], {"GRU": [1.0]}, "right", "title")


def test_what_a_progress_bar_printed_is_kept_as_a_screen_shows_it_in_the_end():
    def printed(text, name="stdout"):
        return new_output("stream", text=text, name=name)

    picture = new_output("display_data", data={"text/plain": "a picture"})
    kept = settled([printed("\ra 1"), printed("\ra 2\n"), printed("b"), picture, printed("c"), printed("!", "stderr")])
    assert [output.get("text") for output in kept] == ["a 2\nb", None, "c", "!"]


def test_real_numbers_are_refused_where_word_numbers_are_asked_and_both_are_written_as_what_they_are():
    shift = records.load("shift_right")
    verdict = examine(shift, lambda question: ask(lambda target, bos=1: target.double(), question))
    assert "`inputs` should hold whole numbers (dtype torch.int64); it holds torch.float64." in verdict.text()
    verdict = examine(shift, lambda question: ask(lambda target, bos=1: target.clone(), question))
    assert "wanted   1  7  5  9\n" in verdict.text()


def test_an_input_that_hangs_in_a_graph_can_be_handed_over():
    answer = ask(lambda loss: loss.grad_fn is not None, Question(args=({"made": "chain", "of": (2,)},)))
    assert answer.failure is None and answer.outputs == (True,)

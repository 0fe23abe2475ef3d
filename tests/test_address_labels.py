"""The address labels, and the other pictures of lesson 05."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from test_show import alt_of, pixels, shown

from classroom import models, show
from classroom.show.address_labels import addresses


@pytest.fixture(autouse=True)
def _a_shell() -> Iterator[None]:
    InteractiveShell.instance()
    yield
    InteractiveShell.clear_instance()


def split(x: torch.Tensor, heads: int) -> torch.Tensor:
    return torch.stack(x.chunk(heads, -1), 1)


def merge(x: torch.Tensor) -> torch.Tensor:
    return torch.cat(list(x.unbind(1)), -1)


def test_every_label_says_where_its_number_stands():
    x = addresses(4)
    assert x.shape == (2, 3, 8) and x.unique().numel() == x.numel()
    assert x[1, 2, 5] == 1221  # batch 1, position 2, head 2, feature 1


def test_right_functions_are_said_to_be_right_and_nothing_is_outlined():
    for function, step in ((split, "split"), (merge, "merge")):
        output = shown(show.address_labels, function, step)
        assert "every number stands where it is asked" in alt_of(output)
        assert outlined(output) == 0


def test_a_view_without_a_transpose_is_told_cell_by_cell():
    wrong = shown(show.address_labels, lambda x, heads: x.reshape(2, heads, 3, 2))
    assert "40 of 48 numbers are misplaced" in alt_of(wrong)
    assert "at batch 0, head 0, position 1, feature 0 stands what belongs to batch 0, position 0, head 1" in alt_of(
        wrong
    )
    assert outlined(wrong) > 500
    merged = shown(show.address_labels, lambda x: x.reshape(2, 3, 8), "merge")
    assert "40 of 48 numbers are misplaced" in alt_of(merged)


def test_a_wrong_shape_and_a_changed_number_are_told():
    assert "(2, 3, 4, 2); (2, 4, 3, 2) is asked" in alt_of(
        shown(show.address_labels, lambda x, heads: x.unflatten(-1, (heads, 2)))
    )
    assert "stands a number that was changed" in alt_of(shown(show.address_labels, lambda x, h: split(x, h) + 0.5))


def test_without_a_function_what_is_asked_is_drawn():
    assert "Head h holds features 2h to 2h + 1" in alt_of(shown(show.address_labels))
    with pytest.raises(ValueError, match="step is 'split' or 'merge'"):
        show.address_labels(step="cut")


def outlined(output) -> int:
    """How many pixels have the colour of an outline."""
    import base64

    far = abs(pixels(base64.b64decode(output.data["image/png"])) - (213, 94, 0)).max(axis=2)
    return int((far < 12).sum())


def test_the_map_of_heads_says_every_number():
    alt = alt_of(shown(show.head_map, torch.tensor([[0.5, 1.25], [-0.125, 3.0]]), "entropy", "bits"))
    assert alt == "entropy, in bits, for each head (from head 0 on). layer 0: 0.50, 1.25; layer 1: −0.12, 3.00."
    with pytest.raises(ValueError, match="finite numbers"):
        show.head_map(torch.tensor([[torch.nan]]), "nothing")


def test_one_head_in_several_sentences_says_what_each_word_looks_at():
    reading = models.Reading(["<bos>", "cats", "sleep"], torch.eye(3).flip(0).expand(2, 2, 3, 3), None)
    alt = alt_of(shown(show.one_head, [reading, reading], 1, 0))
    assert alt.startswith("What a head looks at most: layer 1, head 0, in 2 sentences.")
    assert "“cats sleep”: cats at cats (1.00), sleep at <bos> (1.00)" in alt
    with pytest.raises(ValueError, match="no head 2 in layer 1"):
        show.one_head([reading], 1, 2)

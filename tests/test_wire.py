"""What crosses between a student's code and a check: data, and nothing else."""

import pytest
import torch

from classroom.checking.wire import MAX_BYTES, MAX_DEPTH, NotData, pack, unpack


def test_data_come_back_as_they_went():
    value = {"a": (1, 2.5, None, [True, "x"]), "b": torch.arange(6).reshape(2, 3), "c": {"d": torch.tensor([0.1])}}
    back = unpack(*pack(value))
    assert back["a"] == value["a"] and type(back["a"]) is tuple
    assert torch.equal(back["b"], value["b"]) and back["b"].dtype == torch.int64
    assert torch.equal(back["c"]["d"], value["c"]["d"])


def test_infinite_and_missing_numbers_come_back():
    back = unpack(*pack([float("inf"), float("-inf"), float("nan")]))
    assert back[:2] == [float("inf"), float("-inf")] and back[2] != back[2]


class Pretender(torch.Tensor):
    pass


class Number(int):
    pass


@pytest.mark.parametrize(
    "value",
    [
        Pretender(),
        Number(3),
        object(),
        {1: 2},
        {3, 4},
        b"bytes",
        lambda: 0,
        torch.nn.Linear(2, 2),
        torch.eye(2).to_sparse(),
    ],
)
def test_what_only_looks_like_data_does_not_cross(value):
    with pytest.raises(NotData):
        pack([value])


def test_what_is_too_deep_or_too_large_does_not_cross():
    deep = []
    for _ in range(MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(NotData, match="deep"):
        pack(deep)
    with pytest.raises(NotData, match="MB"):
        pack(torch.empty(MAX_BYTES // 4 + 1))
    with pytest.raises(NotData, match="items"):
        pack(list(range(30_000)))

"""A check is never green for code that Python has not taken: in a real kernel, the newest and Colab's."""

import sys

import pytest
from conftest import need
from kernels import COLAB, ROOT, Kernel

RIGHT = "import torch\nfrom torch import nn\n\ndef relu(x):\n    return torch.where(x > 0, x, 0)"
CHECK = 'check("relu", relu)'
LAYER = "class PositionwiseFeedForward(nn.Module):\n    def forward(self, x):\n        return x"
OLD = "was run again and stopped with an error: Python still has the"


@pytest.fixture(scope="module", params=[sys.executable, str(COLAB)], ids=["newest", "colab"])
def kernel(request, tmp_path_factory):
    need(request.param == sys.executable or COLAB.is_file(), "Colab's environment is not here: make setup-colab.")
    kernel = Kernel(tmp_path_factory.mktemp("kernel"), request.param, PYTHONPATH=str(ROOT))
    kernel.run("from classroom import check, passed")
    yield kernel
    kernel.close()


@pytest.mark.parametrize(
    "broken",
    [
        RIGHT.replace("0)", "0"),  # a bracket
        RIGHT.replace("x > 0, x", "x > 0 x"),
        RIGHT.replace("\n\ndef", "\nscale = 1 / zero\ndef"),  # it stops before it comes to the function
    ],
)
def test_a_cell_that_stopped_is_not_green_by_what_was_there_before(kernel, broken):
    kernel.run(RIGHT)
    assert "CheckFailed" not in kernel.run(CHECK)
    kernel.run(broken)
    assert f"CheckFailed: The cell that writes relu {OLD} old relu." in kernel.run(CHECK)
    assert kernel.run('"relu" in passed.passed()') == "False"
    kernel.run(RIGHT)
    assert "CheckFailed" not in kernel.run(CHECK)


def test_what_python_has_taken_is_checked_wherever_it_was_written(kernel):
    kernel.run(RIGHT)
    for harmless in (
        "# def relu(x) is above",
        "def relu_twice(x):\n    return relu(relu(x))",
        "def other(:",
        "import math\n%time math.sqrt(2)",
        "%%time\n" + RIGHT,
        RIGHT.replace("relu(", "mine(") + "\nrelu = mine",
        RIGHT + "\n1 / 0",  # after the function: that was taken
        f"{RIGHT}\n{CHECK}",
    ):
        assert OLD not in kernel.run(harmless)
        assert "CheckFailed" not in kernel.run(CHECK), harmless


def test_a_class_is_known_by_its_methods(kernel):
    kernel.run(LAYER)
    ask = 'check("PositionwiseFeedForward", PositionwiseFeedForward)'
    assert OLD not in kernel.run(ask)
    kernel.run(LAYER + ")")
    assert OLD in kernel.run(ask)


def test_the_exercise_has_to_be_said(kernel):
    kernel.run(RIGHT)
    assert 'Say the exercise, and what is to be checked: check("relu", relu).' in kernel.run("check(relu)")

"""What an error of torch's or Python's means, in plain words, for when no known mistake explains it."""

from __future__ import annotations

import re

from classroom.checking.questions import Failure

# What torch and Python say where shapes or types do not fit, and what it means.
RIDDLES = (
    (
        r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension (\d+)",
        "Two tensors in this line do not fit: in dimension {2}, counted from 0, one has size {0} and the other {1}. "
        "Print both shapes just before it.",
    ),
    (
        r"expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\) at non-singleton dim\w+ (\d+)",
        "A tensor in this line does not fit where it is put: in dimension {2}, counted from 0, it has size {1}, and "
        "{0} is needed. Print both shapes just before it.",
    ),
    (
        r"shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)",
        "In a matrix product the inner sizes have to be equal: here a ({0}, {1}) meets a ({2}, {3}). "
        "Print both shapes just before this line.",
    ),
    (
        r"Expected size for first two dimensions of batch2 tensor to be: \[(\d+), (\d+)\] but got: \[(\d+), (\d+)\]",
        "In a product of batches the second tensor should begin with ({0}, {1}); it begins with ({2}, {3}). "
        "Print both shapes just before this line.",
    ),
    (
        r"same dtype|expected scalar type|Input type .* should be the same",
        "Two tensors of different types meet in this line. One that you make yourself takes the type of the input with "
        "`dtype=x.dtype`.",
    ),
    (
        r"Boolean value of Tensor with more than one value",
        "`if`, `and`, `or` and `not` ask for one True or False, and a tensor holds many.",
    ),
    (
        r"only one element tensors can be converted|a Tensor with \d+ elements cannot be converted",
        "This line asks for a single number, and is handed a tensor of several.",
    ),
    (
        r"view size is not compatible",
        "After `transpose` the numbers do not lie in the order in which they are read. `reshape` copies them where it "
        "must.",
    ),
    (
        r"does not require grad",
        "Something before this line has left the graph, so there is no gradient to ask for.",
    ),
    (
        r"'NoneType' object",
        "Something in this line is None. What was it meant to hold? Does the function that makes it `return` it?",
    ),
    (
        r"^(sqrt|exp|log|erf|sin|cos|tan|tanh)\(\): argument '\w+' \(position \d+\) must be Tensor, not (int|float)",
        "`torch.{0}` takes a tensor, and this is a plain number (the type {1}). For those Python has `math.{0}`.",
    ),
    (
        r"unsupported operand type\(s\) for [@*]: ('Tensor' and '(Linear|Embedding)|'(Linear|Embedding)' and 'Tensor)'",
        "A layer is not a matrix: it is called, like a function, and multiplies by the weight it holds.",
    ),
    (
        r"before Module.__init__\(\) call",
        "A module has to be set up before it is given layers: `super().__init__()` is the first line of `__init__`.",
    ),
)


def note_on(failure: Failure) -> str:
    """What the error means; "" where nothing helps, and of one that the student's own code raises: it has its words."""
    for pattern, meaning in () if failure.line.startswith("raise") else RIDDLES:
        found = re.search(pattern, failure.message)
        if found:
            return meaning.format(*found.groups())
    name = undefined(failure)
    if name and "." in failure.place:
        return f"Nothing is called `{name}` here. What `__init__` keeps as `self.{name}` has that name in every method."
    if name:
        return f"Nothing is called `{name}` here: a typing error, or a cell further up that has not been run?"
    return ""


def undefined(failure: Failure) -> str:
    """The name that Python does not know; "" where it is another error."""
    found = re.fullmatch(r"name '(\w+)' is not defined", failure.message) if failure.kind == "NameError" else None
    return found[1] if found else ""

"""The words in which `solutions/NN/probes.py` declares the checks of a lesson.

An `Exercise` is one solution cell: the probes put to what it defines, its known mistakes and right variants. A mistake
is written as edits of the reference solution, so that there is one reference and mistakes compose. From these
declarations come the instant check (recorded), the sealed check (asked anew at grading), the proof that both work, and
the names on the class page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from classroom.checking.questions import Case, Question

Edit = tuple[str, str]


@dataclass(frozen=True)
class Mistake:
    """A known wrong solution.

    id: short, unique in the exercise. name: a noun phrase that completes "this is what comes out with ...".
    hint: a question or a fact that leads on and does not give the answer.
    edits: (old, new) pieces of the reference solution's text; each old text must stand in it exactly once.
    also: other ways to write it that answer alike and so share its name.
    """

    id: str
    name: str
    hint: str
    edits: tuple[Edit, ...]
    also: tuple[tuple[Edit, ...], ...] = ()


@dataclass(frozen=True)
class Probe:
    """One check: `cases` makes the visible cases from a seeded draw, `sealed` further ones for grading only.

    At grading the visible cases are asked again too, on other inputs.
    """

    name: str
    cases: Callable[[Draw], list[Case]]
    sealed: Callable[[Draw], list[Case]] | None = None


@dataclass(frozen=True)
class Exercise:
    """A solution cell (`cell` = its grade_id) that defines `target`, with its probes, mistakes and right variants.

    right: functions or classes written differently; their source, renamed to `target`, takes the solution's place.
    """

    cell: str
    target: str
    probes: tuple[Probe, ...]
    mistakes: tuple[Mistake, ...] = ()
    right: tuple[Callable[..., Any], ...] = ()


class Draw:
    """Makes a case's inputs from a seed. Numbers have two decimals, so that they are the same on every machine."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def normal(self, *shape: int, scale: float = 1.0) -> Tensor:
        """Normal numbers of both signs, float32, shape `shape`."""
        return torch.tensor(np.round(self._random.standard_normal(shape) * scale, 2), dtype=torch.float32)

    def whole(self, *shape: int) -> Tensor:
        """Small whole numbers of both signs as float32, for a case that is to be read."""
        return torch.tensor(self._random.integers(-2, 4, shape), dtype=torch.float32)

    def integers(self, low: int, high: int, *shape: int) -> Tensor:
        """Whole numbers from low to high - 1, int64."""
        return torch.tensor(self._random.integers(low, high, shape))

    def mask(self, *shape: int) -> Tensor:
        """Booleans, about two in three True; in every row at least one True and one False."""
        mask = torch.tensor(self._random.random(shape) < 0.66)
        keep = self.integers(0, shape[-1], *shape[:-1])
        hide = (keep + 1 + self.integers(0, shape[-1] - 1, *shape[:-1])) % shape[-1]
        return mask.scatter(-1, keep[..., None], True).scatter(-1, hide[..., None], False)

    def order(self, n: int) -> list[int]:
        """A permutation of 0 ... n-1 (n > 1) that leaves no number in its place."""
        while True:
            order = self._random.permutation(n)
            if (order != np.arange(n)).all():
                return order.tolist()


def values(title: str, *args: Any, **about: Any) -> Case:
    """The outputs, and the gradients asked for, equal the reference's. NaN in the reference: any finite number.
    `single=True` records the answers in float32, for a case that asks where float32 overflows."""
    return _case("values", title, (args,), about)


def numbers(title: str, **about: Any) -> Case:
    """A dictionary of numbers worked out by hand equals the reference's to two decimals."""
    return _case("numbers", title, ((),), {"value": True, "slack": 0.006, **about})


def rows(title: str, *args: Any, **about: Any) -> Case:
    """Each row of output number `output` sums to 1 and has no negative entry; rows where `free` is True are skipped."""
    return _case("rows", title, (args,), about)


def same(title: str, first: tuple, second: tuple, **about: Any) -> Case:
    """Output number `output` is equal for both lists of arguments (where the boolean `where` says, if given)."""
    return _case("same", title, (first, second), about)


def moved(title: str, first: tuple, second: tuple, **about: Any) -> Case:
    """Output number `output` differs between the two lists of arguments."""
    return _case("moved", title, (first, second), about)


def permuted(title: str, args: tuple, dim: int, order: list[int], **about: Any) -> Case:
    """Reordering dimension `dim` of every tensor argument reorders the output in the same way."""
    shuffled = tuple(a.index_select(dim, torch.tensor(order)) if isinstance(a, Tensor) else a for a in args)
    return _case("permuted", title, (args, shuffled), {"dim": dim, "order": order, **about})


def parameters(title: str, *args: Any, **about: Any) -> Case:
    """The module's parameters, and with `buffers=True` its buffers, have the reference's names and shapes."""
    return _case("parameters", title, (args,), about)


def reaches(title: str, *args: Any, over: int, output: int = 0, **about: Any) -> Case:
    """The reach map of output number `output` over argument number `over` equals the reference's."""
    return _case("reach", title, (args,), {"reach": (over, output), **about})


def drops(title: str, *args: Any, **about: Any) -> Case:
    """Dropout with probability `p` acts on output number `weights_output` as it mixes values into output `output`.
    The question must make the values two identity matrices side by side."""
    return _case("drops", title, (args,), about)


def dropped(title: str, *args: Any, p: float, **about: Any) -> Case:
    """In train mode each entry of the first output is by chance 0 or 1 / (1 - p) times what it is in eval mode."""
    case = _case("dropped", title, (args, args), {"p": p, **about})
    calm, train = case.questions
    return replace(case, questions=(calm, replace(train, train=True)))


def spread(title: str, *args: Any, std: float, **about: Any) -> Case:
    """The first output, thousands of numbers drawn by chance, has this standard deviation, and a mean near 0."""
    return _case("spread", title, (args,), {"std": std, **about})


def raises(title: str, *args: Any, error: str, **about: Any) -> Case:
    """The call stops with an error of the type named `error`; its message is the student's own."""
    return _case("raises", title, (args,), {"error": error, **about})


def exposes(title: str, bug: str, **about: Any) -> Case:
    """The input that the student's function returns makes the bug `bug` of `classroom.bugs` show."""
    return _case("exposes", title, ((),), {"bug": bug, **about})


def hides(title: str, *args: Any, **about: Any) -> Case:
    """Words of the tokens are hidden by chance, as BERT hides them: judged by habits, on no random stream. `fates=True`
    looks too at what becomes of each (only where there are thousands to count)."""
    return _case("hides", title, (args,), about)


def made(recipe: str, *of: Any) -> dict[str, Any]:
    """An argument that is no data, such as a model: made by `classroom.checking.made.RECIPES[recipe]` from `of`."""
    return {"made": recipe, "of": of}


_QUESTION = {"value", "init", "weights", "train", "grads", "reach", "noncontiguous", "graph", "without", "method"}
_QUESTION |= {"whole", "scene"}
_CASE = {"names", "inputs", "story", "rtol", "atol"}


def _case(kind: str, title: str, arguments: tuple[tuple, ...], about: dict[str, Any]) -> Case:
    asked = {key: value for key, value in about.items() if key in _QUESTION}
    told = {key: value for key, value in about.items() if key in _CASE}
    options = {key: value for key, value in about.items() if key not in _QUESTION | _CASE}
    return Case(kind, title, tuple(Question(args=a, **asked) for a in arguments), options=options, **told)

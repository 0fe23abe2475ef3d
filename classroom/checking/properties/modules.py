"""What is asked of a module beyond its outputs: its parameters, how they begin, and where its dropout acts."""

from __future__ import annotations

import torch
from torch import Tensor

from classroom.checking.questions import Answer, Case, Finding
from classroom.checking.wording import place, shape_words, some


def parameters(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """The module has the right parameters: names and shapes; and with `options["buffers"]`, the right buffers."""
    want, got = expected[0].parameters, answers[0].parameters
    if want == got:
        return _buffers(name, expected[0].buffers, answers[0].buffers) if case.options.get("buffers") else None
    missing = [key for key in want if key not in got]
    extra = [key for key in got if key not in want]
    there = some([f"`{key}` {shape_words(got[key])}" for key in extra])
    if missing:
        lacks = f"`{name}` has no parameter `{missing[0]}`"
        part = missing[0].split(".")[0]
        if missing[0].count(".") > 1 and not any(key.startswith(f"{part}.") for key in got):
            lacks = f"`{name}` has nothing to learn under the name `{part}` (such as `{missing[0]}`)"
        return Finding(f"{lacks}. Not asked for: {there}." if extra else f"{lacks}.")
    if extra:
        return Finding(f"`{name}` has parameters that were not asked for: {there}.")
    key = next(key for key in want if want[key] != got[key])
    return Finding(f"The parameter `{key}` has the wrong shape.", shape_words(want[key]), shape_words(got[key]))


def _buffers(name: str, want: dict[str, tuple[int, ...]], got: dict[str, tuple[int, ...]]) -> Finding | None:
    missing = [key for key in want if key not in got]
    if missing and got:
        return Finding(f"`{name}` has no buffer called `{missing[0]}`; its buffers are: {', '.join(sorted(got))}.")
    if missing:
        return Finding(
            f"`{name}` has no buffer `{missing[0]}`. A buffer is a tensor that the module carries along (to a GPU, to "
            "another type, into its state_dict) without learning it: `self.register_buffer(name, tensor)`."
        )
    for key in want:
        if want[key] != got[key]:
            return Finding(f"The buffer `{key}` has the wrong shape.", shape_words(want[key]), shape_words(got[key]))
    return None


def spread(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """The entries of the first output are drawn by chance: their standard deviation is `std` to a fifth, their mean 0.

    There must be thousands of them, so that right code is off by far less."""
    label, x = case.names[0], answers[0].outputs[0]
    if not isinstance(x, Tensor) or not x.is_floating_point():
        return Finding(f"`{label}` should be a tensor of real numbers.")
    wanted, found, mean = case.options["std"], x.double().std().item(), x.double().mean().item()
    if abs(found - wanted) > wanted / 5:
        return Finding(f"`{label}` begins with the wrong standard deviation.", f"about {wanted:.3g}", f"{found:.3g}")
    if abs(mean) > wanted / 5:
        return Finding(f"`{label}` should begin with a mean near 0.", "about 0", f"{mean:.3g}")
    return None


def drops(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """In train mode dropout has acted on the weights, each by itself, and on nothing else.

    The question makes the values [I, I], so the output shows the weights that mixed them, twice: every entry must be
    0 or weight / (1 - p), some of each, and both halves must be alike. It hangs on no random stream.
    """
    output, weights = (answers[0].outputs[case.options[key]].double() for key in ("output", "weights_output"))
    left, right = output.tensor_split(2, dim=-1)
    kept = weights / (1.0 - case.options["p"])
    some = bool((left == 0).any()) and bool((left != 0).any())
    each = bool(((left == 0) | torch.isclose(left, kept, rtol=1e-4, atol=1e-6)).all())
    if some and each and torch.allclose(left, right):
        return None
    return Finding(
        "In train mode with p = 0.5, each weight that mixes the values should by chance be 0 or doubled, and nothing "
        "else be touched. Your output was not made of such weights."
    )


def dropped(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """In train mode dropout has acted on the output as a whole: every entry is 0 or its value in eval mode over
    1 - p, there are some of each, and some row holds both (with the option `by_row`, of rows that hang on one number,
    need not). The first question is asked in eval mode, the second in train mode."""
    calm, train = (answer.outputs[0].double() for answer in answers)
    p = case.options["p"]
    gone = train == 0
    kept = torch.isclose(train, calm / (1 - p), rtol=1e-4, atol=1e-6)
    wrong = ~(gone | kept)
    if not wrong.any() and gone.any() and (kept & ~gone).any():
        if case.options.get("by_row") or (gone.any(dim=-1) & ~gone.all(dim=-1)).any():
            return None
        return Finding("In train mode each entry should be dropped by itself. In yours whole rows are dropped or kept.")
    times = f"{1 / (1 - p):.3g} times what it is in eval mode"
    asked = f"In train mode with p = {p:g}, each entry should by chance be 0 or {times}"
    if not wrong.any():
        return Finding(f"{asked}. Yours were {'all 0' if gone.all() else 'all kept'}.")
    spot = wrong.nonzero()[0].tolist()
    label, yours = place(case.names[0], spot), train[tuple(spot)]
    return Finding(f"{asked}. {label} is neither.", f"0 or {calm[tuple(spot)] / (1 - p):.3g}", f"{yours:.3g}")

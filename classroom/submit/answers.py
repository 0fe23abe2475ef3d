"""What is to be said of each answer in a notebook: is it there, once, and written; and what did its checks say?"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from classroom.checking.records import AnswerCell
from classroom.submit.notebook import Cell


@dataclass(frozen=True)
class State:
    """What is known of one answer.

    fault: what is wrong with it, "" where nothing is. passed, failed, unasked: its checks in this session; of those not
    run, earlier: (check, when it first passed). unseen: the cell as it stands in the notebook was not run in this
    session, although its checks passed.
    """

    id: str
    written: bool
    fault: str = ""
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    earlier: tuple[tuple[str, str], ...] = ()
    unseen: bool = False


def states(
    expected: Sequence[AnswerCell],
    cells: Sequence[Cell],
    asked: Mapping[str, bool],
    before: Mapping[str, str],
    ran: Collection[str] | None,
) -> tuple[State, ...]:
    """The state of every expected answer, in order.

    asked: check -> whether it passed, of this session. before: check -> when it first passed. ran: the cells that were
    run in this session, None where that is not known.
    """
    return tuple(_state(one, [c for c in cells if c.grade_id == one.id], asked, before, ran) for one in expected)


def _state(
    expected: AnswerCell,
    copies: Sequence[Cell],
    asked: Mapping[str, bool],
    before: Mapping[str, str],
    ran: Collection[str] | None,
) -> State:
    passed = tuple(name for name in expected.checks if asked.get(name) is True)
    unasked = tuple(name for name in expected.checks if name not in asked)
    whole = bool(expected.checks) and len(passed) == len(expected.checks)
    return State(
        expected.id,
        written=expected.given is not None,
        fault=_fault(expected, copies),
        passed=passed,
        failed=tuple(name for name in expected.checks if asked.get(name) is False),
        unasked=unasked,
        earlier=tuple((name, before[name]) for name in unasked if name in before),
        unseen=whole and ran is not None and len(copies) == 1 and copies[0].source.strip() not in ran,
    )


def _fault(expected: AnswerCell, copies: Sequence[Cell]) -> str:
    if not copies:
        return "its cell is missing: undo what removed it, or put your answer into a fresh copy of the lesson"
    if len(copies) > 1:
        return f"its cell is there {len(copies)} times: keep the right one and delete the others"
    [cell] = copies
    if expected.given is not None:
        unchanged = cell.source.split() in ([], expected.given.split())
        return "it is not written yet" if unchanged else ""
    if cell.kind != "code":
        return "its cell has become text: turn it into a code cell again"
    if not cell.source.strip():
        return "its cell is empty"
    return _unwritten(cell.source)


def _unwritten(source: str) -> str:
    """What is wrong with a code cell as text: it does not parse, or it still holds a stub."""
    from IPython.core.inputtransformer2 import TransformerManager  # here, so that `import classroom` is quick

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError as error:
        return f"Python can not read its line {error.lineno}" if error.lineno else "Python can not read it"
    except (ValueError, RecursionError, MemoryError):
        return "Python can not read it"
    stubs = sum(isinstance(node, ast.Raise) and _is_stub(node.exc) for node in ast.walk(tree))
    if not stubs:
        return ""
    return "it is not written yet" if stubs == 1 else f"{stubs} places in it are not written yet"


def _is_stub(raised: ast.expr | None) -> bool:
    if isinstance(raised, ast.Call):
        raised = raised.func
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"

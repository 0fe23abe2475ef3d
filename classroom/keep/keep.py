"""`keep("attention", attention)`: stores a part that passes its check, so that later lessons can use it."""

from __future__ import annotations

from typing import Any

from classroom.check import UnknownExercise
from classroom.checking import records
from classroom.keep import folder as kept
from classroom.keep.carry import pack
from classroom.keep.definitions import NotCarried
from classroom.keep.load import NotUsable, checks, failing, known, load


def keep(name: str, part: Any = None) -> None:
    """Store `part`, a function or class of this notebook, if it passes its check: `parts.use(name)` then gives it.

    Its source goes to `kept/name.py` of the course, with all that it needs of the notebook: functions, classes, plain
    values, imports. An earlier version stays in `kept/earlier`. Says in one sentence what was done, or why nothing
    was. Does nothing at grading. Raises UnknownExercise (a ValueError) where no exercise has that name.
    """
    if not isinstance(name, str):
        handed = getattr(name, "__name__", "attention")
        raise UnknownExercise(f'keep takes a name and the part, as in keep("{handed}", {handed}).')
    if not checks(name):
        raise UnknownExercise(
            f'There is no part {name!r}: keep a part by its name, as in keep("attention", attention).'
        )
    print(_kept(name, part) if kept.allowed() else f"{name}: nothing is kept in this run.")


def _kept(name: str, part: Any) -> str:
    stays = " The one you kept before stays." if kept.path(name).is_file() else ""
    failed = failing(name, part)
    if failed is not None:
        handed = getattr(part, "__name__", name)
        why = known(failed) or f'check("{failed.exercise}", {handed}) says why'
        if handed != name and handed.isidentifier():
            why = f"you handed over {handed}; {why}"
        return f"Not kept: {name} does not pass its check yet ({why}).{stays}"
    try:
        luggage = pack(name, part)
        text = kept.headed(name, records.names()[name], luggage.text())
        load(name, text)
        kept.put(kept.path(name), text)
    except NotCarried as error:
        return f"Not kept: {name} passes, but {error}{stays}"
    except NotUsable as error:
        return f"Not kept: {name} passes here, but not on its own: {error}.{stays}"
    except OSError as error:
        return f"Not kept: {kept.path(name)} can not be written ({error.strerror or error}).{stays}"
    more = [other for other in luggage.texts if other != name]
    return f"Kept: {name}, in kept/{name}.py{f' (with {_list(more)})' if more else ''}."


def _list(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

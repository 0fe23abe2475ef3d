"""A part of a notebook with all that it needs, as the text of one Python file."""

from __future__ import annotations

import builtins
import symtable
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from classroom.keep import definitions
from classroom.keep.definitions import NotCarried, Written


@dataclass
class Luggage:
    """What goes along. imports: lines; texts: name -> definition or value, in the order in which they must run."""

    taken: dict[str, Any] = field(default_factory=dict)
    imports: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    late_annotations: bool = False

    def text(self) -> str:
        """The file's text: imports, then values and definitions."""
        future = ["from __future__ import annotations"] if self.late_annotations else []
        imports = sorted({*self.imports}, key=lambda line: (line.startswith("from"), line))
        found, value_before = "\n\n".join("\n".join(lines) for lines in (future, imports) if lines), False
        for text in self.texts.values():
            value = "\n" not in text and not text.startswith(("def ", "class ", "async ", "@"))
            found += ("\n" if value and value_before else "\n\n\n") + text
            value_before = value
        return found.strip() + "\n"


def pack(name: str, value: Any) -> Luggage:
    """`value`, a function or class of a notebook, under the name `name`, with what it needs, recursively.

    Raises NotCarried where something that it needs can not be taken along.
    """
    luggage = Luggage()
    _take(luggage, name, value, {})
    return luggage


def _take(luggage: Luggage, name: str, value: Any, scope: Mapping[str, Any]) -> None:
    if name in luggage.taken:
        if not _same(luggage.taken[name], value):
            raise NotCarried(f"it needs two different things called `{name}`: give one of them another name.")
        return
    luggage.taken[name] = value
    if definitions.own(value) and callable(value) and hasattr(value, "__name__"):
        written = definitions.definition(value)
        luggage.late_annotations |= written.late_annotations
        if written.name != name:
            _take(luggage, written.name, value, scope)
            luggage.texts[name] = f"{name} = {written.name}"
            return
        _take_all(luggage, written)
        luggage.texts[name] = written.source
        return
    line = definitions.imported(name, value)
    plain = definitions.literal(value)
    if line is not None:
        luggage.imports.append(line)
    elif plain is not None:
        if "torch." in plain:
            luggage.imports.append("import torch")
        luggage.texts[name] = f"{name} = {plain}"
    else:
        _take_statement(luggage, name, value, scope)


def _take_statement(luggage: Luggage, name: str, value: Any, scope: Mapping[str, Any]) -> None:
    text = definitions.statement(name, value, scope)
    if text is None:
        kind = f"{'an' if type(value).__name__[0] in 'AEIOUaeiou' else 'a'} {type(value).__name__}"
        raise NotCarried(
            f"it needs `{name}`, {kind} of your notebook, and only functions, "
            "classes and plain values can be taken along: hand it over as an argument, or make it inside."
        )
    if text.startswith(("import ", "from ")):
        luggage.imports.append(text)
        return
    _take_all(luggage, Written(name, text, scope))
    luggage.texts[name] = text


def _take_all(luggage: Luggage, written: Written) -> None:
    """Everything that a definition speaks of and its notebook has. What neither has is an error there as well."""
    for name in sorted(_names(symtable.symtable(written.source, "<part>", "exec")) - {written.name}):
        given = name in written.scope and written.scope[name] is not vars(builtins).get(name, Luggage)
        if given:
            _take(luggage, name, written.scope[name], written.scope)


def _names(table: symtable.SymbolTable) -> set[str]:
    """The names that a piece of code looks up outside of itself."""
    outside = table.get_type() == "module"
    found = {s.get_name() for s in table.get_symbols() if s.is_referenced() and (outside or s.is_global())}
    for inner in table.get_children():
        found |= _names(inner)
    return found


def _same(one: Any, other: Any) -> bool:
    plain = definitions.literal(one)
    return one is other or (plain is not None and plain == definitions.literal(other))

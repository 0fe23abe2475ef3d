"""The pictures that a solved notebook holds, each by the call of `classroom.show` that drew it: see `pictures`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CALL = "transformer_lessons_call"  # of an output's metadata: a digest of the function's name and its arguments


def drawn(notebook: Path) -> dict[str, list[dict[str, Any]]]:
    """Digest -> the outputs of that call, in order. Empty where there is no such file."""
    found: dict[str, list[dict[str, Any]]] = {}
    for cell in json.loads(notebook.read_bytes())["cells"] if notebook.is_file() else ():
        of_cell: dict[str, list[dict[str, Any]]] = {}
        for output in cell.get("outputs", []):
            metadata = dict(output.get("metadata", {}))
            call = metadata.pop(CALL, None)
            if call:
                data = {kind: "".join(text) for kind, text in output["data"].items()}
                of_cell.setdefault(call, []).append({**output, "data": data, "metadata": metadata})
        found |= of_cell
    return found

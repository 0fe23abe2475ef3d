"""The pictures that a solved notebook holds, each by the call of `classroom.show` that drew it: see `pictures`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CALL = "transformer_lessons_call"  # of an output's metadata: a digest of the function's name and its arguments


def drawn(notebook: Path) -> dict[str, list[dict[str, Any]]]:
    """Digest -> the outputs of that call, in order. Empty where there is no such file. A call that showed one thing
    here and another there is left out: it shows more than its arguments."""
    found: dict[str, list[dict[str, Any]]] = {}
    unsure: set[str] = set()
    for cell in json.loads(notebook.read_bytes())["cells"] if notebook.is_file() else ():
        of_cell: dict[str, list[dict[str, Any]]] = {}
        for output in cell.get("outputs", []):
            metadata = dict(output.get("metadata", {}))
            call = metadata.pop(CALL, None)
            if call:
                data = {kind: "".join(text) for kind, text in output["data"].items()}
                of_cell.setdefault(call, []).append({**output, "data": data, "metadata": metadata})
        unsure |= {call for call, outputs in of_cell.items() if found.get(call, outputs) != outputs}
        found |= of_cell
    return {call: outputs for call, outputs in found.items() if call not in unsure}

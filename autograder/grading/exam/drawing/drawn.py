"""The pictures that a solved notebook holds, each by the call of `classroom.show` that drew it: see `pictures`."""

from __future__ import annotations

import json
from pathlib import Path

from autograder.grading.exam.drawing.calls import Call, Outputs, same

CALL = "transformer_lessons_call"  # of an output's metadata: see `calls.call`


def drawn(notebook: Path) -> list[tuple[Call, Outputs]]:
    """Calls and their outputs, in order. Empty where there is no such file. A call that showed one thing here and
    another there is left out: it shows more than its arguments."""
    found: list[tuple[Call, Outputs]] = []
    for cell in json.loads(notebook.read_bytes())["cells"] if notebook.is_file() else ():
        of_cell: list[tuple[Call, Outputs]] = []
        for output in cell.get("outputs", []):
            metadata = dict(output.get("metadata", {}))
            call = metadata.pop(CALL, None)
            if isinstance(call, dict):  # notebooks of older builds have other marks, of no use here
                data = {kind: "".join(text) for kind, text in output["data"].items()}
                if not of_cell or of_cell[-1][0] != call:
                    of_cell.append((call, []))
                of_cell[-1][1].append({**output, "data": data, "metadata": metadata})
        found += of_cell
    return [
        (call, outputs)
        for call, outputs in found
        if all(others == outputs for other, others in found if same(call, other))
    ]

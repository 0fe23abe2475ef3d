"""From a file in assets/models to a model: no code and no pickle is read, and every misfit is said in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from classroom.corpus import Vocabulary
from classroom.models.masked_words import MaskedWords
from classroom.models.reader import Reader

LARGEST = 5_000_000  # bytes


class UnfitModel(ValueError):
    """The file is no model that this course can read. Shown as one line."""

    def _render_traceback_(self) -> list[str]:  # IPython's own hook, 7.34 and newer
        return [f"UnfitModel: {self}"]


def folder() -> Path:
    """Where the models lie: `assets/models` of the course, or inside the installed package."""
    package = Path(__file__).resolve().parent.parent
    for place in (package.parent / "assets" / "models", package / "_assets" / "models"):
        if place.is_dir():
            return place
    raise UnfitModel("The trained models are missing: the folder assets/models is not beside classroom/.")


def load(name: str = "masked_words", path: Path | str | None = None) -> Reader:
    """The trained model of this name, in eval mode; or the one in the file `path`. Raises UnfitModel."""
    file = Path(path) if path is not None else folder() / f"{name}.safetensors"
    if not file.is_file():
        known = ", ".join(sorted(found.stem for found in file.parent.glob("*.safetensors"))) or "none"
        raise UnfitModel(f"There is no trained model {file.stem!r} in {file.parent.name}; there is: {known}.")
    if file.stat().st_size > LARGEST:
        raise UnfitModel(
            f"{file.name} has {file.stat().st_size:,} bytes; a model of this course has at most {LARGEST:,}."
        )
    try:
        with safe_open(file, framework="pt") as opened:
            card = json.loads((opened.metadata() or {}).get("card", "{}"))
            tensors = {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118 - not a dictionary
    except (SafetensorError, ValueError):
        raise UnfitModel(f"{file.name} is no safetensors file, or it was cut short: fetch it again.") from None
    return Reader(*_built(card, tensors, file.name), card)


def _built(card: Any, tensors: dict[str, torch.Tensor], name: str) -> tuple[MaskedWords, Vocabulary]:
    """The model that the card describes, filled with the tensors."""
    try:
        tokens = tuple(card["tokens"])
        with torch.device("meta"):
            model = MaskedWords(len(tokens), **card["sizes"])
        vocabulary = Vocabulary(tokens)
    except (KeyError, TypeError, ValueError, RuntimeError, AssertionError):
        raise UnfitModel(f"{name} has no card that says what model it holds.") from None
    wanted = {key: tuple(tensor.shape) for key, tensor in model.state_dict().items()}
    found = {key: tuple(tensor.shape) for key, tensor in tensors.items()}
    wrong = sorted(key for key in wanted.keys() | found.keys() if wanted.get(key) != found.get(key))
    if wrong:
        key = wrong[0]
        raise UnfitModel(
            f"{name} does not fit its card: {key} should have the shape {wanted.get(key, 'of nothing')}, "
            f"and has {found.get(key, 'none')}."
        )
    broken = sorted(key for key, tensor in tensors.items() if not tensor.isfinite().all())
    if broken:
        raise UnfitModel(f"{name} holds numbers that are not finite, in {broken[0]}.")
    model.load_state_dict(tensors, assign=True)
    return model.eval(), vocabulary

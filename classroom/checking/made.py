"""Arguments that are no data: objects a question describes and the runner makes on the spot.

In a question such an argument is `{"made": name, "of": arguments}`, which is plain data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from classroom.checking.models.by_word import WORD_MODELS
from classroom.checking.models.copiers import COPIERS
from classroom.checking.models.encoders import ENCODERS
from classroom.checking.models.layers import LAYERS
from classroom.checking.models.order_models import ORDER_MODELS
from classroom.checking.models.peekers import PEEKERS
from classroom.checking.models.tellers import TELLERS
from classroom.checking.objects.losses import LOSSES
from classroom.checking.objects.sentences import SENTENCES
from classroom.checking.objects.writers import WRITERS

BANKS = (ORDER_MODELS, LOSSES, WRITERS, WORD_MODELS, LAYERS, ENCODERS, SENTENCES, PEEKERS, COPIERS, TELLERS)
RECIPES: dict[str, Callable[..., Any]] = {name: recipe for bank in BANKS for name, recipe in bank.items()}


def make(arg: Any) -> Any:
    """The argument itself, or, where it describes one, the object. Raises KeyError for an unknown recipe."""
    if isinstance(arg, dict) and arg.keys() == {"made", "of"}:
        return RECIPES[arg["made"]](*arg["of"])
    return arg

"""The translators' sizes by name, and the model that has them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import nn

from classroom import parts


@dataclass(frozen=True)
class Sizes:
    """What a Transformer of the course is built from, but for its vocabulary. num_layers: of each of the two stacks."""

    d_model: int
    num_heads: int
    d_ff: int
    num_layers: int
    dropout: float
    norm_first: bool = True  # pre-norm: it trains at high rates without a long warm-up (Xiong et al., 2020)


SMALL = Sizes(d_model=128, num_heads=4, d_ff=256, num_layers=2, dropout=0.0)  # the embedded corpus, a CPU
BASE = Sizes(d_model=256, num_heads=4, d_ff=512, num_layers=3, dropout=0.3)  # Multi30k, a GPU
BASE_CPU = replace(BASE, dropout=0.2)  # Multi30k, a CPU, which comes to fewer epochs


def translator(
    vocabulary_size: int, sizes: Sizes = SMALL, Transformer: type[nn.Module] = parts.Transformer
) -> nn.Module:
    """A Transformer with these sizes for a vocabulary of so many tokens, its weights drawn at random.

    Transformer: the class to build, such as your own kept one (`parts.use("Transformer")`); else the finished one.
    What comes back remembers `sizes`, so that decoding knows its heads.
    """
    model = Transformer(
        vocabulary_size,
        sizes.d_model,
        sizes.num_heads,
        sizes.d_ff,
        sizes.num_layers,
        dropout=sizes.dropout,
        norm_first=sizes.norm_first,
    )
    model.sizes = sizes
    return model

"""The encoder, the finished part of lesson 07: torch's own layers, with our parts in them."""

from __future__ import annotations

from torch import Tensor, nn

from classroom.parts.layers.feed_forward import PositionwiseFeedForward
from classroom.parts.layers.multi_head import MultiHeadAttention
from classroom.parts.layers.norm import LayerNorm
from classroom.parts.stacks.asked import Asked, draw_anew, furnish, unchanged


class EncoderLayer(nn.TransformerEncoderLayer):
    """One layer of the encoder (Vaswani et al., 2017, section 3.1), by torch's own.

    Its parts are called attention, feed_forward, norm_1 and norm_2, as the lesson has them; torch finds them below
    under its own names. Dropout is where the paper has it, on what each sublayer puts out.
    """

    self_attn = property(lambda self: Asked(self.attention))
    norm1, norm2 = property(lambda self: self.norm_1), property(lambda self: self.norm_2)
    linear1, linear2 = property(lambda self: self.feed_forward), property(lambda self: unchanged)

    def __init__(self, d_model: int, num_heads: int, d_ff: int, dropout: float = 0.1, norm_first: bool = False) -> None:
        """d_model: width D; num_heads: H; d_ff: inner width of the feed-forward network; norm_first: pre-norm.

        Raises ValueError where D is not a multiple of H.
        """
        parts = {
            "attention": MultiHeadAttention(d_model, num_heads),
            "feed_forward": PositionwiseFeedForward(d_model, d_ff),
            "norm_1": LayerNorm(d_model),
            "norm_2": LayerNorm(d_model),
        }
        super().__init__(d_model, num_heads, d_ff, dropout, unchanged, norm_first=norm_first, device="meta")
        furnish(self, parts)

    def forward(
        self, x: Tensor, mask: Tensor | None = None, src_mask: Tensor | None = None, **torchs: object
    ) -> Tensor:
        """x: (B, T, D). mask: bool, (T, T), (B, 1, T) or (B, T, T), True = may attend. Returns (B, T, D).

        src_mask and what follows: masks in the words of nn.TransformerEncoder, which calls its layers so.
        """
        return super().forward(x, src_mask=src_mask if mask is None else ~mask, **torchs)


class Encoder(nn.TransformerEncoder):
    """A stack of layers that share no weights (Vaswani et al., 2017, section 3.1), by torch's own.

    It has `layers`, and a last `norm` only where norm_first.
    """

    def __init__(
        self,
        num_layers: int,
        d_model: int,
        num_heads: int,
        d_ff: int,
        dropout: float = 0.1,
        norm_first: bool = False,
    ) -> None:
        layer = EncoderLayer(d_model, num_heads, d_ff, dropout, norm_first)
        last = LayerNorm(d_model) if norm_first else None
        super().__init__(layer, num_layers, last, enable_nested_tensor=False)
        draw_anew(self)

    def forward(self, x: Tensor, mask: Tensor | None = None, **torchs: object) -> Tensor:
        """x: (B, T, D). mask: bool, (T, T), (B, 1, T) or (B, T, T), True = may attend. Returns (B, T, D)."""
        return super().forward(x, mask=None if mask is None else ~mask, is_causal=False, **torchs)

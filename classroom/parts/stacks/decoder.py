"""The decoder, the finished part of lesson 08: torch's own layers, with our parts in them."""

from __future__ import annotations

from torch import Tensor, nn

from classroom.parts.layers.feed_forward import PositionwiseFeedForward
from classroom.parts.layers.multi_head import MultiHeadAttention
from classroom.parts.layers.norm import LayerNorm
from classroom.parts.stacks.asked import Asked, draw_anew, furnish, unchanged


class DecoderLayer(nn.TransformerDecoderLayer):
    """One layer of the decoder (Vaswani et al., 2017, section 3.1), by torch's own.

    Its parts are called self_attention, cross_attention, feed_forward, norm_1, norm_2 and norm_3, as the lesson has
    them; torch finds them below under its own names. Dropout is on what each sublayer puts out, as in the paper.
    """

    self_attn = property(lambda self: Asked(self.self_attention))
    multihead_attn = property(lambda self: Asked(self.cross_attention))
    norm1, norm2, norm3 = (property(lambda self, n=n: getattr(self, f"norm_{n}")) for n in (1, 2, 3))
    linear1, linear2 = property(lambda self: self.feed_forward), property(lambda self: unchanged)

    def __init__(self, d_model: int, num_heads: int, d_ff: int, dropout: float = 0.1, norm_first: bool = False) -> None:
        """d_model: width D; num_heads: H; d_ff: inner width of the feed-forward network; norm_first: pre-norm.

        Raises ValueError where D is not a multiple of H.
        """
        parts = {f"{whose}_attention": MultiHeadAttention(d_model, num_heads) for whose in ("self", "cross")}
        parts["feed_forward"] = PositionwiseFeedForward(d_model, d_ff)
        parts |= {f"norm_{n}": LayerNorm(d_model) for n in (1, 2, 3)}
        super().__init__(d_model, num_heads, d_ff, dropout, unchanged, norm_first=norm_first, device="meta")
        furnish(self, parts)

    def forward(
        self,
        y: Tensor,
        memory: Tensor,
        target_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        **torchs: object,
    ) -> Tensor:
        """y: (B, T, D); memory, what the encoder put out: (B, S, D). Returns (B, T, D).

        target_mask: bool, (T, T), (B, 1, T) or (B, T, T); memory_mask: (T, S), (B, 1, S) or (B, T, S); True = may
        attend. tgt_mask is target_mask where an nn.TransformerDecoder calls; what follows is torch's: True = hidden.
        """
        target_mask = tgt_mask if target_mask is None else target_mask
        hidden = {"tgt_mask": target_mask, "memory_mask": memory_mask}
        hidden = {name: ~mask for name, mask in hidden.items() if mask is not None}
        return super().forward(y, memory, **hidden, **torchs)


class Decoder(nn.TransformerDecoder):
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
        layer = DecoderLayer(d_model, num_heads, d_ff, dropout, norm_first)
        super().__init__(layer, num_layers, LayerNorm(d_model) if norm_first else None)
        draw_anew(self)

    def forward(
        self,
        y: Tensor,
        memory: Tensor,
        target_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        **torchs: object,
    ) -> Tensor:
        """As a layer: y (B, T, D) and memory (B, S, D) to (B, T, D); masks: bool, True = may attend."""
        return super().forward(y, memory, target_mask, memory_mask, tgt_is_causal=False, **torchs)

"""Rebuild every PNG of this folder: python assets/figures/draw.py."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

HERE = Path(__file__).resolve().parent
for place in (HERE, HERE.parents[1]):  # the scripts beside this one, and `classroom`
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

import decoder  # noqa: E402
import depth  # noqa: E402
import encoder_layer  # noqa: E402
import heads  # noqa: E402
import hidden_words  # noqa: E402
import layers  # noqa: E402
import masks  # noqa: E402
import normalization  # noqa: E402
import positions  # noqa: E402
import query_key_value  # noqa: E402
import recurrence  # noqa: E402
import shapes  # noqa: E402
import training  # noqa: E402

from classroom.show import course_map, style  # noqa: E402

# File name: how it is drawn, what it says to who cannot see it.
FIGURES: dict[str, tuple[Callable[[], Figure], str]] = {
    "map.png": (functools.partial(course_map.draw, 0), course_map.alt(0)),
    **{f"map_{n:02}.png": (functools.partial(course_map.draw, n), course_map.alt(n)) for n in range(1, 10)},
    "01_collapse.png": (layers.draw_collapse, layers.COLLAPSE_ALT),
    "01_backward.png": (layers.draw_backward, layers.BACKWARD_ALT),
    "02_unrolled.png": (recurrence.draw_unrolled, recurrence.UNROLLED_ALT),
    "02_gru.png": (recurrence.draw_gru, recurrence.GRU_ALT),
    "02_attention.png": (recurrence.draw_attention, recurrence.ATTENTION_ALT),
    "03_pairs.png": (positions.draw_pairs, positions.PAIRS_ALT),
    "03_rotation.png": (positions.draw_rotation, positions.ROTATION_ALT),
    "04_query_key_value.png": (query_key_value.draw, query_key_value.alt()),
    "04_shapes.png": (shapes.draw, shapes.ALT),
    "05_heads.png": (heads.draw, heads.ALT),
    "05_masks.png": (masks.draw, masks.ALT),
    "06_stacks.png": (depth.draw_stacks, depth.STACKS_ALT),
    "06_axes.png": (normalization.draw, normalization.ALT),
    "06_post_pre.png": (depth.draw_post_pre, depth.POST_PRE_ALT),
    "07_layer.png": (encoder_layer.draw, encoder_layer.ALT),
    "07_hidden.png": (hidden_words.draw, hidden_words.ALT),
    "08_decoder_layer.png": (decoder.draw_layer, decoder.LAYER_ALT),
    "08_shift.png": (decoder.draw_shift, decoder.SHIFT_ALT),
    "08_decoding.png": (decoder.draw_decoding, decoder.DECODING_ALT),
    "09_smoothing.png": (training.draw_smoothing, training.SMOOTHING_ALT),
    "09_scaling.png": (training.draw_scaling, training.SCALING_ALT),
    "09_ladder.png": (training.draw_ladder, training.LADDER_ALT),
    "09_beam.png": (training.draw_beam, training.BEAM_ALT),
}


def main(folder: Path = HERE) -> None:
    """Write every figure into the folder, and say what was written."""
    for name, (draw, _) in FIGURES.items():
        data = style.png(draw())
        (folder / name).write_bytes(data)
        print(f"{name}  {style.css_width(data)} px wide, {len(data) / 1000:.0f} kB")


if __name__ == "__main__":
    main()

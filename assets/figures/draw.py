"""Rebuild every PNG of this folder: python assets/figures/draw.py."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

HERE = Path(__file__).resolve().parent
for place in (HERE, HERE.parents[1]):  # the scripts beside this one, and `classroom`
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

import course_map  # noqa: E402
import query_key_value  # noqa: E402
import shapes  # noqa: E402

from classroom.show import style  # noqa: E402

# File name: how it is drawn, what it says to who cannot see it.
FIGURES: dict[str, tuple[Callable[[], Figure], str]] = {
    "map_04.png": (lambda: course_map.draw(4), course_map.alt(4)),
    "04_query_key_value.png": (query_key_value.draw, query_key_value.alt()),
    "04_shapes.png": (shapes.draw, shapes.ALT),
}


def main(folder: Path = HERE) -> None:
    """Write every figure into the folder, and say what was written."""
    for name, (draw, _) in FIGURES.items():
        data = style.png(draw())
        (folder / name).write_bytes(data)
        print(f"{name}  {style.css_width(data)} px wide, {len(data) / 1000:.0f} kB")


if __name__ == "__main__":
    main()

"""How many parameters a model has, and where they sit: one stacked bar for each model."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from classroom.show import style

BAR, GAP = 0.42, 0.5  # inches: a bar's height, and the room under it for what is too narrow to be written inside
PAGE, TOTAL = 8.3, 0.95  # inches: the width of a lesson's page, and the room for the number behind a bar
COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.PURPLE, style.SKY, style.VERMILLION)


def parameter_bars(counts: Mapping[str, Mapping[str, int]], title: str = "Where the parameters sit") -> None:
    """Show, for each model, a bar of all its parameters, divided by what they belong to.

    counts: name of a model -> {name of a part: number of its parameters}, at most six different parts in all. Models
    and parts are drawn in the order in which they are given.
    Raises ValueError, in one sentence, for counts that are empty, negative or no whole numbers.
    """
    given = _checked(counts)
    parts = list(dict.fromkeys(part for sizes in given.values() for part in sizes))
    if len(parts) > len(COLOURS):
        raise ValueError(
            f"parameter_bars tells {len(COLOURS)} parts apart; there are {len(parts)}: {', '.join(parts)}."
        )
    style.publish(_draw(given, parts, title), _alt(given, title))


def short(number: int) -> str:
    """A number of parameters with its unit: 18.9 M, 12.3 k, 512."""
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.3g} {unit}" if number < 100 * size else f"{number / size:.0f} {unit}"
    return str(number)


def _checked(counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    if not isinstance(counts, Mapping) or not counts:
        raise ValueError("parameter_bars needs at least one model, as {name: {part: number of parameters}}.")
    for model, sizes in counts.items():
        if not isinstance(sizes, Mapping) or not sizes:
            raise ValueError(f"{model} should be a dictionary of parts and their numbers of parameters, not {sizes!r}.")
        for part, number in sizes.items():
            if isinstance(number, bool) or not isinstance(number, Integral) or number < 0:
                raise ValueError(f"{model}, {part}: a number of parameters is a whole number from 0, not {number!r}.")
        if not sum(sizes.values()):
            raise ValueError(f"{model} has no parameters at all.")
    return {str(model): {str(part): int(n) for part, n in sizes.items()} for model, sizes in counts.items()}


def _draw(counts: dict[str, dict[str, int]], parts: list[str], title: str) -> bytes:
    colours = dict(zip(parts, COLOURS, strict=False))
    most = max(sum(sizes.values()) for sizes in counts.values())
    left = 0.3 + 0.092 * max(map(len, counts))
    field, top = max(PAGE - left - TOTAL, 3.0), 0.95
    width = left + field + TOTAL
    height = top + len(counts) * (BAR + GAP) + 0.1
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        ax.text(0.15, 0.22, style.plain(title), size=style.TITLE, va="center")
        _key(ax, colours, left)
        for row, (model, sizes) in enumerate(counts.items()):
            y = top + row * (BAR + GAP)
            ax.text(left - 0.12, y + BAR / 2, style.plain(model), ha="right", va="center_baseline", size=12)
            _bar(ax, sizes, colours, left, y, field / most)
        return style.png(fig)


def _key(ax: Axes, colours: dict[str, str], left: float) -> None:
    x = left
    for part, colour in colours.items():
        ax.add_patch(_rectangle(x, 0.53, 0.17, 0.17, colour))
        ax.text(x + 0.24, 0.62, style.plain(part), va="center_baseline")
        x += 0.5 + 0.078 * len(part)


def _bar(ax: Axes, sizes: dict[str, int], colours: dict[str, str], left: float, y: float, scale: float) -> None:
    x, narrow = left, []
    for part, number in sizes.items():
        wide = number * scale
        ax.add_patch(_rectangle(x, y, wide, BAR, colours[part]))
        if wide > 0.12 + 0.078 * len(short(number)):
            ink = "white" if colours[part] == style.BLUE else style.INK
            ax.text(x + wide / 2, y + BAR / 2, short(number), ha="center", va="center_baseline", color=ink)
        else:
            narrow.append(f"{part} {short(number)}")
        x += wide
    total = sum(sizes.values())
    ax.text(x + 0.1, y + BAR / 2, short(total), va="center_baseline", size=12, weight="bold")
    if narrow:
        said = style.plain(", ".join(narrow))
        ax.text(left, y + BAR + 0.14, said, va="center", color=style.GREY, size=style.SMALL)


def _rectangle(x: float, y: float, width: float, height: float, colour: str) -> Rectangle:
    return Rectangle((x, y), width, height, facecolor=colour, edgecolor="white", linewidth=0.8)


def _alt(counts: dict[str, dict[str, int]], title: str) -> str:
    told = []
    for model, sizes in counts.items():
        total = sum(sizes.values())
        shares = ", ".join(f"{part} {number:,} ({100 * number / total:.1f} %)" for part, number in sizes.items())
        told.append(f"{model}: {total:,} parameters, of them {shares}")
    return f"{title}: one bar for each model. {'; '.join(told)}."

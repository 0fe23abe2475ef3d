"""A few numbers as bars, each with its name."""

from __future__ import annotations

from collections.abc import Mapping

from classroom.show import style


def bars(numbers: Mapping[str, float], title: str, unit: str = "") -> None:
    """Show a bar for each number, with its name at the left and its value at the end."""
    if not numbers:
        raise ValueError("bars needs at least one number")
    style.publish(_draw(numbers, title, unit), _alt(numbers, title, unit))


def _draw(numbers: Mapping[str, float], title: str, unit: str) -> bytes:
    names = list(numbers)
    left, each = 0.085 * max(map(len, names)) + 0.35, 0.42
    width, height = left + 4.6, 0.75 + each * len(names)
    with style.figure(width, height) as fig:
        fig.text(0.15 / width, 1 - 0.12 / height, style.plain(title), size=style.TITLE, va="top")
        ax = fig.add_axes((left / width, 0.12 / height, 3.7 / width, each * len(names) / height))
        style.blank(ax)
        places = range(len(names))
        ax.barh(places, list(numbers.values()), 0.56, color=style.BLUE)
        ax.axvline(0, color=style.RULE, linewidth=1)
        ax.set_ylim(len(names) - 0.5, -0.5)
        for place, (name, number) in enumerate(numbers.items()):
            label = {"xytext": (6, 0), "textcoords": "offset points", "va": "center_baseline"}
            ax.annotate(_number(number, unit), (max(number, 0.0), place), size=12, **label)
            fig.text((left - 0.12) / width, (0.12 + each * (len(names) - place - 0.5)) / height, style.plain(name),
                     ha="right", va="center_baseline", size=12)  # fmt: skip
        return style.png(fig)


def _number(number: float, unit: str) -> str:
    return (f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}") + unit


def _alt(numbers: Mapping[str, float], title: str, unit: str) -> str:
    return f"{title}: " + "; ".join(f"{name}, {_number(number, unit)}" for name, number in numbers.items()) + "."

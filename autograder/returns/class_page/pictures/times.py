"""Two small pictures of times of submission as SVG: no script, readable aloud."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape
from math import ceil

WIDTH, HEIGHT, BASE, TOP = 640, 176, 134, 34
ON_TIME, LATE = "#0072b2", "#d55e00"
STEPS = [timedelta(hours=h) for h in (1, 3, 6, 12, 24, 48, 96, 168, 336, 672, 1344)]
MOST_BARS = 24


def by_date(moments: list[datetime], late: list[bool], due: datetime | None, name: str) -> str:
    """Bars over time, one for each hour, day or week, so that there are not too many; late ones stand on the others,
    in another colour, and a line stands where it was due."""
    first, last = min([*moments, due or moments[0]]), max([*moments, due or moments[0]])
    step = next((s for s in STEPS if (last - first) / s < MOST_BARS - 1), STEPS[-1])
    start = due - step * max(1, -((first - due) // step)) if due else first.replace(minute=0, second=0, microsecond=0)
    bins = int((last - start) / step) + 1
    counts = [[0, 0] for _ in range(bins)]
    for moment, is_late in zip(moments, late, strict=True):
        counts[min(bins - 1, max(0, ceil((moment - start) / step) - 1))][is_late] += 1  # to the minute is in time
    width = WIDTH / bins
    tallest = max(sum(pair) for pair in counts)
    drawn, told = [], []
    for index, (early, after) in enumerate(counts):
        if early + after:
            drawn.append(_bar(width * (index + 0.5), width * 0.8, early, after, tallest))
            begins = start + step * index
            told.append(f"from {begins:%d %b %H:%M}: {early + after}" + (f", {after} late" if after else ""))
    drawn += _labels(start, step, bins, width)
    if due:
        at = width * ((due - start) / step)
        drawn.append(
            f'<line x1="{at:.1f}" y1="{TOP - 20}" x2="{at:.1f}" y2="{BASE}" stroke="#1c2430" stroke-dasharray="4 4"/>'
        )
        side = "end" if at > WIDTH / 2 else "start"
        drawn.append(
            f'<text class="n" x="{at + (-5 if side == "end" else 5):.1f}" y="{TOP - 16}" '
            f'text-anchor="{side}">due</text>'
        )
    what = f"{len(moments)} submissions by date, {sum(late)} of them late"
    return _svg(name, what, "; ".join(told), drawn)


def by_hour(moments: list[datetime], name: str) -> str:
    counts = [0] * 24
    for moment in moments:
        counts[moment.hour] += 1
    width, tallest = WIDTH / 24, max(counts)
    drawn = [_bar(width * (h + 0.5), width * 0.8, n, 0, tallest) for h, n in enumerate(counts) if n]
    drawn += [f'<text x="{width * h:.1f}" y="{BASE + 20}" text-anchor="middle">{h}</text>' for h in (6, 12, 18)]
    drawn.append(f'<text x="0" y="{BASE + 20}">0</text><text x="{WIDTH}" y="{BASE + 20}" text-anchor="end">24</text>')
    told = "; ".join(f"{h} to {h + 1}: {n}" for h, n in enumerate(counts) if n)
    return _svg(name, f"{len(moments)} submissions by the hour of the day", told, drawn)


def _bar(middle: float, width: float, early: int, after: int, tallest: int) -> str:
    height = (BASE - TOP) * (early + after) / tallest
    up = (BASE - TOP) * early / tallest
    place = f'x="{middle - width / 2:.1f}" width="{width:.1f}"'
    made = f'<rect {place} y="{BASE - up:.1f}" height="{up:.1f}" fill="{ON_TIME}"/>' if early else ""
    if after:
        made += f'<rect {place} y="{BASE - height:.1f}" height="{height - up:.1f}" fill="{LATE}"/>'
    at = f'x="{middle:.1f}" y="{BASE - height - 6:.1f}"'
    return f'{made}<text class="n" {at} text-anchor="middle">{early + after}</text>'


def _labels(start: datetime, step: timedelta, bins: int, width: float) -> list[str]:
    """The first and the last bar and two between, if there is room."""
    form = "%d %b" if step >= timedelta(days=1) else "%d %b %H:%M"
    spots = sorted({0, bins}) if bins < 9 else [0, bins // 2, bins]
    side = {0: "start", bins: "end"}
    return [
        f'<text x="{width * at:.1f}" y="{BASE + 20}" text-anchor="{side.get(at, "middle")}">'
        f"{start + step * at:{form}}</text>"
        for at in spots
    ]


def _svg(name: str, title: str, told: str, drawn: list[str]) -> str:
    name = escape(name)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(told)}.</desc>'
        f'<line x1="0" y1="{BASE}" x2="{WIDTH}" y2="{BASE}" stroke="#8a94a0"/>{"".join(drawn)}</svg>'
    )

"""A small histogram of scores as SVG: no script, readable aloud."""

from html import escape
from math import ceil

WIDTH, HEIGHT, BASE, TOP = 640, 206, 164, 36  # the bars stand on BASE and reach up to TOP
MOST_BARS = 10  # and one more for 0
FILL = "#0072b2"


def histogram(scores: list[float], points: float, name: str) -> str:
    """How many of `scores` (0 to `points`, one at least) fall into each of about ten equal ranges; `name` is
    unique on the page."""
    counts, labels = binned(scores, points)
    step = WIDTH / len(counts)
    tallest = max(counts)
    drawn = []
    for index, (count, label) in enumerate(zip(counts, labels, strict=True)):
        middle = step * (index + 0.5)
        height = (BASE - TOP) * count / tallest
        if count:
            bar = f'x="{middle - step * 0.4:.1f}" y="{BASE - height:.1f}" width="{step * 0.8:.1f}"'
            drawn.append(f'<rect {bar} height="{height:.1f}" rx="3" fill="{FILL}"/>')
            place = f'x="{middle:.1f}" y="{BASE - height - 7:.1f}"'
            drawn.append(f'<text class="n" {place} text-anchor="middle">{count}</text>')
        drawn.append(f'<text x="{middle:.1f}" y="{BASE + 20}" text-anchor="middle">{label}</text>')
    told = "; ".join(f"{label} points: {count}" for count, label in zip(counts, labels, strict=True) if count)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{escape(name)}-t {escape(name)}-d">'
        f'<title id="{escape(name)}-t">Scores of {len(scores)} students</title>'
        f'<desc id="{escape(name)}-d">Students by points. {told}.</desc>'
        f'<line x1="0" y1="{BASE}" x2="{WIDTH}" y2="{BASE}" stroke="#8a94a0"/>{"".join(drawn)}'
        f'<text x="{WIDTH}" y="{HEIGHT - 2}" text-anchor="end">points</text></svg>'
    )


def binned(scores: list[float], points: float) -> tuple[list[int], list[str]]:
    """Counts and labels of the ranges, each some whole points wide: one for each point where ten bars suffice.

    A range includes its lower end; the last one full marks and all above, the first one all below.
    """
    width = ceil(points / MOST_BARS)
    number = int(points) + 1 if width == 1 else ceil(points / width)
    counts = [0] * number
    for score in scores:
        counts[min(number - 1, max(0, int(score // width)))] += 1
    if width == 1:
        return counts, [str(value) for value in range(number)]
    return counts, [f"{low}–{min(low + width, ceil(points))}" for low in range(0, number * width, width)]

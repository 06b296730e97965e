"""Small charts drawn as SVG, without styles of their own: the pages' style sheet colours them.

Lengths are drawn from floats; every figure that is printed comes from the report's own text.
"""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

WIDTH = 640
LABEL = 250
BAR = 22
ROW = 34
LETTER = 6.6


class Bar(NamedTuple):
    """A step of a waterfall: where it begins and ends, and what it says."""

    label: str
    begin: float
    end: float
    figure: str
    look: str


def waterfall(bars: Sequence[Bar], name: str, title: str, told: str) -> Markup:
    """Bars one under the other, each beginning where the one before ended."""
    low = min([0.0, *(min(bar.begin, bar.end) for bar in bars)])
    high = max([1.0, *(max(bar.begin, bar.end) for bar in bars)])
    room = WIDTH - LABEL - 100
    height = ROW * len(bars) + 10

    def x(value: float) -> float:
        return LABEL + room * (value - low) / (high - low)

    parts = [Markup('<line class="axis" x1="{0:.1f}" y1="0" x2="{0:.1f}" y2="{1}"/>').format(x(0), height)]
    for at, bar in enumerate(bars):
        y = at * ROW + 8
        left, right = sorted((x(bar.begin), x(bar.end)))
        parts.append(
            Markup(
                '<text x="{0}" y="{1}" text-anchor="end">{2}</text>'
                '<rect class="bar-{3}" x="{4:.1f}" y="{5}" width="{6:.1f}" height="{7}"/>'
                '<text class="value" x="{8:.1f}" y="{1}">{9}</text>'
            ).format(
                LABEL - 10, y + 16, bar.label, bar.look, left, y, max(right - left, 1.5), BAR, right + 6, bar.figure
            )
        )
        if at + 1 < len(bars):
            parts.append(
                Markup('<line class="step" x1="{0:.1f}" y1="{1}" x2="{0:.1f}" y2="{2}"/>').format(
                    x(bar.end), y + BAR, y + ROW
                )
            )
    return _drawing(parts, WIDTH, height, name, title, told)


class Pair(NamedTuple):
    """Two values side by side under one label, in USD."""

    label: str
    first: float
    second: float


def pairs(values: Sequence[Pair], keys: tuple[str, str], name: str, title: str, told: str) -> Markup:
    """Pairs of columns: what was beside what would have been, in millions."""
    top = max([1.0, *(max(pair.first, pair.second) for pair in values)]) / 1e6
    scale, height, base = _scale(top), 240, 200
    step = (WIDTH - 60) / max(1, len(values))
    wide = min(28.0, step / 3)
    parts = []
    for mark in scale:
        y = base - (base - 30) * mark / scale[-1]
        parts.append(
            Markup(
                '<line class="grid" x1="50" y1="{0:.1f}" x2="{1}" y2="{0:.1f}"/>'
                '<text x="44" y="{2:.1f}" text-anchor="end">{3:g}</text>'
            ).format(y, WIDTH, y + 4, mark)
        )
    for at, pair in enumerate(values):
        middle = 55 + step * (at + 0.5)
        for look, value, left in ((1, pair.first, middle - wide - 1), (2, pair.second, middle + 1)):
            tall = (base - 30) * max(0.0, value / 1e6) / scale[-1]
            parts.append(
                Markup('<rect class="bar-{0}" x="{1:.1f}" y="{2:.1f}" width="{3:.1f}" height="{4:.1f}"/>').format(
                    look, left, base - tall, wide, tall
                )
            )
        parts.append(
            Markup('<text x="{0:.1f}" y="{1}" text-anchor="middle">{2}</text>').format(middle, base + 18, pair.label)
        )
    at_x = 55.0
    for look, key in enumerate(keys, 1):
        parts.append(
            Markup(
                '<rect class="bar-{0}" x="{1:.1f}" y="4" width="12" height="12"/><text x="{2:.1f}" y="15">{3}</text>'
            ).format(look, at_x, at_x + 17, key)
        )
        at_x += 40 + LETTER * len(key)
    return _drawing(parts, WIDTH, height, name, title, told)


def _scale(top: float) -> list[float]:
    """Round marks from nought to just above the highest value."""
    step = next(size for size in (0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000, 10_000, 1e6, 1e9, 1e12) if top / size <= 5)
    return [step * at for at in range(int(top / step) + 2)]


def _drawing(parts: Sequence[Markup], width: int, height: int, name: str, title: str, told: str) -> Markup:
    return Markup(
        '<svg viewBox="0 0 {0} {1}" role="img" aria-labelledby="{2}-title {2}-told">'
        '<title id="{2}-title">{3}</title><desc id="{2}-told">{4}</desc>{5}</svg>'
    ).format(width, height, name, title, told, Markup("").join(parts) if parts else escape(""))

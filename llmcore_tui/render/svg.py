"""Curves as a small inline SVG for a page: text is text, colours are the page's CSS classes `c0`, `c1`, ….

Curves differ by dashes and marks too, so that a print in grey can be read. `figure` draws for files.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from llmcore_tui.content.bilingual import Language
from llmcore_tui.lab.result import Series
from llmcore_tui.render.axis import Axis, axis, spans_powers
from llmcore_tui.render.plot import describe, finite_points, groups
from llmcore_tui.render.safe import one_line
from llmcore_tui.render.width import cells

SHADES = 6
"""How many classes `c0` … a page has to colour."""
_WIDTH, _HEIGHT = 640, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 14, 30, 44
_DASHES = ("", "7 4", "2 3", "10 3 2 3", "1 5", "12 5")
_ALL_MARKED = 14
_CELL = 6.6
"""The width of a terminal cell of text at the size of the labels, in user units."""


def svg(series: Sequence[Series], language: Language = "en") -> str:
    """The first group of series as an `svg` element; nothing where there is no finite point."""
    group = groups(series)[0] if series else ()
    curves = [(one, points) for one in group if (points := list(zip(*finite_points(one), strict=True)))]
    if not curves:
        return ""
    xs = [x for _, points in curves for x, _ in points]
    ys = [y for _, points in curves for _, y in points]
    across, up = axis(xs, 7, log=spans_powers(xs)), axis(_with_air(ys), 5)
    says = describe([one for one, _ in curves], language)
    parts = [
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(says, quote=True)}">',
        *_frame(across, up, curves[0][0], language),
        *_legend([one for one, _ in curves], language),
    ]
    for index, (_, points) in enumerate(curves):
        parts += _curve([(_x(x, across), _y(y, up)) for x, y in points], index)
    return "\n".join([*parts, "</svg>"])


def _with_air(values: Sequence[float]) -> list[float]:
    """The values and a little room above and below them, but none below zero where all are positive."""
    low, high = min(values), max(values)
    air = (high - low) * 0.06
    return [low - air if low < 0 or low > air else min(low, 0.0), *values, high + air]


def _x(value: float, across: Axis) -> float:
    return _LEFT + _share(value, across) * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float, up: Axis) -> float:
    return _HEIGHT - _BOTTOM - _share(value, up) * (_HEIGHT - _TOP - _BOTTOM)


def _share(value: float, along: Axis) -> float:
    low, high = along.place(along.low), along.place(along.high)
    return (along.place(value) - low) / (high - low)


def _frame(across: Axis, up: Axis, first: Series, language: Language) -> list[str]:
    floor, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    parts = []
    for tick, label in zip(up.ticks, up.labels, strict=True):
        y = _y(tick, up)
        parts.append(f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}"/>')
        parts.append(_text(_LEFT - 7, y + 4, label, "end"))
    parts.append(f'<line class="axis" x1="{_LEFT}" y1="{floor}" x2="{right}" y2="{floor}"/>')
    for tick, label in zip(across.ticks, across.labels, strict=True):
        x = _x(tick, across)
        parts.append(f'<line class="axis" x1="{x:.1f}" y1="{floor}" x2="{x:.1f}" y2="{floor + 4}"/>')
        anchor = "end" if x > right - 12 and cells(label) > 3 else "middle"
        parts.append(_text(x + (_RIGHT - 4 if anchor == "end" else 0), floor + 18, label, anchor))
    scale = ("（对数）" if language == "zh" else " (log)") if across.log else ""
    parts.append(_text(right, _HEIGHT - 8, one_line(first.x_name) + scale, "end", "name"))
    parts.append(_text(4, 14, one_line(first.y_name), "start", "name"))
    return parts


def _legend(drawn: Sequence[Series], language: Language) -> list[str]:
    """A sample of each line and its name, from the right above the curves."""
    names = [one_line(one.zh if language == "zh" else one.en) for one in drawn]
    if len(drawn) == 1 and names[0] == one_line(drawn[0].y_name):
        return []
    parts: list[str] = []
    x = float(_WIDTH - _RIGHT)
    for index in reversed(range(len(drawn))):
        x -= cells(names[index]) * _CELL
        parts.append(_text(x, 14, names[index], "start"))
        parts.append(
            f'<path class="curve c{index % SHADES}"{_dash(index)} d="M{x - 30:.1f} 10H{x - 6:.1f}"/>'
        )
        parts.append(_mark(x - 18, 10, index))
        x -= 44
    return parts


def _curve(places: Sequence[tuple[float, float]], index: int) -> list[str]:
    parts = []
    if len(places) > 1:
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        parts.append(f'<path class="curve c{index % SHADES}"{_dash(index)} d="{path}"/>')
    if len(places) <= _ALL_MARKED:
        parts += [_mark(x, y, index) for x, y in places]
    return parts


def _dash(index: int) -> str:
    dash = _DASHES[index % len(_DASHES)]
    return f' stroke-dasharray="{dash}"' if dash else ""


def _mark(x: float, y: float, index: int) -> str:
    """A disc, a triangle, a square or a diamond."""
    shade = f'class="mark c{index % SHADES}"'
    match index % 4:
        case 0:
            return f'<circle {shade} cx="{x:.1f}" cy="{y:.1f}" r="3"/>'
        case 1:
            return f'<path {shade} d="M{x:.1f} {y - 4:.1f}l4 7h-8z"/>'
        case 2:
            return f'<path {shade} d="M{x - 3:.1f} {y - 3:.1f}h6v6h-6z"/>'
        case _:
            return f'<path {shade} d="M{x:.1f} {y - 4:.1f}l4 4l-4 4l-4 -4z"/>'


def _text(x: float, y: float, text: str, anchor: str, kind: str = "label") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'

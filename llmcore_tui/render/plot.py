"""Curves in the terminal through plotext, the same said in a sentence, and sparklines.

A curve is told from another by its marks, never by its colour alone. plotext's figure is global: one lock.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from itertools import pairwise

from llmcore_tui.content.bilingual import Language
from llmcore_tui.lab.result import Series
from llmcore_tui.render.axis import Axis, axis, spans_powers
from llmcore_tui.render.number import number
from llmcore_tui.render.safe import one_line
from llmcore_tui.render.width import NO_BREAK_SPACE, clip, pad, wrap

MARKS = "●▲■◆○△□◇"
"""The marks of the first, second, … curve of a plot."""
COLOURS = (6, 3, 5, 2, 4, 1, 14, 11)
"""ANSI colours of the terminal's own palette: cyan, yellow, magenta, green, blue, red."""
_ALL_MARKED = 12
_MARKS_A_CURVE = 6
_BLOCKS = "▁▂▃▄▅▆▇█"
_SMALLEST = (20, 5)
_one_at_a_time = threading.Lock()

Points = tuple[list[float], list[float]]


def groups(series: Sequence[Series]) -> list[tuple[Series, ...]]:
    """The series that share both axes together, in the order in which a demo gives them."""
    found: dict[tuple[str, str], list[Series]] = {}
    for one in series:
        found.setdefault((one.x_name, one.y_name), []).append(one)
    return [tuple(group) for group in found.values()]


def finite_points(series: Series) -> Points:
    """The coordinates of the points that can be drawn."""
    pairs = [(float(x), float(y)) for x, y in zip(series.x, series.y, strict=False)]
    kept = [(x, y) for x, y in pairs if math.isfinite(x) and math.isfinite(y)]
    return [x for x, _ in kept], [y for _, y in kept]


def plot(
    series: Sequence[Series], width: int, height: int, *, color: bool = False, language: Language = "en"
) -> str:
    """The first group of series as `height` lines of at most `width` cells; with `color`, in ANSI colours.

    Points that are not finite are left out. Without any point, or in too little room, one sentence says so.
    """
    group = groups(series)[0] if series else ()
    curves = [(one, points) for one in group if (points := finite_points(one))[0]]
    if not curves:
        return "没有可画的点" if language == "zh" else "There is no point to plot."
    head = _head([one for one, _ in curves], width, color=color, language=language)
    room = height - len(head) - 1
    if width < _SMALLEST[0] or room < _SMALLEST[1]:
        return clip(describe(group, language), width) if width > 1 else ""
    across = axis([x for _, (xs, _) in curves for x in xs], max(2, width // 9), log=_has_log_x(curves))
    up = axis([y for _, (_, ys) in curves for y in ys], max(2, room // 2))
    canvas = _canvas([points for _, points in curves], width, room, across, up, color=color)
    foot = pad(_axis_name(curves[0][0].x_name, across.log, language), width, "right")
    return "\n".join([*head, *canvas, foot])


def describe(series: Sequence[Series], language: Language = "en") -> str:
    """A sentence for each curve: from where to where it goes, how, and where its extremes are."""
    sentences = [_sentence(one, finite_points(one), language) for one in series]
    return ("" if language == "zh" else " ").join(sentences)


def sparkline(values: Sequence[float], *, from_zero: bool = True) -> str:
    """A block a value; the lowest block is zero, or the smallest value where `from_zero` is off or one is negative."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return " " * len(values)
    low = min(0.0, *finite) if from_zero else min(finite)
    span = max(finite) - low
    last = len(_BLOCKS) - 1
    return "".join(
        (_BLOCKS[round((value - low) / span * last)] if span else _BLOCKS[0]) if math.isfinite(value) else " "
        for value in values
    )


def _has_log_x(curves: Sequence[tuple[Series, Points]]) -> bool:
    return spans_powers([x for _, (xs, _) in curves for x in xs])


def _name(series: Series, language: Language) -> str:
    return one_line(series.zh if language == "zh" else series.en)


def _axis_name(name: str, log: bool, language: Language) -> str:
    scale = ("（对数）" if language == "zh" else " (log)") if log else ""
    return f"{one_line(name)}{scale} →"


def _head(drawn: Sequence[Series], width: int, *, color: bool, language: Language) -> list[str]:
    """The vertical axis' name and, mark by mark, the curves."""
    name = f"↑ {one_line(drawn[0].y_name)}"
    if len(drawn) == 1:
        label = _name(drawn[0], language)
        return [clip(name if label == one_line(drawn[0].y_name) else f"{name}   {label}", width)]
    entries = [f"{mark} {_name(one, language)}" for mark, one in zip(_marks(drawn), drawn, strict=True)]
    lines = wrap("   ".join(entry.replace(" ", NO_BREAK_SPACE) for entry in (name, *entries)), width)
    if color:
        for mark, shade in zip(_marks(drawn), _colours(drawn), strict=True):
            lines = [line.replace(mark, f"\x1b[38;5;{shade}m{mark}\x1b[0m", 1) for line in lines]
    return lines


def _marks(drawn: Sequence[object]) -> list[str]:
    return [MARKS[index % len(MARKS)] for index in range(len(drawn))]


def _colours(drawn: Sequence[object]) -> list[int]:
    return [COLOURS[index % len(COLOURS)] for index in range(len(drawn))]


def _canvas(
    curves: Sequence[Points], width: int, height: int, across: Axis, up: Axis, *, color: bool
) -> list[str]:
    import plotext

    placed = [([across.place(x) for x in xs], [up.place(y) for y in ys]) for xs, ys in curves]
    with _one_at_a_time:
        plotext.terminal.limit(False, False)
        figure = plotext.figure
        figure.clear()
        figure.theme("colorless")
        figure.plot_size(width, height)
        figure.axes(False, axis=(0, 1), side=1)
        for name, one in (("x", across), ("y", up)):
            ruler = figure.ruler(name)
            ruler.lim(one.place(one.low), one.place(one.high))
            ruler.ticks([one.place(tick) for tick in one.ticks], list(one.labels))
        shades = [plotext.pixel(foreground=shade) if color else plotext.pixel() for shade in _colours(curves)]
        for (xs, ys), shade in zip(placed, shades, strict=True):
            line = figure.signal(xs, ys, marker=plotext.marker("braille", pixel=shade))
            figure.draw(line.lines(True) if len(xs) > 1 else line)
        for index, ((xs, ys), shade) in enumerate(zip(placed, shades, strict=True)):
            marked = _marked(len(xs), index, len(curves))
            mark = plotext.marker(MARKS[index % len(MARKS)], pixel=shade)
            if marked:
                figure.draw(figure.signal([xs[i] for i in marked], [ys[i] for i in marked], marker=mark))
        text: str = figure.build().string(colorless=not color)
        figure.clear()
    return [line.rstrip() for line in text.strip("\n").split("\n")]


def _marked(count: int, index: int, curves: int) -> list[int]:
    """Which points of a curve carry its mark: all of a few, else some, shifted from curve to curve."""
    if count <= _ALL_MARKED:
        return list(range(count))
    if curves == 1:
        return []
    step = (count - 1) / _MARKS_A_CURVE
    shift = (index + 0.5) / curves
    return [min(count - 1, round((i + shift) * step)) for i in range(_MARKS_A_CURVE)]


def _sentence(series: Series, points: Points, language: Language) -> str:
    name, x_name = _name(series, language), one_line(series.x_name)
    xs, ys = points
    if not xs:
        return f"{name}：没有可画的点。" if language == "zh" else f"{name}: no point to plot."
    if len(xs) == 1:
        at = f"{x_name} = {number(xs[0])}"
        return (
            f"{name}：{at} 时为 {number(ys[0])}。"
            if language == "zh"
            else f"{name}: {number(ys[0])} at {at}."
        )
    way, xs, ys = _way(ys, language), _rounded(xs), _rounded(ys)
    extremes = _extremes(xs, ys, x_name, language)
    if language == "zh":
        ends = f"{x_name} 从 {number(xs[0])} 到 {number(xs[-1])}，由 {number(ys[0])} 到 {number(ys[-1])}"
        return f"{name}：{'，'.join([ends, way, *extremes])}。"
    ends = f"from {number(ys[0])} at {x_name} = {number(xs[0])} to {number(ys[-1])} at {number(xs[-1])}"
    return f"{name}: {', '.join([ends, way, *extremes])}."


def _rounded(values: list[float]) -> list[float]:
    """What is nothing beside the largest is zero: a rounding error is no number to read out."""
    noise = 1e-12 * max(abs(value) for value in values)
    return [0.0 if abs(value) <= noise else value for value in values]


def _way(ys: list[float], language: Language) -> str:
    steps = [after - before for before, after in pairwise(ys)]
    noise = 1e-12 * max(abs(y) for y in ys)
    if all(abs(step) <= noise for step in steps):
        return "保持不变" if language == "zh" else "constant"
    if all(step >= -noise for step in steps):
        return "一路上升" if language == "zh" else "rising throughout"
    if all(step <= noise for step in steps):
        return "一路下降" if language == "zh" else "falling throughout"
    change, span = ys[-1] - ys[0], max(ys) - min(ys)
    if abs(change) < span / 4:
        return "有升有降" if language == "zh" else "up and down"
    if change > 0:
        return "总体上升" if language == "zh" else "rising on the whole"
    return "总体下降" if language == "zh" else "falling on the whole"


def _extremes(xs: list[float], ys: list[float], x_name: str, language: Language) -> list[str]:
    """The highest and the lowest point where it is not an end of the curve."""
    found = []
    for best, en, zh in ((min(ys), "lowest", "最低"), (max(ys), "highest", "最高")):
        if best not in (ys[0], ys[-1]):
            at = number(xs[ys.index(best)])
            found.append(
                f"{zh} {number(best)}（{x_name} = {at}）"
                if language == "zh"
                else f"{en} {number(best)} at {x_name} = {at}"
            )
    return found

"""Formulas in the terminal: `art` draws one, `inline` writes it on a line, `problem` says why one cannot be drawn.

What cannot be shown with exactly its meaning is shown as LaTeX between dollars. LaTeX comes without dollars.
"""

from __future__ import annotations

from functools import lru_cache

from llmcore_tui.render.latex import parse
from llmcore_tui.render.linear import linear
from llmcore_tui.render.safe import one_line
from llmcore_tui.render.tree import FormulaError
from llmcore_tui.render.width import cells, wrap

WIDEST = 76
"""Columns that a formula may take, so that it stands with a margin in a terminal of 80."""


@lru_cache(maxsize=2_048)
def art(latex: str, width: int = WIDEST) -> tuple[str, ...]:
    """The lines of the drawn formula; its LaTeX source, wrapped, where it cannot be drawn in `width` cells."""
    try:
        return _drawn(latex, width)
    except FormulaError:
        return tuple(wrap(source(latex), width))


@lru_cache(maxsize=2_048)
def problem(latex: str) -> str | None:
    """Why the formula cannot be drawn in the terminal, or nothing."""
    try:
        _drawn(latex, WIDEST)
    except FormulaError as reason:
        return str(reason)
    return None


@lru_cache(maxsize=8_192)
def inline(latex: str) -> str:
    """The formula on one line, `γ(1−λ)`; between dollars as it is where a line cannot say it."""
    try:
        return linear(parse(latex)) or source(latex)
    except FormulaError:
        return source(latex)


def source(latex: str) -> str:
    """The formula as LaTeX, visibly so."""
    return f"${one_line(latex)}$"


def _drawn(latex: str, width: int) -> tuple[str, ...]:
    from llmcore_tui.render.drawing import Squeeze, drawing

    tree = parse(latex)
    squeezes: tuple[Squeeze, ...] = (0, 1, 2)
    widths = []
    for squeeze in squeezes:
        lines = drawing(tree, squeeze)
        if not lines:
            raise FormulaError("it shows nothing")
        widths.append(max((cells(line) for line in lines), default=0))
        if widths[-1] <= width:
            return tuple(lines)
    raise FormulaError(f"it is {min(widths)} columns wide, and {width} are there")

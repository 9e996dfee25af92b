"""Taking a learner's answer in the form its card asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmcore_tui.study import numeric
from llmcore_tui.study.prediction import read
from llmcore_tui.study.unusable import Unusable

if TYPE_CHECKING:
    from llmcore_tui.study.turn import Turn


def keep(turn: Turn, text: str) -> None:
    """Keep what was typed or chosen; `Unusable` where the card cannot take it."""
    typed = text.strip()
    if not typed:
        turn.typed, turn.chosen, turn.code = "", None, None
    elif turn.takes == "option":
        turn.chosen = turn.order[chosen(typed, len(turn.order))]
        turn.typed = typed
    elif turn.takes == "number":
        turn.prediction = read(typed, turn.unit)
        turn.typed = typed
    else:
        turn.typed = text.rstrip() if turn.takes == "code" else typed


def chosen(typed: str, options: int) -> int:
    """The place, from 0, of the option whose number was typed."""
    try:
        number = numeric.parse(typed.rstrip(".)、）")).value
    except Unusable:
        number = 0.0
    if number not in range(1, options + 1):
        raise Unusable(
            f"Type the number of an option, 1 to {options}.", f"请输入选项的编号，1 到 {options}。"
        )
    return int(number) - 1

"""A turn's number with the idea on and off: from the lock at once, from the run when it has arrived."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Language
from llmcore_tui.lab.result import Estimate, Value
from llmcore_tui.study.revealed import ShownNumber
from llmcore_tui.study.setting_text import listed

if TYPE_CHECKING:
    from llmcore_tui.content.claim import Setting
    from llmcore_tui.content.lock import LockedNumber
    from llmcore_tui.study.turn import Turn


def on_number(turn: Turn, language: Language) -> ShownNumber | None:
    """The number with the idea on; None while nobody has computed it, and for a card that asks for none."""
    run = turn.run.run if turn.run else None
    if run is not None and turn.key in run.result.numbers:
        return _shown(turn, run.result.numbers[turn.key], turn.set, language, live=True)
    return _locked(turn, turn.locked_on, turn.set, language)


def off_number(turn: Turn, language: Language) -> ShownNumber | None:
    """The same number with the idea switched off, named by the flags that do it; None where the card has it off already."""
    if turn.demo is None or not turn.demo.off.set or turn.demo.is_off(turn.set):
        return None
    run = turn.run.run if turn.run else None
    if run is not None and run.off_result is not None and turn.key in run.off_result.numbers:
        return _shown(turn, run.off_result.numbers[turn.key], turn.demo.off.set, language, live=True)
    return _locked(turn, turn.locked_off, turn.demo.off.set, language)


def _locked(
    turn: Turn, locked: LockedNumber | None, settings: Mapping[str, Setting], language: Language
) -> ShownNumber | None:
    if locked is None:
        return None
    value = locked.value if locked.error is None else Estimate(locked.value, locked.error, 0)
    return _shown(turn, value, settings, language, live=False)


def _shown(
    turn: Turn, value: Value, settings: Mapping[str, Setting], language: Language, *, live: bool
) -> ShownNumber | None:
    from llmcore_tui.lab.proof import point, standard_error
    from llmcore_tui.render.number import written

    if turn.demo is None or turn.key not in turn.demo.numbers:
        return None
    declared = turn.demo.numbers[turn.key]
    return ShownNumber(
        key=turn.key,
        reading=declared.zh if language == "zh" else declared.en,
        text=written(value, turn.unit, language),
        value=point(value),
        error=standard_error(value) or None,
        unit=turn.unit,
        set=settings,
        set_text=listed(settings, language),
        live=live,
    )

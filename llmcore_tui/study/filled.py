"""The texts of a card or quiz item with their slots filled: from the lock, from what was drawn, from the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from llmcore_tui.content import slots
from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.study.setting_text import drawn_text

if TYPE_CHECKING:
    from llmcore_tui.content.claim import ResultSpec, Setting, Slot
    from llmcore_tui.content.lock import LockedNumber

RESULT = "result"
"""The slot of the number that a generated question asks for."""
_UNKNOWN = Bilingual("(not computed yet)", "（尚未算出）")


@dataclass(frozen=True, slots=True)
class Filled:
    """What fills the slots of one record."""

    id: str
    slots: Mapping[str, Slot]
    numbers: Mapping[str, LockedNumber]
    """The deck's lock."""
    language: Language
    draw: Mapping[str, Setting] = field(default_factory=dict)
    result: ResultSpec | None = None
    computed: float | None = None
    """The result's value; None while it is not there."""

    def of(self, text: Bilingual | None) -> str:
        """The text in the language, with every slot filled; a value that nobody has computed yet is said to be so."""
        if text is None:
            return ""
        said = text.of(self.language)
        return slots.fill(said, {slot: self._value(slot) for slot in slots.slots_in(said)})

    def _value(self, slot: str) -> str:
        from llmcore_tui.lab.claim import shown_result, shown_slot

        if slot in self.slots:
            shown = shown_slot(self.slots[slot], self.numbers.get(f"{self.id}#{slot}"))
            return _UNKNOWN.of(self.language) if shown is None else shown
        if slot == RESULT and self.result is not None:
            return (
                _UNKNOWN.of(self.language)
                if self.computed is None
                else shown_result(self.result, self.computed)
            )
        if slot in self.draw:
            return drawn_text(self.draw[slot], self.language)
        return f"{{{slot}}}"

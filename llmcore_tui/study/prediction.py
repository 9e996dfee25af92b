"""Predicting a demo's number before seeing it: the question, what was typed, and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.study.question import PredictionQuestion
from llmcore_tui.study.setting_text import setting_text

if TYPE_CHECKING:
    from llmcore_tui.content.card import Card
    from llmcore_tui.content.claim import DemoLink
    from llmcore_tui.content.tolerance import Tolerance
    from llmcore_tui.lab.demo import Demo

_ASK = Bilingual("{reading}{unit}, {set}?", "{reading}（{set}{unit}）？")
_UNIT = Bilingual(", in {unit}", "，单位 {unit}")


@dataclass(frozen=True, slots=True)
class Prediction:
    """A number that the learner committed to."""

    given: str
    """As it was typed."""
    value: float
    """In the unit of the demo's number."""
    shown: str
    """As it is written beside the computed one."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A prediction beside the computed number."""

    prediction: Prediction
    computed: float | None
    """None: the run has not arrived."""
    holds: bool | None
    within: str


def question(card: Card, demo: Demo, language: Language) -> PredictionQuestion | None:
    """The question for a card that asks for a prediction; None for one that does not."""
    link = card.demo
    if link is None or link.predict is None:
        return None
    declared = demo.number(link.predict)
    text = link.predict_ask.of(language) if link.predict_ask else _asked(link, demo, language)
    return PredictionQuestion(text, demo.name, link.set, link.predict, declared.unit, str(link.within or ""))


def read(given: str, unit: str) -> Prediction:
    """The prediction that was typed, in the number's unit; `Unusable` where it is no number."""
    from llmcore_tui.render.number import number, with_unit
    from llmcore_tui.study import numeric

    value = numeric.read(given, unit)
    return Prediction(given.strip(), value, with_unit(number(value), unit))


def judge(prediction: Prediction, computed: float | None, within: Tolerance) -> Judged:
    """The prediction beside the number, which may not be there yet."""
    holds = None if computed is None else within.holds(prediction.value, computed)
    return Judged(prediction, computed, holds, str(within))


def _asked(link: DemoLink, demo: Demo, language: Language) -> str:
    declared = demo.number(link.predict or "")
    reading = declared.zh if language == "zh" else declared.en
    unit = _UNIT.of(language).format(unit=declared.unit) if declared.unit else ""
    asked = _ASK.of(language).format(reading=reading, unit=unit, set=setting_text(link.set, language))
    return asked[0].upper() + asked[1:]

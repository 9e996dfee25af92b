"""Levels: gates over modules, and how far the learner is before each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual, Language

if TYPE_CHECKING:
    from llmcore_progress import LevelRule, Part, Progress
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.content.level import Level

_NAMES = {
    "points": Bilingual("must-say points met in two sessions", "必说要点（两次模拟面试都讲到）"),
    "predictions": Bilingual(
        "modules with a fresh prediction within tolerance", "在新抽的题上预测准确的模块"
    ),
    "timed": Bilingual("timed three-minute answers", "三分钟限时回答"),
}


@dataclass(frozen=True, slots=True)
class LevelPart:
    """One thing that a level asks for."""

    name: str
    """points, predictions, timed."""
    title: str
    have: int
    need: int
    met: bool
    needs_interview: bool
    """Only a mock interview can meet it."""


@dataclass(frozen=True, slots=True)
class LevelGate:
    """Where the learner stands before one level."""

    id: str
    title: str
    modules: tuple[str, ...]
    planned: tuple[str, ...]
    """Modules that are not written yet: the gate stays shut until they are."""
    met: bool
    parts: tuple[LevelPart, ...]
    predictions_missing: tuple[str, ...]

    @property
    def wants_interview(self) -> bool:
        """Whether a mock interview brings it nearer."""
        is_written = set(self.planned) != set(self.modules)
        return is_written and any(part.needs_interview and not part.met for part in self.parts)


def levels(deck: Deck, progress: Progress, language: Language) -> tuple[LevelGate, ...]:
    """Every level of the deck as it stands."""
    return tuple(_gate(level, deck, progress, language) for level in deck.levels())


def rule(level: Level, deck: Deck) -> LevelRule:
    """What a level asks for: every must point of its interview questions, and a prediction of each module with a demo."""
    from llmcore_progress import LevelRule

    written = [module for module in level.modules if not deck.module(module).planned]
    return LevelRule(
        id=level.id,
        modules=level.modules,
        modules_with_demo=tuple(module for module in written if deck.module(module).demos),
        must_points=tuple(
            (question.id, point.id)
            for module in written
            for question in deck.questions(module)
            for point in question.points
            if point.must
        ),
    )


def _gate(level: Level, deck: Deck, progress: Progress, language: Language) -> LevelGate:
    state = progress.level(rule(level, deck))
    planned = tuple(module for module in level.modules if deck.module(module).planned)
    return LevelGate(
        id=level.id,
        title=level.title.of(language),
        modules=level.modules,
        planned=planned,
        met=state.met and not planned,
        parts=tuple(_part(part, language) for part in state.parts),
        predictions_missing=state.predictions_missing,
    )


def _part(part: Part, language: Language) -> LevelPart:
    title = _NAMES[part.name].of(language)
    return LevelPart(part.name, title, int(part.have), int(part.need), part.met, part.needs_interview)

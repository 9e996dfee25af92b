"""Which interview question a name means: `gae.i.explain`, `i.explain` or `explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmcore_tui.errors import InputError, UnknownName

if TYPE_CHECKING:
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.content.interview import InterviewQuestion


def question_named(deck: Deck, name: str, module: str | None = None) -> InterviewQuestion:
    """The question; the nearest are named where there is none, and where the name means several, all of them."""
    ids = _of_module(deck, module) if module else [str(each) for each in deck.question_ids()]
    found = [each for each in ids if each == name] or [each for each in ids if each.endswith(f".{name}")]
    if len(found) > 1:
        raise InputError(
            f"{name!r} is the name of several questions: {', '.join(found)}.", "Give --module too."
        )
    if not found:
        is_short = not any(each.startswith(f"{name.partition('.')[0]}.") for each in ids)
        known = [each.rpartition(".")[2] for each in ids] if is_short else ids
        raise UnknownName("interview question", name, known)
    return deck.question(found[0])


def _of_module(deck: Deck, name: str) -> list[str]:
    module = deck.module(name)
    if not (ids := deck.question_ids(module.id)):
        planned = " is planned:" if module.planned else ":"
        raise InputError(f"{module.id}{planned} no interview question of it is written yet.")
    return [str(each) for each in ids]

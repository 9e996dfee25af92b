"""What an interview is to be about, as a learner asks for it, before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from llmcore_tui.config import MarkerName
from llmcore_tui.errors import InputError, UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmcore_tui.content.deck import Deck
    from llmcore_tui.study.opened import Opened

Mode = Literal["study", "real"]
"""`study`: every answer is discussed at once. `real`: everything comes at the end."""
USUAL_QUESTIONS = 3
MOST_QUESTIONS = 20


@dataclass(frozen=True, slots=True)
class Setup:
    """A new interview, or one to go on with."""

    modules: tuple[str, ...] = ()
    """Those that have interview questions."""
    questions: int = USUAL_QUESTIONS
    mode: Mode | None = None
    """None: the learner is asked."""
    marker: MarkerName = "offline"
    is_story: bool = False
    """Ask about the learner's own projects, in place of modules."""
    seed: int | None = None
    """Of the drawing; None: another one each time."""
    session: str = ""
    """The id of the interview to go on with; the rest of the set-up is its own then."""


def modules_of(
    desk: Opened, modules: Sequence[str] = (), level: str | None = None, plan_day: int | None = None
) -> tuple[str, ...]:
    """The modules to ask about: those named, a level's, a plan's day's, else those of the plan's day today.

    UnknownName, or InputError that says what is written, where there is nothing to ask.
    """
    if modules:
        return with_questions(desk.deck, [desk.deck.module(name).id for name in modules])
    if level is not None:
        return with_questions(desk.deck, _of_level(desk.deck, level))
    return with_questions(desk.deck, _of_day(desk, plan_day))


def with_questions(deck: Deck, modules: Sequence[str]) -> tuple[str, ...]:
    """Those of the modules that have interview questions; InputError where none has."""
    wanted = tuple(dict.fromkeys(modules))
    ready = tuple(module for module in wanted if deck.question_ids(module))
    if ready:
        return ready
    written = [module for module in deck.modules() if deck.question_ids(module)]
    hint = f"There are interviews on: {', '.join(written)}." if written else ""
    raise InputError(f"{', '.join(wanted)}: no interview question is written yet.", hint)


def _of_level(deck: Deck, name: str) -> tuple[str, ...]:
    """`1` and `L1` are the same level."""
    levels = {level.id: level for level in deck.levels()}
    for key in (name, name.upper(), f"L{name}"):
        if key in levels:
            return levels[key].modules
    raise UnknownName("level", f"L{name}" if name.isdecimal() else name, levels)


def _of_day(desk: Opened, number: int | None) -> tuple[str, ...]:
    from llmcore_tui.study.plan_choice import chosen
    from llmcore_tui.study.quiz_choice import day_of
    from llmcore_tui.study.quiz_choice import modules_of as modules_of_day

    choice = chosen(desk.deck, desk.progress, desk.now())
    if choice is None and number is not None:
        raise InputError("These decks have no plan.", "`--module` names what to ask about.")
    day = None if choice is None else choice.day if number is None else day_of(choice.plan, number)
    return (modules_of_day(day) if day else ()) or tuple(desk.deck.modules())

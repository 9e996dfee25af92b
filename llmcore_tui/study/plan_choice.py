"""Which plan the learner follows and when it began: settings in the log, so that they travel with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmcore_progress import Event, Progress
    from llmcore_tui.content.deck import Deck
    from llmcore_tui.content.plan import Day, Plan

PLAN, START = "plan", "plan_start"


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """A plan, when it began, and where the learner is in it by the calendar."""

    plan: Plan
    start: date
    has_begun: bool
    """Whether the learner set a start or has studied; else it would begin today."""
    today: date
    """The learner's day."""

    @property
    def days_since(self) -> int:
        """Days since the first, which is 0; negative before it."""
        return (self.today - self.start).days

    @property
    def end(self) -> date:
        """The date of its last day."""
        return self.start + timedelta(days=len(self.plan.days) - 1)

    @property
    def day(self) -> Day:
        """Today's day of the plan; the first before it begins, the last after it has ended."""
        return self.plan.days[min(max(self.days_since, 0), len(self.plan.days) - 1)]


def chosen(deck: Deck, progress: Progress, now: datetime) -> PlanChoice | None:
    """The plan in use: the one chosen last, else the deck's first; None for a deck without any."""
    plans = {plan.name: plan for plan in deck.plans()}
    if not plans:
        return None
    plan = plans.get(_setting(progress, PLAN)) or next(iter(plans.values()))
    today = learner_date(progress, now)
    start = _start(progress)
    return PlanChoice(plan, start or today, start is not None, today)


def use_plan(deck: Deck, progress: Progress, name: str, now: datetime) -> Plan:
    """Follow another plan from now on; UnknownName where the deck has none of that name."""
    plan = deck.plan(name)
    _set(progress, PLAN, plan.name, now)
    return plan


def start_plan(progress: Progress, start: date, now: datetime) -> None:
    """Say on which day the plan began or will begin."""
    _set(progress, START, start.isoformat(), now)


def learner_date(progress: Progress, now: datetime) -> date:
    """The date of the learner's day, which begins in the small hours."""
    return date.fromordinal(progress.settings.clock.day(now))


def plan_name(deck: Deck, progress: Progress) -> str | None:
    """The name of the plan in use."""
    names = deck.plan_names()
    named = _setting(progress, PLAN)
    return named if named in names else next(iter(names), None)


def _start(progress: Progress) -> date | None:
    try:
        return date.fromisoformat(_setting(progress, START))
    except ValueError:
        first = next(progress.events(kinds=("review", "quiz", "prediction"), limit=1), None)
        return date.fromordinal(first.day) if first else None


def _setting(progress: Progress, name: str) -> str:
    newest: Event | None = next(
        progress.events(kinds=("setting",), subject=name, newest_first=True, limit=1), None
    )
    value = newest.body.get("value") if newest else None
    return value if isinstance(value, str) else ""


def _set(progress: Progress, name: str, value: str, now: datetime) -> None:
    from llmcore_progress import Kind

    progress.record(Kind.SETTING, name, {"name": name, "value": value}, now)

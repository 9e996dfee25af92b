"""Which questions an interview asks: what went worst and what was not asked for the longest, spread over the modules."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from llmcore_tui.interview.standing import coverage_of
from llmcore_tui.interview.story import STORIES
from llmcore_tui.interview.transcript import Transcript

DAYS_AS_BAD_AS_NOTHING = 14
"""After so many days an answer that said everything is as urgent as one of today that said nothing."""
_SECONDS_A_DAY = 86_400


def choose(
    questions: Mapping[str, Sequence[str]],
    past: Iterable[Transcript],
    *,
    count: int,
    seed: int,
    now: datetime,
) -> tuple[str, ...]:
    """The ids of at most `count` different questions; every module has its turn before one comes again.

    `questions`: the ids of each module. A question never asked goes before all others; then the lower the coverage of its
    last answer and the more days since then, the sooner. What is equal is drawn from the seed.
    """
    shuffle = random.Random(seed)
    urgency = _urgency(past, now)
    piles = []
    for ids in questions.values():
        drawn = list(ids)
        shuffle.shuffle(drawn)
        piles.append(sorted(drawn, key=lambda each: -urgency.get(each, math.inf)))
    shuffle.shuffle(piles)
    piles.sort(key=lambda pile: -urgency.get(pile[0], math.inf) if pile else 0.0)
    turns = range(max(map(len, piles), default=0))
    return tuple(pile[turn] for turn in turns for pile in piles if turn < len(pile))[:count]


def stories(past: Iterable[Transcript], *, count: int, seed: int, now: datetime) -> tuple[str, ...]:
    """The ids of at most `count` stories, those told the longest ago or never first."""
    return choose({"": [story.id for story in STORIES]}, past, count=count, seed=seed, now=now)


def _urgency(past: Iterable[Transcript], now: datetime) -> dict[str, float]:
    """For each question that was asked: what its last answer left out, plus the days since then in shares of a fortnight."""
    found: dict[str, float] = {}
    last: dict[str, datetime] = {}
    for answer in (answer for each in past for answer in each.answers if not answer.follow_up):
        if answer.question in last and last[answer.question] > answer.at:
            continue
        last[answer.question] = answer.at
        days = max(0.0, (now - answer.at).total_seconds() / _SECONDS_A_DAY)
        found[answer.question] = 1 - (coverage_of(answer) or 0.0) + days / DAYS_AS_BAD_AS_NOTHING
    return found

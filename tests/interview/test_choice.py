"""Which questions are drawn, for which modules, and how an interview is named."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_progress import Json
from llmcore_tui.errors import InputError, UnknownName
from llmcore_tui.interview import session_id
from llmcore_tui.interview.choice import choose, stories
from llmcore_tui.interview.setup import modules_of
from llmcore_tui.interview.story import STORIES
from llmcore_tui.interview.transcript import Transcript, transcripts
from tests.interview.small import Sittings
from tests.interview.test_transcript import a_mark
from tests.progress.given import event

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
MODULES = {name: [f"{name}.i.{number}" for number in range(4)] for name in ("a", "b", "c")}


def past(*answers: tuple[str, float | None, int]) -> tuple[Transcript, ...]:
    """An interview a day in which one question was answered: its id, the coverage, and how many days ago."""
    events = []
    for place, (question, share, days) in enumerate(answers):
        at = NOW - timedelta(days=days)
        session = f"s{place}"
        begun: dict[str, Json] = {"state": "begun", "questions": [question]}
        events.append(event("interview_session", session, begun, at))
        said: dict[str, Json] = {"session": session, "part": "question", "mark": a_mark(share=share)}
        events.append(event("interview", question, said, at))
    return transcripts(events)


@given(st.integers(0, 50), st.integers(1, 15))
def test_no_question_comes_twice_and_every_module_has_its_turn(seed: int, count: int) -> None:
    found = choose(MODULES, (), count=count, seed=seed, now=NOW)
    assert len(found) == len(set(found)) == min(count, 12)
    of_module = Counter(question[0] for question in found)
    assert max(of_module.values()) - min(of_module[name] for name in MODULES) <= 1


def test_the_seed_decides() -> None:
    drawn = [choose(MODULES, (), count=3, seed=seed, now=NOW) for seed in range(8)]
    assert drawn == [choose(MODULES, (), count=3, seed=seed, now=NOW) for seed in range(8)]
    assert len(set(drawn)) > 3


def test_what_was_never_asked_comes_first_then_the_worst_then_the_longest_ago() -> None:
    one = {"a": ["a.i.0", "a.i.1", "a.i.2", "a.i.3"]}
    answered = past(("a.i.0", 0.9, 1), ("a.i.1", 0.2, 1), ("a.i.2", 0.9, 30))
    for seed in range(5):
        assert choose(one, answered, count=4, seed=seed, now=NOW) == ("a.i.3", "a.i.2", "a.i.1", "a.i.0")


def test_the_newest_answer_to_a_question_counts() -> None:
    two = {"a": ["a.i.0", "a.i.1"]}
    improved = past(("a.i.0", 0.0, 9), ("a.i.1", 0.5, 2), ("a.i.0", 1.0, 1))
    assert choose(two, improved, count=1, seed=0, now=NOW) == ("a.i.1",)
    assert choose(two, reversed(improved), count=1, seed=0, now=NOW) == ("a.i.1",)


def test_the_module_that_needs_it_most_is_asked_first() -> None:
    answered = past(*((question, 1.0, 1) for name in ("a", "c") for question in MODULES[name]))
    assert choose(MODULES, answered, count=1, seed=0, now=NOW)[0].startswith("b.")


def test_stories_come_in_turn() -> None:
    ids = {story.id for story in STORIES}
    told = tuple(ids)[:4]
    assert stories(past(*((each, None, 1) for each in told)), count=1, seed=0, now=NOW) == tuple(
        ids - {*told}
    )
    assert set(stories((), count=20, seed=0, now=NOW)) == ids
    assert all(story.ask.en and story.ask.zh for story in STORIES)


# For which modules


def test_modules_come_from_the_flag_the_level_the_day_or_the_plans_day_of_today(sittings: Sittings) -> None:
    desk = sittings.desk()
    assert modules_of(desk, ["thrice", "twice", "thrice"]) == ("thrice", "twice")
    assert modules_of(desk, level="L1") == modules_of(desk, level="1") == ("twice", "thrice")
    assert modules_of(desk, plan_day=2) == ("thrice",)
    assert modules_of(desk) == ("twice",)


@pytest.mark.parametrize(
    ("wanted", "error", "says"),
    [
        ({"modules": ["twise"]}, UnknownName, "Did you mean twice"),
        ({"level": "L9"}, UnknownName, "Did you mean L"),
        ({"level": "9"}, UnknownName, "Did you mean L"),
        ({"plan_day": 0}, InputError, "Its days are 1 to 3"),
        ({"plan_day": 4}, InputError, "Its days are 1 to 3"),
        ({"plan_day": 3}, InputError, "There are interviews on: twice, thrice"),
        ({"modules": ["later"]}, InputError, "later: no interview question is written yet"),
    ],
)
def test_what_cannot_be_asked_about_is_said_in_one_line(
    sittings: Sittings, wanted: dict[str, object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        modules_of(sittings.desk(), **wanted)  # type: ignore[arg-type]  # its own names


# Names


def test_an_id_is_short_has_no_word_in_it_and_is_never_given_twice() -> None:
    ids: list[str] = []
    for _ in range(200):
        ids.append(session_id.new("the same", ids))
    assert len(set(ids)) == 200
    assert all(len(name) == 6 and name.isascii() and not set(name) & set("aeiouy01l") for name in ids)
    assert session_id.new("the same", []) == ids[0]


def test_an_interview_is_found_by_its_id_a_beginning_or_last() -> None:
    ids = ["k7m2qx", "k7b2qx", "zzzz22"]
    assert session_id.find("last", ids) == "zzzz22"
    assert session_id.find("z", ids) == "zzzz22"
    assert session_id.find("K7M", ids) == "k7m2qx"
    with pytest.raises(InputError, match="several interviews: k7m2qx, k7b2qx"):
        session_id.find("k7", ids)
    with pytest.raises(UnknownName, match="Did you mean k7m2qx"):
        session_id.find("k7m2qy", ids)
    with pytest.raises(UnknownName):
        session_id.find("", ids)
    with pytest.raises(InputError, match="no interview yet"):
        session_id.find("last", [])


def test_two_interviews_of_one_moment_have_two_names(sittings: Sittings) -> None:
    names = [sittings.begin(seed=1).transcript.id for _ in range(3)]
    assert len(set(names)) == 3


def test_the_newest_unfinished_interview_is_the_one_to_go_on_with(sittings: Sittings) -> None:
    from llmcore_tui.interview.desk import unfinished

    with pytest.raises(InputError, match="no interview to go on with"):
        unfinished(sittings.desk())
    first = sittings.begin()
    sittings.clock.wait(minutes=1)
    second = sittings.begin()
    assert unfinished(sittings.desk()).id == second.transcript.id
    second.answer("idk")
    second.leave()
    while second.stage.name == "ASKED":
        second.answer("idk")
    second.leave()
    assert unfinished(replace(sittings.desk())).id == first.transcript.id

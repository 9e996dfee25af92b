"""What a brief says, from a deck, its demo and the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from llmcore_progress import Json, Kind, Progress, Rating
from llmcore_tui.brief.document import WeakPoint
from llmcore_tui.brief.html import html
from llmcore_tui.brief.markdown import markdown
from llmcore_tui.content.bilingual import Language
from llmcore_tui.errors import DemoError, UntrustedDeck
from llmcore_tui.lab.declaration import FlagValue
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.run import Outcome
from tests.brief.conftest import NOW, Maker

GOLDENS = Path(__file__).with_name("goldens")


def weak(make: Maker, language: Language = "en") -> tuple[WeakPoint, ...]:
    return make(language, "twice").modules[0].weak


def miss(progress: Progress) -> None:
    """Forget a card, mispredict a number and answer a quiz item wrongly."""
    progress.review("twice.compare", Rating.AGAIN, NOW, elapsed_ms=1)
    body: dict[str, Json] = {
        "card": "twice.explain",
        "demo": "twice",
        "key": "doubled",
        "predicted": 4,
        "value": 6.0,
        "holds": False,
    }
    progress.record(Kind.PREDICTION, "twice.explain", body, NOW + timedelta(minutes=1))
    answer: dict[str, Json] = {"item": "twice.q.half", "module": "twice", "given": "x", "right": False}
    progress.record(Kind.QUIZ, "twice.q.half", answer, NOW + timedelta(minutes=2))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_whole_brief_in_markdown(make: Maker, progress: Progress, language: Language) -> None:
    miss(progress)
    wanted = (GOLDENS / f"brief.{language}.md").read_text(encoding="utf-8")
    assert markdown(make(language)) == wanted


def test_the_answer_has_its_four_parts_and_their_times(make: Maker) -> None:
    parts = make("en", "twice").modules[0].parts
    assert [(part.name, part.starts, part.ends) for part in parts] == [
        ("problem", 0, 30),
        ("mechanism", 30, 90),
        ("run", 90, 150),
        ("engineering", 150, 180),
    ]
    assert parts[2].text == "Three becomes 6."


def test_numbers_are_run_with_the_idea_on_and_off_and_those_it_moves_come_first(make: Maker) -> None:
    (shown,) = make("en", "twice").modules[0].shown
    assert shown.origin == "run"
    assert shown.settings == "x = 3"
    assert shown.says == "3 became 6."
    assert [(number.key, number.value, number.off, number.moves) for number in shown.numbers] == [
        ("doubled", "6.0 ± 0.1 GB", "3.0 ± 0.1 GB", True),
        ("share", "0.03", "0.03", False),
    ]


def test_without_running_the_numbers_are_the_locks_and_are_said_to_be(make: Maker) -> None:
    (shown,) = make("en", "twice", runner=None).modules[0].shown
    assert shown.origin == "lock"
    assert shown.note == ""
    assert [(number.reading, number.value, number.off) for number in shown.numbers] == [
        ("what comes out (x = 3)", "6.0 ± 0.1 GB", "3.0 ± 0.1 GB")
    ]


@pytest.mark.parametrize("problem", [DemoError("twice failed: no."), UntrustedDeck("Not trusted.")])
def test_a_demo_that_may_not_or_cannot_run_says_why(make: Maker, problem: DemoError) -> None:
    def refuse(_demo: Demo, _settings: Mapping[str, FlagValue]) -> Outcome:
        raise problem

    (shown,) = make("en", "twice", runner=refuse).modules[0].shown
    assert shown.origin == "lock"
    assert shown.note == problem.message
    assert problem.message in markdown(make("en", "twice", runner=refuse))


def test_a_slot_that_the_lock_lacks_is_computed(make: Maker) -> None:
    assert "Three becomes 6." in markdown(make("en", "twice"))
    assert "Three becomes (not computed yet)." in markdown(make("en", "twice", runner=None))


def test_a_module_without_a_question_is_put_together_from_its_cards(make: Maker) -> None:
    (module,) = make("en", "thrice").modules
    assert module.from_cards
    assert [part.text for part in module.parts] == [
        "Three is two and one.",
        "Because.",
        "",
        "- It costs one more.",
    ]
    assert "put together from its cards" in markdown(make("en", "thrice"))


def test_a_neighbour_is_compared_by_a_card_or_says_its_own_line_or_that_it_is_not_written(
    make: Maker,
) -> None:
    against = [(one.neighbours, one.text) for one in make("en", "twice").modules[0].against]
    assert against == [(("Tripling",), "Doubling adds $x$ once, *tripling* twice."), (("Still to come",), "")]
    (other,) = make("en", "thrice").modules[0].against
    assert (other.neighbours, other.text) == (("Doubling",), "Because of $2x$.")


def test_what_must_be_said_comes_first(make: Maker) -> None:
    (module,) = make("en", "twice").modules
    assert module.also_asked[0].points[0] == "It grows by $x$."
    assert module.follow_ups[0].points == ("By $x$.",)
    assert [mistake.says for mistake in module.mistakes] == ["It is free.", "It halves <i>x</i>."]


def test_planned_modules_are_named_and_no_more(make: Maker) -> None:
    brief = make()
    assert [module.id for module in brief.modules] == ["twice", "thrice"]
    assert brief.planned == ("Still to come",)


def test_the_log_gives_the_weak_points_newest_first(make: Maker, progress: Progress) -> None:
    assert weak(make) == ()
    miss(progress)
    assert [(point.kind, point.ask, point.detail) for point in weak(make)] == [
        ("forgotten", "Doubling or tripling?", ""),
        ("prediction", "Why does 6.0 come out of doubling?", "predicted 4, computed 6"),
        ("quiz", "What undoes doubling?", ""),
    ]
    assert weak(make, "zh")[2].say == "减半。"


def test_what_went_well_the_last_time_is_no_weak_point(make: Maker, progress: Progress) -> None:
    miss(progress)
    later = NOW + timedelta(days=2)
    progress.review("twice.compare", Rating.GOOD, later, elapsed_ms=1)
    progress.record(
        Kind.PREDICTION, "twice.explain", {"card": "twice.explain", "key": "doubled", "holds": True}, later
    )
    progress.record(Kind.QUIZ, "twice.q.half", {"item": "twice.q.half", "right": True}, later)
    assert weak(make) == ()


def test_what_was_undone_or_reset_does_not_count(make: Maker, progress: Progress) -> None:
    progress.review("twice.compare", Rating.AGAIN, NOW, elapsed_ms=1)
    progress.review("twice.explain", Rating.AGAIN, NOW, elapsed_ms=1)
    progress.undo(NOW)
    progress.reset("twice.compare", NOW)
    assert weak(make) == ()


def test_a_card_forgotten_again_and_again_comes_first(make: Maker, progress: Progress) -> None:
    at = NOW
    for _ in range(9):
        progress.review("twice.explain", Rating.GOOD, at, elapsed_ms=1)
        progress.review("twice.explain", Rating.EASY, at, elapsed_ms=1)
        at += timedelta(days=30)
        progress.review("twice.explain", Rating.AGAIN, at, elapsed_ms=1)
    progress.review("twice.compare", Rating.HARD, at + timedelta(days=9), elapsed_ms=1)
    first, second = weak(make)
    assert (first.kind, first.detail) == ("leech", "9 times")
    assert second.kind == "forgotten"


def test_a_generated_question_is_shown_with_the_values_it_was_asked_with(
    make: Maker, progress: Progress
) -> None:
    progress.review("twice.compute", Rating.AGAIN, NOW, elapsed_ms=1, detail={"draw": {"x": 5}})
    (point,) = weak(make)
    assert (point.ask, point.say) == ("What is twice 5?", "")


def test_events_of_cards_that_are_gone_are_passed_over(make: Maker, progress: Progress) -> None:
    progress.review("twice.gone", Rating.AGAIN, NOW, elapsed_ms=1)
    progress.record(Kind.PREDICTION, "twice.gone", {"holds": False}, NOW)
    progress.record(Kind.QUIZ, "twice.q.gone", {"right": False}, NOW)
    assert weak(make) == ()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_both_formats_say_the_same_questions(make: Maker, progress: Progress, language: Language) -> None:
    miss(progress)
    brief = make(language)
    text, page = markdown(brief), html(brief)
    for module in brief.modules:
        assert module.title in text
        assert module.title in page
        for question in (*module.follow_ups, *module.also_asked):
            assert question.ask in text
            assert question.ask in page

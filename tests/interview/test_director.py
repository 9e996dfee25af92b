"""The flow of an interview: what is asked, what is kept, what is shown when, and that nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmcore_progress import DiskFull, Kind, Progress
from llmcore_tui.content.deck import Deck
from llmcore_tui.errors import EnvironmentProblem, InputError
from llmcore_tui.grading.mark import Mark, Verdict
from llmcore_tui.grading.rubric import Rubric
from llmcore_tui.interview import desk as desks
from llmcore_tui.interview import draft as drafts
from llmcore_tui.interview.director import LONGEST_ANSWER, Director, Stage
from llmcore_tui.interview.setup import Mode
from llmcore_tui.study.marking import Markers
from llmcore_tui.study.unusable import Unusable
from tests.interview.small import ALL, Sittings
from tests.study.scripted_marker import SlowMarker
from tests.study.small_deck import Clock


def stage(director: Director) -> Stage:
    """Asked for anew each time."""
    return director.stage


def asked(director: Director) -> str:
    prompt = director.prompt
    assert prompt is not None
    return prompt.ask


def verdicts(director: Director) -> dict[str, Verdict]:
    shown = director.shown
    assert shown is not None
    return {
        f"{answer.follow_up}{'/' if answer.follow_up else ''}{point.id}": point.verdict
        for answer in shown.answers
        if answer.marked
        for point in answer.marked.points
    }


# Asking


def test_a_full_answer_has_no_follow_up_and_shows_its_points_at_once(sittings: Sittings) -> None:
    director = sittings.on("twice.i.why")
    assert (stage(director), asked(director)) == (Stage.ASKED, "Why does $x$ become 6?")
    director.answer(ALL)
    assert stage(director) is Stage.SHOWN
    assert set(verdicts(director).values()) == {Verdict.MET}
    director.next()
    assert stage(director) is Stage.OVER
    assert director.transcript.ended is not None


def test_what_was_missed_is_followed_up_must_points_and_heavier_ones_first_and_twice_at_most(
    sittings: Sittings,
) -> None:
    director = sittings.on("twice.i.why")
    director.answer("Nothing of it.")
    assert asked(director) == "Up or down?"
    director.answer("up")
    assert asked(director) == "By how much?"
    director.answer("a bit")
    assert stage(director) is Stage.SHOWN
    assert verdicts(director) == {
        "a": Verdict.MISSED,
        "b": Verdict.MISSED,
        "c": Verdict.MISSED,
        "a/a": Verdict.MET,
        "c/by": Verdict.MISSED,
    }


def test_only_missed_points_are_followed_up_and_a_contradicted_one_is_missed(sittings: Sittings) -> None:
    director = sittings.on("twice.i.why")
    director.answer("It grows, maybe even, not exact.")
    assert asked(director) == "By how much?"
    director.answer("itself")
    assert stage(director) is Stage.SHOWN


def test_a_question_without_follow_ups_has_none(sittings: Sittings) -> None:
    director = sittings.on("twice.i.when")
    director.answer("Nothing.")
    assert stage(director) is Stage.SHOWN


def test_an_abstaining_marker_asks_no_follow_up_and_meets_nothing(sittings: Sittings) -> None:
    director = sittings.on("twice.i.why", mode="real")
    director.answer("hm")
    assert stage(director) is Stage.SHOWN
    (event,) = sittings.events("interview")
    assert event.body["mark"]["coverage"] is None  # type: ignore[call-overload,index]  # JSON
    assert (event.body["met"], event.body["timed"]) == ([], False)


def test_real_mode_shows_nothing_before_the_end_and_then_every_question(sittings: Sittings) -> None:
    director = sittings.begin(questions=2, mode="real")
    stages = []
    while director.stage is Stage.ASKED:
        stages.append(director.position)
        director.answer(ALL)
    assert stages == [1, 2]
    shown = []
    while director.stage is Stage.SHOWN:
        assert director.shown is not None
        shown.append(director.shown.id)
        director.next()
    assert shown == list(director.transcript.questions)
    assert stage(director) is Stage.OVER


def test_real_mode_follows_up_too(sittings: Sittings) -> None:
    director = sittings.on("twice.i.why", mode="real")
    director.answer("It grows and is exact.")
    assert asked(director) == "Odd or not?"


def test_a_hint_is_the_beginning_of_the_model_answer_and_is_remembered(sittings: Sittings) -> None:
    director = sittings.on("twice.i.why")
    assert director.hint() == "One is too little."
    director.answer("It grows and is exact.")
    assert director.hint() == ""
    director.answer("odd")
    assert [event.body["hint"] for event in sittings.events("interview")] == [True, False]


def test_the_language_can_be_changed_at_any_time(sittings: Sittings) -> None:
    director = sittings.on("twice.i.why")
    director.language = "zh"
    assert asked(director) == "$x$ 为什么变成 6？"
    director.answer("会变大")
    assert asked(director) == "多多少？"
    director.language = "en"
    assert asked(director) == "By how much?"
    assert [event.body["language"] for event in sittings.events("interview")] == ["zh"]


# What the log holds


def test_an_answer_is_kept_with_its_mark_and_what_it_counts_for(sittings: Sittings, clock: Clock) -> None:
    director = sittings.on("twice.i.why", mode="real")
    clock.wait(seconds=65)
    director.answer("It grows, maybe even. It squares.")
    clock.wait(seconds=7)
    director.answer("itself")
    main, follow_up = sittings.events("interview")
    assert main.subject == follow_up.subject == "twice.i.why"
    mark = {
        "by": "offline",
        "coverage": 0.375,
        "points": [
            {"id": "a", "verdict": "met", "evidence": "grows", "unsure": False},
            {"id": "b", "verdict": "partial", "evidence": "maybe even", "unsure": True},
            {"id": "c", "verdict": "missed", "evidence": "", "unsure": False},
        ],
        "wrong": [{"id": "m", "evidence": "squares"}],
        "flags": [],
        "instead": None,
        "trace": {},
    }
    expected = {
        "session": director.transcript.id,
        "module": "twice",
        "part": "question",
        "follow_up": None,
        "answer": "It grows, maybe even. It squares.",
        "elapsed_ms": 65_000,
        "minutes": 3.0,
        "mode": "real",
        "hint": False,
        "language": "en",
        "words": 6,
        "mark": mark,
        "met": ["a"],
        "timed": True,
    }
    assert {key: main.body[key] for key in expected} == expected
    said = {key: follow_up.body[key] for key in ("part", "follow_up", "elapsed_ms", "met", "timed")}
    assert said == {"part": "follow_up", "follow_up": "c", "elapsed_ms": 7_000, "met": [], "timed": False}


@pytest.mark.parametrize(
    ("mode", "seconds", "text", "timed"),
    [
        ("real", 359, "It grows.", True),
        ("real", 360, "It grows.", True),
        ("real", 361, "It grows.", False),
        ("real", 10, "idk", False),
        ("real", 10, "nothing of it", False),
        ("study", 10, "It grows.", False),
    ],
)
def test_an_answer_is_timed_in_real_mode_within_twice_the_minutes_with_something_in_it(
    sittings: Sittings, clock: Clock, mode: Mode, seconds: int, text: str, timed: bool
) -> None:
    director = sittings.on("twice.i.why", mode=mode)
    clock.wait(seconds=seconds)
    director.answer(text)
    assert [event.body["timed"] for event in sittings.events("interview")] == [timed]


def test_the_beginning_and_the_end_are_in_the_log(sittings: Sittings) -> None:
    director = sittings.begin(questions=2, mode="study", modules=("twice", "thrice"))
    (begun,) = sittings.events("interview_session")
    assert begun.subject == director.transcript.id
    expected = {
        "state": "begun",
        "modules": ["twice", "thrice"],
        "questions": list(director.transcript.questions),
        "mode": "study",
        "marker": "offline",
        "seed": 1,
        "language": "en",
        "story": False,
    }
    assert {key: begun.body[key] for key in expected} == expected
    for _ in range(2):
        director.answer(ALL)
        director.next()
    assert [event.body["state"] for event in sittings.events("interview_session")] == ["begun", "ended"]


def test_a_verdict_is_turned_round_and_back_and_points_count_on_through_the_follow_ups(
    sittings: Sittings,
) -> None:
    director = sittings.on("twice.i.why")
    director.answer("It grows and is exact.")
    director.answer("no idea")
    assert director.shown is not None
    assert director.overrule(1) is False
    assert director.overrule(4) is True
    assert director.overrule(1) is True
    assert verdicts(director) == {
        "a": Verdict.MET,
        "b": Verdict.MISSED,
        "c": Verdict.MET,
        "b/parity": Verdict.MET,
    }
    main, follow_up = sittings.events("interview")
    assert [
        (event.subject, event.body["event"], event.body["point"], event.body["met"])
        for event in sittings.events("overrule")
    ] == [
        ("twice.i.why", main.id, "a", False),
        ("twice.i.why", follow_up.id, "parity", True),
        ("twice.i.why", main.id, "a", True),
    ]
    for number in (0, 5):
        with pytest.raises(Unusable, match="1 to 4"):
            director.overrule(number)


def test_an_overruled_coverage_is_computed_by_the_weights(sittings: Sittings) -> None:
    director = sittings.on("twice.i.why")
    director.answer(ALL)
    director.overrule(1)
    shown = director.shown
    assert shown is not None
    assert shown.main.marked is not None
    assert shown.main.marked.coverage == 0.5


def test_the_demo_of_the_question_runs_and_its_numbers_count_as_seen(sittings: Sittings) -> None:
    director = sittings.on("twice.i.why")
    assert director.demo() is None
    director.answer(ALL)
    live = director.demo()
    assert live is not None
    assert live.run is not None
    director.saw()
    (seen,) = sittings.events("demo")
    assert (seen.subject, seen.body["set"], seen.body["numbers"]) == (
        "twice",
        {"x": 3.0},
        {"doubled": 6.0, "share": 0.03},
    )


def test_what_was_missed_is_queued_at_the_end_as_the_verdicts_stand_then(sittings: Sittings) -> None:
    director = sittings.on("twice.i.why")
    director.answer("stays even")
    director.answer("up")
    director.answer("itself")
    assert sittings.events("queue") == []
    director.overrule(1)
    director.next()
    (queued,) = sittings.events("queue")
    assert (queued.subject, queued.body["session"], queued.body["question"], queued.body["point"]) == (
        "twice.explain",
        director.transcript.id,
        "twice.i.why",
        "c",
    )


# Nothing is lost


def test_an_interview_goes_on_at_the_turn_it_was_in(sittings: Sittings) -> None:
    director = sittings.begin(questions=2)
    order = director.transcript.questions
    director.answer(ALL)
    session = director.transcript.id
    again = sittings.go_on(session)
    assert stage(again) is Stage.SHOWN
    again.next()
    third = sittings.go_on(session)
    assert third.prompt is not None
    assert third.prompt.question == order[1]
    third.answer("nothing of it")
    if third.stage is Stage.ASKED:
        fourth = sittings.go_on(session)
        assert fourth.prompt is not None
        assert fourth.prompt.follow_up


def test_the_time_and_what_was_half_typed_are_there_again(sittings: Sittings, clock: Clock) -> None:
    director = sittings.on("twice.i.why")
    clock.wait(seconds=20)
    director.keep("It gr")
    clock.wait(seconds=5)
    session = director.transcript.id  # killed here: the last five seconds are gone
    clock.wait(hours=3)
    again = sittings.go_on(session)
    assert (again.draft, again.elapsed_ms) == ("It gr", 20_000)
    clock.wait(seconds=10)
    again.close()
    third = sittings.go_on(session)
    assert (third.draft, third.elapsed_ms) == ("It gr", 30_000)
    third.answer("It grows.")
    assert sittings.events("interview")[0].body["elapsed_ms"] == 30_000


def test_the_draft_is_gone_when_the_answer_is_in_the_log(sittings: Sittings, progress: Progress) -> None:
    director = sittings.on("twice.i.why")
    director.keep("half")
    (file,) = progress.path.parent.glob("*.draft.json")
    assert json.loads(file.read_text())["text"] == "half"
    director.answer(ALL)
    assert list(progress.path.parent.glob("*.draft.json")) == []


def test_a_draft_that_cannot_be_read_is_passed_over(sittings: Sittings, progress: Progress) -> None:
    director = sittings.on("twice.i.why")
    director.keep("half")
    (file,) = progress.path.parent.glob("*.draft.json")
    for text in ("", "[]", "{", '{"question": 1}', "\x00"):
        file.write_text(text)
        assert sittings.go_on(director.transcript.id).draft == ""


def test_two_interviews_do_not_disturb_each_other(sittings: Sittings) -> None:
    first, second = sittings.on("twice.i.why"), sittings.begin(modules=("thrice",))
    first.keep("of the first")
    second.keep("of the second")
    first.answer(ALL)
    assert sittings.go_on(second.transcript.id).draft == "of the second"
    second.answer(ALL)
    first.next()
    second.next()
    assert [len(each.answers) for each in sittings.transcripts()] == [1, 1]
    assert all(each.ended for each in sittings.transcripts())


def test_of_one_interview_gone_on_with_twice_at_once_the_first_answer_counts(sittings: Sittings) -> None:
    session = sittings.on("twice.i.when").transcript.id
    first, second = sittings.go_on(session), sittings.go_on(session)
    first.answer("small")
    sittings.clock.wait(seconds=1)
    second.answer("wet")
    (transcript,) = sittings.transcripts()
    assert [answer.text for answer in transcript.answers] == ["small"]


def test_a_full_disk_costs_no_answer(sittings: Sittings, monkeypatch: pytest.MonkeyPatch) -> None:
    director = sittings.on("twice.i.why")

    def refuse(*_: object, **__: object) -> None:
        raise DiskFull(Path("log"), "The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(Progress, "record", refuse)
        with pytest.raises(DiskFull):
            director.answer(ALL)
    assert (stage(director), director.draft) == (Stage.ASKED, ALL)
    assert sittings.events("interview") == []
    director.answer(director.draft)
    assert [event.body["answer"] for event in sittings.events("interview")] == [ALL]


def test_a_disk_that_refuses_the_draft_does_not_stop_the_interview(
    sittings: Sittings, monkeypatch: pytest.MonkeyPatch
) -> None:
    director = sittings.on("twice.i.why")

    def refuse(*_: object) -> None:
        raise EnvironmentProblem("no room")

    monkeypatch.setattr(drafts, "write_whole", refuse)
    director.keep("It grows.")
    assert director.draft_problem == "no room"
    assert director.draft == "It grows."
    director.answer(ALL)
    assert len(sittings.events("interview")) == 1


def test_a_marker_that_fails_costs_no_answer_and_the_next_sitting_marks_it(
    sittings: Sittings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def mark(self, answer: str, rubric: Rubric) -> Mark:
            raise ValueError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(desks, "markers", lambda _, __: Markers(Broken))
        director = sittings.on("twice.i.why")
        director.answer("It grows.")
        assert stage(director) is Stage.SHOWN
        assert director.shown is not None
        assert director.shown.main.marked is None
        (event,) = sittings.events("interview")
        assert (event.body["answer"], event.body["mark"], event.body["met"]) == ("It grows.", None, [])
    again = sittings.go_on(director.transcript.id)
    (regrade,) = sittings.events("regrade")
    assert (regrade.body["event"], regrade.body["met"]) == (event.id, ["a"])
    assert again.prompt is not None
    assert again.prompt.follow_up == "c"


def test_an_answer_that_is_too_long_is_refused_and_stays(sittings: Sittings) -> None:
    director = sittings.on("twice.i.why")
    with pytest.raises(Unusable, match="100,001"):
        director.answer("x" * (LONGEST_ANSWER + 1))
    director.answer("\0" * LONGEST_ANSWER)
    assert len(sittings.events("interview")) == 1


def test_an_ended_interview_is_not_gone_on_with(sittings: Sittings) -> None:
    director = sittings.on("twice.i.why")
    director.answer(ALL)
    director.next()
    with pytest.raises(InputError, match="has ended"):
        sittings.go_on(director.transcript.id)


def test_leaving_where_nothing_is_left_to_ask_ends_the_interview(sittings: Sittings) -> None:
    director = sittings.begin(questions=2, mode="real")
    director.leave()
    assert stage(director) is Stage.ASKED
    again = sittings.go_on(director.transcript.id)
    while again.stage is Stage.ASKED:
        again.answer(ALL)
    again.leave()
    assert stage(again) is Stage.OVER
    assert sittings.transcripts()[0].ended is not None


def test_what_was_queued_is_not_queued_twice(sittings: Sittings, monkeypatch: pytest.MonkeyPatch) -> None:
    director = sittings.on("twice.i.why")
    for text in ("Nothing.", "up", "itself"):
        director.answer(text)
    record = Progress.record

    def killed_at_the_end(self: Progress, kind: Kind, *rest: object) -> object:
        if kind == Kind.INTERVIEW_SESSION:
            raise KeyboardInterrupt
        return record(self, kind, *rest)  # type: ignore[arg-type]  # as they came

    with monkeypatch.context() as patch:
        patch.setattr(Progress, "record", killed_at_the_end)
        with pytest.raises(KeyboardInterrupt):
            director.next()
    queued = sittings.events("queue")
    sittings.go_on(director.transcript.id).next()
    assert sittings.events("queue") == queued
    assert queued


def test_a_question_that_the_deck_has_no_more_is_passed_over(
    sittings: Sittings, deck: Deck, tmp_path: Path
) -> None:
    director = sittings.begin(questions=3, modules=("twice", "thrice"))
    (deck.folders[0] / "quizzes/interviews/thrice.yaml").unlink()
    fresh = Deck.open(deck.folders, tmp_path / "cache")
    again = Sittings(fresh, sittings.progress, sittings.clock).go_on(director.transcript.id)
    asked_for = []
    while again.stage is not Stage.OVER:
        if again.prompt is not None:
            asked_for.append(again.prompt.question)
            again.answer(ALL)
        else:
            again.next()
    assert sorted(asked_for) == ["twice.i.when", "twice.i.why"]
    fresh.close()


# A model marks


def test_with_a_model_the_answer_is_in_the_log_before_its_mark(sittings: Sittings, model: SlowMarker) -> None:
    director = sittings.on("twice.i.why", marker="llm", mode="real")
    director.answer("whatever")
    assert stage(director) is Stage.MARKING
    (event,) = sittings.events("interview")
    assert (event.body["mark"], event.body["met"], event.body["timed"]) == (None, [], False)
    director.settle()
    assert stage(director) is Stage.MARKING
    model.may_answer.set()
    director.wait()
    assert stage(director) is Stage.SHOWN
    (regrade,) = sittings.events("regrade")
    assert regrade.subject == "twice.i.why"
    assert (regrade.body["event"], regrade.body["met"], regrade.body["timed"]) == (
        event.id,
        ["a", "b", "c"],
        True,
    )
    assert verdicts(director) == dict.fromkeys("abc", Verdict.MET)


def test_a_kill_while_the_model_reads_loses_nothing(sittings: Sittings, model: SlowMarker) -> None:
    director = sittings.on("twice.i.why", marker="llm")
    director.answer("whatever")
    again = sittings.go_on(director.transcript.id)
    assert stage(again) is Stage.MARKING
    model.may_answer.set()
    again.wait()
    assert stage(again) is Stage.SHOWN
    assert len(sittings.events("interview")) == len(sittings.events("regrade")) == 1


def test_a_model_that_fails_is_stood_in_for_and_that_is_said(sittings: Sittings, model: SlowMarker) -> None:
    model.error = RuntimeError("no server")
    model.may_answer.set()
    director = sittings.on("twice.i.why", marker="llm")
    director.answer("It grows, even, exact.")
    director.wait()
    assert stage(director) is Stage.SHOWN
    assert director.shown is not None
    assert director.shown.main.marked is not None
    assert director.shown.main.marked.marked_by == "Marked offline because: no server"
    assert director.shown.main.marked.coverage == 1


# Stories


def test_a_story_is_asked_for_what_it_lacks_and_has_no_coverage(sittings: Sittings) -> None:
    director = sittings.begin(is_story=True, modules=(), mode="real")
    assert asked(director).startswith("Tell me about ")
    director.answer("Last year I was working at my company on a ranking model.")
    assert asked(director) == "What did *you* do, you yourself?"
    director.answer("I rewrote the tokenizer and profiled it.")
    assert asked(director) == "What came out, in numbers?"
    director.answer("35 ms in place of 80.")
    assert stage(director) is Stage.SHOWN
    assert verdicts(director) == {
        "situation": Verdict.MET,
        "task": Verdict.MISSED,
        "action": Verdict.MISSED,
        "result": Verdict.MISSED,
        "action/action": Verdict.MET,
        "result/result": Verdict.MET,
    }
    shown = director.shown
    assert shown is not None
    assert shown.main.marked is not None
    assert [point.word for point in shown.main.marked.points][:2] == ["found:", "not found:"]
    assert (shown.main.marked.counted, shown.main.marked.coverage) == ("1 of 4 parts found", None)
    director.next()
    assert all(
        (event.body["met"], event.body["timed"], event.body["module"]) == ([], False, "story")
        for event in sittings.events("interview")
    )
    assert sittings.events("queue") == []

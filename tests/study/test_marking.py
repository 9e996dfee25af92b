"""Marking a typed answer in words: verdicts, the suggestion, overruling, the model's mark, what the log keeps."""

from __future__ import annotations

from typing import Any

import pytest

from llmcore_progress import Event, Kind, Progress, ProgressError
from llmcore_tui.content.deck import Deck
from llmcore_tui.errors import InputError, MissingExtra
from llmcore_tui.grading.mark import Flag, Verdict
from llmcore_tui.study import mark_text
from llmcore_tui.study.marked_answer import MarkedAnswer
from llmcore_tui.study.marking import Markers, suggested
from llmcore_tui.study.rubric import of_card
from llmcore_tui.study.session import Session
from tests.study.conftest import NewSession
from tests.study.scripted_marker import ScriptedMarker, SlowMarker, scripted


def shown(session: Session) -> MarkedAnswer:
    """The mark in front of the learner."""
    revealed = session.revealed
    assert revealed is not None
    assert revealed.marked is not None
    return revealed.marked


def answered(new_session: NewSession, text: str, **options: Any) -> Session:
    """A session whose first card was answered and revealed."""
    session = new_session(**{"markers": scripted(), **options})
    session.next()
    session.answer(text)
    session.reveal()
    return session


def events(progress: Progress, *kinds: str) -> list[Event]:
    return list(progress.events(kinds=kinds))


def test_each_point_has_its_verdict_its_evidence_and_a_sign_that_reads_without_colour(
    new_session: NewSession,
) -> None:
    marked = shown(answered(new_session, "it grows, maybe even, not exact"))
    assert [(each.number, each.sign, each.word, each.say, each.evidence) for each in marked.points] == [
        (1, "✓", "met:", "It grows.", "grows"),
        (2, "~", "partly:", "It is even.", "maybe even"),
        (3, "!", "contradicted:", "It is exact.", "not exact"),
    ]
    assert [each.remark for each in marked.points] == ["", "not sure: look yourself", ""]
    assert [each.must for each in marked.points] == [True, False, False]
    assert (marked.counted, marked.coverage) == ("1 of 3 points, 1 in part", 0.5)
    assert marked.marked_by == "marked offline"


def test_what_was_not_said_is_named_in_the_learners_language(new_session: NewSession) -> None:
    session = answered(new_session, "it grows and is even")
    assert [f"{each.word} {each.say}" for each in shown(session).points[2:]] == [
        "you did not say: It is exact."
    ]
    session.language = "zh"
    marked = shown(session)
    assert (marked.points[2].word, marked.points[2].say) == ("没说到：", "精确。")
    assert (marked.counted, marked.marked_by) == ("3 个要点说到 2 个", "离线批改")


def test_a_misconception_is_quoted_with_what_to_say_instead_and_not_listed_twice(
    new_session: NewSession,
) -> None:
    session = answered(new_session, "it grows and squares")
    assert [(each.says, each.evidence, each.fix) for each in shown(session).wrong] == [
        ("It squares.", "squares", "It doubles.")
    ]
    assert session.revealed is not None
    assert session.revealed.misconceptions == ()


def test_what_was_noticed_is_one_human_line(new_session: NewSession) -> None:
    marked = shown(answered(new_session, "grows even exact"))
    assert marked.flags == ("This is a list of key words, not sentences: nothing is counted.",)
    assert marked.coverage == 0


def test_every_flag_and_verdict_has_its_words_in_both_languages() -> None:
    assert set(mark_text.FLAGS) == set(Flag)
    assert set(mark_text.SIGNS) == set(mark_text.VERDICTS) == set(Verdict)
    assert len(set(mark_text.SIGNS.values())) == len(Verdict)
    said = [*mark_text.FLAGS.values(), *mark_text.VERDICTS.values()]
    assert len({text.en for text in said} | {text.zh for text in said}) == 2 * len(said)


@pytest.mark.parametrize(
    ("answer", "rating"),
    [
        ("it grows, is even and exact", 3),
        ("it grows and is even", 2),
        ("it grows, maybe even, maybe exact", 2),
        ("it is even and exact", 2),
        ("it grows", 1),
        ("idk", 1),
        ("hm", None),
    ],
)
def test_a_rating_is_suggested_and_never_set(
    new_session: NewSession, progress: Progress, answer: str, rating: int | None
) -> None:
    session = answered(new_session, answer)
    assert session.revealed is not None
    assert session.revealed.suggested == rating
    assert not events(progress, "review")


def test_good_needs_every_must_point_however_much_else_was_said(deck: Deck) -> None:
    card = deck.card("twice.explain")
    rubric = of_card(deck, card, "en")
    mark = ScriptedMarker().mark("it is even and exact", rubric)
    from dataclasses import replace

    assert suggested(replace(mark, coverage=0.9), rubric) == 2
    whole = ScriptedMarker().mark("it grows, is even and exact", rubric)
    assert [suggested(replace(whole, coverage=share), rubric) for share in (0.8, 0.79, 0.5, 0.49)] == [
        3,
        2,
        2,
        1,
    ]


def test_a_marker_that_abstains_says_so_and_suggests_nothing(new_session: NewSession) -> None:
    marked = shown(answered(new_session, "hm"))
    assert (marked.counted, marked.coverage, marked.suggested) == (
        "not marked: go through the points yourself",
        None,
        None,
    )


def test_overruling_turns_a_verdict_round_and_back_and_the_suggestion_follows(
    new_session: NewSession, progress: Progress
) -> None:
    session = answered(new_session, "it is even and exact")
    session.overrule(1)
    marked = shown(session)
    assert (marked.points[0].verdict, marked.points[0].remark) == (Verdict.MET, "your verdict")
    assert (marked.coverage, marked.suggested) == (1.0, 3)
    session.overrule(1)
    session.overrule(2)
    marked = shown(session)
    assert [each.verdict for each in marked.points] == [Verdict.MISSED, Verdict.MISSED, Verdict.MET]
    assert marked.suggested == 1
    assert [
        (event.subject, {key: event.body[key] for key in ("card", "point", "was", "met")})
        for event in events(progress, "overrule")
    ] == [
        ("twice.explain", {"card": "twice.explain", "point": "a", "was": "missed", "met": True}),
        ("twice.explain", {"card": "twice.explain", "point": "a", "was": "met", "met": False}),
        ("twice.explain", {"card": "twice.explain", "point": "b", "was": "met", "met": False}),
    ]


def test_a_partial_or_contradicted_point_is_overruled_to_met(new_session: NewSession) -> None:
    session = answered(new_session, "maybe grows, not even")
    session.overrule(1)
    session.overrule(2)
    assert [each.verdict for each in shown(session).points] == [Verdict.MET, Verdict.MET, Verdict.MISSED]


def test_after_abstaining_there_is_a_coverage_only_once_the_learner_judged_every_point(
    new_session: NewSession,
) -> None:
    session = answered(new_session, "hm")
    for number in (1, 2):
        session.overrule(number)
        assert shown(session).coverage is None
    session.overrule(3)
    assert (shown(session).coverage, shown(session).suggested) == (1.0, 3)


@pytest.mark.parametrize("number", [0, 4, -1])
def test_a_point_that_is_not_there_cannot_be_overruled(
    new_session: NewSession, progress: Progress, number: int
) -> None:
    session = answered(new_session, "it grows")
    with pytest.raises(InputError, match="1 to 3"):
        session.overrule(number)
    assert not events(progress, "overrule")


def test_what_the_log_refuses_is_not_overruled(
    new_session: NewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ProgressError("The disk is full.", "")

    session = answered(new_session, "it grows")
    monkeypatch.setattr(Progress, "record", refuse)
    with pytest.raises(ProgressError):
        session.overrule(2)
    monkeypatch.undo()
    assert shown(session).points[1].verdict is Verdict.MISSED


def test_the_review_keeps_the_mark_with_what_was_overruled_beside_it(
    new_session: NewSession, progress: Progress, deck: Deck
) -> None:
    session = answered(new_session, "it grows and squares")
    session.overrule(2)
    session.rate(2)
    [review] = events(progress, "review")
    assert review.body["detail"] == {
        "answer": "it grows and squares",
        "mark": {
            "by": "offline",
            "coverage": 0.0,
            "points": {"a": "met", "b": "missed", "c": "missed"},
            "flags": [],
            "rubric": of_card(deck, deck.card("twice.explain"), "en").hash,
            "overruled": {"b": True},
        },
    }


def test_what_was_not_typed_is_not_marked(new_session: NewSession, progress: Progress) -> None:
    session = new_session(markers=scripted())
    session.next()
    revealed = session.reveal()
    assert revealed.marked is None
    with pytest.raises(InputError, match="no marked answer"):
        session.overrule(1)
    session.rate(3)
    assert "detail" not in events(progress, "review")[0].body


def test_a_card_without_points_is_not_marked(new_session: NewSession) -> None:
    session = new_session(markers=scripted(), modules=["twice"])
    while (question := session.next()) is not None and question.kind != "spot_error":
        session.bury()
    session.answer("it multiplies")
    assert session.reveal().marked is None


class TestAnAnswerWithoutARating:
    def test_is_kept_with_its_mark_when_the_card_is_left(
        self, new_session: NewSession, progress: Progress
    ) -> None:
        session = answered(new_session, "it grows")
        session.bury()
        session.next()
        session.close()
        [event] = events(progress, "answer")
        assert (event.kind, event.subject) == (Kind.ANSWER, "twice.explain")
        mark = event.body["mark"]
        assert isinstance(mark, dict)
        assert (event.body["card"], event.body["answer"], mark["points"]) == (
            "twice.explain",
            "it grows",
            {"a": "met", "b": "missed", "c": "missed"},
        )

    def test_is_kept_without_a_mark_when_the_answer_was_never_shown(
        self, new_session: NewSession, progress: Progress
    ) -> None:
        session = new_session(markers=scripted())
        session.next()
        session.answer("half a thought")
        session.close()
        session.close()
        [event] = events(progress, "answer")
        assert (event.body["answer"], event.body["mark"]) == ("half a thought", None)

    def test_is_not_kept_twice_when_it_is_rated_or_the_rating_taken_back(
        self, new_session: NewSession, progress: Progress
    ) -> None:
        session = answered(new_session, "it grows")
        session.rate(3)
        session.next()
        session.undo()
        session.close()
        assert events(progress, "answer") == []

    def test_is_kept_when_an_undo_put_its_card_aside(
        self, new_session: NewSession, progress: Progress
    ) -> None:
        session = new_session(markers=scripted())
        session.next()
        session.reveal()
        session.rate(4)
        session.next()
        session.next()
        session.answer("2")
        session.undo()
        session.close()
        assert [(event.subject, event.body["answer"]) for event in events(progress, "answer")] == [
            ("twice.choice", "2")
        ]

    def test_of_a_number_is_kept_as_the_prediction_that_it_is(
        self, new_session: NewSession, progress: Progress
    ) -> None:
        session = new_session(modules=["twice"])
        session.next()
        session.bury()
        session.next()
        session.answer("4")
        session.close()
        assert events(progress, "answer") == []
        assert [event.body["given"] for event in events(progress, "prediction")] == ["4"]


class TestAModel:
    def test_replaces_the_offline_mark_when_its_own_arrives(
        self, new_session: NewSession, progress: Progress
    ) -> None:
        model = SlowMarker()
        session = answered(new_session, "it grows", markers=scripted(model))
        assert shown(session).marked_by == "marked offline; the model is still reading …"
        assert shown(session).counted == "1 of 3 points"
        live = session.live_mark
        assert live is not None
        arrived: list[bool] = []
        live.add_done(lambda: arrived.append(True))
        model.may_answer.set()
        assert live.wait(20)
        marked = shown(session)
        assert (marked.marked_by, marked.counted, marked.suggested) == (
            "marked by test-model",
            "3 of 3 points",
            3,
        )
        assert (session.live_mark, arrived) == (None, [True])
        session.rate(3)
        detail: Any = events(progress, "review")[0].body["detail"]
        assert (detail["mark"]["by"], detail["mark"]["model"]) == ("llm", "test-model")

    def test_leaves_the_learners_own_verdict_alone(self, new_session: NewSession) -> None:
        model = SlowMarker()
        session = answered(new_session, "it grows", markers=scripted(model))
        session.overrule(1)
        live = session.live_mark
        assert live is not None
        model.may_answer.set()
        live.wait(20)
        assert [each.verdict for each in shown(session).points] == [Verdict.MISSED, Verdict.MET, Verdict.MET]

    def test_that_answers_after_the_rating_changes_nothing(
        self, new_session: NewSession, progress: Progress
    ) -> None:
        model = SlowMarker()
        session = answered(new_session, "it grows", markers=scripted(model))
        live = session.live_mark
        assert live is not None
        session.rate(1)
        session.next()
        model.may_answer.set()
        assert live.wait(20)
        session.undo()
        assert (shown(session).marked_by, shown(session).counted) == ("marked offline", "1 of 3 points")
        detail: Any = events(progress, "review")[0].body["detail"]
        assert detail["mark"]["by"] == "offline"

    @pytest.mark.parametrize(
        ("error", "why"),
        [
            (MissingExtra("llm", "Marking by a model"), "needs the extra 'llm'"),
            (ValueError("the server sent rubbish"), "the server sent rubbish"),
        ],
    )
    def test_that_fails_leaves_the_offline_mark_and_says_why(
        self, new_session: NewSession, error: Exception, why: str
    ) -> None:
        model = SlowMarker(error)
        model.may_answer.set()
        session = answered(new_session, "it grows", markers=scripted(model))
        live = session.live_mark
        if live is not None:
            live.wait(20)
        marked = shown(session)
        assert marked.marked_by.startswith("Marked offline because: ")
        assert why in marked.marked_by
        assert marked.counted == "1 of 3 points"

    def test_that_cannot_be_made_is_said_too(self, new_session: NewSession) -> None:
        def no_model() -> ScriptedMarker:
            raise MissingExtra("llm", "Marking by a model")

        session = answered(new_session, "it grows", markers=Markers(ScriptedMarker, no_model))
        if (live := session.live_mark) is not None:
            live.wait(20)
        assert "needs the extra 'llm'" in shown(session).marked_by

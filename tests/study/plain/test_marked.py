"""A marked answer line by line: what is said of it, overruling, and the model's mark when it comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmcore_progress import Progress
from llmcore_tui.content.bilingual import Language
from llmcore_tui.study.plain.command import Command, numbered, read_question, read_revealed
from llmcore_tui.study.plain.loop import PlainStudy
from llmcore_tui.study.plain.prose import Page
from llmcore_tui.study.session import Session
from tests.study.conftest import NewSession
from tests.study.plain.test_loop import Conversation, study
from tests.study.scripted_marker import SlowMarker, scripted

ANSWER = "it squares, maybe grows, not even"


def marked(new_session: NewSession, *typed: str, language: Language = "en") -> list[str]:
    """What is said between the learner's own answer and what follows the mark."""
    talk = study(new_session(limit=1, markers=scripted()), ANSWER, "", *typed, language=language)
    begin = next(place for place, line in enumerate(talk.lines) if line.endswith(ANSWER))
    end = next(place for place, line in enumerate(talk.lines) if "Euclid" in line)
    return talk.lines[begin + 1 : end]


def test_every_point_is_said_with_its_verdict_the_words_that_decided_it_and_what_to_say(
    new_session: NewSession,
) -> None:
    assert marked(new_session, "q") == [
        "0 of 3 points, 1 in part; marked offline.",
        "1 ~ must, partly: It grows.",
        "  you wrote: “maybe grows”",
        "  (not sure: look yourself)",
        "2 ! contradicted: It is even.",
        "  you wrote: “not even”",
        "3 ✗ you did not say: It is exact.",
        "! a common misconception that you stated: It squares.",
        "  you wrote: “squares”",
        "  rather: It doubles.",
    ]


def test_the_same_in_chinese(new_session: NewSession) -> None:
    assert marked(new_session, "q", language="zh") == [
        "3 个要点说到 0 个，1 个说到一部分；离线批改。",
        "1 ~ 必说，只说到一部分：变大。",
        "  你写的是：“maybe grows”",
        "  （拿不准：请自己看）",
        "2 ! 说反了：是偶数。",
        "  你写的是：“not even”",
        "3 ✗ 没说到：精确。",
        "! 你说到了一个常见误区：是平方。",
        "  你写的是：“squares”",
        "  应该说：是翻倍。",
    ]


def test_what_was_noticed_comes_first(new_session: NewSession) -> None:
    talk = study(new_session(limit=1, markers=scripted()), "grows even exact", "", "q")
    place = talk.lines.index("! This is a list of key words, not sentences: nothing is counted.")
    assert talk.lines[place + 1] == "0 of 3 points; marked offline."


def test_nothing_is_counted_is_no_longer_said_once_the_learner_counts_a_point(
    new_session: NewSession,
) -> None:
    talk = study(new_session(limit=1, markers=scripted()), "grows even exact", "", "o 1", "q")
    before = talk.lines.index("0 of 3 points; marked offline.")
    assert talk.lines[before - 1].endswith("nothing is counted.")
    assert [line for line in talk.lines[before:] if line.endswith("nothing is counted.")] == []
    assert "1 of 3 points; marked offline." in talk.lines[before:]


def test_o_and_a_number_overrules_and_says_the_mark_and_the_suggestion_anew(
    new_session: NewSession, progress: Progress
) -> None:
    talk = study(new_session(limit=1, markers=scripted()), "it is even and exact", "", "o 1", "3")
    assert talk.prompts[2] == "o and a point's number overrules, 1 to 4 > "
    ratings = [line for line in talk.lines if line.startswith("Rate:")]
    assert [line[-15:] for line in ratings] == [" (suggested: 2)", " (suggested: 3)"]
    again = talk.lines[talk.lines.index(ratings[0]) + 1 :]
    assert again[:3] == ["3 of 3 points; marked offline.", "1 ✓ must, met: It grows.", "  (your verdict)"]
    assert [event.kind for event in progress.events()] == ["demo", "overrule", "review"]


def test_o_alone_asks_for_the_point_and_what_is_none_is_said(
    new_session: NewSession, progress: Progress
) -> None:
    talk = study(
        new_session(limit=1, markers=scripted()), "it grows", "", "o", "2", "o", "", "o 8", "o", "two"
    )
    assert talk.prompts.count("Which point? > ") == 3
    assert "Nothing is overruled." in talk.lines
    assert talk.lines.count("Type the number of a point, 1 to 3.") == 2
    assert [event.body["point"] for event in progress.events(kinds=["overrule"])] == ["b"]


def test_without_a_marked_answer_there_is_nothing_to_overrule(new_session: NewSession) -> None:
    talk = study(new_session(limit=1, markers=scripted()), "", "o 1", "q")
    assert "There is no marked answer to overrule." in talk.lines
    assert talk.prompts[1] == "1 to 4 > "


def test_o_is_a_command_only_under_an_answer() -> None:
    assert read_question("o 2", "words", predicts=False) == Command("answer", "o 2")
    assert [read_revealed(line) for line in ("o", "o 2", "o2", " o  12 ")] == [
        Command("o"),
        Command("o", "2"),
        Command("o", "2"),
        Command("o", "12"),
    ]
    assert read_revealed("or") == Command("unknown", "or")
    assert [numbered(text) for text in ("2", "２", " 2 ", "x", "-1", "1.5", "9999999", "")] == [
        *(2, 2, 2, 0, 0, 0, 0, 0)
    ]


class Learner(Conversation):
    """Types Enter once the model may have answered."""

    def __init__(self, session: Session, model: SlowMarker) -> None:
        super().__init__(self.lines_of(session, model))

    def lines_of(self, session: Session, model: SlowMarker) -> Iterator[str]:
        yield "it grows"
        yield ""
        yield ""
        live = session.live_mark
        assert live is not None
        model.may_answer.set()
        live.wait(20)
        yield ""
        yield "3"


def test_a_models_mark_is_said_once_it_is_there_and_no_key_waits_for_it(
    new_session: NewSession, progress: Progress
) -> None:
    model = SlowMarker()
    session = new_session(limit=1, markers=scripted(model))
    talk = Learner(session, model)
    PlainStudy(session, Page("en"), ask=talk.ask, say=talk.say).run()
    heads = [line for line in talk.lines if " of 3 points" in line]
    assert heads == [
        "1 of 3 points; marked offline; the model is still reading …",
        "3 of 3 points; marked by test-model.",
    ]
    assert "The model is still reading; rate, or press Enter again later." in talk.lines
    detail: Any = next(iter(progress.events(kinds=["review"]))).body["detail"]
    assert detail["mark"]["by"] == "llm"

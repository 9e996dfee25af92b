"""Studying line by line: what is said, and that it leaves the same events as the steps themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from llmcore_progress import Progress, Settings
from llmcore_tui.content.bilingual import Language
from llmcore_tui.content.deck import Deck
from llmcore_tui.study.order import use_deck
from llmcore_tui.study.plain.loop import PlainStudy
from llmcore_tui.study.plain.prose import Page
from llmcore_tui.study.session import Session
from tests.study.conftest import NewSession
from tests.study.small_deck import UTC_SETTINGS, Clock, HereRunner, SlowRunner


class Conversation:
    """A learner who types these lines and reads everything."""

    def __init__(self, typed: Iterable[str]) -> None:
        self.typed: Iterator[str] = iter(typed)
        self.prompts: list[str] = []
        self.lines: list[str] = []

    def ask(self, prompt: str) -> str | None:
        self.prompts.append(prompt)
        return next(self.typed, None)

    def say(self, lines: Iterable[str]) -> None:
        self.lines += lines

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def study(session: Session, *typed: str, language: Language = "en") -> Conversation:
    session.language = language
    talk = Conversation(typed)
    PlainStudy(session, Page(language), ask=talk.ask, say=talk.say).run()
    session.close()
    return talk


def test_a_card_is_asked_predicted_revealed_and_rated(new_session: NewSession, progress: Progress) -> None:
    talk = study(new_session(limit=1), "it is doubled", "5.9", "", "3")
    assert talk.lines == [
        "",
        "Card 1 of 1, new: Doubling, explain.",
        "Why does 6.0 come out?",
        "Predict: What comes out, in GB, at x = 3? (within 10% counts)",
        "Your answer is kept.",
        "You predict 5.9 GB.",
        "Everything counts twice.",
        "Twice, so 6.0.",
        "Formula: 2x",
        "You predicted 5.9 GB, within 10%: right.",
        "Computed (x = 3): 6 GB — what comes out.",
        "Idea off (double = no): 3 GB.",
        "Run just now: 3 became 6.",
        "Your answer: it is doubled",
        "An answer says (must: what an interviewer waits for):",
        "- must: It grows.",
        "- also: It is even.",
        "- also: It is exact.",
        "Often said, but wrong: It squares.",
        "Rather: It doubles.",
        "Source: Euclid & Theon 1900, book VII; Elements; read 2026-11-22",
        "They go on to: Tripling",
        "Rate: 1 again (1 min), 2 hard (6 min), 3 good (10 min), 4 easy (8 days)",
        "1 card rated, in less than a minute.",
        "Predictions within tolerance: 1 of 1.",
        "Still to do today: 7.",
        "The next card is due in 10 min.",
    ]
    assert [event.kind for event in progress.events()] == ["prediction", "review"]


def test_the_same_in_chinese(new_session: NewSession) -> None:
    talk = study(new_session(limit=1), "翻倍", "约6", "", "3", language="zh")
    assert talk.lines[1:7] == [
        "第 1 / 1 张，新卡：翻倍，解释。",
        "为什么得到 6.0？",
        "预测：输出（取 x = 3，单位 GB）？（误差在 10% 以内算对）",
        "回答已记下。",
        "你的预测是 6 GB。",
        "每个都算两次。",
    ]
    assert "你的预测是 6 GB，在 10% 以内：正确。" in talk.lines
    assert "评分：1 重来（1 分钟）、2 困难（6 分钟）、3 良好（10 分钟）、4 轻松（8 天）" in talk.lines
    assert talk.prompts[0] == "回车看答案，t 作答，p 预测，? 帮助 > "


def test_the_end_of_input_ends_with_a_summary_and_loses_nothing(
    new_session: NewSession, progress: Progress
) -> None:
    talk = study(new_session(), "6", "", "3", "", "2", "7")
    assert talk.lines[-4:] == [
        "2 cards rated, 2 of them new, in less than a minute.",
        "Predictions within tolerance: 1 of 1.",
        "Still to do today: 7.",
        "The next card is due in 6 min.",
    ]
    assert [event.body["rating"] for event in progress.events(kinds=["review"])] == [3, 2]


def test_every_kind_of_card_can_be_answered_line_by_line(new_session: NewSession, progress: Progress) -> None:
    kinds: list[str] = []
    session = new_session(limit=6)
    answers = {
        "explain": ["twice", ""],
        "calculate": ["6"],
        "choice": ["2"],
        "cloze": ["even", ""],
        "code": ["t", "def twice(x):", "", "    return 2 * x", ".", ""],
        "spot_error": ["it multiplies", ""],
    }

    def typed() -> Iterator[str]:
        while (question := session.question) is not None:
            kinds.append(question.kind)
            yield from answers[question.kind]
            yield "4"

    talk = Conversation(typed())
    PlainStudy(session, Page("en"), ask=talk.ask, say=talk.say).run()
    assert kinds == ["explain", "calculate", "choice", "cloze", "code", "spot_error"]
    reviews = {event.subject: event.body["detail"] for event in progress.events(kinds=["review"])}
    assert reviews["twice.code"] == {"answer": "def twice(x):\n\n    return 2 * x", "right": True}
    assert reviews["twice.cloze"] == {"answer": "even", "right": True}
    assert "All 2 hidden cases hold." in talk.text
    assert "The sentence: Doubling squares." in talk.lines
    assert "A doubled whole number is ____." in talk.lines


def test_a_suggestion_is_shown_and_enter_alone_rates_nothing(
    new_session: NewSession, progress: Progress
) -> None:
    talk = study(new_session(), "b", "1", "", "3", "q")
    assert any(line.endswith(("(suggested: 3)", "(suggested: 1)")) for line in talk.lines)
    assert "Type 1, 2, 3 or 4; ? lists the commands." in talk.lines
    assert len(list(progress.events(kinds=["review"]))) == 1


def test_what_cannot_be_read_is_said_and_asked_again(new_session: NewSession) -> None:
    talk = study(new_session(), "p many", "p 6", "", "q")
    assert any(line.startswith("“many” is not a number") for line in talk.lines)
    assert "You predict 6 GB." in talk.lines


def test_running_the_demo_shows_every_number_with_its_off_twin_and_ends_the_predicting(
    new_session: NewSession, progress: Progress
) -> None:
    talk = study(new_session(), "d", "p 6", "q")
    assert talk.lines[4:] == [
        "Demo twice: Doubling.",
        "6 GB: what comes out (idea off: 3 GB)",
        "0.03: the share (idea off: 0.03)",
        "Idea off means double = no.",
        "3 became 6.",
        "The same again: llmcore demo twice --x 3",
        "You have already seen this number.",
        "Nothing was rated.",
        "Still to do today: 7.",
    ]
    assert [event.kind for event in progress.events()] == ["demo"]


def test_undo_flag_note_and_the_other_commands(new_session: NewSession, progress: Progress) -> None:
    talk = study(
        new_session(),
        *(
            "h",
            "e",
            "wrong sign",
            "n ask again",
            "u",
            "u",
            "u",
            "",
            "1",
            "u",
            "x",
            "?",
            "3",
            "s",
            "b",
            "u",
            "q",
        ),
    )
    assert "Hint: Think of pairs." in talk.lines
    assert [line for line in talk.lines if line.startswith(("Taken back", "There is nothing", "已撤销"))] == [
        "Taken back: the note.",
        "Taken back: the flag.",
        "There is nothing to take back in this session.",
        "Taken back: the rating “again”.",
        "已撤销：这张卡不再推迟。",
    ]
    assert "1 重来，2 困难，3 良好，4 轻松。" in talk.lines
    assert progress.state("twice.calculate").suspended
    assert progress.state("twice.choice").buried_until is None
    assert [event.body["rating"] for event in progress.events(kinds=["review"])] == [1, 3]


def test_an_unknown_letter_is_named(new_session: NewSession) -> None:
    assert "z is no command here; ? lists them." in study(new_session(), "z").lines


def test_a_calculation_waits_for_its_run(new_session: NewSession, progress: Progress) -> None:
    runner = SlowRunner()

    def typed() -> Iterator[str]:
        yield "b"
        threading.Timer(0.3, runner.finish).start()
        yield "4"
        yield "3"

    session = new_session(runner=runner)
    talk = Conversation(typed())
    PlainStudy(session, Page("en"), ask=talk.ask, say=talk.say).run()
    waiting = talk.lines.index("The demo is running.")
    assert any(line.startswith("It is ") and line.endswith(".0 GB.") for line in talk.lines[waiting:])
    assert [event.body["holds"] in (True, False) for event in progress.events(kinds=["prediction"])] == [True]


SCRIPT: list[tuple[list[tuple[str, tuple[object, ...]]], list[str]]] = [
    ([("predict", ("5.9",))], ["5.9"]),
    ([("answer", ("it doubles",))], ["it doubles"]),
    ([("reveal", ())], [""]),
    ([("rate", (1,)), ("next", ())], ["1"]),
    ([("undo", ())], ["u"]),
    ([("rate", (3,)), ("next", ())], ["3"]),
    ([("answer", ("4",)), ("reveal", ())], ["4"]),
    ([("rate", (4,)), ("next", ())], ["4"]),
    ([("answer", ("2",)), ("reveal", ())], ["2"]),
    ([("flag", ("odd",))], ["e odd"]),
    ([("bury", ()), ("next", ())], ["b"]),
    ([("note", ("mine",))], ["n mine"]),
    ([("suspend", ()), ("next", ())], ["s"]),
    ([("answer", ("def twice(x):\n    return x",))], ["t", "def twice(x):", "    return x", "."]),
    ([("reveal", ())], [""]),
    ([("rate", (2,)), ("next", ())], ["2"]),
]
"""What a learner does: the steps of a session, and the lines that say the same."""


def test_the_same_script_leaves_the_same_events_line_by_line_and_step_by_step(
    tmp_path: Path, deck: Deck
) -> None:
    def log(name: str, drive: Callable[[Session], None]) -> list[tuple[str, str, dict[str, Any]]]:
        clock = Clock()
        with Progress.open(tmp_path / name, settings=Settings(**UTC_SETTINGS), now=clock()) as progress:
            use_deck(progress, deck)
            session = Session(deck, progress, now=clock, seed=5, runner=HereRunner())
            drive(session)
            session.close()
            ids = {event.id: index for index, event in enumerate(progress.events())}
            return [
                (
                    event.kind,
                    event.subject,
                    {
                        key: ids.get(value, value) if isinstance(value, str) else value
                        for key, value in event.body.items()
                    },
                )
                for event in progress.events()
            ]

    def by_steps(session: Session) -> None:
        session.next()
        for steps, _ in SCRIPT:
            for name, values in steps:
                getattr(session, name)(*values)

    def by_lines(session: Session) -> None:
        talk = Conversation(line for _, lines in SCRIPT for line in lines)
        PlainStudy(session, Page("en"), ask=talk.ask, say=talk.say).run()

    steps, lines = log("steps", by_steps), log("lines", by_lines)
    assert steps == lines
    assert [kind for kind, _, _ in steps] == [
        *("prediction", "review", "undo", "review", "prediction", "review"),
        *("flag", "bury", "answer", "note", "suspend", "review"),
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_names_every_command(new_session: NewSession, language: Language) -> None:
    talk = study(new_session(), "?", "q", language=language)
    for letter in "tphdubsenxq":
        assert any(f"{letter}:" in line or f"{letter}：" in line for line in talk.lines), letter

"""An interview line by line: what is said, what a line means, and what becomes of it when the disk refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path

import pytest

from llmcore_progress import DiskFull, Kind, Progress
from llmcore_tui.content.bilingual import Language
from llmcore_tui.content.claim import Setting
from llmcore_tui.errors import DemoError, EnvironmentProblem
from llmcore_tui.interview import draft as drafts
from llmcore_tui.interview.director import Director, Stage
from llmcore_tui.interview.plain.loop import PlainInterview
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.run import Run
from llmcore_tui.study.plain.prose import Page
from llmcore_tui.study.runner import Listener
from tests.interview.small import ALL, Sittings
from tests.study.scripted_marker import SlowMarker
from tests.study.small_deck import Clock, SlowRunner

Tick = Callable[[str], None]


class Conversation:
    """Types lines and keeps what was said."""

    def __init__(
        self, director: Director, *lines: str, language: Language = "en", tick: Tick | None = None
    ) -> None:
        self.said: list[str] = []
        self._lines = iter(lines)
        self._tick = tick
        self.came_to_the_end = PlainInterview(director, Page(language), ask=self._ask, say=self._say).run()

    @property
    def text(self) -> str:
        return "\n".join(self.said)

    def _ask(self, prompt: str) -> str | None:
        if prompt:
            self.said.append(prompt)
        line = next(self._lines, None)
        if line is not None and self._tick is not None:
            self._tick(line)
        return line

    def _say(self, lines: Iterable[str]) -> None:
        self.said += lines


def test_a_question_its_answer_the_follow_up_and_the_points(sittings: Sittings) -> None:
    talk = Conversation(sittings.on("twice.i.why"), "It grows, even.", "It is big.", ".", "itself", ".", "")
    assert talk.came_to_the_end
    assert talk.said == [
        f"Interview {sittings.transcripts()[0].id}, study mode, questions: 1. It is saved after every answer.",
        "Type your answer in as many lines as you like; a line with only . ends it. h: hint. q: leave, saved. ?: help.",
        "",
        "Question 1 of 1: Doubling, about 3:00.",
        "Why does x become 6?",
        "0:00 of about 3:00.",
        "",
        "Follow-up, about 1:00.",
        "By how much?",
        "0:00 of about 1:00.",
        "",
        "Question 1 of 1: Doubling.",
        "Why does x become 6?",
        "Your answer: It grows, even.",
        "It is big.",
        "2 of 3 points; marked offline.",
        "1 ✓ must, met: It grows.",
        "  you wrote: “grows”",
        "2 ✓ met: It stays even.",
        "  you wrote: “even”",
        "3 ✗ must, you did not say: It is exact.",
        "Follow-up: By how much?",
        "Your answer: itself",
        "1 of 1 points; marked offline.",
        "4 ✓ must, met: By x itself.",
        "  you wrote: “itself”",
        "Enter goes on, o N turns point N round, d runs the demo, q leaves > ",
    ]


def test_in_chinese(sittings: Sittings) -> None:
    talk = Conversation(
        sittings.on("twice.i.why", language="zh"), "会变大，是偶数，是精确的", ".", "o1", "", language="zh"
    )
    assert "第 1 / 1 题：翻倍，建议用时约 3:00。" in talk.said
    assert "用时 0:00，建议约 3:00。" in talk.said
    assert "1 ✓ 必说，已说到：会变大" in talk.said
    assert "要点 1：按你的判定，没说到。" in talk.said


def test_every_word_of_an_interview_is_there_in_both_languages(sittings: Sittings) -> None:
    from llmcore_tui.content.bilingual import Bilingual
    from llmcore_tui.interview import words as titles
    from llmcore_tui.interview.plain import words

    for module in (words, titles):
        for name, value in vars(module).items():
            if isinstance(value, Bilingual):
                slots = [_slots(text) for text in (value.en, value.zh)]
                assert slots[0] == slots[1], name


def _slots(text: str) -> set[str]:
    return {part.split("}")[0] for part in text.split("{")[1:]}


def test_the_hint_and_the_help_are_no_part_of_the_answer(sittings: Sittings) -> None:
    talk = Conversation(sittings.on("twice.i.why"), "?", "h", ALL, ".", "q")
    assert "Hint: One is too little." in talk.said
    assert "A line with only . ends the answer." in talk.said
    assert [event.body["answer"] for event in sittings.events("interview")] == [ALL]


def test_over_time_it_nudges_once_and_cuts_nothing_off(sittings: Sittings, clock: Clock) -> None:
    director = sittings.on("twice.i.why")
    talk = Conversation(
        director, "It grows.", "even", "exact", ".", "q", tick=lambda _: clock.wait(seconds=100)
    )
    assert talk.said.count("3:00 are over. Come to an end when you can; nothing is cut off.") == 1
    assert "6:40 of about 3:00." in talk.said
    assert [event.body["answer"] for event in sittings.events("interview")] == ["It grows.\neven\nexact"]


def test_an_empty_answer_is_asked_for_again_once(sittings: Sittings) -> None:
    talk = Conversation(sittings.on("twice.i.when"), ".", " ", ".", "q")
    assert "Nothing was typed. A second . says that you do not know." in talk.said
    assert [event.body["answer"] for event in sittings.events("interview")] == [" "]


@pytest.mark.parametrize("end", [("q",), ()], ids=["q", "end-of-input"])
def test_leaving_keeps_what_is_typed_and_says_how_to_go_on(sittings: Sittings, end: tuple[str, ...]) -> None:
    director = sittings.on("twice.i.why")
    session = director.transcript.id
    talk = Conversation(director, "It grows,", *end)
    assert not talk.came_to_the_end
    assert talk.said[-1] == f"Left, and saved. Go on with: llmcore interview resume {session}"
    again = Conversation(sittings.go_on(session), "even, exact", ".", "")
    assert f"Interview {session}, study mode" in again.said[0]
    assert "Kept from before (0:00 used); go on typing, or c starts over:" in again.said
    assert "> It grows," in again.said
    assert again.came_to_the_end
    assert [event.body["answer"] for event in sittings.events("interview")] == ["It grows,\neven, exact"]


def test_a_kept_draft_can_be_thrown_away(sittings: Sittings) -> None:
    director = sittings.on("twice.i.why")
    director.keep("rubbish")
    Conversation(sittings.go_on(director.transcript.id), "c", ALL, ".", "q")
    assert [event.body["answer"] for event in sittings.events("interview")] == [ALL]


def test_a_verdict_is_turned_round_and_a_wrong_number_is_said(sittings: Sittings) -> None:
    talk = Conversation(sittings.on("twice.i.why"), ALL, ".", "o 2", "o", "o 9", "o2", "z", "")
    assert "Point 2: missed, by your word." in talk.said
    assert "2 of 3 points" in talk.said
    assert "Type o and the number of a point." in talk.said
    assert "Type the number of a point, 1 to 3." in talk.said
    assert "Point 2: met, by your word." in talk.said
    assert "z is no command here; ? lists them." in talk.said
    assert [event.body["met"] for event in sittings.events("overrule")] == [False, True]


def test_the_demo_runs_and_what_it_showed_is_logged(sittings: Sittings) -> None:
    talk = Conversation(sittings.on("twice.i.why"), ALL, ".", "d", "")
    assert "3 became 6." in talk.said
    assert len(sittings.events("demo")) == 1
    without = Conversation(sittings.on("twice.i.when"), "small", ".", "d", "")
    assert "This question has no demo." in without.said


def test_a_demo_that_fails_is_said(sittings: Sittings) -> None:
    class Refusing(SlowRunner):
        def run(self, demo: Demo, settings: Mapping[str, Setting], on_progress: Listener) -> Future[Run]:
            raise DemoError("not trusted")

    director = sittings.on("twice.i.why", runner=Refusing())
    talk = Conversation(director, ALL, ".", "d", "q")
    assert "The demo did not run: not trusted" in talk.said


def test_real_mode_says_nothing_of_the_points_before_the_end(sittings: Sittings) -> None:
    talk = Conversation(
        sittings.on("twice.i.when", "thrice.i.why", mode="real"), "small", ".", "odd", ".", "", ""
    )
    assert talk.came_to_the_end
    before, _, after = talk.text.partition("Question 1 of 2: Doubling.\n")
    assert "✓" not in before
    assert "2 ✗ you did not say: When wet." in after
    assert "Question 2 of 2: Tripling.\n" in after


def test_leaving_the_review_of_a_finished_interview_ends_it(sittings: Sittings) -> None:
    talk = Conversation(sittings.on("twice.i.when", mode="real"), "small", ".", "q")
    assert talk.came_to_the_end
    assert sittings.transcripts()[0].ended is not None


def test_while_a_model_reads_it_says_that_the_answer_is_saved(sittings: Sittings, model: SlowMarker) -> None:
    model.may_answer.set()
    talk = Conversation(sittings.on("twice.i.why", marker="llm"), "whatever", ".", "")
    assert "Your answer is saved; the model reads it." in talk.said
    assert "3 of 3 points; marked by test-model." in talk.said


# The disk


class FullDisk:
    """Refuses the next so many events of some kinds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, refusals: int, *kinds: Kind) -> None:
        record = Progress.record

        def refuse(progress: Progress, kind: Kind, *rest: object) -> object:
            if self.refusals and kind in kinds:
                self.refusals -= 1
                raise DiskFull(Path("log"), "The disk is full.")
            return record(progress, kind, *rest)  # type: ignore[arg-type]  # as they came

        self.refusals = refusals
        monkeypatch.setattr(Progress, "record", refuse)


def test_a_full_disk_is_one_line_and_the_answer_is_given_again(
    sittings: Sittings, monkeypatch: pytest.MonkeyPatch
) -> None:
    director = sittings.on("twice.i.why")
    FullDisk(monkeypatch, 2, Kind.INTERVIEW)
    talk = Conversation(director, "It grows, even,", ".", "exact", ".", ".", "")
    assert talk.said.count("The disk is full.") == 2
    assert talk.said.count("Your answer is still here: a line with only . tries again.") == 2
    assert [event.body["answer"] for event in sittings.events("interview")] == ["It grows, even,\nexact"]
    assert talk.came_to_the_end


@pytest.mark.parametrize("kind", [Kind.QUEUE, Kind.INTERVIEW_SESSION])
def test_a_full_disk_at_the_end_can_be_tried_again(
    sittings: Sittings, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    director = sittings.on("twice.i.why")
    FullDisk(monkeypatch, 2, kind)
    talk = Conversation(director, "x", ".", "up", ".", "itself", ".", "", "", "")
    assert talk.said.count("The disk is full.") == 2
    assert talk.came_to_the_end
    assert len(sittings.events("queue")) == 1
    assert sittings.transcripts()[0].ended is not None


def test_a_full_disk_when_the_models_mark_arrives_can_be_tried_again(
    sittings: Sittings, monkeypatch: pytest.MonkeyPatch, model: SlowMarker
) -> None:
    model.may_answer.set()
    director = sittings.on("twice.i.why", marker="llm")
    FullDisk(monkeypatch, 1, Kind.REGRADE)
    talk = Conversation(director, "x", ".", "", "")
    assert talk.said.count("The disk is full.") == 1
    assert len(sittings.events("regrade")) == 1
    assert talk.came_to_the_end


def test_leaving_with_a_full_disk_is_no_traceback(
    sittings: Sittings, monkeypatch: pytest.MonkeyPatch
) -> None:
    director = sittings.on("twice.i.when")
    FullDisk(monkeypatch, 9, Kind.INTERVIEW_SESSION, Kind.OVERRULE)
    talk = Conversation(director, "small", ".", "o 1", "", "q")
    assert director.stage is Stage.HELD
    assert "llmcore interview resume" in talk.said[-1]
    assert talk.said.count("The disk is full.") == 3


def test_a_disk_that_refuses_drafts_is_said_once(sittings: Sittings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise EnvironmentProblem("no room.")

    monkeypatch.setattr(drafts, "write_whole", refuse)
    talk = Conversation(sittings.on("twice.i.why"), "It grows,", "even,", "exact", ".", "q")
    assert sum("no room." in line for line in talk.said) == 1
    assert len(sittings.events("interview")) == 1

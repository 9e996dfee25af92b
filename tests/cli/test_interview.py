"""`llmcore interview`: choosing, sitting, leaving and going on, the list, reports, marking anew, JSON, kills."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from llmcore_progress import Progress
from llmcore_tui.cli import opened
from llmcore_tui.interview import desk as desks
from llmcore_tui.interview.transcript import Transcript, of_log
from llmcore_tui.study.marking import Markers
from tests.cli.small_program import SmallProgram, program
from tests.cli.test_study import SCRIPT, environment, interrupt
from tests.interview.small import ALL, write_deck
from tests.study.scripted_marker import ScriptedMarker, SlowMarker, scripted

__all__ = ["program"]


@pytest.fixture(autouse=True)
def with_questions(program: SmallProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small deck has interview questions, and the marker is scripted."""
    write_deck(tmp_path / "deck")

    def markers(_: object, name: str) -> Markers:
        return scripted(ScriptedMarker("llm", {"model": "test-model"}) if name == "llm" else None)

    monkeypatch.setattr(desks, "markers", markers)


def sit(program: SmallProgram, *words: str, answers: str = f"{ALL}\n.\n\n") -> str:
    """One interview to its end; its id."""
    program.run("interview", "--module", "twice", "--questions", "1", *words, typed=answers)
    return str(program.json("interview", "list")[0]["session"])


# Choosing


def test_without_flags_it_asks_about_the_plans_day_in_study_mode(program: SmallProgram) -> None:
    out = program.run("interview", typed="")
    assert "study mode, questions: 2." in out
    (begun,) = program.events("interview_session")
    assert (begun.body["modules"], begun.body["mode"]) == (["twice"], "study")


@pytest.mark.parametrize(
    ("words", "modules"),
    [
        (("--module", "thrice"), ["thrice"]),
        (("-m", "thrice", "-m", "twice"), ["thrice", "twice"]),
        (("--level", "L1"), ["twice", "thrice"]),
        (("--level", "1"), ["twice", "thrice"]),
        (("--plan-day", "2"), ["thrice"]),
        (("--story",), []),
    ],
)
def test_what_is_asked_about(program: SmallProgram, words: tuple[str, ...], modules: list[str]) -> None:
    program.run("interview", *words, "--mode", "real", "--seed", "3", typed="")
    (begun,) = program.events("interview_session")
    assert (begun.body["modules"], begun.body["mode"], begun.body["seed"]) == (modules, "real", 3)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--module", "twise"), "There is no module called 'twise'. Did you mean twice"),
        (("--level", "L7"), "There is no level called 'L7'. Did you mean L"),
        (("--plan-day", "9"), "The plan 14-day has no day 9. Its days are 1 to 3."),
        (("--plan-day", "0"), "The plan 14-day has no day 0."),
        (
            ("--plan-day", "3"),
            "later: no interview question is written yet. There are interviews on: twice, thrice.",
        ),
        (("--module", "twice", "--level", "L1"), "--module and --level exclude each other."),
        (("--story", "--plan-day", "1"), "--plan-day and --story exclude each other."),
        (("resume",), "There is no interview to go on with. `llmcore interview` begins one."),
        (("resume", "last"), "There is no interview yet."),
        (("report",), "There is no interview yet."),
        (("regrade", "abc"), "There is no interview yet."),
    ],
)
def test_what_cannot_be_done_is_one_line(program: SmallProgram, words: tuple[str, ...], says: str) -> None:
    assert program.run("interview", *words, code=2) == ""
    assert program.error.startswith(f"llmcore: {says}")
    assert program.error.count("\n") == 1
    assert program.events() == []


def test_an_unknown_session_names_the_nearest(program: SmallProgram) -> None:
    session = sit(program)
    for command in ("resume", "report", "regrade"):
        program.run("interview", command, f"{session[:5]}a", code=2)
        assert f"Did you mean {session}?" in program.error


# Sitting


def test_an_interview_to_its_end_says_what_it_came_to(program: SmallProgram) -> None:
    out = program.run("interview", "--module", "thrice", typed="odd and few\n.\n\n")
    lines = out.splitlines()
    assert "Question 1 of 1: Tripling, about 3:00." in lines
    assert "Coverage: Tripling: 67%" in lines
    assert "Coverage says which points were said; it is not a hiring score." in lines
    assert "What to say: ✗ Three is prime." in lines
    assert "Cards queued: thrice.explain Why three?" in lines
    (listed,) = program.json("interview", "list")
    assert lines[-1] == f"The whole report: llmcore interview report {listed['session']}"


def test_what_was_queued_comes_first_in_study(program: SmallProgram) -> None:
    program.run("interview", "--module", "thrice", typed="odd\n.\n\n")
    program.clock.wait(minutes=1)
    out = program.run("study", "--limit", "1", typed="\n3\n")
    assert "Card 1 of 1, new: Tripling, explain." in out
    assert "0 due, 7 new" not in out


def test_a_timed_answer_meets_its_part_of_the_checkpoint(program: SmallProgram) -> None:
    assert "timed answers 0 of 1" in program.run("plan")
    sit(program, "--mode", "real")
    assert "timed answers 1 of 1" in program.run("plan")
    assert "llmcore interview --plan-day 1" not in program.run("plan")


def test_leaving_and_going_on(program: SmallProgram) -> None:
    out = program.run("interview", "--module", "twice", "--mode", "real", typed="half of it\nq\n")
    session = program.json("interview", "list")[0]["session"]
    assert out.splitlines()[-1] == f"Left, and saved. Go on with: llmcore interview resume {session}"
    program.clock.wait(hours=1)
    again = program.run("interview", "resume", typed=f"grows\n.\n{ALL}\n.\n{ALL}\n.\n{ALL}\n.\n\n\n")
    assert "> half of it" in again
    assert "Coverage:" in again
    program.run("interview", "resume", session, code=2)
    assert program.error == (
        f"llmcore: The interview {session} has ended. `llmcore interview report {session}` shows it.\n"
    )


def test_going_on_is_in_the_interviews_language(program: SmallProgram) -> None:
    program.run("interview", "--module", "thrice", "--lang", "zh", typed="")
    assert "第 1 / 1 题：三倍" in program.run("interview", "resume", typed="")
    assert "Question 1 of 1: Tripling" in program.run("interview", "resume", "--lang", "en", typed="")


def test_a_story(program: SmallProgram) -> None:
    out = program.run(
        "interview",
        "--story",
        "--questions",
        "1",
        typed="Last year we were a team.\n.\nI wrote it.\n.\n9% less\n.\n\n",
    )
    assert "Question 1 of 1: your own work, about 3:00." in out
    assert "What did you do, you yourself?" in out
    assert "A story is not scored: its four parts are found or not found." in out
    assert "Coverage: " not in out


def test_an_answer_with_escape_sequences_shows_as_text(program: SmallProgram) -> None:
    hostile = "It \x1b[2Jgrows \u202eevil, um \x00 [red]x[/red]"
    out = program.run("interview", "--module", "thrice", typed=f"{hostile}\n.\n\n")
    out += program.run("interview", "report") + program.run("interview", "report", "--format", "html")
    assert not any(char in out for char in "\x1b\u202e\x00")
    assert "[red]x[/red]" in out


# Reports and the list


def test_the_list_has_the_newest_first(program: SmallProgram) -> None:
    first = sit(program)
    program.clock.wait(days=1)
    program.run("interview", "--story", "--mode", "real", typed="")
    second = program.json("interview", "list")[0]["session"]
    assert program.run("interview", "list").splitlines() == [
        f"{second}  2026-11-23  real mode  0/3  –  project stories (goes on: llmcore interview resume {second})",
        f"{first}  2026-11-22  study mode  1/1  100%  twice",
    ]
    assert program.run("interview", "report", first[:3]) == program.run("interview", "report", first)


def test_no_interview_is_said(program: SmallProgram) -> None:
    assert program.run("interview", "list") == "There is no interview yet; llmcore interview begins one.\n"
    assert program.json("interview", "list") == []


@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_a_report_goes_to_the_terminal_or_to_a_file(program: SmallProgram, tmp_path: Path, form: str) -> None:
    session = sit(program)
    shown = program.run("interview", "report", session, "--format", form)
    file = tmp_path / f"r.{form}"
    assert program.run("interview", "report", "--format", form, "--output", str(file)) == f"{file}\n"
    assert file.read_text(encoding="utf-8").strip() == shown.strip()


def test_a_file_that_is_no_report_is_left_alone(program: SmallProgram, tmp_path: Path) -> None:
    sit(program)
    notes = tmp_path / "notes.md"
    notes.write_text("mine")
    program.run("interview", "report", "--output", str(notes), code=2)
    assert program.error.count("\n") == 1
    assert notes.read_text() == "mine"


def test_marking_anew_counts_from_then_on_and_keeps_what_was(program: SmallProgram) -> None:
    session = sit(program, answers="It grows, even.\n.\nitself\n.\no 3\n\n")
    assert program.json("interview", "report")["coverage"] == 1.0
    before = program.events("interview")
    out = program.run("interview", "regrade", session, "--marker", "llm")
    first, second = out.splitlines()
    assert (first.split(":")[1], second.split(":")[1]) == (" 100% -> 75%", " 100% -> 100%")
    assert program.events("interview") == before
    assert len(program.events("regrade")) == 2
    report = program.json("interview", "report")
    assert report["coverage"] == 1.0
    assert report["marked_by"] == ["marked by test-model"]


# JSON


def test_json_has_the_report_on_standard_output_and_the_talk_on_standard_error(program: SmallProgram) -> None:
    found = program.json("interview", "--module", "thrice", typed="odd, few\n.\n\n")
    assert "Question 1 of 1: Tripling" in program.error
    assert (found["coverage"], found["ended"], found["answered"]) == (pytest.approx(2 / 3), True, 1)
    assert found == program.json("interview", "report", found["session"])
    left = program.json("interview", "--module", "thrice", typed="")
    assert (left["ended"], left["answered"], left["coverage"]) == (False, 0, None)
    gone_on = program.json("interview", "resume", typed="odd\n.\n\n")
    assert (gone_on["session"], gone_on["ended"]) == (left["session"], True)


def test_every_key_of_every_answer_is_documented(program: SmallProgram, tmp_path: Path) -> None:
    import re

    from tests.test_json import keys, section

    text = section("interview")
    sit(program, answers="It grows, maybe even, um. It squares.\n.\nitself\n.\n\n")
    report = program.json("interview", "report")
    question = report["questions"][0]
    answers = [
        report,
        *(report[name] for name in ("modules", "questions", "missed", "habits", "trend", "cards")),
        *(question[name] for name in ("follow_ups", "points", "wrong")),
        program.json("interview", "list"),
        program.json("interview", "regrade"),
        program.json("interview", "regrade")["answers"],
        program.json("interview", "report", "--output", str(tmp_path / "r.md")),
    ]
    missing = {key for answer in answers for key in keys(answer) if not re.search(rf'[`"]{key}["`]', text)}
    assert missing == set()
    assert all(answers)


# Below, the whole program in a process of its own.


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """The words that sit an interview on the small deck."""
    return [sys.executable, str(SCRIPT), str(write_deck(tmp_path / "whole")), "interview"]


def transcript(home: Path) -> Transcript:
    with Progress.open(home / "llmcore/data/log.sqlite", now=opened.now()) as progress:
        (found,) = of_log(progress)
        return found


class Sitting:
    """The program with its conversation in pipes."""

    def __init__(self, command: list[str], home: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [*command, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(home),
            encoding="utf-8",
        )

    def type(self, *lines: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{line}\n" for line in lines))
        self.process.stdin.flush()

    def wait_for(self, text: str) -> str:
        """Read until a line has the text; all that was read."""
        assert self.process.stdout is not None
        read = ""
        for line in self.process.stdout:
            read += line
            if text in line:
                return read
        raise AssertionError(f"{text!r} never came:\n{read}")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=30)


FULL = "It grows, it stays even and it is exact, because each thing is simply counted two times over."


def test_it_is_killed_at_every_turn_and_goes_on(command: list[str], home: Path) -> None:
    first = Sitting(command, home, "--module", "twice", "--questions", "2", "--mode", "real")
    first.wait_for("Question 1 of 2")
    first.type("It grows, it stays even", "h")
    first.wait_for("Hint:")
    first.kill()
    assert transcript(home).answers == ()

    second = Sitting(command, home, "resume")
    second.wait_for("> It grows, it stays even")
    second.type("and it is exact, because each thing is simply counted two times over.", ".")
    second.wait_for("of about 3:00.") if transcript(home).questions[0].endswith("why") else second.wait_for(
        "of about 2:00."
    )
    second.kill()
    (answer,) = transcript(home).answers
    assert answer.text.startswith("It grows, it stays even\nand it is exact")
    assert answer.used_hint
    assert answer.mark is not None

    answered = 1
    while transcript(home).main(transcript(home).questions[1]) is None:
        third = Sitting(command, home, "resume")
        third.wait_for(", about ")
        third.type(FULL, ".")
        third.wait_for(" of about ")
        third.kill()
        answered += 1
        assert len(transcript(home).answers) == answered

    while transcript(home).ended is None:
        last = Sitting(command, home, "resume")
        last.type(FULL, ".", FULL, ".", "", "", "")
        out, _ = last.process.communicate(timeout=60)
        assert last.process.returncode == 0, out
    assert list((home / "llmcore/data").glob("*.draft.json")) == []


def test_an_interrupt_keeps_what_is_typed(command: list[str], home: Path) -> None:
    child = pexpect.spawn(
        command[0],
        [*command[1:], "--plain", "--module", "thrice"],
        env=environment(home),
        encoding="utf-8",
        timeout=30,
        dimensions=(24, 80),
    )
    child.expect("study/real")
    child.sendline("real")
    child.expect("Why three")
    child.sendline("Three is odd,")
    (draft,) = _drafts(home)
    interrupt(child)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    kept: dict[str, Any] = json.loads(draft.read_text())
    assert kept["text"] == "Three is odd,"
    assert transcript(home).mode == "real"


def _drafts(home: Path) -> Iterator[Path]:
    """The draft with something in it, once it is there."""
    import time

    for _ in range(200):
        found = list((home / "llmcore/data").glob("*.draft.json"))
        if found and json.loads(found[0].read_text())["text"]:
            return iter(found)
        time.sleep(0.05)
    raise AssertionError("no draft was kept")


def test_two_at_once_are_two_interviews(command: list[str], home: Path) -> None:
    both = [Sitting(command, home, "--module", name) for name in ("twice", "thrice")]
    for sitting in both:
        sitting.wait_for("Question 1 of ")
    for sitting in both:
        sitting.type(FULL, ".")
        sitting.wait_for(" of about ")
    for sitting in both:
        sitting.process.communicate(timeout=60)
        assert sitting.process.returncode == 0
    with Progress.open(home / "llmcore/data/log.sqlite", now=opened.now()) as progress:
        assert [len(each.answers) for each in of_log(progress)] == [1, 1]


def test_a_model_that_never_answers_can_be_left(
    program: SmallProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = SlowMarker()

    def interrupted(*_: object) -> bool:
        raise KeyboardInterrupt

    from llmcore_tui.study.live_mark import LiveMark

    monkeypatch.setattr(desks, "markers", lambda _, __: scripted(model))
    monkeypatch.setattr(LiveMark, "wait", interrupted)
    program.run("interview", "--module", "thrice", "--marker", "llm", typed="odd\n.\n", code=130)
    (answer,) = program.events("interview")
    assert (answer.body["answer"], answer.body["mark"]) == ("odd", None)
    monkeypatch.undo()
    model.may_answer.set()

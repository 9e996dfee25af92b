"""`llmcore study` line by line: with a script, through pipes, and in a real terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from llmcore_progress import Progress
from llmcore_tui.cli import opened
from tests.cli.small_program import SmallProgram, program
from tests.study.small_deck import write_deck

__all__ = ["program"]

SCRIPT = Path(__file__).with_name("on_small_deck.py")


def test_a_session_begins_with_today_and_ends_with_a_summary(program: SmallProgram) -> None:
    out = program.run("study", typed="6\n\n3\n")
    lines = out.splitlines()
    assert lines[:3] == [
        "Day 1 of 3: Doubling.",
        "Say clearly: Twice means two.",
        "Checkpoint of day 1: quiz 0% of 80%, predictions 0 of 1, cards 0 of 2, timed answers 0 of 1.",
    ]
    assert lines[3] == "0 due, 7 new, about 7 minutes."
    assert "You predicted 6 GB, within 10%: right." in lines
    assert lines[-4] == "1 card rated, in less than a minute."
    assert [event.kind for event in program.events()] == ["prediction", "review"]


def test_the_end_of_input_is_a_normal_end(program: SmallProgram) -> None:
    out = program.run("study", "--limit", "3", typed="half an answer")
    assert out.splitlines()[-2:] == ["Nothing was rated.", "Still to do today: 7."]


def test_the_language_of_the_flag_is_used_throughout(program: SmallProgram) -> None:
    out = program.run("study", "--lang", "zh", typed="\n4\n")
    assert "第 1 / 7 张，新卡：翻倍，解释。" in out
    assert "评了 1 张卡，用时不到一分钟。" in out


def test_the_chosen_module_and_limit_hold(program: SmallProgram) -> None:
    out = program.run("study", "--module", "thrice", "--limit", "1", typed="\n4\n")
    assert "Card 1 of 1, new: Tripling, explain." in out
    assert "Day 1" not in out
    assert [event.subject for event in program.events("review")] == ["thrice.explain"]


def test_new_cards_can_be_left_out(program: SmallProgram) -> None:
    assert "Nothing is due." in program.run("study", "--new", "0")


def test_cramming_leaves_the_schedule_alone(program: SmallProgram) -> None:
    out = program.run("study", "--cram", "--module", "thrice", typed="\n3\n")
    assert "Card 1 of 1, cram: Tripling, explain." in out
    assert "Rate: 1 again, 2 hard, 3 good, 4 easy" in out
    assert program.events("review")[0].body["cram"] is True


def test_a_seed_draws_the_same_again(program: SmallProgram) -> None:
    first, second = (program.run("study", "--cram", "--seed", "4", typed="\n\n\n\n") for _ in range(2))
    assert first == second


def test_a_planned_module_gets_a_clear_line(program: SmallProgram) -> None:
    program.run("study", "--module", "later", code=2)
    assert (
        program.error
        == "llmcore: later is planned: no card of it is written yet. `llmcore map` shows what is.\n"
    )


def test_an_unknown_module_names_the_nearest(program: SmallProgram) -> None:
    program.run("study", "--module", "twise", code=2)
    assert "Did you mean twice" in program.error


def test_escape_sequences_in_cards_and_answers_show_as_text(program: SmallProgram, tmp_path: Path) -> None:
    cards = tmp_path / "deck/cards/basics/thrice.yaml"
    text = cards.read_text(encoding="utf-8").replace("Why three?", '"Why \\x1b[31mthree\\u202e?"')
    cards.write_text(text, encoding="utf-8")
    out = program.run("study", "--module", "thrice", typed="t \x1b[2Jclear \u202eme\n\n3\n")
    assert "Why three?" in out
    assert "Your answer: clear me" in out
    assert "\x1b" not in out
    assert "\u202e" not in out


# Below, the whole program in a process of its own, with its worker.


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """The words that start a session on the small deck."""
    deck = write_deck(tmp_path / "deck")
    return [sys.executable, str(SCRIPT), str(deck), "study", "--plain", "--module", "twice"]


def environment(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LLMCORE_HOME": str(home / "llmcore"),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }


def reviews(home: Path) -> list[dict[str, Any]]:
    with Progress.open(home / "llmcore/data/log.sqlite", now=opened.now()) as progress:
        return [dict(event.body) for event in progress.events(kinds=["review"])]


def interrupt(terminal: pexpect.spawn[str]) -> None:
    """Ctrl-C once the program waits: a signal between Python's prompt and its wait is heard with the next key only."""
    time.sleep(0.5)
    terminal.sendintr()


@pytest.fixture
def terminal(home: Path, command: list[str]) -> Iterator[pexpect.spawn[str]]:
    """The program in a pseudo-terminal of 40 columns."""
    child = pexpect.spawn(
        command[0],
        command[1:],
        env=environment(home),
        encoding="utf-8",
        timeout=60,
        dimensions=(24, 40),
    )
    yield child
    child.close(force=True)


def test_through_pipes_it_runs_line_by_line_and_keeps_every_rating(home: Path, command: list[str]) -> None:
    ended = subprocess.run(
        [*command, "--lang", "zh", "--limit", "2"],
        input="成对\nd\n\n3\n4 GB\n4\n",
        env=environment(home),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "第 1 / 2 张，新卡" in ended.stdout
    assert "你的回答：成对" in ended.stdout
    assert "刚刚运行：3 变成了 6。" in ended.stdout
    assert "评了 2 张卡，其中新卡 2 张，用时不到一分钟。" in ended.stdout
    first, second = reviews(home)
    assert (first["rating"], first["detail"]["answer"], second["rating"]) == (3, "成对", 4)
    assert second["detail"]["right"] is (second["detail"]["draw"] == {"x": 2})


def test_studying_loads_no_demo_library_and_no_screens(home: Path, command: list[str]) -> None:
    script, deck, *words = command[1:]
    program = (
        f"import io, runpy, sys; sys.argv = {[script, deck, *words, '--limit', '1']!r}; sys.stdin = io.StringIO('6\\nd\\n\\n3\\n')\n"
        f"try: runpy.run_path({script!r}, run_name='__main__')\n"
        "except SystemExit as ended: assert ended.code == 0\n"
        "heavy = {'torch', 'numpy', 'textual', 'gymnasium', 'matplotlib', 'plotext', 'openai', 'scipy', 'pandas'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(home),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert "1 card rated" in ended.stdout
    assert ended.stderr.strip() == "[]"


def test_it_studies_the_built_in_deck_too(home: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "llmcore_tui", "study", "--plain", "--module", "gae", "--limit", "1"],
        input="\n4\n",
        env=environment(home),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Computed (" in ended.stdout
    assert [review["rating"] for review in reviews(home)] == [4]


def test_a_reader_that_leaves_early_ends_it_quietly(home: Path, command: list[str]) -> None:
    child = subprocess.Popen(
        command, env=environment(home), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdin is not None
    child.stdout.readline()
    child.stdout.close()
    child.stdin.write(b"\n" * 50)
    child.stdin.close()
    assert child.wait(60) == 0
    assert child.stderr is not None
    assert child.stderr.read() == b""
    child.stderr.close()


def test_in_a_terminal_a_card_is_answered_rated_and_taken_back(
    terminal: pexpect.spawn[str], home: Path
) -> None:
    terminal.expect("Card 1 of")
    terminal.expect("helps > ")
    terminal.sendline("twice is two 翻倍")
    terminal.expect("Your answer is kept")
    terminal.expect("helps > ")
    terminal.sendline("")
    terminal.expect("1 to 4 > ")
    terminal.sendline("1")
    terminal.expect("Card 2 of")
    terminal.expect("> ")
    terminal.sendline("u")
    terminal.expect("Taken back: the rating .again")
    terminal.expect("1 to 4 > ")
    terminal.sendline("4")
    terminal.expect("Card 2 of")
    terminal.expect("> ")
    terminal.sendeof()
    terminal.expect("1 card rated")
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 0
    assert [(review["rating"], review["detail"]["answer"]) for review in reviews(home)] == [
        (1, "twice is two 翻倍"),
        (4, "twice is two 翻倍"),
    ]


def test_in_a_terminal_lines_fit_its_width(terminal: pexpect.spawn[str]) -> None:
    terminal.expect("helps > ")
    terminal.sendline("")
    terminal.expect("1 to 4 > ")
    lines = str(terminal.before).splitlines()
    source = next(index for index, line in enumerate(lines) if line.startswith("Source: Euclid"))
    assert lines[source : source + 2] == [
        "Source: Euclid & Theon 1900, book VII;",
        "Elements; read 2026-11-22",
    ]
    assert max(map(len, lines)) <= 40


def test_an_interrupt_ends_with_130_and_what_was_rated_is_kept(
    terminal: pexpect.spawn[str], home: Path
) -> None:
    terminal.expect("helps > ")
    terminal.sendline("")
    terminal.expect("1 to 4 > ")
    terminal.sendline("3")
    terminal.expect("Card 2 of")
    terminal.expect("> ")
    interrupt(terminal)
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 130
    assert [review["rating"] for review in reviews(home)] == [3]

"""`llmcore deck` as it is typed."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from llmcore_progress import Progress, Rating
from llmcore_tui import locations
from llmcore_tui.cli.deck_editor import command
from llmcore_tui.cli.main import run
from llmcore_tui.content.new_deck import make
from llmcore_tui.errors import InputError
from tests.content.small import CARDS, FILES, write

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def builtin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small deck in the place of the built-in one."""
    deck = write(tmp_path / "builtin")
    monkeypatch.setattr(locations, "builtin_deck", lambda: deck)
    return deck


def answer(capsys: Captured, *words: str) -> Any:
    assert run(["deck", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def lines(capsys: Captured, *words: str) -> list[str]:
    assert run(["deck", *words]) == 0
    return capsys.readouterr().out.splitlines()


def test_list_says_what_each_deck_and_module_holds(capsys: Captured, builtin: Path) -> None:
    assert lines(capsys, "list") == [
        f"{builtin} (built in): 2 cards, 1 quiz items, 1 interview questions",
        "Reinforcement learning",
        "  mdp  planned                        Decision processes",
        "  gae  2 cards  1 items  1 questions  Advantage estimation",
    ]
    said = answer(capsys, "list")
    assert said["decks"] == [
        {"folder": str(builtin), "builtin": True, "cards": 2, "items": 1, "questions": 1}
    ]
    assert [(each["id"], each["planned"], each["cards"]) for each in said["modules"]] == [
        ("mdp", True, 0),
        ("gae", False, 2),
    ]
    assert said["modules"][1]["title"] == {"en": "Advantage estimation", "zh": "优势估计"}


def test_search_finds_by_text_tag_and_module_in_both_languages(capsys: Captured) -> None:
    def ids(*words: str) -> list[str]:
        return [card["id"] for card in answer(capsys, "search", *words)["cards"]]

    assert ids("spread") == ["gae.trade"]
    assert ids("方差") == ["gae.trade"]
    assert ids("weighted", "sum") == ["gae.compute"]
    assert ids("--tag", "variance") == ["gae.trade"]
    assert ids("--module", "gae", "--limit", "1") == ["gae.trade"]
    assert ids("nothing") == []
    assert lines(capsys, "search", "--module", "gae", "--limit", "1") == [
        "gae.trade  explain  Why does the spread grow with λ?",
        "2 found, the first 1 shown; --limit shows more.",
    ]
    assert lines(capsys, "search", "方差", "--lang", "zh") == [
        "gae.trade  解释  为什么 λ 变大时离散程度会变大？",
        "找到 1 张。",
    ]


def test_search_by_state_follows_the_log(capsys: Captured) -> None:
    def ids(state: str) -> list[str]:
        return [card["id"] for card in answer(capsys, "search", "--state", state)["cards"]]

    assert ids("new") == ["gae.trade", "gae.compute"]
    long_ago = datetime(2020, 1, 1, 12, tzinfo=UTC)
    with Progress.open(locations.log_file(), now=long_ago) as progress:
        progress.review("gae.trade", Rating.EASY, long_ago, elapsed_ms=1000)
        progress.suspend("gae.compute", long_ago)
        progress.flag("gae.compute", "typo", long_ago)
    assert ids("new") == []
    assert ids("due") == ["gae.trade"]
    assert ids("learning") == []
    assert ids("suspended") == ids("flagged") == ["gae.compute"]
    assert ids("leech") == []


def test_an_unknown_module_or_state_is_the_learners_mistake(capsys: Captured) -> None:
    assert run(["deck", "search", "--module", "gaee"]) == 2
    assert "Did you mean gae?" in capsys.readouterr().err
    assert run(["deck", "search", "--state", "bored"]) == 2


def test_show_gives_all_of_a_card_in_either_language(capsys: Captured, builtin: Path) -> None:
    text = "\n".join(lines(capsys, "show", "gae.trade"))
    for part in (
        "gae.trade · explain · difficulty 2 · ",
        "Question: Why does the spread grow with λ?",
        "In thirty seconds: Sampled returns scatter.",
        "Answer: The spread is (not computed yet) times as large, see λ²",
        "must: variance grows",
        "also: bias falls",
        "Often said, but wrong: There is always bias.",
        "Rather: Not with an exact critic.",
        "Number: ratio = (not computed yet), std of the demo gae (lam = 1; over that at lam = 0)",
        "Demo: gae (lam = 0.95); predict std within 20%",
        "Source: One & Two 2016, eq. 16; A paper; https://arxiv.org/abs/1506.02438; read 2026-11-22",
        "They go on to: Decision processes",
        "Tags: Variance",
    ):
        assert part in text
    assert "三十秒版：采样回报本身就分散。" in "\n".join(lines(capsys, "show", "gae.trade", "--lang", "zh"))
    lock = {"slots": {"gae.trade#ratio": {"value": 4.21}}}
    write(builtin, {"cards/numbers.lock.json": json.dumps(lock)})
    assert "The spread is 4.2 times as large" in "\n".join(lines(capsys, "show", "gae.trade"))
    said = answer(capsys, "show", "gae.trade")
    assert said["values"] == {"ratio": 4.21}
    assert said["record"]["difficulty"] == 2
    assert (said["file"], said["line"]) == (str(builtin / "cards/rl/gae.yaml"), 4)


def test_show_gives_quiz_items_and_interview_questions_too(capsys: Captured) -> None:
    item = "\n".join(lines(capsys, "show", "gae.q.zero"))
    assert "Right: one step" in item
    assert "Wrong: full return" in item
    assert "Explanation: One step only." in item
    question = "\n".join(lines(capsys, "show", "gae.i.why"))
    assert "The mechanism, 60 s: A sum." in question
    assert "When noise was missed: What about noise?" in question
    assert run(["deck", "show", "gae.trad"]) == 2
    assert "gae.trade" in capsys.readouterr().err


def test_stats_counts_kinds_and_claims(capsys: Captured) -> None:
    said = answer(capsys, "stats")
    assert (said["cards"], said["computed"], said["from_memory"]) == (2, 2, 1)
    assert said["kinds"] == {"explain": 1, "calculate": 1}
    assert said["tags"] == {"variance": 1}
    text = lines(capsys, "stats")
    assert text[0].startswith(
        "2 cards, 1 quiz items and 1 interview questions in 1 modules; 1 more are planned."
    )


def test_a_new_deck_can_be_checked_and_studied_at_once(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "My Cards"
    said = answer(capsys, "new", str(folder))
    assert said["folder"] == str(folder)
    assert all(Path(file).is_file() for file in said["files"])
    found = answer(capsys, "search", "example", "--deck", str(folder))
    assert [card["id"] for card in found["cards"]] == ["my_cards.one-thing"]
    run(["check", "--fast", "--deck", str(folder), "--json"])
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert [problem for problem in problems if problem["file"].startswith(str(folder))] == []


def test_a_new_deck_never_overwrites_what_is_there(capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note.txt").write_text("mine")
    assert run(["deck", "new", str(tmp_path / "full")]) == 2
    assert "not empty" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert run(["deck", "new", str(tmp_path / "empty")]) == 0


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("cooking", "cooking"),
        ("gae", "my_gae"),
        ("2nd deck", "deck_2nd_deck"),
        ("卡片", "deck"),
        ('a"b\\{x}', "a_b_x"),
    ],
)
def test_any_folder_name_makes_a_sound_deck(capsys: Captured, tmp_path: Path, name: str, module: str) -> None:
    folder = tmp_path / "decks" / name
    make(folder, {"gae", "mdp"}, Path("README.md"))
    assert [card["id"] for card in answer(capsys, "search", "example", "--deck", str(folder))["cards"]] == [
        f"{module}.one-thing"
    ]
    with pytest.raises(InputError):
        make(folder, set(), Path("README.md"))


def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """An editor that does what the script says with the file, its last word."""
    program = tmp_path / "vi"
    program.write_text(f'#!/bin/sh\necho "$@" > "{tmp_path}/words"\n{script}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("EDITOR", str(program))
    return tmp_path / "words"


def test_edit_opens_the_line_and_checks_the_file_afterwards(
    capsys: Captured, tmp_path: Path, builtin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = editor(tmp_path, monkeypatch, 'sed -i "s/difficulty: 2/difficulty: 9/" "$2"')
    assert run(["deck", "edit", "gae.trade"]) == 3
    assert words.read_text() == f"+4 {builtin}/cards/rl/gae.yaml\n"
    assert "gae.trade.difficulty: is 9; it goes from 1 to 5" in capsys.readouterr().out
    editor(tmp_path, monkeypatch, 'sed -i "s/difficulty: 9/difficulty: 2/" "$2"')
    assert run(["deck", "edit", "gae.trade"]) == 0
    line = CARDS.splitlines().index("    difficulty: 2") + 1
    assert words.read_text() == f"+{line} {builtin}/cards/rl/gae.yaml\n"
    assert "is sound" in capsys.readouterr().out


def test_an_editor_that_is_not_there_or_fails_is_one_line(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    assert run(["deck", "edit", "gae.trade"]) == 4
    assert "cannot be started" in capsys.readouterr().err
    monkeypatch.delenv("VISUAL")
    editor(tmp_path, monkeypatch, "exit 5")
    assert run(["deck", "edit", "gae.trade"]) == 4
    assert run(["deck", "edit", "gae.gone"]) == 2


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("vim", ["vim", "+7", "f.yaml"]),
        ("/usr/bin/nvim -p", ["/usr/bin/nvim", "-p", "+7", "f.yaml"]),
        ("code", ["code", "--wait", "--goto", "f.yaml:7"]),
        ("hx", ["hx", "f.yaml:7"]),
        ("subl", ["subl", "--wait", "f.yaml:7"]),
        ("my-editor --flag", ["my-editor", "--flag", "f.yaml"]),
    ],
)
def test_editors_are_told_the_line_in_their_own_way(name: str, words: list[str]) -> None:
    assert command(name, Path("f.yaml"), 7) == words


def test_a_broken_deck_is_one_line_and_can_still_be_edited(
    capsys: Captured, builtin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(builtin, {**FILES, "cards/rl/gae.yaml": CARDS.replace("difficulty: 2", "difficulty: 9")})
    assert run(["deck", "list"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "gae.yaml:22: gae.trade.difficulty" in error
    monkeypatch.setenv("EDITOR", "true")
    assert run(["deck", "edit", "gae.trade"]) == 3

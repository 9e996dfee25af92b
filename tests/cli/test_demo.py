"""`llmcore demo`, as it is typed."""

from __future__ import annotations

import json
import os
import pty
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from llmcore_tui import locations
from llmcore_tui.cli.main import run
from llmcore_tui.lab.trust import is_trusted
from tests.lab.small_deck import MODULES, write_deck
from tests.lab.small_demo import DECLARED, LINE, with_body, write_demo

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def deck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small deck in the place of the built-in one."""
    folder = write_deck(tmp_path / "builtin")
    monkeypatch.setattr(locations, "builtin_deck", lambda: folder)
    return folder


@pytest.fixture
def strangers(tmp_path: Path) -> Path:
    """Another deck, whose demo leaves a mark when it runs."""
    folder = tmp_path / "strangers"
    marking = with_body(
        f"    open({str(tmp_path / 'ran')!r}, 'w').close()\n"
        "    return Result({'y': a * x, 'twice': 2 * a * x}, ran='formula')"
    )
    write_demo(folder, marking, "odd")
    return folder


def told(capsys: Captured) -> Any:
    captured = capsys.readouterr()
    assert captured.err == ""
    (line,) = captured.out.splitlines()
    return json.loads(line)


def failed(capsys: Captured, *words: str) -> str:
    assert run(["demo", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    return line


def test_json_has_the_numbers_with_the_idea_on_and_off(deck: Path, capsys: Captured) -> None:
    assert run(["demo", "line", "--a", "3", "--json"]) == 0
    row = told(capsys)
    assert list(row) == [
        "demo", "module", "set", "ran", "numbers", "off", "series", "tables", "says", "formula", "seconds", "versions",
    ]  # fmt: skip
    assert (row["demo"], row["module"], row["ran"]) == ("line", "line", "formula")
    assert row["set"] == {"a": 3.0, "x": 2.0}
    assert row["numbers"]["y"] == {"value": 6.0, "unit": "m", "kind": "exact", "reads": "the height"}
    assert row["off"] == {
        "set": {"a": 0.0},
        "numbers": {"y": {"value": 0.0}, "twice": {"value": 0.0}},
        "why_none": "",
    }
    assert row["series"][0]["y"] == [0.0, 6.0]
    assert row["says"] == {"en": "At a=3 the height is 6.0.", "zh": "a=3 时高度为 6.0。"}
    assert row["formula"] == "y = a x"
    assert row["seconds"] >= 0
    assert set(row["versions"]) >= {"python", "torch", "numpy"}


def test_an_estimate_has_its_error_and_a_number_that_is_missing_its_reason(
    deck: Path, capsys: Captured
) -> None:
    body = "    return Result({'y': Estimate(1.0, 0.5, 9), 'twice': NotReached('9 steps')}, ran='training')"
    write_demo(deck, with_body(body))
    assert run(["demo", "line", "--json"]) == 0
    numbers = told(capsys)["numbers"]
    assert {key: numbers["y"][key] for key in ("value", "error", "samples")} == {
        "value": 1.0,
        "error": 0.5,
        "samples": 9,
    }
    assert numbers["twice"]["not_reached"] == "9 steps"
    assert "value" not in numbers["twice"]
    assert run(["demo", "line"]) == 0
    assert "1.0 ± 0.5 m" in (out := capsys.readouterr().out)
    assert "not reached (9 steps)" in out


def test_text_has_title_formula_numbers_off_and_the_sentence(deck: Path, capsys: Captured) -> None:
    assert run(["demo", "line", "--a=3"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0].startswith("A line")
    assert lines[0].endswith("by formula · 0.00 s of CPU")
    assert "y = ax" in lines
    assert "a = 3, x = 2" in lines
    assert "idea off: a = 0" in lines
    at = lines.index("the height")
    assert lines[at - 1].split() == ["y", "6", "m", "0", "m"]
    assert lines[at - 2].split() == ["idea", "on", "idea", "off"]
    assert lines[-1] == "At a=3 the height is 6.0."
    assert any(line.startswith("height: from 0 at x = 0 to 6 at 2") for line in lines)


def test_chinese_is_spoken_all_through(deck: Path, capsys: Captured) -> None:
    assert run(["demo", "line", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "一条直线" in out
    assert "高度" in out
    assert "关闭: a = 0" in out
    assert "a=1 时高度为 2.0。" in out
    assert run(["demo", "line", "--lang", "zh", "--json"]) == 0
    assert told(capsys)["numbers"]["y"]["reads"] == "高度"


def test_every_line_fits_eighty_columns(deck: Path, capsys: Captured) -> None:
    long = "'100,000 steps, which is all that a test with such a long reason may take'"
    body = (
        f"    y = a * x if a else NotReached({long})\n"
        f"    return Result({{'y': y, 'twice': NotReached({long})}}, ran='training')"
    )
    write_demo(deck, with_body(body))
    for words in (
        ["line"],
        ["line", "--plot"],
        ["line", "--help"],
        ["line", "--sweep", "a=0:10:1"],
        ["--list"],
    ):
        for language in ("en", "zh"):
            assert run(["demo", *words, "--lang", language]) == 0
            assert max(map(cell_len, capsys.readouterr().out.splitlines())) <= 80


def test_a_plot_is_drawn_when_asked_and_left_out_when_not(deck: Path, capsys: Captured) -> None:
    run(["demo", "line", "--plot"])
    assert "●" in capsys.readouterr().out
    run(["demo", "line", "--no-plot"])
    assert "●" not in capsys.readouterr().out


def test_off_runs_with_the_idea_off(deck: Path, capsys: Captured) -> None:
    assert run(["demo", "line", "--a", "3", "--off", "--json"]) == 0
    row = told(capsys)
    assert (row["set"]["a"], row["numbers"]["y"]["value"]) == (0.0, 0.0)
    run(["demo", "line", "--off"])
    assert "idea off" not in capsys.readouterr().out


def test_a_demo_without_an_off_switch_says_why(deck: Path, capsys: Captured) -> None:
    none = DECLARED.replace('Off({"a": 0.0}, moves={"y": "down"})', 'Off.none("it is only a line")')
    write_demo(deck, LINE.replace(DECLARED, none))
    assert failed(capsys, "line", "--off") == "llmcore: line has no off switch. it is only a line"
    assert run(["demo", "line"]) == 0
    assert "Nothing to switch off: it is only a line" in capsys.readouterr().out
    assert run(["demo", "line", "--json"]) == 0
    assert told(capsys)["off"] == {"set": {}, "numbers": {}, "why_none": "it is only a line"}


def test_a_sweep_is_a_table_and_curves(deck: Path, capsys: Captured) -> None:
    assert run(["demo", "line", "--sweep", "a=0:1:0.5", "--x", "4"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["a", "y", "twice"] in rows
    at = rows.index(["a", "y", "twice"])
    assert rows[at + 1 : at + 4] == [["0", "0", "m", "0"], ["0.5", "2", "m", "4"], ["1", "4", "m", "8"]]
    assert run(["demo", "line", "--sweep", "a=0:1:0.5", "--x", "4", "--json"]) == 0
    swept = told(capsys)
    assert (swept["demo"], swept["flag"], swept["set"]) == ("line", "a", {"x": 4.0})
    assert [(row["set"], row["numbers"]["y"]["value"]) for row in swept["rows"]] == [
        ({"a": 0.0}, 0.0),
        ({"a": 0.5}, 2.0),
        ({"a": 1.0}, 4.0),
    ]


def test_a_sweep_goes_on_past_a_value_that_the_demo_refuses(deck: Path, capsys: Captured) -> None:
    body = "    assert a != 2, 'not two'\n    return Result({'y': a * x, 'twice': 2 * a * x}, ran='formula')"
    write_demo(deck, with_body(body))
    assert run(["demo", "line", "--sweep", "a=1:3:1", "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err.endswith("AssertionError: not two\n")
    rows = json.loads(captured.out)["rows"]
    assert ["numbers" in row for row in rows] == [True, False, True]
    assert rows[1]["problem"].endswith("not two")


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_curves_are_saved(deck: Path, capsys: Captured, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"line{suffix}"
    assert run(["demo", "line", "--save", str(file), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["demo"] == "line"
    assert str(file) in captured.err
    assert file.read_bytes().startswith({".svg": b"<?xml", ".png": b"\x89PNG"}[suffix])
    swept = tmp_path / f"swept{suffix}"
    assert run(["demo", "line", "--sweep", "a=0:1:0.5", "--save", str(swept), "--json"]) == 0
    assert swept.stat().st_size > 1000


def test_a_file_of_another_kind_is_refused_before_anything_runs(
    deck: Path, capsys: Captured, tmp_path: Path
) -> None:
    assert failed(capsys, "line", "--save", str(tmp_path / "line.pdf")).endswith(
        "--save writes .svg or .png, not 'line.pdf'."
    )


def test_the_list_has_every_demo_also_one_that_cannot_be_read(deck: Path, capsys: Captured) -> None:
    write_demo(deck, "x = 1\n", "broken")
    assert run(["demo", "--list", "--json"]) == 0
    broken, line = told(capsys)
    assert broken["name"] == "broken"
    assert "TITLE is missing" in broken["problem"] or "NUMBERS is missing" in broken["problem"]
    assert (line["name"], line["modules"], line["title"]) == ("line", ["line"], "A line")
    assert line["flags"][0] == {
        "name": "a", "option": "--a", "type": "float", "default": 1.0, "choices": [], "low": 0, "high": 10,
        "live": {}, "help": "slope",
    }  # fmt: skip
    assert line["numbers"]["y"] == {"unit": "m", "kind": "exact", "reads": "the height"}
    assert line["off"] == {"set": {"a": 0.0}, "moves": {"y": "down"}, "why_none": ""}
    assert line["anchors"] == [
        {"set": {"a": 2.0, "x": 3.0}, "number": "y", "value": 6.0, "within": 1e-9, "source": "closed form: 2·3",
         "seen": "2026-11-22"}
    ]  # fmt: skip
    assert run(["demo"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "line    A line"


def test_help_of_a_demo_shows_its_flags_and_runs_nothing(
    deck: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_demo(deck, "raise RuntimeError('imported')\n" + LINE.replace('"""A line', 'DOC = """A line'))
    assert run(["demo", "line", "--help", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "--a  float · 0 到 10 · 默认 1" in out
    assert "斜率" in out
    assert "y = 6 ± 1e-09" in out
    assert run(["demo", "line", "-h"]) == 0
    assert "--a  float · 0 to 10 · default 1" in capsys.readouterr().out


def test_help_of_the_command_names_its_options(capsys: Captured) -> None:
    assert run(["demo", "--help"]) == 0
    out = capsys.readouterr().out
    assert all(
        option in out for option in ("--sweep", "--save", "--off", "--source", "--trust", "--lang", "--json")
    )


def test_source_prints_the_file(deck: Path, capsys: Captured) -> None:
    assert run(["demo", "line", "--source"]) == 0
    assert capsys.readouterr().out.strip() == LINE.strip()


def test_a_module_runs_its_first_demo_and_names_the_others(deck: Path, capsys: Captured) -> None:
    write_demo(deck, LINE.replace("A line", "A spiral"), "spiral")
    write_demo(deck, LINE.replace("A line", "A circle"), "circle")
    modules = MODULES.replace("demos: [spiral]", "demos: [missing, spiral, circle]")
    (deck / "cards/modules.yaml").write_text(modules.lstrip("\n"), encoding="utf-8")
    assert run(["demo", "curve"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("A spiral")
    assert "The module curve also has: circle" in out
    assert run(["demo", "curve", "--json"]) == 0
    assert (row := told(capsys))["demo"] == "spiral"
    assert row["module"] == "curve"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["lime"], "There is no demo or module called 'lime'. Did you mean line?"),
        (["curve"], "The module curve has no demo yet. `llmcore demo --list` shows those there are."),
        (["line", "--b", "1"], "There is no flag of line called '--b'. Did you mean --x, --a?"),
        (["line", "--a"], "line: --a needs a value, float."),
        (["line", "--a", "11"], "line: --a must be between 0 and 10, not 11."),
        (["line", "--a", "steep"], "line: --a takes a number, not 'steep'."),
        (["line", "more"], "line: 'more' is not a flag. `llmcore demo line --help` lists them."),
        (["--a", "1"], "Name the demo before its flags, not '--a'. `llmcore demo --list` shows the demos."),
        (["line", "--sweep", "a"], "--sweep takes FLAG=VALUES such as lam=0:1:0.05, not 'a'."),
        (["line", "--sweep", "b=1:2:1"], "There is no flag of line called 'b'."),
        (["line", "--sweep", "a=0:20:10"], "line: --a must be between 0 and 10, not 20."),
        (["line", "--trust"], "There is no deck to trust. Name it: --trust --deck DIR."),
        (["--list", "more"], "--list takes no more words, such as 'more'."),
        (["line", "--deck", "/nowhere"], "There are no demos in /nowhere: it has no folder demos."),
    ],
)
def test_what_cannot_be_used_is_one_line_and_ends_with_2(
    deck: Path, capsys: Captured, words: list[str], message: str
) -> None:
    assert failed(capsys, *words) == f"llmcore: {message}"


def test_with_json_an_error_is_json_too(deck: Path, capsys: Captured) -> None:
    assert run(["demo", "line", "--a", "11", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["kind"], error["exit_code"]) == ("DemoError", 2)


def test_a_demo_that_fails_is_one_line(deck: Path, capsys: Captured) -> None:
    file = write_demo(deck, with_body("    raise ValueError('too steep')"))
    assert failed(capsys, "line").startswith(f"llmcore: line failed: {file}:")


def test_what_a_demo_prints_does_not_spoil_the_json(deck: Path, capsys: Captured) -> None:
    body = "    print('hello')\n    return Result({'y': a * x, 'twice': 2 * a * x}, ran='formula')"
    write_demo(deck, with_body(body))
    assert run(["demo", "line", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["demo"] == "line"
    assert captured.err == "hello\nhello\n"


def test_text_of_a_demo_cannot_reach_the_terminal_as_commands(deck: Path, capsys: Captured) -> None:
    evil = LINE.replace("A line", "A \\x1b[31mline\\x1b]0;title\\x07").replace(
        "the height", "[red]the[/red] \\u202eheight"
    )
    write_demo(deck, evil.replace("At a=", "\\x1b[2JAt [bold]a="))
    for words in (
        ["line"],
        ["line", "--help"],
        ["--list"],
        ["line", "--source"],
        ["line", "--sweep", "a=0,1"],
    ):
        assert run(["demo", *words]) == 0
        out = capsys.readouterr().out
        assert not {"\x1b", "\x07", "\u202e"} & set(out)
    run(["demo", "line"])
    assert "[red]the[/red] height" in capsys.readouterr().out


def test_a_strangers_demo_is_refused_until_it_is_trusted(
    deck: Path, strangers: Path, capsys: Captured, tmp_path: Path
) -> None:
    assert "are programs that you have not trusted yet." in failed(capsys, "odd", "--deck", str(strangers))
    assert run(["demo", "odd", "--help", "--deck", str(strangers)]) == 0
    assert run(["demo", "--list", "--deck", str(strangers)]) == 0
    assert not (tmp_path / "ran").exists()
    capsys.readouterr()
    assert run(["demo", "odd", "--a", "2", "--trust", "--json", "--deck", str(strangers)]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["numbers"]["y"]["value"] == 4.0
    assert "may run until one of them changes" in captured.err
    assert (tmp_path / "ran").exists()
    assert is_trusted(strangers)
    write_demo(strangers, LINE, "another")
    assert "not trusted yet" in failed(capsys, "odd", "--deck", str(strangers))


def test_a_strangers_demo_runs_outside_this_process(
    deck: Path, strangers: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "    import os\n    return Result({'y': os.getpid(), 'twice': os.getppid()}, ran='formula')"
    write_demo(strangers, with_body(body), "odd")
    assert run(["demo", "odd", "--trust", "--json", "--deck", str(strangers)]) == 0
    numbers = json.loads(capsys.readouterr().out)["numbers"]
    assert os.getpid() not in {number["value"] for number in numbers.values()}
    write_demo(strangers, with_body("    import os\n    os._exit(9)"), "odd")
    assert run(["demo", "odd", "--trust", "--deck", str(strangers)]) == 2
    assert "odd ended its process (exit code 9) without a result." in capsys.readouterr().err


def test_a_terminal_is_asked_whether_a_strangers_demo_may_run(strangers: Path, tmp_path: Path) -> None:
    for answer, ran in ((b"n\n", False), (b"y\n", True)):
        controller, terminal = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "llmcore_tui", "demo", "odd", "--deck", str(strangers), "--no-plot"],
            stdin=terminal, stdout=terminal, stderr=terminal, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        os.close(terminal)
        os.write(controller, answer)
        said = b"".join(_everything(controller))
        os.close(controller)
        assert process.wait(60) == (0 if ran else 2)
        assert b"Run them? [y/N]" in said
        assert (b"At a=1 the height is 2.0." in said) is ran
        assert (tmp_path / "ran").exists() is ran


def _everything(fd: int) -> Iterator[bytes]:
    while True:
        try:
            read = os.read(fd, 65536)
        except OSError:
            return
        if not read:
            return
        yield read


def test_colour_is_for_terminals_without_no_color(tmp_path: Path, deck: Path) -> None:
    command = [sys.executable, "-m", "llmcore_tui", "demo", "gae", "--episodes", "2", "--no-plot"]
    for variable, coloured in (("PATH", True), ("NO_COLOR", False)):
        controller, terminal = pty.openpty()
        environment = {**os.environ, variable: os.environ.get(variable, "1")}
        process = subprocess.Popen(
            command,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            env=environment,
            cwd=Path(__file__).parents[2],
        )
        os.close(terminal)
        said = b"".join(_everything(controller))
        os.close(controller)
        assert process.wait(60) == 0
        assert (b"\x1b[36m" in said) is coloured


def test_an_interrupt_ends_with_130(tmp_path: Path, strangers: Path) -> None:
    body = f"    open({str(tmp_path / 'ran')!r}, 'w').close()\n    import time; time.sleep(60)"
    write_demo(strangers, with_body(body), "odd")
    process = subprocess.Popen(
        [sys.executable, "-m", "llmcore_tui", "demo", "odd", "--trust", "--deck", str(strangers)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not (tmp_path / "ran").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert out == ""


def test_a_closed_pipe_is_quiet() -> None:
    command = f"{shlex.quote(sys.executable)} -m llmcore_tui demo gae --episodes 2 | head -n 1"
    ran = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert (ran.stdout.count("\n"), ran.stderr) == (1, "")


def test_a_demo_as_a_script_is_the_command(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, str(root / "demos/gae.py"), "--lam", "0.5", "--json"],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    row = json.loads(ran.stdout)
    assert row["demo"] == "gae"
    assert row["numbers"]["advantage_0"]["value"] == pytest.approx(0.238045, abs=1e-12)


def test_progress_shows_on_a_terminal_only(deck: Path, capsys: Captured) -> None:
    body = (
        "    import time\n    for step in range(8):\n        time.sleep(0.1)\n        report_progress(step, 8)\n"
        "    return Result({'y': a * x, 'twice': 2 * a * x}, ran='training')"
    )
    write_demo(deck, with_body(body))
    assert run(["demo", "line", "--json"]) == 0
    assert capsys.readouterr().err == ""

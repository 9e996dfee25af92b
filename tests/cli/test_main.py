"""The frame of the command line: the table, errors at one edge, exit codes, a closed pipe."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import typer

from llmcore_progress.errors import MissingLog
from llmcore_tui.cli import main
from llmcore_tui.cli.main import COMMANDS, Row, run
from llmcore_tui.errors import FoundProblems, UnknownName


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """A command `fail` that raises what the test puts into the list."""
    raised: list[BaseException] = []
    app = typer.Typer()

    @app.command()
    def fail(json: bool = False) -> None:
        raise raised[0]

    module = ModuleType("llmcore_tui.cli.fail")
    module.app = app  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "llmcore_tui.cli.fail", module)
    monkeypatch.setitem(COMMANDS, "fail", Row("fail", "Fail."))
    return raised


def test_help_lists_every_command_with_its_line_on_one_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    rows = capsys.readouterr().out.splitlines()
    for name, row in COMMANDS.items():
        assert f"  {name:<10}  {row.help}" in rows
    assert max(map(len, rows)) <= 80


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    assert capsys.readouterr().out.startswith("Usage: llmcore [OPTIONS] COMMAND")


def test_the_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    from importlib.metadata import version

    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"llmcore {version('llmcore-tui')}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: llmcore {name} ")


def test_an_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stduy"]) == 2
    assert capsys.readouterr().err == (
        "llmcore: No such command 'stduy'. Did you mean 'study'? `llmcore --help` explains it.\n"
    )


def test_an_unknown_option_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "show", "--jsn"]) == 2
    assert "(Possible options: --json). `llmcore config show --help` explains it." in capsys.readouterr().err


def test_a_group_without_a_subcommand_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config"]) == 0
    assert "Show and change settings." in capsys.readouterr().out


def test_errors_are_one_line_with_the_hint_and_their_exit_code(
    failing: list[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    failing.append(UnknownName("module", "gea", ["gae", "ppo"]))
    assert run(["fail"]) == 2
    assert capsys.readouterr().err == "llmcore: There is no module called 'gea'. Did you mean gae?\n"


def test_errors_of_the_log_are_shown_the_same_way(
    failing: list[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    failing.append(MissingLog(Path("/x"), "There is no log.", "Study first."))
    assert run(["fail"]) == 4
    assert capsys.readouterr().err == "llmcore: There is no log. Study first.\n"


def test_under_json_an_error_is_json_on_standard_output_too(
    failing: list[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    failing.append(FoundProblems("Two cards ask the same.", "Change one."))
    assert run(["fail", "--json"]) == 3
    shown = capsys.readouterr()
    assert json.loads(shown.out) == {
        "error": {
            "kind": "FoundProblems",
            "message": "Two cards ask the same.",
            "hint": "Change one.",
            "exit_code": 3,
        }
    }
    assert shown.err == "llmcore: Two cards ask the same. Change one.\n"


def test_wrong_usage_is_json_too_where_json_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["confg", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["kind"] == "UsageError"


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), typer.Abort(), EOFError()])
def test_an_interrupt_ends_with_130_and_no_traceback(
    stop: BaseException, failing: list[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    failing.append(stop)
    assert run(["fail"]) == 130
    assert capsys.readouterr().err == "\n"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_the_environment(
    code: int, failing: list[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    failing.append(OSError(code, "No space", "/data/log"))
    assert run(["fail"]) == 4
    assert "There is no space left on the disk: /data/log." in capsys.readouterr().err


def test_a_file_that_may_not_be_written_is_the_environment(
    failing: list[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    failing.append(PermissionError(errno.EACCES, "Permission denied", "/data/log"))
    assert run(["fail"]) == 4
    assert "Permission denied: /data/log." in capsys.readouterr().err


def test_our_bug_is_one_line_and_its_traceback_goes_to_a_file(
    failing: list[BaseException], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failing.append(ZeroDivisionError("division by zero"))
    assert run(["fail"]) == 1
    file = home / "llmcore" / "data" / "last-error.txt"
    assert capsys.readouterr().err == (
        f"llmcore: This is a bug in llmcore (ZeroDivisionError: division by zero). The details are in {file}.\n"
    )
    assert "Traceback (most recent call last)" in file.read_text()
    assert "llmcore fail\n" in file.read_text()


def test_our_bug_is_told_where_no_file_can_be_written(
    failing: list[BaseException], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "llmcore").write_text("in the way of the folder")
    failing.append(ZeroDivisionError("division by zero"))
    assert run(["fail"]) == 1
    assert "Run it again with LLMCORE_DEBUG=1 for the details." in capsys.readouterr().err


def test_debug_shows_the_traceback(
    failing: list[BaseException], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LLMCORE_DEBUG", "1")
    failing.append(ZeroDivisionError("division by zero"))
    assert run(["fail"]) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_what_was_typed_cannot_reach_the_terminal_as_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stu\x1b]0;title\x07\u202edy"]) == 2
    shown = capsys.readouterr().err
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def shell(command: str) -> subprocess.CompletedProcess[str]:
    """Run a pipeline in bash with `llmcore` in it."""
    script = f'llmcore() {{ "{sys.executable}" -m llmcore_tui "$@"; }}; set -o pipefail; {command}'
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("command", ["--help", "--version", "config show", "config show --json"])
def test_a_closed_pipe_ends_quietly(command: str) -> None:
    ended = shell(f"llmcore {command} | true")
    assert (ended.stderr, ended.returncode) == ("", 0)


def test_a_full_disk_under_the_output_is_told_once() -> None:
    ended = shell("llmcore config show >/dev/full")
    assert ended.returncode == 4
    assert ended.stderr.count("\n") == 1
    assert "no space left" in ended.stderr


def test_a_terminal_without_chinese_does_not_stop_the_program() -> None:
    ended = shell("LC_ALL=C PYTHONIOENCODING=ascii LLMCORE_LEARNER=学生 llmcore config show")
    assert ended.returncode == 0
    assert "learner                ??" in ended.stdout


def test_json_survives_a_terminal_without_chinese() -> None:
    ended = shell("LC_ALL=C PYTHONIOENCODING=ascii LLMCORE_LEARNER=学生 llmcore config show --json")
    assert json.loads(ended.stdout)["settings"]["learner"]["value"] == "学生"


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_completion_script(name: str) -> None:
    ended = shell(f"llmcore completion {name}")
    assert ended.returncode == 0
    assert f"_LLMCORE_COMPLETE=complete_{name}" in ended.stdout


def test_completion_of_a_command_imports_no_command() -> None:
    ended = shell("_LLMCORE_COMPLETE=complete_bash COMP_WORDS='llmcore st' COMP_CWORD=1 llmcore")
    assert ended.stdout.split() == ["study", "stats"]


def test_completion_reaches_the_subcommands_and_options() -> None:
    ended = shell("_LLMCORE_COMPLETE=complete_bash COMP_WORDS='llmcore config s' COMP_CWORD=2 llmcore")
    assert ended.stdout.split() == ["show", "set"]
    ended = shell("_LLMCORE_COMPLETE=complete_bash COMP_WORDS='llmcore config show --j' COMP_CWORD=3 llmcore")
    assert ended.stdout.split() == ["--json"]


def test_help_has_no_row_without_a_module() -> None:
    package = Path(main.__file__).parent
    assert [row.module for row in COMMANDS.values() if not (package / f"{row.module}.py").is_file()] == []

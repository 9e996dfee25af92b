"""The documents name only commands, flags, files and settings that exist, and the README names every command."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from llmcore_tui.cli.main import COMMANDS
from llmcore_tui.config import RULES
from llmcore_tui.doctor import OTHER_VARIABLES
from llmcore_tui.lab.demo import read_demo

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "demos").glob("*.md")])
IDS = [str(file.relative_to(ROOT)) for file in DOCUMENTS]
GENERAL = {"--help", "--version"}


def command_lines(text: str) -> Iterator[str]:
    """Each `llmcore …` in code, with the comment after it taken off."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    for line in [*(line for block in blocks for line in block.splitlines()), *spans]:
        bare = re.sub(r"\s+#.*", "", line).strip()
        for part in re.split(r"\s[|>]\s|;", bare):
            words = part.strip().removeprefix("./").removeprefix("$ ")
            if words.startswith("llmcore ") and "…" not in words:
                yield words


def flags_of(words: list[str]) -> tuple[set[str], list[str]]:
    """Every flag that a command takes, and the words that are left for it."""
    app: typer.Typer = import_module(f"llmcore_tui.cli.{COMMANDS[words[0]].module}").app
    command, rest = get_command(app), words[1:]
    while (below := getattr(command, "commands", None)) and rest and rest[0] in below:
        command, rest = below[rest[0]], rest[1:]
    flags = {flag for parameter in command.params for flag in [*parameter.opts, *parameter.secondary_opts]}
    if words[0] == "demo" and rest and (ROOT / "demos" / f"{rest[0]}.py").is_file():
        names = [flag.name.replace("_", "-") for flag in read_demo(ROOT / "demos" / f"{rest[0]}.py").flags]
        flags |= {f"--{name}" for name in names} | {f"--no-{name}" for name in names}
    is_group = bool(getattr(command, "commands", None))
    assert not (is_group and rest and rest[0].isalpha() and rest[0].islower()), f"no such command: {words}"
    return flags | GENERAL, rest


def unknown(line: str) -> list[str]:
    """The words of one command line that the program does not know."""
    words = shlex.split(line)[1:]
    if words[0].startswith("-"):
        return [word for word in words if word not in GENERAL]
    if words[0].isupper():
        return []
    if words[0] not in COMMANDS:
        return [words[0]]
    flags, rest = flags_of(words)
    return [word for word in rest if word.startswith("--") and word.split("=")[0] not in flags]


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_command_and_flag_in_a_document_exists(document: Path) -> None:
    wrong = {line: words for line in command_lines(document.read_text("utf-8")) if (words := unknown(line))}
    assert wrong == {}


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_link_to_a_file_leads_to_one(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_variable_in_a_document_exists(document: Path) -> None:
    named = set(re.findall(r"LLMCORE_([A-Z][A-Z_]+)", document.read_text("utf-8")))
    assert named <= {name.upper() for name in RULES} | OTHER_VARIABLES


def test_the_readme_has_the_table_of_commands_as_the_program_says_it() -> None:
    rows = re.findall(
        r"^\| `llmcore (\w+)` \| (.+) \|$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert rows == [(name, row.help) for name, row in COMMANDS.items()]


def test_the_flags_of_the_gate_that_are_documented_exist() -> None:
    gate = (ROOT / "check").read_text("utf-8")
    for flag in re.findall(r"`\./check (--?\w+)", (ROOT / "CONTRIBUTING.md").read_text("utf-8")):
        assert re.search(rf"^    (-h \| )?{flag}\)", gate, re.MULTILINE), flag


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("llmcore stduy", ["stduy"]),
        ("llmcore study --modul gae", ["--modul"]),
        ("llmcore demo gae --lamda 0.5", ["--lamda"]),
        ("llmcore demo gae --lam=0.5 --json", []),
        ("llmcore config set retention 0.85", []),
        ("llmcore --hlp", ["--hlp"]),
        ("llmcore COMMAND --help", []),
    ],
)
def test_the_check_of_documents_sees_what_does_not_exist(line: str, words: list[str]) -> None:
    assert unknown(line) == words

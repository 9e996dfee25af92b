"""What is wrong with this installation: looks at everything, changes nothing, and says of each what to do next."""

from __future__ import annotations

import locale
import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from llmcore_progress import Finding
from llmcore_tui import locations
from llmcore_tui.config import OF_OTHERS, PREFIX, RULES, Config, is_open_to_others, load
from llmcore_tui.errors import ConfigError, LlmcoreError, MarkerError, MissingExtra

if TYPE_CHECKING:
    from packaging.requirements import Requirement

DISTRIBUTION = "llmcore-tui"
OTHER_VARIABLES = {"HOME", "DEBUG", "PYTHON", "TORCH_INDEX"}
LITTLE_SPACE_MB = 200
SMALLEST = (80, 24)


@dataclass(frozen=True, slots=True)
class Terminal:
    """What the doctor looks at of the terminal."""

    is_terminal: bool
    columns: int
    lines: int
    encoding: str


def examine(environ: Mapping[str, str], terminal: Terminal, now: datetime) -> Iterator[Finding]:
    """Every finding, sound ones too, in the order in which things depend on each other."""
    yield _python()
    yield from _packages()
    yield _torch()
    yield from _settings(environ)
    yield from examine_model(environ)
    yield _folder("config folder", locations.config_folder())
    yield _folder("data folder", locations.data_folder())
    yield _folder("cache folder", locations.cache_folder())
    yield _space()
    yield from _log(now)
    yield from _decks(environ)
    yield from _terminal(environ, terminal)


def _python() -> Finding:
    found = f"Python {platform.python_version()} at {sys.executable}."
    if sys.version_info >= (3, 15):
        return Finding("warning", "python", found, "llmcore was tried with 3.11 to 3.14; take one of those.")
    return Finding("ok", "python", found)


def _packages() -> Iterator[Finding]:
    """Each package that llmcore needs: there, within its bounds, and, in a checkout, the version it was tried with."""
    from packaging.requirements import Requirement

    if (version := _version(DISTRIBUTION)) is None:
        yield Finding("error", "packages", "llmcore itself is not installed here.", _reinstall())
        return
    needed = [Requirement(line) for line in metadata.requires(DISTRIBUTION) or []]
    needed = [one for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = [finding for one in needed if (finding := _package(one))]
    yield from wrong
    if not wrong:
        yield Finding(
            "ok",
            "packages",
            f"llmcore {version}; {len(needed)} packages, all in place.",
        )
    other = [
        f"{name} {found} ({pin})" for name, pin in _pins() if (found := _version(name)) not in (None, pin)
    ]
    if other:
        message = (
            f"{len(other)} packages have other versions than llmcore was tried with: {', '.join(other)}."
        )
        yield Finding("warning", "packages", message, _reinstall())


def _package(needed: Requirement) -> Finding | None:
    found = _version(needed.name)
    if found is None:
        return Finding("error", "packages", f"{needed.name} is missing.", _reinstall())
    if not needed.specifier.contains(found, prereleases=True):
        return Finding(
            "error", "packages", f"{needed.name} is {found}; llmcore needs {needed.specifier}.", _reinstall()
        )
    return None


def _version(name: str) -> str | None:
    """The installed version without its local part (`+cpu`)."""
    try:
        return metadata.version(name).split("+")[0]
    except metadata.PackageNotFoundError:
        return None


def _pins() -> list[tuple[str, str]]:
    """Name and version of each line of the checkout's constraints; none in an installed wheel."""
    file = _checkout() / "constraints.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return [
        (name, pin) for name, _, pin in (line.partition("==") for line in lines if line[:1] != "#") if pin
    ]


def _checkout() -> Path:
    return Path(__file__).resolve().parent.parent


def _reinstall() -> str:
    if (_checkout() / "llmcore").is_file() and Path(sys.prefix) == _checkout() / ".venv":
        return f"Remove {sys.prefix} and start ./llmcore again: it makes a new one."
    return f"Install again: {sys.executable} -m pip install --upgrade --force-reinstall {DISTRIBUTION}"


def _torch() -> Finding:
    """PyTorch is imported in a process of its own: it may crash, and takes seconds."""
    probe = "import torch; print(torch.__version__, float(torch.ones(2) @ torch.ones(2)))"
    try:
        ended = subprocess.run(
            [sys.executable, "-c", probe], capture_output=True, text=True, check=False, timeout=120
        )
    except subprocess.TimeoutExpired:
        return Finding("error", "torch", "PyTorch did not start within two minutes.", _reinstall())
    version, _, product = ended.stdout.strip().partition(" ")
    if ended.returncode or product != "2.0":
        said = ended.stderr.strip().splitlines()[-1:] or [f"it ended with code {ended.returncode}"]
        return Finding("error", "torch", f"PyTorch cannot be used: {said[0]}", _reinstall())
    return Finding("ok", "torch", f"PyTorch {version} computes.")


def _settings(environ: Mapping[str, str]) -> Iterator[Finding]:
    file = locations.config_file()
    known = {name.upper() for name in RULES} | OTHER_VARIABLES
    for name in sorted(environ):
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in known:
            yield Finding(
                "warning", "settings", f"{name} is set, and there is no such setting.", f"unset {name}"
            )
    try:
        load(environ)
    except ConfigError as error:
        yield Finding("error", "settings", error.message, error.hint)
        return
    yield Finding("ok", "settings", str(file) if file.exists() else f"Defaults; {file} does not exist.")
    if is_open_to_others():
        hint = f"chmod 600 {shlex.quote(str(file))}"
        yield Finding("warning", "settings", f"{file} holds a key, and others may read it.", hint)


def examine_model(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Ask the model that marks one question, if one is set; its key is shown nowhere."""
    from llmcore_tui.grading.probe import probe
    from llmcore_tui.grading.server import OF_OPENAI, of_settings

    try:
        settings = load(environ)
    except ConfigError:
        return
    if not settings.llm_model and settings.marker == "offline":
        return
    try:
        server = of_settings(settings)
        found = probe(server)
    except (MarkerError, MissingExtra) as error:
        yield Finding("error" if settings.marker == "llm" else "warning", "model", error.message, error.hint)
        return
    takes = {"json_schema": "accepts a JSON schema", "json_object": "accepts JSON without a schema"}
    how = takes.get(found.shape, "accepts no JSON format, so it is asked in words")
    answered = f"{found.model} at {server.host} answered in {found.seconds:.1f} s; the server {how}"
    if found.problem:
        message = f"{answered}, but the reply cannot be used. {found.problem}"
        hint = (
            "Answers will be marked offline. A larger model, or one that follows instructions, may do better."
        )
        yield Finding("warning", "model", message, hint)
    else:
        yield Finding("ok", "model", f"{answered}, and the reply can be used.")
    variable = OF_OTHERS["llm_key"]
    if settings.llm_key and settings.llm_key == environ.get(variable) and server.base_url != OF_OPENAI:
        message = f"The key of {variable} is sent to {server.host}."
        hint = (
            "Not meant for it? `llmcore config set llm_key KEY` sends another, '' in the place of KEY none."
        )
        yield Finding("ok", "model", message, hint)


def _folder(subject: str, folder: Path) -> Finding:
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not there.is_dir():
        return Finding("error", subject, f"{there} is in the way of {folder}.", f"Move {there} away.")
    if not os.access(there, os.W_OK | os.X_OK):
        return Finding("error", subject, f"{there} cannot be written.", f"chmod u+rwx {there}")
    return Finding("ok", subject, f"{folder} can be {'written' if there == folder else 'made'}.")


def _space() -> Finding:
    folder = locations.data_folder()
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(there).free // 1_000_000
    message = f"{free:,} MB free at {there}."
    if free < LITTLE_SPACE_MB:
        return Finding("warning", "disk", message, "Free some: what you do is written there.")
    return Finding("ok", "disk", message)


def _log(now: datetime) -> Iterator[Finding]:
    from llmcore_progress import backups
    from llmcore_progress import examine as examine_log

    path = locations.log_file()
    for finding in examine_log(path, now):
        if finding.subject == "backups" and finding.severity == "error":
            newest = shlex.quote(str(backups(path)[0].path))
            hint = f"`llmcore doctor --restore {newest}` goes back to the newest and keeps the damaged file beside it."
            yield replace(finding, hint=hint)
        else:
            yield finding


def _decks(environ: Mapping[str, str]) -> Iterator[Finding]:
    from llmcore_tui.content.deck import Deck

    try:
        own = load(environ).decks
    except ConfigError:
        own = Config().decks
    for folder in (locations.builtin_deck(), *own):
        try:
            deck = Deck.open([folder], locations.cache_folder(), strict=False)
        except LlmcoreError as error:
            yield Finding("error", "deck", error.message, error.hint)
            continue
        errors = [problem for problem in deck.problems() if problem.severity == "error"]
        if errors:
            more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
            yield Finding("error", "deck", f"{errors[0]}{more}", "`llmcore check` lists every problem.")
        else:
            yield Finding("ok", "deck", f"{folder}: {len(list(deck.card_ids()))} cards, readable.")
        deck.close()


def _terminal(environ: Mapping[str, str], terminal: Terminal) -> Iterator[Finding]:
    if not terminal.is_terminal or environ.get("TERM", "dumb") == "dumb":
        yield Finding("ok", "terminal", "No terminal for screens here: commands work line by line.")
    elif terminal.columns < SMALLEST[0] or terminal.lines < SMALLEST[1]:
        size = f"{terminal.columns}x{terminal.lines}"
        hint = "Make it larger, or use --plain."
        yield Finding("warning", "terminal", f"The terminal is {size}; screens are made for 80x24.", hint)
    else:
        colour = "no colour (NO_COLOR)" if environ.get("NO_COLOR") else environ.get("COLORTERM") or "colour"
        yield Finding("ok", "terminal", f"{environ['TERM']}, {terminal.columns}x{terminal.lines}, {colour}.")
    if terminal.encoding.lower().replace("-", "") != "utf8":
        hint = "Choose a UTF-8 locale: export LANG=C.UTF-8"
        message = f"The terminal's encoding is {terminal.encoding}: Chinese and formulas show as ?."
        yield Finding("warning", "locale", message, hint)
    else:
        yield Finding("ok", "locale", f"{locale.setlocale(locale.LC_CTYPE)}, UTF-8.")

"""The learner's settings: environment over file over default; the flags of a command go over all three.

A wrong key names the nearest that exists, a wrong value says where it stands and what is allowed.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypeVar

from llmcore_tui import locations
from llmcore_tui.config_rules import (
    Choice,
    KeyTable,
    Number,
    Rule,
    Secret,
    Several,
    Switch,
    Text,
    WebAddress,
    a_folder,
    a_number,
)
from llmcore_tui.errors import ConfigError

Language = Literal["en", "zh"]
MarkerName = Literal["offline", "llm"]
Origin = Literal["default", "locale", "file", "environment"]
PREFIX = "LLMCORE_"
OF_OTHERS = {"llm_base_url": "OPENAI_BASE_URL", "llm_key": "OPENAI_API_KEY"}
"""Settings that are taken from a variable which other programs use too, where they are set nowhere else."""
MINUTES = Several("rising minutes from 1 to 720, with commas between", a_number(1, 720), ",", rising=True)
T = TypeVar("T")


def _setting(default: T, rule: Rule, about: str) -> T:
    """A field with its default, what it may be and what it is for, which `config show` and `config edit` tell."""
    return field(
        default_factory=lambda: default,
        repr=not isinstance(rule, Secret),
        metadata={"rule": rule, "about": about},
    )


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting with its default."""

    language: Language = _setting(
        "en", Choice(("en", "zh")), "language of cards and screens; the locale's at first"
    )
    theme: str = _setting("llmcore", Text(), "colours: llmcore, llmcore-light, or a theme of Textual")
    plain: bool = _setting(False, Switch(), "work line by line, without screens")
    decks: tuple[Path, ...] = _setting(
        (),
        Several(f"folders, with {os.pathsep!r} between", a_folder, os.pathsep),
        "folders of your own decks",
    )
    learner: str = _setting("me", Text(), "the name under which your work is logged")
    retention: float = _setting(
        0.9, Number(0.7, 0.99), "the share of reviews to remember; higher: shorter intervals"
    )
    new_per_day: int = _setting(8, Number(0, 1000, whole=True), "new cards a day")
    reviews_per_day: int = _setting(200, Number(0, 100_000, whole=True), "reviews a day; the rest waits")
    load_balancing: bool = _setting(True, Switch(), "move due days a little so that no day is crowded")
    maximum_interval_days: int = _setting(365, Number(1, 36_500, whole=True), "the longest a card stays away")
    learning_minutes: tuple[float, ...] = _setting((1, 10), MINUTES, "the steps of a new card")
    relearning_minutes: tuple[float, ...] = _setting((10,), MINUTES, "the steps of a forgotten card")
    day_starts_at: int = _setting(4, Number(0, 23, whole=True), "the hour at which your day begins")
    leech_lapses: int = _setting(8, Number(1, 1000, whole=True), "a card forgotten this often is a leech")
    demo_seconds: int = _setting(60, Number(1, 3600, whole=True), "how long a demo may run")
    demo_memory_mb: int = _setting(
        4096, Number(1024, 1_048_576, whole=True), "memory a demo may take, on Linux"
    )
    marker: MarkerName = _setting(
        "offline", Choice(("offline", "llm")), "what marks answers: this program alone, or a model"
    )
    llm_base_url: str = _setting(
        "", WebAddress(), "the model's server; else OPENAI_BASE_URL, else OpenAI's own where there is a key"
    )
    llm_model: str = _setting(
        "", Text("a model's name on that server, or empty", may_be_empty=True), "the model that marks"
    )
    llm_key: str = _setting("", Secret(), "the key for the server, if it wants one; else OPENAI_API_KEY")
    llm_seconds: int = _setting(
        60, Number(1, 3600, whole=True), "how long one request to the model may take; a marking three times"
    )
    llm_retries: int = _setting(2, Number(0, 10, whole=True), "tries more when the server is busy or fails")
    keys: Mapping[str, str] = _setting({}, KeyTable(), "your own keys: a binding's name and its key")


RULES: Mapping[str, Rule] = {setting.name: setting.metadata["rule"] for setting in fields(Config)}
SECRETS = frozenset(name for name, rule in RULES.items() if isinstance(rule, Secret))
_SHOWN_OF_A_KEY = 3
_SHORTEST_KEY = 8
"""A shorter one is not shown even in part."""


def load(environ: Mapping[str, str]) -> Config:
    """The settings that hold for this process."""
    return read(environ)[0]


def read(environ: Mapping[str, str]) -> tuple[Config, Mapping[str, Origin]]:
    """The settings and where each of them comes from."""
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {setting.name: "default" for setting in fields(Config)}
    if _locale(environ).startswith("zh"):
        values["language"], origins["language"] = "zh", "locale"
    for name, value in _from_file(locations.config_file()).items():
        values[name], origins[name] = value, "file"
    for name, rule in RULES.items():
        variable = PREFIX + name.upper()
        if variable in environ:
            given = environ[variable]
            values[name] = _checked(
                rule, rule.from_text, given, f"{variable}={'…' if name in SECRETS else given}"
            )
            origins[name] = "environment"
    for name, variable in OF_OTHERS.items():
        if origins[name] == "default" and (value := _of_others(name, environ.get(variable, ""))):
            values[name], origins[name] = value, "environment"
    return Config(**values), origins


def shown(name: str, value: Any) -> Any:
    """The value as it may be shown: of a key no more than its end."""
    if name not in SECRETS or not value:
        return value
    return f"…{value[-_SHOWN_OF_A_KEY:]}" if len(value) >= _SHORTEST_KEY else "…"


def check_file() -> None:
    """Raise the first problem of the file of settings, if it has one."""
    _from_file(locations.config_file())


def known(name: str) -> tuple[str, str]:
    """The setting and, for `keys.BINDING`, the binding that a name means."""
    setting, _, binding = name.partition(".")
    if setting not in RULES or (binding and setting != "keys"):
        raise ConfigError(f"There is no setting called {name!r}.", _nearest(name))
    return setting, binding


def set_value(name: str, words: Sequence[str]) -> Any:
    """Put one setting into the file, leaving the rest of it as it is, and give the value that now holds."""
    from llmcore_tui.config_text import put

    setting, binding = known(name)
    if setting == "keys" and not binding:
        raise ConfigError("Keys are set one by one.", "Name the binding too: keys.BINDING.")
    rule = Text() if binding else RULES[setting]
    text = (rule.separator if isinstance(rule, Several) else " ").join(words)
    value = _checked(rule, rule.from_text, text, f"{name} = {'…' if name in SECRETS else text}")
    file = locations.config_file()
    _replace(file, put(_text(file), *_place(setting, binding), value, file=file))
    return value


def unset(name: str) -> bool:
    """Take one setting out of the file, so that its default holds; whether it was there."""
    from llmcore_tui.config_text import take_out

    file = locations.config_file()
    text = _text(file)
    without = take_out(text, *_place(*known(name)), file=file)
    if without != text:
        _replace(file, without)
    return without != text


def is_open_to_others() -> bool:
    """Whether the file holds a key and other users of this machine may read it."""
    file = locations.config_file()
    return _holds_a_key(_text(file)) and bool(file.stat().st_mode & 0o077)


def close_to_others() -> None:
    """Let only the learner read the file, if it holds a key: an editor does not see to that."""
    if is_open_to_others():
        locations.config_file().chmod(0o600)


def template() -> str:
    """A first file of settings: each with what it is for, its default commented out."""
    from llmcore_tui.config_text import entry

    lines = ["# Settings of llmcore: take the # away before one and change it."]
    for setting in fields(Config):
        rule: Rule = setting.metadata["rule"]
        default = getattr(Config(), setting.name)
        example = (
            '[keys]\n# "study.reveal" = "enter"' if setting.name == "keys" else entry(setting.name, default)
        )
        lines += ["", f"# {setting.metadata['about']} ({rule.allowed})", f"# {example}"]
    return "\n".join(lines) + "\n"


def _place(setting: str, binding: str) -> tuple[str, str]:
    """The table and the key at which a setting stands."""
    return (setting, binding) if binding else ("", setting)


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, RULES, n=3, cutoff=0.5)
    return f"Did you mean {', '.join(near)}?" if near else "`llmcore config show` lists them."


def _from_file(file: Path) -> dict[str, Any]:
    if not (text := _text(file)):
        return {}
    import tomllib

    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{file}:{line[1]}" if line else str(file)
        raise ConfigError(
            f"{where}: this is not TOML: {error}.", "`llmcore config edit` opens it."
        ) from error
    values = {}
    for name, value in found.items():
        where = f"{file}:{_line_of(text, name)}"
        if name not in RULES:
            raise ConfigError(f"{where}: there is no setting called {name!r}.", _nearest(name))
        rule = RULES[name]
        said = "…" if name in SECRETS else repr(value)
        values[name] = _checked(rule, rule.from_toml, value, f"{where}: {name} = {said}")
    return values


def _of_others(name: str, text: str) -> str:
    """What another program's variable says; nothing where it cannot be used here, which is no fault of its."""
    try:
        return str(RULES[name].from_text(text))
    except ValueError:
        return ""


def _checked(rule: Rule, convert: Callable[[Any], Any], given: object, what: str) -> Any:
    try:
        return convert(given)
    except ValueError as error:
        reason = f" ({error})" if str(error) else ""
        raise ConfigError(f"{what} cannot be used{reason}.", f"Allowed: {rule.allowed}.") from error


def _line_of(text: str, name: str) -> int:
    pattern = re.compile(rf"""\s*(\[\s*)?["']?{re.escape(name)}["']?\s*[].=]""")
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: this is not UTF-8 text.", "`llmcore config edit` opens it.") from error


def _locale(environ: Mapping[str, str]) -> str:
    return next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")


def _replace(file: Path, text: str) -> None:
    """Write beside the file and rename, so that a crash leaves the old or the new one; a link stays a link."""
    file = file.resolve()
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600 if _holds_a_key(text) else 0o666)
    new.write_text(text, encoding="utf-8")
    new.replace(file)


def _holds_a_key(text: str) -> bool:
    names = "|".join(SECRETS)
    return bool(re.search(rf"""^\s*["']?({names})["']?\s*=""", text, re.MULTILINE))

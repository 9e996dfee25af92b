"""Settings: which source holds, what is allowed, and that the file keeps what we did not change."""

from __future__ import annotations

import os
import re
import stat
import tomllib
import traceback
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui import locations
from llmcore_tui.config import (
    RULES,
    Config,
    check_file,
    close_to_others,
    is_open_to_others,
    load,
    read,
    set_value,
    shown,
    template,
    unset,
)
from llmcore_tui.config_text import put, take_out
from llmcore_tui.errors import ConfigError


def write(text: str) -> Path:
    file = locations.config_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_the_defaults_hold() -> None:
    assert load({}) == Config()


def test_the_environment_goes_over_the_file_and_the_file_over_the_default() -> None:
    write("retention = 0.85\nnew_per_day = 5\n")
    settings, origins = read({"LLMCORE_NEW_PER_DAY": "3"})
    assert (settings.retention, settings.new_per_day, settings.reviews_per_day) == (0.85, 3, 200)
    assert (origins["retention"], origins["new_per_day"], origins["reviews_per_day"]) == (
        "file",
        "environment",
        "default",
    )


@pytest.mark.parametrize(
    ("environ", "language", "origin"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh", "locale"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en", "default"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh", "locale"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh", "locale"),
        ({"LANG": "zh_CN.UTF-8", "LLMCORE_LANGUAGE": "en"}, "en", "environment"),
        ({}, "en", "default"),
    ],
)
def test_the_language_is_the_locales_until_it_is_chosen(
    environ: dict[str, str], language: str, origin: str
) -> None:
    settings, origins = read(environ)
    assert (settings.language, origins["language"]) == (language, origin)


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("LLMCORE_PLAIN", "yes", True),
        ("LLMCORE_LOAD_BALANCING", "OFF", False),
        ("LLMCORE_DECKS", f"/one{os.pathsep}/two words", (Path("/one"), Path("/two words"))),
        ("LLMCORE_DECKS", "", ()),
        ("LLMCORE_LEARNING_MINUTES", "1, 10,30", (1, 10, 30)),
        ("LLMCORE_KEYS", "study.reveal=enter; app.back=b", {"study.reveal": "enter", "app.back": "b"}),
        ("LLMCORE_DAY_STARTS_AT", "0", 0),
        ("LLMCORE_LEARNER", "小明", "小明"),
    ],
)
def test_a_word_of_the_environment_becomes_a_value(variable: str, text: str, value: Any) -> None:
    assert getattr(load({variable: text}), variable.removeprefix("LLMCORE_").lower()) == value


@pytest.mark.parametrize(
    ("variable", "text", "allowed"),
    [
        ("LLMCORE_RETENTION", "1.5", "a number from 0.7 to 0.99"),
        ("LLMCORE_RETENTION", "nan", "a number from 0.7 to 0.99"),
        ("LLMCORE_NEW_PER_DAY", "2.5", "a whole number from 0 to 1,000"),
        ("LLMCORE_LANGUAGE", "fr", "en or zh"),
        ("LLMCORE_PLAIN", "perhaps", "true or false"),
        ("LLMCORE_LEARNING_MINUTES", "1,soon", "rising minutes from 1 to 720"),
        ("LLMCORE_LEARNING_MINUTES", "10,1", "rising minutes from 1 to 720"),
        ("LLMCORE_LEARNER", " ", "text on one line, not empty"),
        ("LLMCORE_LEARNER", "a\x1b[0m", "text on one line, not empty"),
        ("LLMCORE_KEYS", "study.reveal", "a table of binding = key"),
        ("LLMCORE_MARKER", "gpt", "offline or llm"),
        ("LLMCORE_LLM_SECONDS", "0", "a whole number from 1 to 3,600"),
        ("LLMCORE_LLM_RETRIES", "11", "a whole number from 0 to 10"),
        ("LLMCORE_LLM_MODEL", "a\x1b[0m", "a model's name"),
        ("LLMCORE_LLM_BASE_URL", "localhost:8000", "an address like http://localhost:8000/v1"),
        ("LLMCORE_LLM_BASE_URL", "ftp://localhost", "an address like"),
        ("LLMCORE_LLM_BASE_URL", "http://", "an address like"),
        ("LLMCORE_LLM_BASE_URL", "http://me:password@localhost/v1", "without user name, password"),
        ("LLMCORE_LLM_BASE_URL", "http://localhost/v1?key=7", "an address like"),
        ("LLMCORE_LLM_BASE_URL", "http://localhost:99999/v1", "an address like"),
        ("LLMCORE_LLM_BASE_URL", "http://[::1/v1", "an address like"),
        ("LLMCORE_LLM_BASE_URL", "http://local host/v1", "an address like"),
    ],
)
def test_a_wrong_word_says_what_is_allowed(variable: str, text: str, allowed: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load({variable: text})
    assert raised.value.message.startswith(f"{variable}={text} cannot be used")
    assert allowed in raised.value.hint


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("\nretenton = 0.9\n", 2, "there is no setting called 'retenton'", "Did you mean retention?"),
        ("plain = true\nretention = 1.5\n", 2, "retention = 1.5 cannot be used", "a number from 0.7 to 0.99"),
        ("retention = true\n", 1, "retention = True cannot be used", "a number from 0.7 to 0.99"),
        ("decks = 3\n", 1, "decks = 3 cannot be used", "folders"),
        ("decks = [3]\n", 1, "decks = [3] cannot be used", "folders"),
        ("plain = true\n\n[keys]\nx = 1\n", 3, "keys = {'x': 1} cannot be used", "a table of binding = key"),
        ("plain = true\nretention = = 1\n", 2, "this is not TOML", "`llmcore config edit`"),
        ("language = 'e\u0301'\n", 1, "cannot be used", "en or zh"),
    ],
)
def test_a_wrong_file_names_line_key_and_what_is_allowed(
    text: str, line: int, message: str, hint: str
) -> None:
    file = write(text)
    for look in (lambda: load({}), check_file):
        with pytest.raises(ConfigError) as raised:
            look()
        assert raised.value.message.startswith(f"{file}:{line}: ")
        assert message in raised.value.message
        assert hint in raised.value.hint


def test_a_file_that_is_not_text_is_told() -> None:
    file = write("")
    file.write_bytes(b"retention = \xff\xfe\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load({})


SECRET = "sk-abcdefgh-0123456789-xyz"


class TestModel:
    def test_a_model_is_set_like_everything_else(self) -> None:
        set_value("marker", ["llm"])
        set_value("llm_base_url", ["http://localhost:8000/v1"])
        set_value("llm_model", ["Qwen/Qwen3-8B-Instruct (4 bit)"])
        settings = load({"LLMCORE_LLM_SECONDS": "90"})
        assert (settings.marker, settings.llm_base_url) == ("llm", "http://localhost:8000/v1")
        assert (settings.llm_model, settings.llm_seconds) == ("Qwen/Qwen3-8B-Instruct (4 bit)", 90)

    def test_what_other_programs_use_holds_where_nothing_else_is_set(self) -> None:
        others = {"OPENAI_BASE_URL": " http://other/v1\n", "OPENAI_API_KEY": f"{SECRET}\n"}
        settings, origins = read(others)
        assert (settings.llm_base_url, settings.llm_key) == ("http://other/v1", SECRET)
        assert (origins["llm_base_url"], origins["llm_key"]) == ("environment", "environment")
        ours = {"LLMCORE_LLM_BASE_URL": "http://ours/v1", "LLMCORE_LLM_KEY": "ours-0123456789"}
        settings = load({**others, **ours})
        assert (settings.llm_base_url, settings.llm_key) == ("http://ours/v1", "ours-0123456789")
        set_value("llm_base_url", ["http://file/v1"])
        assert load(others).llm_base_url == "http://file/v1"

    def test_a_key_set_to_nothing_keeps_the_other_programs_key_out(self) -> None:
        set_value("llm_key", [""])
        assert load({"OPENAI_API_KEY": SECRET}).llm_key == ""

    @pytest.mark.parametrize("value", ["", "ключ", "two words"])
    def test_what_other_programs_set_wrongly_is_no_error_here(self, value: str) -> None:
        assert load({"OPENAI_API_KEY": value, "OPENAI_BASE_URL": value}) == Config()

    def test_a_key_is_not_in_the_text_of_the_settings(self) -> None:
        assert SECRET not in repr(load({"OPENAI_API_KEY": SECRET}))
        assert load({"OPENAI_API_KEY": SECRET}).llm_key == SECRET

    @pytest.mark.parametrize(
        ("name", "value", "seen"),
        [
            ("llm_key", SECRET, "…xyz"),
            ("llm_key", "12345678", "…678"),
            ("llm_key", "1234567", "…"),
            ("llm_key", "k", "…"),
            ("llm_key", "", ""),
            ("llm_model", "gpt", "gpt"),
            ("new_per_day", 8, 8),
        ],
    )
    def test_of_a_key_only_the_end_is_shown(self, name: str, value: Any, seen: Any) -> None:
        assert shown(name, value) == seen

    def test_a_wrong_key_is_told_without_it(self) -> None:
        for raises in (
            lambda: load({"LLMCORE_LLM_KEY": f"{SECRET} with more"}),
            lambda: set_value("llm_key", [f"{SECRET}\x07"]),
            lambda: write(f'llm_key = "{SECRET} é"\n') and load({}),
            lambda: write(f'llm_key = ["{SECRET}"]\n') and load({}),
            lambda: write(f"llm_key = {SECRET}\n") and load({}),
            lambda: write(f'llm_kye = "{SECRET}"\n') and load({}),
        ):
            with pytest.raises(ConfigError) as raised:
                raises()
            assert SECRET not in "".join(traceback.format_exception(raised.value))

    @pytest.fixture
    def usual_umask(self) -> Iterator[None]:
        before = os.umask(0o022)
        yield
        os.umask(before)

    @pytest.mark.usefixtures("usual_umask")
    def test_the_file_that_holds_a_key_is_the_learners_alone(self) -> None:
        set_value("llm_model", ["m"])
        assert stat.S_IMODE(locations.config_file().stat().st_mode) == 0o644
        set_value("llm_key", [SECRET])
        assert stat.S_IMODE(locations.config_file().stat().st_mode) == 0o600
        set_value("retention", ["0.8"])
        assert stat.S_IMODE(locations.config_file().stat().st_mode) == 0o600
        assert load({}).llm_key == SECRET

    def test_a_file_left_behind_by_a_killed_writer_opens_nothing(self) -> None:
        file = write("")
        left = file.with_name(f".{file.name}.{os.getpid()}")
        left.write_text("")
        left.chmod(0o666)
        set_value("llm_key", [SECRET])
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    @pytest.mark.parametrize("text", ['llm_key = "x"', "'llm_key'='x'", '  "llm_key"\t= "x"'])
    def test_a_file_with_a_key_that_others_may_read_is_noticed_and_closed(self, text: str) -> None:
        file = write(f"# llm_key\n{text}\n")
        file.chmod(0o644)
        assert is_open_to_others()
        close_to_others()
        assert not is_open_to_others()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_a_file_without_a_key_is_left_as_it_is(self) -> None:
        assert not is_open_to_others()
        file = write(template())
        file.chmod(0o644)
        close_to_others()
        assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_setting_keeps_comments_order_and_other_values() -> None:
    file = write(
        '# mine\nretention = 0.9  # high\n\ndecks = [\n  "/a",\n  "/b",\n]\n\n[keys]\n"app.back" = "b"\n'
    )
    set_value("retention", ["0.85"])
    set_value("decks", ["/c d", "/e"])
    set_value("plain", ["on"])
    set_value("keys.study.reveal", ["enter"])
    assert file.read_text() == (
        '# mine\nretention = 0.85  # high\n\ndecks = ["/c d", "/e"]\nplain = true\n\n[keys]\n'
        '"app.back" = "b"\n"study.reveal" = "enter"\n'
    )
    assert load({}).keys == {"app.back": "b", "study.reveal": "enter"}


def test_unsetting_brings_the_default_back() -> None:
    file = write("# mine\nretention = 0.85\n")
    assert unset("retention") is True
    assert unset("retention") is False
    assert file.read_text() == "# mine\n"
    assert load({}).retention == 0.9


def test_unsetting_without_a_file_makes_none() -> None:
    assert unset("retention") is False
    assert not locations.config_file().exists()


@pytest.mark.parametrize("name", ["retenton", "keys.", "retention.x", "", "keys"])
def test_only_what_exists_can_be_set(name: str) -> None:
    with pytest.raises(ConfigError):
        set_value(name, ["1"])
    assert not locations.config_file().exists()


def test_a_wrong_value_leaves_the_file_as_it_was() -> None:
    file = write("retention = 0.85\n")
    with pytest.raises(ConfigError):
        set_value("retention", ["2"])
    assert file.read_text() == "retention = 0.85\n"


def test_a_link_to_a_dotfile_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("plain = true\n")
    locations.config_folder().mkdir(parents=True)
    locations.config_file().symlink_to(real)
    set_value("retention", ["0.8"])
    assert locations.config_file().is_symlink()
    assert real.read_text() == "plain = true\nretention = 0.8\n"


def test_a_file_that_cannot_be_changed_safely_is_left_alone() -> None:
    text = 'keys.study.reveal = "enter"\n'
    file = write(text)
    with pytest.raises(ConfigError, match="cannot be changed without touching the rest"):
        set_value("keys.study.reveal", ["space"])
    assert file.read_text() == text


def test_the_first_file_says_every_setting_and_changes_nothing() -> None:
    file = write(template())
    assert load({}) == Config()
    for setting in fields(Config):
        assert f"\n# {setting.metadata['about']} (" in file.read_text()


def test_the_first_file_with_every_example_taken_in_says_the_defaults() -> None:
    examples = re.findall(r"^# (\w+ = .*|\[keys]|\"study.*)$", template(), re.MULTILINE)
    assert len(examples) == len(fields(Config)) + 1
    write("\n".join(examples))
    assert load({}) == replace(Config(), keys={"study.reveal": "enter"})


def test_every_setting_has_a_rule_that_allows_its_default() -> None:
    for setting in fields(Config):
        default = getattr(Config(), setting.name)
        toml = (
            [str(part) if isinstance(part, Path) else part for part in default]
            if isinstance(default, tuple)
            else default
        )
        assert RULES[setting.name].from_toml(toml) == default


KEYS = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
VALUES = (
    st.booleans()
    | st.integers(-1000, 1000)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
    | st.lists(st.text("a#'] =", max_size=4), max_size=3)
)
TABLES = st.dictionaries(KEYS, VALUES, max_size=4)


@given(top=TABLES, inner=TABLES, key=KEYS, value=VALUES, in_table=st.booleans())
def test_putting_a_value_changes_that_value_alone(
    top: dict[str, Any], inner: dict[str, Any], key: str, value: Any, in_table: bool
) -> None:
    file = Path("config.toml")
    text = "# first\n"
    for name, one in top.items():
        text = put(text, "", name, one, file=file)
    for name, one in inner.items():
        text = put(text, "T", name, one, file=file)
    expected: dict[str, Any] = {**top, **({"T": inner} if inner else {})}
    assert tomllib.loads(text) == expected
    changed = put(text, "T" if in_table else "", key, value, file=file)
    if in_table:
        expected["T"] = {**inner, key: value}
    else:
        expected[key] = value
    assert tomllib.loads(changed) == expected
    assert changed.startswith("# first\n")
    without = take_out(changed, "T" if in_table else "", key, file=file)
    (expected["T"] if in_table else expected).pop(key)
    assert tomllib.loads(without) == expected

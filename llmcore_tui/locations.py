"""Where things are on this machine; `LLMCORE_HOME` moves all of them under one folder."""

from __future__ import annotations

import os
from pathlib import Path

HOME_VARIABLE = "LLMCORE_HOME"


def _under(kind: str) -> Path:
    if moved := os.environ.get(HOME_VARIABLE):
        return Path(moved).expanduser() / kind
    import platformdirs  # a millisecond, but only when it is needed

    folders = {
        "config": platformdirs.user_config_path,
        "data": platformdirs.user_data_path,
        "cache": platformdirs.user_cache_path,
    }
    return folders[kind]("llmcore", appauthor=False)


def config_folder() -> Path:
    """Holds `config.toml`."""
    return _under("config")


def data_folder() -> Path:
    """Holds the log and its backups: what must never be lost."""
    return _under("data")


def cache_folder() -> Path:
    """Holds what can be computed again: parsed content and results of demo runs."""
    return _under("cache")


def config_file() -> Path:
    """The learner's settings."""
    return config_folder() / "config.toml"


def log_file() -> Path:
    """The learner's log of events."""
    return data_folder() / "log.sqlite"


def builtin_deck() -> Path:
    """The built-in deck: inside the wheel, or the checkout this file is in."""
    package = Path(__file__).resolve().parent
    shipped = package / "_content"
    return shipped if shipped.is_dir() else package.parent

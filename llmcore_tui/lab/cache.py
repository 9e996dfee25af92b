"""Results of demo runs on disk, keyed by all they depend on: demo, toys, versions, settings. JSON, never a pickle."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from llmcore_tui.errors import DemoError
from llmcore_tui.lab.declaration import FlagValue
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.fingerprint import demo_hash
from llmcore_tui.lab.normal import normal_result
from llmcore_tui.lab.run import Outcome, Runner
from llmcore_tui.lab.versions import versions
from llmcore_tui.lab.wire import result_as_json, result_from_json, settings_as_json

VERSION = 1
"""Counts up when what is stored, or how results are made of it, changes."""
_KEPT_HASHES = 3
"""Older versions of a demo whose results are kept, for going back and forth between two edits."""


class CachedRunner:
    """A `Runner` that asks another one only for what is not on disk; a folder that cannot be written is no error."""

    def __init__(self, folder: Path, runner: Runner) -> None:
        self.folder = folder
        self.runner = runner
        self._hashes: dict[Path, str] = {}
        self._read: dict[Path, Outcome] = {}

    def __call__(self, demo: Demo, settings: Mapping[str, FlagValue]) -> Outcome:
        """The outcome of these complete settings, from disk or anew."""
        known = self.known(demo, settings)
        if known is not None:
            return known
        outcome = self.runner(demo, settings)
        self.keep(demo, settings, outcome)
        return outcome

    def known(self, demo: Demo, settings: Mapping[str, FlagValue]) -> Outcome | None:
        """What is stored of an earlier run, or None."""
        file = self._file(demo, settings)
        if file not in self._read:
            outcome = _read(file, demo)
            if outcome is None:
                return None
            self._read[file] = outcome
        return self._read[file]

    def keep(self, demo: Demo, settings: Mapping[str, FlagValue], outcome: Outcome) -> None:
        """Store an outcome."""
        file = self._file(demo, settings)
        self._read[file] = outcome
        _write(file, outcome)

    def hash_of(self, demo: Demo) -> str:
        """The demo's hash, computed once."""
        if demo.file not in self._hashes:
            self._hashes[demo.file] = demo_hash(demo.file)
        return self._hashes[demo.file]

    def _file(self, demo: Demo, settings: Mapping[str, FlagValue]) -> Path:
        depends_on = [VERSION, versions(), settings_as_json(settings)]
        key = hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()[:24]
        return self.folder / demo.name / self.hash_of(demo) / f"{key}.json"


def _read(file: Path, demo: Demo) -> Outcome | None:
    """What is stored, or None; a damaged entry is computed again."""
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        return Outcome(normal_result(demo, result_from_json(stored["result"])), float(stored["seconds"]))
    except (OSError, ValueError, KeyError, TypeError, DemoError):
        return None


def _write(file: Path, outcome: Outcome) -> None:
    text = json.dumps({"seconds": outcome.seconds, "result": result_as_json(outcome.result)})
    try:
        if not file.parent.is_dir():
            file.parent.mkdir(parents=True)
            _forget_old(file.parent.parent)
        new = file.with_suffix(f".{os.getpid()}.new")
        new.write_text(text, encoding="utf-8")
        new.replace(file)
    except OSError:
        return


def _forget_old(folder: Path) -> None:
    """Keep the results of the newest versions of a demo only."""
    newest_first = sorted(folder.iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)
    for old in newest_first[_KEPT_HASHES + 1 :]:
        shutil.rmtree(old, ignore_errors=True)

"""Files: each is where it belongs, and none that looks like content is passed over."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from llmcore_tui.content.deck_files import files_of
from llmcore_tui.content.problem import Problem

_FOLDERS = ("cards", "quizzes")
_ENDINGS = {".yaml", ".yml"}


def passed_over(folder: Path) -> Iterator[Problem]:
    """YAML files of a deck that nobody reads, because of their ending or their folder."""
    read = {folder / file.name for file in files_of(folder)}
    for top in _FOLDERS:
        for file in sorted((folder / top).rglob("*.y*ml")):
            if file.suffix in _ENDINGS and file not in read:
                message = "is not read: content is in *.yaml files below cards/<area>/ and in the folders of quizzes/"
                yield Problem("warning", file, 0, "", message)


def misplaced(folder: Path, names: Collection[tuple[str, str, str]]) -> Iterator[Problem]:
    """Files of the built-in deck that are not called after their module; `names` are file, module and area."""
    for name, module, area in sorted(set(names)):
        parts = PurePosixPath(name).parts
        right = (
            f"cards/{area}/{module}.yaml" if parts[0] == "cards" else f"{parts[0]}/{parts[1]}/{module}.yaml"
        )
        if name != right:
            yield Problem("error", folder / name, 1, "module", f"is {module!r}; its file would be {right}")

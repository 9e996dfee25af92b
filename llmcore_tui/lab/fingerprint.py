"""The hash of what a demo's numbers come from: its source, the modules beside it that it imports, and their data."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

from llmcore_tui.lab.literal import parse

DIGITS = 16
"""Hexadecimal digits kept; two demos never meet by chance, and a lock stays readable."""


def demo_hash(file: Path) -> str:
    """The hash of a demo; it changes when the demo, a toy that it imports, or a data file beside such a toy does."""
    return content_hash(file.parent, sources(file))


def content_hash(folder: Path, files: list[Path]) -> str:
    """The hash of files' names relative to `folder` and of their content; line ends of text do not count."""
    digest = hashlib.sha256()
    for file in sorted(files):
        content = file.read_bytes()
        if file.suffix == ".py":
            content = content.replace(b"\r\n", b"\n")
        name = file.relative_to(folder).as_posix().encode()
        digest.update(b"%d:%s%d:" % (len(name), name, len(content)))
        digest.update(content)
    return digest.hexdigest()[:DIGITS]


def sources(file: Path) -> list[Path]:
    """The demo, every file beside it that it imports directly or not, and the data in the folders of its toys."""
    root = file.parent
    found = {file}
    waiting = [file]
    while waiting:
        for imported in _imports(waiting.pop(), root):
            if imported not in found:
                found.add(imported)
                waiting.append(imported)
    folders = {imported.parent for imported in found} - {root}
    return sorted(found | {data for folder in folders for data in folder.iterdir() if _is_data(data)})


def _imports(file: Path, root: Path) -> Iterator[Path]:
    for node in ast.walk(parse(file)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(root, alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            start = root if not node.level else file.parents[node.level - 1]
            package = node.module.split(".") if node.module else []
            yield from _files(start, package)
            for alias in node.names:
                yield from _files(start, [*package, alias.name])


def _files(start: Path, dotted: list[str]) -> Iterator[Path]:
    """The files that importing a dotted name runs: each package's `__init__`, then the module."""
    place = start
    for part in dotted:
        place = place / part
        for candidate in (place / "__init__.py", place.with_suffix(".py")):
            if candidate.is_file():
                yield candidate


def _is_data(file: Path) -> bool:
    return file.is_file() and file.suffix not in {".py", ".pyc"} and not file.name.startswith(".")

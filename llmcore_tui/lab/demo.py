"""What a demo offers, read from its source without running it: flags, numbers, off switch, anchors, sentences."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.errors import DemoError, UnknownName
from llmcore_tui.lab.annotation import read_flags
from llmcore_tui.lab.consistency import contradictions
from llmcore_tui.lab.declaration import Anchor, FlagValue, Number, Off
from llmcore_tui.lab.declarations import Declarations
from llmcore_tui.lab.flag import FlagSpec
from llmcore_tui.lab.literal import assignments, parse

DEMO_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Demo:
    """The declaration of one demo."""

    name: str
    file: Path
    docstring: str
    title: Bilingual
    formula: str
    """LaTeX without dollars, or nothing."""
    flags: tuple[FlagSpec, ...]
    numbers: Mapping[str, Number]
    off: Off
    anchors: tuple[Anchor, ...]
    says: Mapping[str, Bilingual]
    """The sentence of what was seen; its only key is "" where there is one sentence only."""
    lines: Mapping[str, int]
    """Where in the file each declaration stands."""

    def flag(self, name: str) -> FlagSpec:
        """The flag of that name, written with dashes or underscores."""
        wanted = name.removeprefix("--").replace("-", "_")
        for flag in self.flags:
            if flag.name == wanted:
                return flag
        raise UnknownName(f"flag of {self.name}", wanted, [flag.name for flag in self.flags])

    def number(self, key: str) -> Number:
        """The number of that key."""
        if key not in self.numbers:
            raise UnknownName(f"number of {self.name}", key, self.numbers)
        return self.numbers[key]

    def settings(self, overrides: Mapping[str, object] | None = None) -> dict[str, FlagValue]:
        """Every flag's value: the defaults, with `overrides` in their place; DemoError where one does not fit."""
        values = {flag.name: flag.default for flag in self.flags}
        for name, given in (overrides or {}).items():
            flag = self.flag(name)
            try:
                values[flag.name] = flag.value(given)
            except DemoError as error:
                raise DemoError(f"{self.name}: {error.message}", error.hint) from None
        return values

    def off_settings(self, settings: Mapping[str, FlagValue]) -> dict[str, FlagValue] | None:
        """The same settings with the idea removed; None where the demo has no idea to remove."""
        if not self.off.set:
            return None
        return self.settings({**settings, **self.off.set})

    def is_off(self, overrides: Mapping[str, object]) -> bool:
        """Whether these flags have the idea removed already."""
        given = {**{flag.name: flag.default for flag in self.flags}, **overrides}
        return bool(self.off.set) and all(given[name] == value for name, value in self.off.set.items())

    def changed(self, settings: Mapping[str, FlagValue]) -> dict[str, FlagValue]:
        """The settings that differ from the defaults."""
        return {flag.name: settings[flag.name] for flag in self.flags if settings[flag.name] != flag.default}


class DeclarationError(DemoError):
    """What a demo's file declares is missing, not literal, or contradicts itself."""


def demos_in(folder: Path) -> dict[str, Path]:
    """The demos of a deck by name, sorted; `folder` is the deck's `demos/`."""
    if not folder.is_dir():
        return {}
    files = (file for file in folder.glob("*.py") if DEMO_NAME.fullmatch(file.stem))
    return {file.stem: file for file in sorted(files)}


def read_demo(file: Path) -> Demo:
    """The declaration in a demo's file; DeclarationError with file and line where it is not complete or not literal."""
    try:
        return _read(file)
    except RecursionError:
        raise DeclarationError(f"{file}: nested too deeply.") from None
    except DemoError as error:
        raise DeclarationError(error.message, error.hint) from None


def _read(file: Path) -> Demo:
    tree = parse(file)
    declared = Declarations(file, assignments(tree))
    demo = Demo(
        name=file.stem,
        file=file,
        docstring=ast.get_docstring(tree) or "",
        title=declared.bilingual("TITLE", declared.required("TITLE")),
        formula=declared.text("FORMULA"),
        flags=tuple(read_flags(tree, file)),
        numbers=declared.numbers(),
        off=declared.off(),
        anchors=tuple(declared.anchors()),
        says=declared.says(),
        lines={
            **{name: node.lineno for name, node in declared.nodes.items()},
            **{node.name: node.lineno for node in tree.body if isinstance(node, ast.FunctionDef)},
        },
    )
    for line, message in contradictions(demo):
        raise DemoError(f"{file}:{line}: {message}")
    return demo

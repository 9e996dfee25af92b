"""The declarations at the top of a demo, each checked for its type as it is read."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.errors import DemoError
from llmcore_tui.lab.declaration import Anchor, Direction, Number, NumberKind, Off
from llmcore_tui.lab.literal import Constructors, evaluate

_CONSTRUCTORS: Constructors = {"Number": Number, "Off": Off, "Off.none": Off.none, "Anchor": Anchor}


class Declarations:
    """The declarations of one file, checked for their types as they are read."""

    def __init__(self, file: Path, nodes: Mapping[str, ast.expr]) -> None:
        self.file = file
        self.nodes = nodes

    def required(self, name: str) -> object:
        if name not in self.nodes:
            raise DemoError(
                f"{self.file}:1: {name} is missing.", "demos/README.md says what a demo declares."
            )
        return evaluate(self.nodes[name], self.file, _CONSTRUCTORS)

    def text(self, name: str) -> str:
        value = self.required(name) if name in self.nodes else ""
        if not isinstance(value, str):
            raise self._error(name, "is not a text")
        return value

    def bilingual(self, name: str, value: object) -> Bilingual:
        match value:
            case {"en": str(en), "zh": str(zh), **others} if en.strip() and zh.strip() and not others:
                return Bilingual(en, zh)
        raise self._error(name, 'is not {"en": "…", "zh": "…"}')

    def numbers(self) -> dict[str, Number]:
        value = self.required("NUMBERS")
        if not isinstance(value, dict) or not value:
            raise self._error("NUMBERS", "is not a dictionary with a Number in it")
        for key, number in value.items():
            if not isinstance(key, str) or not key.isidentifier() or not isinstance(number, Number):
                raise self._error("NUMBERS", f"{key!r} is not a name with a Number")
            texts = (number.en, number.zh, number.unit, number.kind)
            if not all(isinstance(text, str) for text in texts) or not (number.en and number.zh):
                raise self._error("NUMBERS", f"{key}: how to read it is needed in both languages")
            if number.kind not in get_args(NumberKind):
                raise self._error("NUMBERS", f"{key}: kind is one of {', '.join(get_args(NumberKind))}")
        return value

    def off(self) -> Off:
        value = self.required("OFF")
        if not isinstance(value, Off) or not isinstance(value.why_none, str):
            raise self._error("OFF", "is neither Off(…) nor Off.none(why)")
        if not _is_settings(value.set) or not isinstance(value.moves, Mapping):
            raise self._error("OFF", "takes dictionaries: the flags, and which numbers move")
        for key, direction in value.moves.items():
            if direction not in get_args(Direction):
                raise self._error(
                    "OFF", f"{key} moves {direction!r}, which is none of {', '.join(get_args(Direction))}"
                )
        return value

    def anchors(self) -> list[Anchor]:
        value = self.required("ANCHORS") if "ANCHORS" in self.nodes else []
        if not isinstance(value, list | tuple):
            raise self._error("ANCHORS", "is not a list of Anchor")
        anchors: list[Anchor] = []
        for anchor in value:
            if not isinstance(anchor, Anchor):
                raise self._error("ANCHORS", "is not a list of Anchor")
            if not _is_settings(anchor.set) or not isinstance(anchor.number, str):
                raise self._error("ANCHORS", "an anchor names its flags and its number")
            if not (_is_number(anchor.value) and _is_number(anchor.within) and anchor.within >= 0):
                raise self._error("ANCHORS", f"{anchor.number}: value and within are numbers")
            if not (isinstance(anchor.source, str) and anchor.source):
                raise self._error("ANCHORS", f"{anchor.number}: names no source")
            if not (isinstance(anchor.seen, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", anchor.seen)):
                raise self._error("ANCHORS", f"{anchor.number}: seen is a date, YYYY-MM-DD")
            anchors.append(anchor)
        return anchors

    def says(self) -> dict[str, Bilingual]:
        value = self.required("SAYS")
        if not isinstance(value, dict) or not value:
            raise self._error("SAYS", "is not a dictionary")
        sentences = {"": value} if set(value) == {"en", "zh"} else value
        return {str(name): self.bilingual(f"SAYS {name}".strip(), item) for name, item in sentences.items()}

    def _error(self, name: str, why: str) -> DemoError:
        node = self.nodes.get(name.split()[0])
        return DemoError(f"{self.file}:{node.lineno if node else 1}: {name} {why}.")


def _is_settings(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(name, str) for name in value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)

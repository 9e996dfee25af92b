"""Runs and declarations as JSON, as docs/json.md describes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.lab.declaration import Anchor, FlagValue, Number
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.flag import FlagSpec
from llmcore_tui.lab.result import Result, Value
from llmcore_tui.lab.run import Run
from llmcore_tui.lab.wire import series_as_json, settings_as_json, table_as_json, value_as_json


def run_as_json(run: Run, module: str | None, language: Language) -> dict[str, Any]:
    """A run with the idea on and off."""
    demo, result = run.demo, run.result
    return {
        "demo": demo.name,
        "module": module,
        "set": settings_as_json(run.set),
        "ran": result.ran,
        "numbers": {
            key: number_as_json(value, demo.numbers[key], language) for key, value in result.numbers.items()
        },
        "off": _off(run),
        "series": [series_as_json(series) for series in result.series],
        "tables": [table_as_json(table) for table in result.tables],
        "says": both(run.says),
        "formula": result.formula or demo.formula,
        "seconds": round(run.seconds, 4),
        "versions": dict(run.versions),
    }


def demo_as_json(demo: Demo, modules: Sequence[str], language: Language) -> dict[str, Any]:
    """What a demo declares."""
    return {
        "name": demo.name,
        "modules": list(modules),
        "title": demo.title.of(language),
        "formula": demo.formula,
        "flags": [_flag(flag, language) for flag in demo.flags],
        "numbers": {key: declared_as_json(number, language) for key, number in demo.numbers.items()},
        "off": {
            "set": settings_as_json(demo.off.set),
            "moves": dict(demo.off.moves),
            "why_none": demo.off.why_none,
        },
        "anchors": [_anchor(anchor) for anchor in demo.anchors],
    }


def number_as_json(value: Value, number: Number, language: Language) -> dict[str, Any]:
    """A number and how to read it; in place of `value` one that has none says `not_reached` or `not_run`."""
    return {**_value(value), **declared_as_json(number, language)}


def numbers_as_json(result: Result) -> dict[str, Any]:
    """Only the values of a result's numbers."""
    return {key: _value(value) for key, value in result.numbers.items()}


def declared_as_json(number: Number, language: Language) -> dict[str, Any]:
    """Unit, kind and reading of a number."""
    return {
        "unit": number.unit,
        "kind": number.kind,
        "reads": Bilingual(number.en, number.zh).of(language),
    }


def both(text: Bilingual) -> dict[str, str]:
    """A text in both languages."""
    return {"en": text.en, "zh": text.zh}


def _off(run: Run) -> dict[str, Any]:
    changed: Mapping[str, FlagValue] = run.demo.off.set if run.off_set is not None else {}
    return {
        "set": settings_as_json(changed),
        "numbers": {} if run.off_result is None else numbers_as_json(run.off_result),
        "why_none": run.demo.off.why_none,
    }


def _value(value: Value) -> dict[str, Any]:
    plain = value_as_json(value)
    return plain if isinstance(plain, dict) else {"value": plain}


def _flag(flag: FlagSpec, language: Language) -> dict[str, Any]:
    return {
        "name": flag.name,
        "option": flag.option,
        "type": flag.type,
        "default": list(flag.default) if isinstance(flag.default, tuple) else flag.default,
        "choices": list(flag.choices),
        "low": flag.low,
        "high": flag.high,
        "live": {name: list(values) for name, values in flag.live.items()},
        "help": flag.help.of(language),
    }


def _anchor(anchor: Anchor) -> dict[str, Any]:
    return {
        "set": settings_as_json(anchor.set),
        "number": anchor.number,
        "value": anchor.value,
        "within": anchor.within,
        "source": anchor.source,
        "seen": anchor.seen,
    }

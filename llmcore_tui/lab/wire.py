"""A result as JSON and back: for the pipe of a worker and the cache on disk, neither of which may hold a pickle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmcore_tui.errors import DemoError
from llmcore_tui.lab.declaration import FlagValue
from llmcore_tui.lab.result import Estimate, NotReached, NotRun, Result, Series, Table, Value

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def settings_as_json(settings: Mapping[str, FlagValue]) -> dict[str, Any]:
    """Settings with lists for tuples."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in settings.items()}


def value_as_json(value: Value) -> float | dict[str, Any]:
    """A float, or an object whose keys say what it is."""
    match value:
        case Estimate():
            return {"value": value.value, "error": value.error, "samples": value.samples}
        case NotReached():
            return {"not_reached": value.budget} | ({"zh": value.budget_zh} if value.budget_zh else {})
        case NotRun():
            return {"not_run": value.why} | ({"zh": value.why_zh} if value.why_zh else {})
    return value


def series_as_json(series: Series) -> dict[str, Any]:
    """A curve with both its names."""
    return {
        "en": series.en,
        "zh": series.zh,
        "x_name": series.x_name,
        "y_name": series.y_name,
        "x": list(series.x),
        "y": list(series.y),
    }


def table_as_json(table: Table) -> dict[str, Any]:
    """A table with both its names."""
    return {
        "en": table.en,
        "zh": table.zh,
        "columns": list(table.columns),
        "rows": [list(row) for row in table.rows],
    }


def result_as_json(result: Result) -> dict[str, Any]:
    """All of a normal result."""
    return {
        "numbers": {key: value_as_json(value) for key, value in result.numbers.items()},
        "ran": result.ran,
        "series": [series_as_json(series) for series in result.series],
        "tables": [table_as_json(table) for table in result.tables],
        "says": result.says,
        "formula": result.formula,
    }


def result_from_json(given: Any) -> Result:
    """The result that `result_as_json` wrote; DemoError for anything else."""
    try:
        return Result(
            numbers={str(key): _value(value) for key, value in given["numbers"].items()},
            ran=given["ran"],
            series=tuple(_series(series) for series in given["series"]),
            tables=tuple(
                Table(
                    table["en"],
                    table["zh"],
                    tuple(table["columns"]),
                    tuple(tuple(row) for row in table["rows"]),
                )
                for table in given["tables"]
            ),
            says=str(given["says"]),
            formula=str(given["formula"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DemoError(f"A demo's result cannot be read: {error!r}.") from None


def _value(given: Any) -> Value:
    match given:
        case {"not_reached": str(budget)}:
            return NotReached(budget, str(given.get("zh", "")))
        case {"not_run": str(why)}:
            return NotRun(why, str(given.get("zh", "")))
        case {"value": int() | float() as value, "error": int() | float() as error, "samples": int(samples)}:
            return Estimate(float(value), float(error), samples)
    return float(given)


def _series(given: Any) -> Series:
    x, y = (tuple(float(point) for point in given[axis]) for axis in ("x", "y"))
    return Series(given["en"], given["zh"], x, y, given["x_name"], given["y_name"])

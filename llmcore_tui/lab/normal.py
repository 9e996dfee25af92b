"""A demo's result in plain Python numbers, held against its declaration: no number missing, null or NaN."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import SupportsFloat, get_args

from llmcore_tui.errors import DemoError
from llmcore_tui.lab.demo import Demo
from llmcore_tui.lab.result import Estimate, NotReached, NotRun, Ran, Result, Series, Table, Value


def normal_result(demo: Demo, result: object) -> Result:
    """The same result with floats for numpy and torch scalars; DemoError where it breaks the declaration."""
    if not isinstance(result, Result):
        raise DemoError(f"{demo.name}: run gave {type(result).__name__}, not a Result.")
    for key in result.numbers:
        demo.number(key)
    if missing := [key for key in demo.numbers if key not in result.numbers]:
        raise DemoError(
            f"{demo.name}: run gave no {', '.join(missing)}; a number may be NotReached or NotRun."
        )
    if result.says not in demo.says:
        known = " or ".join(repr(name) for name in demo.says)
        raise DemoError(f"{demo.name}: run says {result.says!r}, but SAYS has {known}.")
    if result.ran not in get_args(Ran):
        raise DemoError(f"{demo.name}: ran is one of {', '.join(get_args(Ran))}, not {result.ran!r}.")
    return Result(
        numbers={key: _number(demo, key, result.numbers[key]) for key in demo.numbers},
        ran=result.ran,
        series=tuple(_series(demo, series) for series in result.series),
        tables=tuple(_table(table) for table in result.tables),
        says=result.says,
        formula=result.formula,
    )


def _number(demo: Demo, key: str, value: object) -> Value:
    if isinstance(value, NotReached | NotRun):
        return value
    if isinstance(value, Estimate):
        finite = (_finite(demo, key, value.value), _finite(demo, key, value.error))
        return Estimate(*finite, samples=int(value.samples))
    return _finite(demo, key, value)


def _finite(demo: Demo, key: str, value: object) -> float:
    number = _float(value)
    if number is None or not math.isfinite(number):
        raise DemoError(f"{demo.name}: {key} came out as {value!r}; a number is never null, NaN or infinite.")
    return number


def _float(value: object) -> float | None:
    """Numbers of numpy and torch too; a text that looks like a number is none."""
    if isinstance(value, SupportsFloat) and not isinstance(value, str | bytes):
        try:
            return float(value)
        except (TypeError, ValueError, RuntimeError):
            return None
    return None


def _series(demo: Demo, series: Series) -> Series:
    x, y = _floats(demo, series, series.x), _floats(demo, series, series.y)
    if len(x) != len(y):
        raise DemoError(f"{demo.name}: the curve {series.en!r} has {len(x)} x and {len(y)} y.")
    return Series(series.en, series.zh, x, y, series.x_name, series.y_name)


def _floats(demo: Demo, series: Series, values: Iterable[object]) -> tuple[float, ...]:
    numbers = tuple(_float(value) for value in values)
    if any(number is None or not math.isfinite(number) for number in numbers):
        raise DemoError(f"{demo.name}: the curve {series.en!r} has a point that is null, NaN or infinite.")
    return tuple(number for number in numbers if number is not None)


def _table(table: Table) -> Table:
    rows = tuple(tuple(cell if isinstance(cell, str) else _cell(cell) for cell in row) for row in table.rows)
    return Table(table.en, table.zh, tuple(table.columns), rows)


def _cell(cell: object) -> float | str:
    number = _float(cell)
    return str(cell) if number is None or not math.isfinite(number) else number

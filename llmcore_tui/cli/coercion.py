"""Options that were not given need no conversion.

Typer converts every value, given or not, through pydantic, whose import costs more than all the rest of a small
command. An option left out has no value to convert, so for those the import is saved.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer.core


class OnlyWhenGiven:
    """Typer's conversion of one parameter, made when there is a value."""

    def __init__(self, make: Callable[[Any], Any], descriptor: Any) -> None:
        self.make = make
        self.descriptor = descriptor

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value as the parameter's annotation has it."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        return self.make(self.descriptor).coerce(value, param=param, ctx=ctx)


def convert_only_what_is_given() -> None:
    """Put this before Typer's own conversion; where Typer is made differently, leave it alone."""
    make = getattr(typer.core, "build_runtime_param", None)
    if make is not None and make.__module__ != __name__:

        def build_runtime_param(descriptor: Any) -> OnlyWhenGiven:
            return OnlyWhenGiven(make, descriptor)

        # stands in for a name that Typer does not export
        typer.core.build_runtime_param = build_runtime_param  # type: ignore[attr-defined, assignment]

"""What an unquoted YAML scalar means here: fewer surprises than YAML 1.1, so that `no`, `off` and `1:30` are never values."""

from __future__ import annotations

import math
import re
from datetime import date

Scalar = None | bool | int | float | str | date

_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_REAL = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]{1,3})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SWITCHES = {"yes", "no", "on", "off", "y", "n"}


def plain(text: str) -> Scalar:
    """The value of an unquoted scalar; ValueError where a reader and YAML could disagree on it."""
    first = text[:1]
    if first.isdigit() or first in "-+.":
        return _number_or_date(text)
    lower = text.lower()
    if lower in ("true", "false"):
        return lower == "true"
    if lower in ("", "~", "null"):
        return None
    if lower in _SWITCHES:
        raise ValueError(f"is {text}, which may mean true or false; write true or false, or put it in quotes")
    return text


def _number_or_date(text: str) -> Scalar:
    if _WHOLE.fullmatch(text):
        return int(text)
    if _REAL.fullmatch(text):
        if math.isinf(number := float(text)):
            raise ValueError(f"is {text}, which is too large a number")
        return number
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"is {text}, which is no date") from None
    return text

"""How long until a card comes back, in words: `10 min`, `3 days`, `4 个月`."""

from __future__ import annotations

from datetime import datetime, timedelta

from llmcore_tui.content.bilingual import Language

_MINUTE = 60.0
_HOUR = 3600.0
_DAY = 86400.0
_MONTH = 365.25 / 12 * _DAY
_YEAR = 365.25 * _DAY


def in_words(interval: timedelta, language: Language) -> str:
    """The interval in its largest fitting unit; months and years with one decimal where it is not zero."""
    seconds = max(0.0, interval.total_seconds())
    if seconds < 59.5 * _MINUTE:
        return _said(max(1, round(seconds / _MINUTE)), ("min", "min", " 分钟"), language)
    if seconds < 23.5 * _HOUR:
        return _said(round(seconds / _HOUR), ("hour", "hours", " 小时"), language)
    if seconds < 30.5 * _DAY:
        return _said(round(seconds / _DAY), ("day", "days", " 天"), language)
    if seconds < 11.95 * _MONTH:
        return _said(round(seconds / _MONTH, 1), ("month", "months", " 个月"), language)
    return _said(round(seconds / _YEAR, 1), ("year", "years", " 年"), language)


def until(due: datetime, now: datetime, language: Language) -> str:
    """When something is due, seen from now: `now`, `in 3 days`."""
    if due <= now:
        return "现在" if language == "zh" else "now"
    words = in_words(due - now, language)
    return f"{words}后" if language == "zh" else f"in {words}"


def _said(count: float, unit: tuple[str, str, str], language: Language) -> str:
    singular, plural, chinese = unit
    text = f"{count:g}"
    if language == "zh":
        return f"{text}{chinese}"
    return f"{text} {singular if count == 1 else plural}"

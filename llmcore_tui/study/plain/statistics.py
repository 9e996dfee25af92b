"""The statistics as lines: each picture of numbers with one sentence of what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.render.number import number, percent
from llmcore_tui.render.plot import sparkline
from llmcore_tui.study.plain.prose import Page

if TYPE_CHECKING:
    from llmcore_progress.statistics import Statistics

FEW_REVIEWS = 20
"""Below this a share of reviews says little."""
FEW_PREDICTIONS = 5
NEAR = 0.03
"""How far true retention may be from the wished one before something should change."""
_RECENT_DAYS = 14

_CARDS = Bilingual(
    "Cards: {cards}; {new} new, {learning} being learnt, {young} young, {mature} mature (21 days and more).",
    "卡片：{cards} 张；新卡 {new}，学习中 {learning}，较新 {young}，牢固（21 天以上）{mature}。",
)
_ASIDE = Bilingual(
    "Set aside: {suspended} suspended; {leeches} forgotten again and again.",
    "另有：暂停 {suspended} 张，反复忘记 {leeches} 张。",
)
_RETENTION = Bilingual(
    "Retention, last 30 days: {true} of {reviews} reviews recalled; FSRS expected {expected}.",
    "近 30 天保持率：{reviews} 次复习中记得 {true}；FSRS 预期 {expected}。",
)
_NO_RETENTION = Bilingual(
    "Retention: no review at an interval of a day or more yet.", "保持率：还没有间隔一天以上的复习。"
)
_FEW = Bilingual("Too few reviews to judge by; go on.", "复习次数还太少，先继续。")
_LOW = Bilingual(
    "You forget more than you wish: fewer new cards a day, or a higher retention (llmcore config set retention).",
    "忘得比期望的多：减少每日新卡，或调高保持率（llmcore config set retention）。",
)
_HIGH = Bilingual(
    "You remember more than you wish: a lower retention would save time, or add new cards.",
    "记得比期望的多：可调低保持率省时间，或增加新卡。",
)
_GOOD = Bilingual("As wished; change nothing.", "符合期望，不用调整。")
_FORECAST = Bilingual(
    "Forecast, 30 days: {line}  {total} reviews, at most {most} a day.",
    "未来 30 天：{line}  共 {total} 次复习，最多一天 {most} 次。",
)
_NO_FORECAST = Bilingual("Forecast: nothing is scheduled yet.", "未来：还没有安排复习。")
_PREDICTIONS = Bilingual(
    "Predictions: {within} of {judged} within tolerance ({share}).",
    "预测：{judged} 次中 {within} 次在容差内（{share}）。",
)
_NO_PREDICTIONS = Bilingual(
    "Predictions: none yet; predict a number before you look.", "预测：还没有；看答案之前先猜一个数。"
)
_OFF_BY = Bilingual("Typically off by a factor of {factor}{direction}.", "通常相差 {factor} 倍{direction}。")
_TOO_HIGH = Bilingual(", mostly too high", "，多半偏高")
_TOO_LOW = Bilingual(", mostly too low", "，多半偏低")
_MINUTES = Bilingual(
    "Time: {today} minutes today, {all} in all. Last 14 days: {line}",
    "用时：今天 {today} 分钟，共 {all} 分钟。近 14 天：{line}",
)
_STREAK = Bilingual("Streak: {days} in a row, the longest {longest}.", "连续学习 {days}，最长 {longest}。")
_DAY, _DAYS = Bilingual("1 day", "1 天"), Bilingual("{days} days", "{days} 天")
_NO_STREAK = Bilingual("Streak: none; one card today begins one.", "连续学习：暂无；今天学一张就开始。")


def statistics_lines(found: Statistics, page: Page, *, retention: float, today: date) -> list[str]:
    """Cards, retention, forecast, predictions, time, streak."""
    return [
        *_cards(found, page),
        *_retention(found, page, retention),
        *_forecast(found, page),
        *_predictions(found, page),
        *_time(found, page, today),
    ]


def advice(found: Statistics, retention: float) -> Bilingual:
    """What to do about the true retention."""
    share = found.retention.all.value
    if share is None or found.retention.all.whole < FEW_REVIEWS:
        return _FEW
    return _LOW if share < retention - NEAR else _HIGH if share > retention + NEAR else _GOOD


def _cards(found: Statistics, page: Page) -> Iterator[str]:
    yield _CARDS.of(page.language).format(
        cards=found.cards, new=found.new, learning=found.learning, young=found.young, mature=found.mature
    )
    if found.suspended or found.leeches:
        yield _ASIDE.of(page.language).format(suspended=found.suspended, leeches=found.leeches)


def _retention(found: Statistics, page: Page, retention: float) -> Iterator[str]:
    share, expected = found.retention.all.value, found.retention.predicted
    if share is None:
        yield _NO_RETENTION.of(page.language)
        return
    yield _RETENTION.of(page.language).format(
        true=percent(round(share, 3)),
        reviews=found.retention.all.whole,
        expected="–" if expected is None else percent(round(expected, 3)),
    )
    yield advice(found, retention).of(page.language)


def _forecast(found: Statistics, page: Page) -> Iterator[str]:
    if not any(found.forecast):
        yield _NO_FORECAST.of(page.language)
        return
    yield _FORECAST.of(page.language).format(
        line=sparkline(found.forecast), total=sum(found.forecast), most=max(found.forecast)
    )


def _predictions(found: Statistics, page: Page) -> Iterator[str]:
    language, calibration = page.language, found.calibration
    share = calibration.within.value
    if share is None:
        yield _NO_PREDICTIONS.of(language)
        return
    within = calibration.within
    line = _PREDICTIONS.of(language).format(
        within=within.part, judged=within.whole, share=percent(round(share, 3))
    )
    if calibration.median_factor is not None and within.whole >= FEW_PREDICTIONS:
        ratio = calibration.median_ratio or 1.0
        direction = _TOO_HIGH if ratio > 1.1 else _TOO_LOW if ratio < 0.9 else None
        factor = number(round(calibration.median_factor, 2))
        said = _OFF_BY.of(language).format(
            factor=factor, direction=direction.of(language) if direction else ""
        )
        line += ("" if language == "zh" else " ") + said
    yield line


def _time(found: Statistics, page: Page, today: date) -> Iterator[str]:
    if found.days:
        minutes = {day.day: day.minutes for day in found.days}
        recent = [minutes.get(today - timedelta(days=ago), 0.0) for ago in reversed(range(_RECENT_DAYS))]
        yield _MINUTES.of(page.language).format(
            today=round(found.minutes_today), all=round(found.minutes), line=sparkline(recent)
        )
    if found.streak:
        days, longest = (_count(each, page) for each in (found.streak, found.longest_streak))
        yield _STREAK.of(page.language).format(days=days, longest=longest)
    else:
        yield _NO_STREAK.of(page.language)


def _count(days: int, page: Page) -> str:
    return (_DAY if days == 1 else _DAYS).of(page.language).format(days=days)

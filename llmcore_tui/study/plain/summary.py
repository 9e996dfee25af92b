"""The end of a session as lines."""

from __future__ import annotations

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.render.markdown import on_one_line
from llmcore_tui.study.plain.prose import Page, after
from llmcore_tui.study.summary import Summary

_NOTHING = Bilingual("Nothing was rated.", "没有评分。")
_NOTHING_DUE = Bilingual("Nothing is due.", "没有到期的卡片。")
_DONE = Bilingual(
    "{cards} cards rated, {new} of them new, in {minutes}.",
    "评了 {cards} 张卡，其中新卡 {new} 张，用时{minutes}。",
)
_ONE = Bilingual("1 card rated, in {minutes}.", "评了 1 张卡，用时{minutes}。")
_SHORT = Bilingual("less than a minute", "不到一分钟")
_MINUTE, _MINUTES = Bilingual("1 minute", " 1 分钟"), Bilingual("{minutes} minutes", " {minutes} 分钟")
_PREDICTIONS = Bilingual(
    "Predictions within tolerance: {within} of {made}.", "容差内的预测：{made} 次中有 {within} 次。"
)
_AGAIN = Bilingual("Not known yet:", "还没掌握：")
_LEFT = Bilingual("Still to do today: {left}.", "今天还剩 {left} 张。")
_NEXT = Bilingual("The next card is due {when}.", "下一张卡到期：{when}。")


def summary_lines(summary: Summary, page: Page) -> list[str]:
    """What was done, what was not known, what is left and what comes next."""
    language = page.language
    lines = [_first(summary, page)]
    if summary.predictions:
        lines.append(_PREDICTIONS.of(language).format(within=summary.within, made=summary.predictions))
    lines += [after(_AGAIN.of(language), on_one_line(card.ask)) for card in summary.again]
    if summary.left_today:
        lines.append(_LEFT.of(language).format(left=summary.left_today))
    if summary.next_due_text:
        lines.append(_NEXT.of(language).format(when=summary.next_due_text))
    return lines


def _first(summary: Summary, page: Page) -> str:
    if not summary.answered:
        return (_NOTHING if summary.left_today else _NOTHING_DUE).of(page.language)
    form = _ONE if summary.cards == 1 else _DONE
    minutes = round(summary.minutes)
    time = _SHORT if minutes < 1 else _MINUTE if minutes == 1 else _MINUTES
    said = time.of(page.language).format(minutes=minutes)
    return form.of(page.language).format(cards=summary.cards, new=summary.new, minutes=said)

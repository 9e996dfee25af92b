"""An answer as lines."""

from __future__ import annotations

from collections.abc import Iterator

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.study.plain.marked import marked_lines
from llmcore_tui.study.plain.prose import Page, after
from llmcore_tui.study.revealed import Revealed
from llmcore_tui.study.step import RATINGS

_RIGHT, _WRONG = Bilingual("Right.", "正确。"), Bilingual("Not right.", "不正确。")
_FORMULA = Bilingual("Formula:", "公式：")
_PREDICTED = Bilingual("You predicted {given}", "你的预测是 {given}")
_HELD = Bilingual(", within {within}: right.", "，在 {within} 以内：正确。")
_MISSED = Bilingual(", not within {within}.", "，超出 {within}。")
_COMPUTED = Bilingual("Computed ({set}): {number} — {reading}.", "计算结果（{set}）：{number}——{reading}。")
_DEFAULTS = Bilingual("the demo's defaults", "演示的默认参数")
_OFF = Bilingual("Idea off ({set}): {number}.", "关闭该想法（{set}）：{number}。")
_RUNNING = Bilingual("The demo is still running; d shows it.", "演示仍在运行；按 d 查看。")
_FAILED = Bilingual("The demo did not run: {why}", "演示没有运行：{why}")
_SEEN = Bilingual("Run just now:", "刚刚运行：")
_YOURS = Bilingual("Your answer:", "你的回答：")
_POINTS = Bilingual(
    "An answer says (must: what an interviewer waits for):", "回答要点（必说：面试官在等的）："
)
_MUST = Bilingual("must:", "必说：")
_POINT = Bilingual("also:", "也可：")
_OFTEN = Bilingual("Often said, but wrong:", "常见误区：")
_FIX = Bilingual("Rather:", "应该说：")
_SOURCE = Bilingual("Source: {text}; {title}; {read}", "来源：{text}；{title}；{read}")
_NEXT = Bilingual("They go on to: {modules}", "面试官常接着问：{modules}")
_RATE = Bilingual("Rate: {ratings}", "评分：{ratings}")
_SUGGESTED = Bilingual(" (suggested: {rating})", "（建议：{rating}）")


def revealed_lines(revealed: Revealed, page: Page) -> list[str]:
    """The answer in the order in which it is read: check, brief, answer, number, own words and points, sources."""
    return [
        *_check(revealed, page),
        *page.prose(revealed.brief),
        *page.prose(revealed.answer),
        *_formula(revealed, page),
        *_numbers(revealed, page),
        *_points(revealed, page),
        *_misconceptions(revealed, page),
        *_footnotes(revealed, page),
    ]


def rating_line(revealed: Revealed, page: Page) -> str:
    """The four ratings with how long each keeps the card away."""
    line = _RATE.of(page.language).format(ratings=page.listed(_ratings(revealed, page)))
    if revealed.suggested is not None:
        line += _SUGGESTED.of(page.language).format(rating=revealed.suggested)
    return line


def _ratings(revealed: Revealed, page: Page) -> Iterator[str]:
    for rating, wait in revealed.previews.items():
        word = f"{rating} {RATINGS[rating].of(page.language)}"
        yield after(word, page.aside(wait)) if wait else word


def _check(revealed: Revealed, page: Page) -> Iterator[str]:
    check = revealed.check
    if check is not None:
        word = {True: _RIGHT.of(page.language), False: _WRONG.of(page.language), None: ""}[check.right]
        yield from page.prose(check.says, word) if check.says else [word]


def _formula(revealed: Revealed, page: Page) -> Iterator[str]:
    if revealed.formula:
        yield after(_FORMULA.of(page.language), page.formula(revealed.formula))


def _numbers(revealed: Revealed, page: Page) -> Iterator[str]:
    language, judged = page.language, revealed.judged
    if judged is not None:
        held = {True: _HELD, False: _MISSED}.get(judged.holds) if judged.holds is not None else None
        end = held.of(language).format(within=judged.within) if held else "."
        yield _PREDICTED.of(language).format(given=judged.prediction.shown) + end
    if (computed := revealed.computed) is not None:
        where = computed.set_text or _DEFAULTS.of(language)
        yield _COMPUTED.of(language).format(number=computed.text, set=where, reading=computed.reading)
    if (off := revealed.off) is not None:
        yield _OFF.of(language).format(number=off.text, set=off.set_text)
    if revealed.run_problem:
        yield _FAILED.of(language).format(why=revealed.run_problem)
    elif revealed.run_state == "running":
        yield _RUNNING.of(language)
    elif revealed.run_says:
        yield from page.prose(revealed.run_says, _SEEN.of(language))


def _points(revealed: Revealed, page: Page) -> Iterator[str]:
    language = page.language
    if revealed.typed:
        yield from page.typed(revealed.typed, _YOURS.of(language))
    if revealed.marked is not None:
        yield from marked_lines(revealed.marked, page)
        return
    if revealed.points:
        yield _POINTS.of(language)
    for point in revealed.points:
        yield from page.prose(point.say, f"- {(_MUST if point.must else _POINT).of(language)}")


def _misconceptions(revealed: Revealed, page: Page) -> Iterator[str]:
    for each in revealed.misconceptions:
        yield from page.prose(each.says, _OFTEN.of(page.language))
        yield from page.prose(each.fix, _FIX.of(page.language))


def _footnotes(revealed: Revealed, page: Page) -> Iterator[str]:
    for source in revealed.sources:
        yield _SOURCE.of(page.language).format(text=source.text, title=source.title, read=source.read_text)
    if revealed.neighbours:
        yield _NEXT.of(page.language).format(modules=page.listed(revealed.neighbours))

"""A question as lines."""

from __future__ import annotations

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.study.plain.prose import Page, after
from llmcore_tui.study.question import Question

EXACT = "0"
"""A tolerance that allows rounding only."""
_PLACE = Bilingual(
    "Card {position} of {total}, {why}: {module}, {kind}.",
    "第 {position} / {total} 张，{why}：{module}，{kind}。",
)
_WHY = {
    "new": Bilingual("new", "新卡"),
    "review": Bilingual("review", "复习"),
    "learning": Bilingual("again", "再来一次"),
    "cram": Bilingual("cram", "突击"),
}
_CLAIM = Bilingual("The sentence:", "原句：")
_SIGNATURE = Bilingual("Write:", "请写：")
_WITHIN = Bilingual("within {within} counts", "误差在 {within} 以内算对")
_IN = Bilingual("in {unit}, within {within} counts", "以 {unit} 为单位，误差在 {within} 以内算对")
_EXACTLY = Bilingual("exactly", "须完全相等")
_EXACTLY_IN = Bilingual("in {unit}, exactly", "以 {unit} 为单位，须完全相等")
_PREDICT = Bilingual("Predict:", "预测：")
_FLAGGED = Bilingual("You flagged:", "你报过错：")
_NOTE = Bilingual("Your note:", "你的笔记：")


def question_lines(question: Question, page: Page) -> list[str]:
    """The place, the question, and what its kind adds: claim, gap, options, signature, number to predict."""
    language = page.language
    place = _PLACE.of(language).format(
        position=question.position,
        total=question.total,
        why=_WHY[question.why].of(language),
        module=question.module_title,
        kind=question.kind_name,
    )
    lines = [place, *page.prose(question.ask)]
    lines += page.prose(question.claim, _CLAIM.of(language))
    lines += page.prose(question.gap)
    for option in question.options:
        lines += page.prose(option.say, f"{option.number}.")
    if question.code is not None:
        lines += page.typed(question.code.signature, _SIGNATURE.of(language))
    if question.takes == "number":
        lines.append(page.aside(tolerance(question.unit, question.within, page)))
    if question.prediction is not None:
        counts = page.aside(tolerance("", question.prediction.within, page))
        lines += page.prose(after(question.prediction.text, counts), _PREDICT.of(language))
    if question.note:
        lines += page.typed(question.note, _NOTE.of(language))
    if question.flagged:
        lines += page.typed(question.flagged, _FLAGGED.of(language))
    return lines


def tolerance(unit: str, within: str, page: Page) -> str:
    """How near a number must be, and in which unit."""
    is_exact = within == EXACT
    form = (_EXACTLY if is_exact else _WITHIN) if not unit else (_EXACTLY_IN if is_exact else _IN)
    return form.of(page.language).format(unit=unit, within=within)

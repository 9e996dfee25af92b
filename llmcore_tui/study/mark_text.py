"""What a mark says to people: the sign and word of a verdict, one line a flag, who marked it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.grading.mark import Flag, Verdict

if TYPE_CHECKING:
    from llmcore_tui.grading.mark import Mark

SIGNS = {Verdict.MET: "✓", Verdict.PARTIAL: "~", Verdict.MISSED: "✗", Verdict.CONTRADICTED: "!"}
VERDICTS = {
    Verdict.MET: Bilingual("met:", "已说到："),
    Verdict.PARTIAL: Bilingual("partly:", "只说到一部分："),
    Verdict.MISSED: Bilingual("you did not say:", "没说到："),
    Verdict.CONTRADICTED: Bilingual("contradicted:", "说反了："),
}
"""What stands before the point's own text."""
UNSURE = Bilingual("not sure: look yourself", "拿不准：请自己看")
OVERRULED = Bilingual("your verdict", "你的判定")
SAID_WRONG = Bilingual("a common misconception that you stated:", "你说到了一个常见误区：")
RATHER = Bilingual("rather:", "应该说：")
NO_SCORE = Bilingual(
    "Coverage says which points were said; it is not a hiring score.",
    "覆盖率只说明讲到了哪些要点，并不是录用评分。",
)

FLAGS = {
    Flag.EMPTY: Bilingual("There is no answer: nothing is counted.", "没有作答：不计任何要点。"),
    Flag.DOES_NOT_KNOW: Bilingual(
        "You say that you do not know: nothing is counted.", "你说不知道：不计任何要点。"
    ),
    Flag.TOO_SHORT: Bilingual(
        "This is too short to be an answer: nothing is counted.", "太短，算不上回答：不计任何要点。"
    ),
    Flag.COPIES_QUESTION: Bilingual(
        "This repeats the question: nothing is counted.", "只是重复了题目：不计任何要点。"
    ),
    Flag.COPIES_REFERENCE: Bilingual(
        "This is the model answer word for word: say it in your own words.",
        "与参考答案一字不差：请用自己的话说。",
    ),
    Flag.KEY_WORDS: Bilingual(
        "This is a list of key words, not sentences: nothing is counted.",
        "这是关键词清单，不成句子：不计任何要点。",
    ),
    Flag.OFF_TOPIC: Bilingual(
        "This is about something else: nothing is counted.", "答非所问：不计任何要点。"
    ),
    Flag.INSTRUCTIONS: Bilingual(
        "It holds instructions to whoever marks it: they are not followed.",
        "其中有写给批改者的指令：不予执行。",
    ),
    Flag.OTHER_LANGUAGE: Bilingual(
        "It is in another language than this can mark: look yourself.",
        "用的语言超出批改范围：请自己对照要点。",
    ),
}

_COUNTED = Bilingual("{met} of {all} points", "{all} 个要点说到 {met} 个")
_IN_PART = Bilingual(", {partial} in part", "，{partial} 个说到一部分")
_ABSTAINED = Bilingual("not marked: go through the points yourself", "未能批改：请自己对照要点")
_OFFLINE = Bilingual("marked offline", "离线批改")
_MODEL = Bilingual("marked by {model}", "由 {model} 批改")
_A_MODEL = Bilingual("a model", "模型")
_ARRIVING = Bilingual("marked offline; the model is still reading …", "离线批改；模型还在读……")


def counted(mark: Mark, language: Language) -> str:
    """`4 of 6 points, 1 in part`, or that nothing can be said."""
    if mark.abstained:
        return _ABSTAINED.of(language)
    met, partial = (
        sum(point.verdict is verdict for point in mark.points) for verdict in (Verdict.MET, Verdict.PARTIAL)
    )
    said = _COUNTED.of(language).format(met=met, all=len(mark.points))
    return said + (_IN_PART.of(language).format(partial=partial) if partial else "")


def marked_by(mark: Mark, language: Language, *, arriving: bool = False) -> str:
    """Who marked it, and why not the model where the offline marker stood in."""
    if arriving:
        return _ARRIVING.of(language)
    if mark.by == "offline":
        return mark.instead.of(language) if mark.instead else _OFFLINE.of(language)
    model = mark.trace.get("model")
    return _MODEL.of(language).format(model=model if isinstance(model, str) else _A_MODEL.of(language))

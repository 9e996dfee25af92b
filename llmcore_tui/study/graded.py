"""A marked answer to an interview question, as lines and as JSON: the points, what to say instead, and what it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.study import mark_text
from llmcore_tui.study.marked_answer import MarkedAnswer, marked_answer
from llmcore_tui.study.plain.marked import marked_lines
from llmcore_tui.study.revealed import ShownMisconception, ShownPoint

if TYPE_CHECKING:
    from llmcore_tui.content.bilingual import Language
    from llmcore_tui.grading.mark import Mark
    from llmcore_tui.grading.rubric import Rubric
    from llmcore_tui.study.plain.prose import Page

_COVERAGE = Bilingual("Coverage: {share:.0%}.", "覆盖率：{share:.0%}。")


def graded_lines(name: str, ask: str, rubric: Rubric, mark: Mark, page: Page) -> list[str]:
    """The question, the points with their verdicts, and the coverage with what it is not."""
    lines = [*page.prose(ask, f"{name}:"), *marked_lines(shown(rubric, mark, page.language), page)]
    if mark.coverage is not None:
        coverage = _COVERAGE.of(page.language).format(share=mark.coverage)
        lines.append(
            f"{coverage}{'' if page.language == 'zh' else ' '}{mark_text.NO_SCORE.of(page.language)}"
        )
    return lines


def shown(rubric: Rubric, mark: Mark, language: Language) -> MarkedAnswer:
    """The mark beside the rubric's own texts."""
    points = [ShownPoint(point.id, point.must, point.say) for point in rubric.points]
    misconceptions = {each.id: ShownMisconception(each.says, each.fix) for each in rubric.wrong_claims}
    return marked_answer(mark, points, misconceptions, language)


def graded_as_json(rubric: Rubric, mark: Mark) -> dict[str, Any]:
    """The mark with what to say, as docs/json.md describes it."""
    points = {point.id: point for point in rubric.points}
    claims = {each.id: each for each in rubric.wrong_claims}
    model = mark.trace.get("model")
    return {
        "coverage": mark.coverage,
        "abstained": mark.abstained,
        "points": [
            {
                "id": each.id,
                "must": points[each.id].must,
                "weight": points[each.id].weight,
                "verdict": str(each.verdict),
                "evidence": each.evidence,
                "unsure": each.unsure,
                "say": points[each.id].say,
            }
            for each in mark.points
        ],
        "misconceptions": [
            {
                "id": each.id,
                "evidence": each.evidence,
                "says": claims[each.id].says,
                "fix": claims[each.id].fix,
            }
            for each in mark.wrong
        ],
        "flags": [str(flag) for flag in mark.flags],
        "by": mark.by,
        "model": model if isinstance(model, str) else None,
        "instead": {"en": mark.instead.en, "zh": mark.instead.zh} if mark.instead else None,
        "rubric": rubric.hash,
    }

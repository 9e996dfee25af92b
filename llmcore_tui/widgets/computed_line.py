"""The line the program is about: what was predicted, what was computed, and what it is with the idea off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from llmcore_tui.content.bilingual import Bilingual, Language

if TYPE_CHECKING:
    from llmcore_tui.study.revealed import Revealed

BETWEEN = "   "
PREDICTED = Bilingual("you predicted", "你的预测")
COMPUTED = Bilingual("computed", "计算结果")
IDEA_OFF = Bilingual("idea off", "关闭该想法")
HELD = Bilingual("within {within}", "在 {within} 以内")
MISSED = Bilingual("not within {within}", "超出 {within}")
RUNNING = Bilingual("running …", "运行中 …")
RUN_NOW = Bilingual("run just now, {seconds:.1f} s", "刚刚运行，{seconds:.1f} 秒")
LOCKED = Bilingual("computed before, checked with the deck", "先前算出，随卡组校验")


def computed_line(revealed: Revealed, language: Language, width: int) -> Text:
    """Prediction, number, number with the idea off; each with a sign that reads without colour, none broken in two."""
    pieces = [piece for piece in (_predicted(revealed, language), *_numbers(revealed, language)) if piece]
    line, used = Text(), 0
    for piece in pieces:
        if used and used + len(BETWEEN) + piece.cell_len > width:
            line.append("\n")
            used = 0
        elif used:
            line.append(BETWEEN)
            used += len(BETWEEN)
        line.append_text(piece)
        used += piece.cell_len
    return line


def _predicted(revealed: Revealed, language: Language) -> Text | None:
    judged = revealed.judged
    if judged is None:
        return None
    piece = Text.assemble((f"{PREDICTED.of(language)} ", "dim"), (judged.prediction.shown, "bold"))
    if judged.holds is not None:
        sign, style, verdict = ("✓", "green", HELD) if judged.holds else ("✗", "yellow", MISSED)
        piece.append(f" {sign} ", style=style)
        piece.append(verdict.of(language).format(within=judged.within), style="dim")
    return piece


def _numbers(revealed: Revealed, language: Language) -> Iterator[Text]:
    if revealed.computed is not None:
        yield Text.assemble((f"{COMPUTED.of(language)} ", "dim"), (revealed.computed.text, "bold cyan"))
    if revealed.off is not None:
        where = f" ({revealed.off.set_text})" if revealed.off.set_text else ""
        yield Text.assemble((f"{IDEA_OFF.of(language)}{where} ", "dim"), (revealed.off.text, "bold"))


def run_line(revealed: Revealed, language: Language) -> Text:
    """Where the numbers come from: the run of a moment ago, the one under way, or the deck's lock."""
    if revealed.run_state == "failed":
        return Text(f"! {revealed.run_problem}", style="yellow")
    if revealed.run_state == "running":
        return Text(RUNNING.of(language), style="dim")
    if revealed.run_state == "done" and revealed.run is not None:
        return Text(RUN_NOW.of(language).format(seconds=revealed.run.seconds), style="dim")
    return Text(LOCKED.of(language) if revealed.computed is not None else "", style="dim")

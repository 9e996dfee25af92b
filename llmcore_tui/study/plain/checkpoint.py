"""A checkpoint as lines: what it asks for, how far the learner is, what is missing."""

from __future__ import annotations

from llmcore_tui.content.bilingual import Bilingual, Language
from llmcore_tui.study.checkpoint import Checkpoint

_CHECKPOINT = Bilingual("Checkpoint of day {day}: {parts}.", "第 {day} 天的检查点：{parts}。")
_MET = Bilingual("Checkpoint of day {day}: met.", "第 {day} 天的检查点：已通过。")
_PART = Bilingual("{title} {have} of {need}", "{title} {have} / {need}")
_MISSING = Bilingual("Still missing: {what}.", "还缺：{what}。")


def checkpoint_line(checkpoint: Checkpoint, language: Language) -> str:
    """Every part with what there is and what is needed."""
    if checkpoint.met:
        return _MET.of(language).format(day=checkpoint.day)
    parts = [
        _PART.of(language).format(title=part.title, have=part.have_text, need=part.need_text)
        for part in checkpoint.parts
    ]
    return _CHECKPOINT.of(language).format(
        day=checkpoint.day, parts=("；" if language == "zh" else ", ").join(parts)
    )


def checkpoint_lines(checkpoint: Checkpoint, language: Language) -> list[str]:
    """The same with a sentence for each thing that is still to do."""
    missing = [_MISSING.of(language).format(what=what) for what in checkpoint.missing]
    return [checkpoint_line(checkpoint, language), *missing]

"""Choices: no option stands there twice."""

from __future__ import annotations

from llmcore_tui.content.bilingual import LANGUAGES
from llmcore_tui.content.interview import InterviewQuestion
from llmcore_tui.content.located import Studied
from llmcore_tui.content.rules.note import Note, Notes


def options(record: Studied) -> Notes:
    """The rules of options and steps for one record."""
    if isinstance(record, InterviewQuestion):
        return
    for language in LANGUAGES:
        seen = {record.right.say.of(language)} if record.right else set()
        for index, option in enumerate(record.wrong):
            if (say := option.say.of(language)) in seen:
                yield Note(("wrong", index, "say", language), "says the same as another option")
            seen.add(say)

"""One question in front of the learner: the clock, and what is typed so far, on the disk as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from llmcore_tui.errors import EnvironmentProblem
from llmcore_tui.interview.draft import Draft, DraftFile
from llmcore_tui.interview.transcript import LONGEST_MS

if TYPE_CHECKING:
    from llmcore_tui.interview.prompt import Prompt


class Turn:
    """An answer on its way. It goes on where an earlier sitting left the same question."""

    def __init__(self, prompt: Prompt, drafts: DraftFile, now: Callable[[], datetime]) -> None:
        self.prompt = prompt
        self.problem = ""
        """Why the disk refused the draft, in one line; empty when it did not."""
        self._drafts = drafts
        self._now = now
        kept = drafts.read()
        is_its = kept is not None and kept.is_of(prompt.question, prompt.follow_up)
        self._draft = kept if kept and is_its else Draft(prompt.question, prompt.follow_up, "", 0)
        self._since = now()
        self._save()

    @property
    def text(self) -> str:
        """What is typed so far."""
        return self._draft.text

    @property
    def used_hint(self) -> bool:
        """Whether the hint was shown."""
        return self._draft.used_hint

    @property
    def elapsed_ms(self) -> int:
        """How long the question was in front of the learner, earlier sittings counted, at most an hour."""
        passed = round((self._now() - self._since).total_seconds() * 1000)
        return min(LONGEST_MS, self._draft.elapsed_ms + max(0, passed))

    @property
    def suggested_ms(self) -> int:
        """How long the answer might take, as if spoken."""
        return round(self.prompt.minutes * 60_000)

    def hold(self, text: str) -> int:
        """Keep the text in memory, and stop the clock for a look: the milliseconds used."""
        self._draft = replace(self._draft, text=text, elapsed_ms=self.elapsed_ms)
        self._since = self._now()
        return self._draft.elapsed_ms

    def keep(self, text: str) -> None:
        """Keep the text with the time used, on the disk too; what the disk refuses is said in `problem`."""
        self.hold(text)
        self._save()

    def show_hint(self) -> None:
        """Remember that the hint was shown."""
        self._draft = replace(self._draft, used_hint=True)
        self._save()

    def _save(self) -> None:
        try:
            self._drafts.save(self._draft)
        except (EnvironmentProblem, OSError) as problem:
            self.problem = str(problem)
        else:
            self.problem = ""
